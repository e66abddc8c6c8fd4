"""What every test runs under."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from econ111.threads import one_thread


@pytest.fixture(scope="session", autouse=True)
def linear_algebra_on_one_thread() -> Iterator[None]:
    """Tests run side by side, one a processor: threads of linear algebra would only wait for each other."""
    with one_thread():
        yield
