"""F37 and I12: the journal is whole lines for its owner, or nothing more is sent."""

import json
import os
import resource
import stat
from pathlib import Path

import pytest

from reconciler.files.journal import FILE_NAME, JournalFailed, JournalFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".reconciler"


def lines(folder: Path) -> list[object]:
    return [json.loads(line) for line in (folder / FILE_NAME).read_text().splitlines()]


def test_entries_are_lines_that_can_be_read_at_once(folder: Path) -> None:
    with JournalFile.open(folder) as journal:
        journal.write({"at": 1, "what": "POST"})
        assert lines(folder) == [{"at": 1, "what": "POST"}]
        journal.write({"text": "two\nlines \u2028 \udc80 é", "path": Path("x")})
    journal.close()
    assert lines(folder)[1] == {"text": "two\nlines \u2028 \udc80 é", "path": "x"}
    with JournalFile.open(folder) as journal:
        journal.write({"again": True})
    assert len(lines(folder)) == 3


def test_only_its_owner_reads_it_and_git_does_not_take_it(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_text("")
    (folder / FILE_NAME).chmod(0o644)
    JournalFile.open(folder).close()
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


def test_the_folder_is_made_for_its_owner(folder: Path) -> None:
    JournalFile.open(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_persons_gitignore_stays(folder: Path) -> None:
    folder.mkdir()
    (folder / ".gitignore").write_text("mine\n")
    JournalFile.open(folder).close()
    assert (folder / ".gitignore").read_text() == "mine\n"


def test_a_torn_last_line_stays_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_text('{"a": 1}\n{"b": ')
    with JournalFile.open(folder) as journal:
        journal.write({"c": 3})
    assert (folder / FILE_NAME).read_text() == '{"a": 1}\n{"b": \n{"c":3}\n'


def test_secrets_are_masked_before_anything_is_written(folder: Path) -> None:
    with JournalFile.open(folder, mask=lambda line: line.replace("canary", "***")) as journal:
        journal.write({"header": "canary", "canary": [{"deep": "a canary b"}]})
    assert b"canary" not in (folder / FILE_NAME).read_bytes()
    assert lines(folder) == [{"header": "***", "***": [{"deep": "a *** b"}]}]


@pytest.mark.parametrize("obstacle", ["file", "link", "folder", "linked folder", "fifo", "no parent"])
def test_what_is_in_the_way_is_a_failure(folder: Path, obstacle: str) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    if obstacle == "file":
        folder.write_text("")
    elif obstacle == "linked folder":
        folder.symlink_to(outside)
    elif obstacle == "no parent":
        folder = folder / "deeper"
    else:
        folder.mkdir()
        if obstacle == "link":
            (folder / FILE_NAME).symlink_to(outside / "stolen")
        elif obstacle == "folder":
            (folder / FILE_NAME).mkdir()
        else:
            os.mkfifo(folder / FILE_NAME)
    with pytest.raises(JournalFailed) as failed:
        JournalFile.open(folder)
    assert failed.value.strerror
    assert str(failed.value).startswith("the journal cannot be written: ")
    assert list(outside.iterdir()) == []


def test_a_pipe_that_somebody_reads_is_no_journal(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / FILE_NAME)
    reader = os.open(folder / FILE_NAME, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(JournalFailed, match="not a regular file"):
        JournalFile.open(folder)
    os.close(reader)


def test_f37_a_full_disk_is_a_failure_of_the_write(folder: Path) -> None:
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with JournalFile.open(folder) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, before[1]))
        try:
            journal.write({"a": "x" * 10})
            with pytest.raises(JournalFailed, match="only a part of a line fitted"):
                journal.write({"b": "x" * 50})
            with pytest.raises(JournalFailed, match="File too large"):
                journal.write({"c": 1})
            with pytest.raises(JournalFailed, match="File too large"):
                JournalFile.open(folder)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
    assert (folder / FILE_NAME).read_text().splitlines()[0] == '{"a":"xxxxxxxxxx"}'


def test_writing_after_closing_fails(folder: Path) -> None:
    journal = JournalFile.open(folder)
    journal.close()
    with pytest.raises(JournalFailed):
        journal.write({})
