"""An archive at an address: a folder of this machine is served while somebody has to read it, and no longer."""

import logging
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.archive.offer import offered
from reconciler.archive.serve import served
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


def test_nothing_more_is_read_for_a_reader_that_hung_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Who tries an address reads its head alone. The file may have gigabytes, and the next reader wants it soon."""
    file = tmp_path / "large.zip"
    with file.open("wb") as made:
        made.truncate(30_000_000)
    with served(file) as address, caplog.at_level(logging.WARNING):
        for _ in range(3):
            with urllib.request.urlopen(address) as answer:
                assert answer.read(10) == bytes(10)
        assert len(_got(address)) == 30_000_000
    assert caplog.messages == []
