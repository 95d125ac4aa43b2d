"""What stories share: the browser of the report's own tests, and the store of the tests of archives."""

from tests.execute.conftest import archives
from tests.render.html.conftest import chromium

__all__ = ["archives", "chromium"]
