"""A real browser for the tests that are marked `browser`; `tests/chromium.py` says which, and what happens without one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import launch, missing


@pytest.fixture(scope="module")  # the playwright of a session would keep its event loop running under other tests
def chromium() -> Iterator[Browser]:
    """A headless Chromium; without one the test is skipped, and all such tests share one line of the summary."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            pytest.skip(missing())
        yield browser
        browser.close()
