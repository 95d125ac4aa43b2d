"""A real browser for the tests that are marked `browser`; `tests/chromium.py` says which, and what happens without one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import launch, missing
from tests.render.html.watched import Opener, Scheme, Watched


@pytest.fixture(scope="module")  # the playwright of a session would keep its event loop running under other tests
def chromium() -> Iterator[Browser]:
    """A headless Chromium; without one the test is skipped, and all such tests share one line of the summary."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            pytest.skip(missing())
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Opener]:
    """`opened(html, scheme="dark", width=390)`: the page as a file that somebody double-clicked."""
    contexts = []

    def open_(html: str, scheme: Scheme = "light", width: int = 1280, height: int = 900) -> Watched:
        path = tmp_path / "plan.html"
        path.write_text(html, encoding="utf-8")
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        seen = Watched(context.new_page())
        seen.page.on("console", lambda message: seen.console.append(message.text))
        seen.page.on("pageerror", lambda error: seen.console.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("requestfailed", lambda request: seen.failures.update({request.url: request.failure}))
        seen.page.on("dialog", lambda dialog: seen.dialogs.append(dialog.message))
        seen.page.goto(path.as_uri())
        return seen

    yield open_
    for context in contexts:
        context.close()
