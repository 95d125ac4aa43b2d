"""A file on its way: what a killed run left counts, and nothing is written over."""

import hashlib
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.files.downloaded import DownloadDiffers, KeptFile, kept_before, write_record
from reconciler.files.part_file import PartFile, PartInUse, PartNote

NOTE = PartNote(suffix="zip", tag='"one"', size=6)


def test_what_a_killed_run_left(tmp_path: Path) -> None:
    """The next run goes on behind it, and knows of which file it is."""
    killed = PartFile(tmp_path, "a")
    killed.restart(NOTE)
    killed.take(b"abc")
    with pytest.raises(PartInUse):
        PartFile(tmp_path, "a")
    killed.__exit__(None, None, None)
    with PartFile(tmp_path, "a") as part:
        assert (part.size, part.note, part.is_whole) == (3, NOTE, False)
        part.take(b"def")
        assert part.is_whole
        assert part.digest() == hashlib.sha256(b"abcdef").hexdigest()
        assert part.keep(tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    "note", ["", "[]", '{"suffix": "../x", "tag": "", "size": 3}', '{"suffix": "zip", "tag": 1, "size": 3}', "{"]
)
def test_a_part_that_nobody_knows_is_not_gone_on_with(note: str, tmp_path: Path) -> None:
    """Nor is one whose note is damaged."""
    (tmp_path / ".a.part").write_bytes(b"abc")
    (tmp_path / ".a.part.json").write_text(note)
    with PartFile(tmp_path, "a") as part:
        assert (part.size, part.note) == (0, None)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A file of that name stays, and a link is not followed."""
    (tmp_path / "a.zip").write_bytes(b"mine")
    with PartFile(tmp_path, "a") as part:
        part.restart(NOTE)
        part.take(b"abcdef")
        assert not part.keep(tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"mine"
    (tmp_path / ".b.part").symlink_to(tmp_path / "a.zip")
    with pytest.raises(OSError, match="symbolic links"):
        PartFile(tmp_path, "b")


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """It is an OSError, and what came stays."""
    with full_disk(2048), PartFile(tmp_path, "a") as part:
        part.restart(PartNote(suffix="zip", tag='"one"', size=5000))
        part.take(b"a" * 2000)
        with pytest.raises(OSError, match=r"too large.*\.a\.part"):
            part.take(b"b" * 2000)
    with PartFile(tmp_path, "a") as part:
        assert 2000 <= part.size <= 2048


FILE = KeptFile(holds="images", name="a.zip", size=4, sha256=hashlib.sha256(b"mine").hexdigest())


def test_a_record_says_what_is_there(tmp_path: Path) -> None:
    """All of it, some of it, or something else."""
    assert kept_before(tmp_path, "a") == ((), False)
    write_record(tmp_path, "a", {"dataset": "a"}, [FILE])
    assert kept_before(tmp_path, "a") == ((FILE,), False)
    (tmp_path / "a.zip").write_bytes(b"mine")
    (tmp_path / "a-2.zip").write_bytes(b"of another")
    assert kept_before(tmp_path, "a") == ((FILE,), True)
    (tmp_path / "a.zip").write_bytes(b"yours")
    with pytest.raises(DownloadDiffers, match="is not what"):
        kept_before(tmp_path, "a")


@pytest.mark.parametrize("text", ["", "{}", '{"files": [{"name": "../b", "holds": "", "size": 1, "sha256": ""}]}'])
def test_a_record_that_is_none_stays(text: str, tmp_path: Path) -> None:
    """So does a file of which no record tells."""
    (tmp_path / "a.download.json").write_text(text)
    with pytest.raises(DownloadDiffers, match="no record of a download"):
        kept_before(tmp_path, "a")
    (tmp_path / "b.zip").write_bytes(b"mine")
    with pytest.raises(DownloadDiffers, match="no record says"):
        kept_before(tmp_path, "b")
