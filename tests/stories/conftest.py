"""The browser of the report's own tests, for the stories that look at a report."""

from tests.render.html.conftest import chromium

__all__ = ["chromium"]
