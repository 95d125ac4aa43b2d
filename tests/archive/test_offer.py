"""An archive at an address: a folder of this machine is served while somebody has to read it, and no longer."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.archive.offer import offered
from reconciler.archive.store import ArchiveStore, parse_store
from tests.archive.test_store import archive

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def _got(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


async def test_a_folder_is_served_while_the_block_runs(tmp_path: Path) -> None:
    store, one = ArchiveStore(parse_store(f"file://{tmp_path}")), archive()
    await store.put(one)
    async with offered(store, one.digest, timedelta(hours=24), now=NOW) as offer:
        assert offer.until is None
        assert offer.url not in repr(offer)
        assert len(_got(offer.url)) == one.size
    with pytest.raises(urllib.error.URLError):
        _got(offer.url)
