"""A real browser for the tests that are marked `browser`.

Where there is none they are deselected, so that the other tests run on any machine. In CI (`CI=true`) they never are:
there a missing browser fails them, and says what to install.
"""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IS_CI = os.environ.get("CI") == "true"
_MISSING = [
    what
    for what, is_missing in (
        ("Chromium (Debian: `apt-get install --no-install-recommends chromium`)", CHROMIUM is None),
        ("playwright (`pip install playwright`; its own browsers are not needed)", find_spec("playwright") is None),
    )
    if is_missing
]
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "browser: opens the report in Chromium; deselected where there is none, never in CI"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not _MISSING or IS_CI:
        return
    marked = [item for item in items if item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=marked)
    items[:] = [item for item in items if item not in marked]


@pytest.fixture(scope="module")  # the playwright of a session would keep its event loop running under other tests
def chromium() -> "Iterator[object]":
    """A headless Chromium whose only way to any network is a proxy that refuses."""
    if _MISSING:
        pytest.fail(f"The tests of the HTML report need {' and '.join(_MISSING)}.", pytrace=False)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*_FLAGS], proxy={"server": "http://127.0.0.1:9"}
        )
        yield browser
        browser.close()
