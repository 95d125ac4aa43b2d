"""What tests of whole runs share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.archive.store import ArchiveStore, parse_store
from reconciler.execute import Archives

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    """A store that is a folder of this machine: the simulator fetches what it holds over loopback HTTP."""
    store = ArchiveStore(parse_store(f"file://{tmp_path}/store"))
    return Archives(store=store, lifetime=timedelta(hours=24), now=lambda: NOW)
