"""The browser of the report's own tests, for the stories that look at a report."""

from tests.render.html.conftest import chromium, pytest_collection_modifyitems, pytest_configure

__all__ = ["chromium", "pytest_collection_modifyitems", "pytest_configure"]
