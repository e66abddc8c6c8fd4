"""A real browser, driven by Playwright, on pages of small evaluations; skipped, saying so, where there is none."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from report.conftest import make_evaluation  # noqa: F401  (a fixture, shared with the tests of the page)
from report.panel_draws import with_draws

from econ111.report import write_report
from econ111.report.panel import panel_payload
from econ111.results import Evaluation

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
NAMES = (
    ("RWK", "East London"),
    ("=cmd()", "<script>window.broken = true</script> \"q\" 'a' & \U0001f600 " + "N" * 200),
)


@dataclass
class Visit:
    """One page, open in a browser, and what it said and asked for."""

    page: Any
    path: Path
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, fragment: str = "") -> Visit:
        """Open the page, from nothing."""
        self.page.goto("about:blank")
        self.page.goto(self.path.as_uri() + fragment)
        return self

    def numbers(self) -> dict[str, list[float]]:
        """What the panel shows, in full: one number for a mean, two for an interval, none where it shows a dash."""
        cells: dict[str, str] = self.page.eval_on_selector_all(
            "[data-cell]", "all => Object.fromEntries(all.map(one => [one.dataset.cell, one.getAttribute('value')]))"
        )
        return {name: [float(part) for part in text.split()] for name, text in cells.items()}

    def wait_until(self, script: str, *, seconds: float = 5.0) -> None:
        """Wait until an expression is true; the page's content policy forbids the driver's own way of waiting."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(script):
            assert time.monotonic() < end, f"never true: {script}"
            self.page.wait_for_timeout(50)

    def text(self, selector: str) -> str:
        """Text of one element."""
        return str(self.page.text_content(selector)).strip()

    def fill(self, name: str, value: str) -> None:
        """Type into a field or choose from a list, by the field's name."""
        place = self.page.locator(f'[name="{name}"]')
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The machine's own browser, without a window."""
    found = next((place for name in BROWSERS if (place := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(BROWSERS)} is on the path")
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def drawn(make_evaluation: Callable[[Sequence[tuple[str, str]]], Evaluation]) -> Evaluation:  # noqa: F811
    """Two trusts with draws, the second with a name that tries to be markup."""
    return with_draws(make_evaluation(NAMES), samples=600)


@pytest.fixture(scope="session")
def payload(drawn: Evaluation) -> dict[str, Any]:
    """What their page carries."""
    found = panel_payload(drawn)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def report(drawn: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their page, written."""
    return write_report(drawn, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture
def visit(browser: Any, report: Path) -> Iterator[Visit]:
    """The page at desktop width; nothing may be said on the console and nothing asked of the network."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    here = Visit(page, report)
    page.on("console", lambda message: here.said.append(message.text))
    page.on("pageerror", lambda problem: here.said.append(str(problem)))
    page.on("request", lambda request: here.requests.append(request.url))
    yield here.open()
    page.close()
    assert here.said == []
    assert {address.partition("#")[0] for address in here.requests} <= {report.as_uri(), "about:blank"}
