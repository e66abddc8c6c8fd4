"""Long work in passes, so that no step holds every draw of every trust, month and item at once."""

from __future__ import annotations

from collections.abc import Iterator

NUMBERS_AT_ONCE = 4_000_000


def passes(length: int, *, each: int, most: int = NUMBERS_AT_ONCE) -> Iterator[slice]:
    """Slices that cover a dim, as even as can be, so that none asks for more than so many numbers.

    Parameters
    ----------
    length : int
        Of the dim.
    each : int
        Numbers that one place on it takes. A pass is never shorter than one place.
    most : int
        Numbers that a pass may take: 32 MB in double precision when left out.

    Yields
    ------
    slice
        In order; one alone where all fits.

    Examples
    --------
    >>> list(passes(5, each=10, most=20))
    [slice(0, 1, None), slice(1, 3, None), slice(3, 5, None)]
    >>> list(passes(5, each=10))
    [slice(0, 5, None)]
    """
    places = max(most // max(each, 1), 1)
    count = max(-(-length // places), 1)
    for step in range(count):
        yield slice(step * length // count, (step + 1) * length // count)
