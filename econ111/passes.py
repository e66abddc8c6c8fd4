"""Long work in passes, so that no step holds every draw of every trust, month and item at once."""

from __future__ import annotations

from collections.abc import Iterator

# 32 MB in double precision, and so one pass for a service of London's size.
NUMBERS_AT_ONCE = 4_000_000


def passes(length: int, *, each: int) -> Iterator[slice]:
    """Slices that cover a dim, as even as can be, so that none asks for more than `NUMBERS_AT_ONCE`.

    Parameters
    ----------
    length : int
        Of the dim.
    each : int
        Numbers that one place on it takes. A pass is never shorter than one place.

    Yields
    ------
    slice
        In order; one alone where all fits.

    Examples
    --------
    >>> list(passes(5, each=2_000_000))
    [slice(0, 1, None), slice(1, 3, None), slice(3, 5, None)]
    >>> list(passes(5, each=10))
    [slice(0, 5, None)]
    """
    places = max(NUMBERS_AT_ONCE // max(each, 1), 1)
    count = max(-(-length // places), 1)
    for step in range(count):
        yield slice(step * length // count, (step + 1) * length // count)
