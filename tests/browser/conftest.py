"""A real browser for the tests of this folder: Chromium, where one is installed."""

import shutil
import tempfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, sync_playwright

from mockcentra.testing import LiveShop
from tests.browser.storefront_server import storefront as served_storefront

# The browser stays on this machine: without these it calls its maker at every start.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def _context() -> Iterator[BrowserContext]:
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=path, args=list(_ARGUMENTS), headless=True
        )
        context.set_default_timeout(15_000)
        yield context
        context.close()


@pytest.fixture
def problems() -> list[str]:
    """What the browser complained about; a test that expects complaints empties it."""
    return []


@pytest.fixture
def page(_context: BrowserContext, problems: list[str]) -> Iterator[Page]:
    """A fresh page. Uncaught errors, complaints on the console and foreign hosts fail the test."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(message.text)

    def note_host(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "about:")):
            problems.append(f"asked for {url}")

    _context.clear_cookies()
    page = _context.new_page()
    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: note_host(request.url))
    yield page
    page.close()
    assert problems == []


@pytest.fixture(scope="session")
def _live() -> Iterator[LiveShop]:
    with LiveShop() as shop:
        yield shop


@pytest.fixture
def live(_live: LiveShop) -> LiveShop:
    """A server with a fresh shop."""
    _live.renew()
    return _live


@pytest.fixture
def storefront(live: LiveShop) -> Iterator[str]:
    """The address of a webshop on another origin that sells what the live shop has."""
    with served_storefront(f"{live.url}/api/checkout") as url:
        yield url
