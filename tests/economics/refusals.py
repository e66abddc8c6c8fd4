"""What a refusal says, for tests that hold it to the word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from econ111.errors import InputError


def refused(call: Callable[[], object]) -> list[str]:
    """The lines of what was said."""
    with pytest.raises(InputError) as found:
        call()
    return str(found.value).splitlines()
