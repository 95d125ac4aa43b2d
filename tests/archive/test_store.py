"""Stores by name, and the one that is a folder of this machine. A store that checks signatures: test_s3.py."""

import hashlib
import io
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from reconciler.archive.pack import Archive, Member, pack
from reconciler.archive.serve import served
from reconciler.archive.store import ArchiveStore, StoreName, StoreRefused, parse_store


def archive(data: bytes = b"picture") -> Archive:
    digest = hashlib.sha256(data).hexdigest()
    return pack([Member(name="a.png", size=len(data), digest=digest, open=lambda: io.BytesIO(data))])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("s3://brand-archives", StoreName(scheme="s3", bucket="brand-archives", path="")),
        ("s3://brand-archives/some/where/", StoreName(scheme="s3", bucket="brand-archives", path="some/where")),
        ("gs://b/x", StoreName(scheme="gs", bucket="b", path="x")),
        ("az://box/x", StoreName(scheme="az", bucket="box", path="x")),
        ("file:///srv/archives", StoreName(scheme="file", bucket="", path="/srv/archives")),
    ],
)
def test_a_store_is_read_and_printed_as_a_person_names_it(text: str, name: StoreName) -> None:
    assert parse_store(text) == name
    assert str(name) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    ["", "bucket", "http://bucket/x", "s3://", "s3:///x", "s3://key:secret@bucket", "s3://b?x=1", "s3://b#x", "file://host/x",
     "file://relative", "file:///", "s3://[::1"],
)  # fmt: skip
def test_what_is_no_store_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(it|a folder) "):
        parse_store(text)


async def test_an_archive_is_stored_once_and_found_again(tmp_path: Path) -> None:
    store, one = ArchiveStore(parse_store(f"file://{tmp_path}/deep/store")), archive()
    assert await store.archives() == ()
    assert await store.put(one) is True
    assert await store.put(one) is False
    assert [(row.digest, row.size) for row in await store.archives()] == [(one.digest, one.size)]
    assert store.file(one.digest).read_bytes() == b"".join(one.blocks())


async def test_an_archive_that_was_cut_off_is_written_again(tmp_path: Path) -> None:
    store, one = ArchiveStore(parse_store(f"file://{tmp_path}")), archive()
    await store.put(one)
    store.file(one.digest).write_bytes(b"half")
    assert await store.put(one) is True
    assert store.file(one.digest).stat().st_size == one.size


async def test_what_else_lies_in_the_store_is_not_ours(tmp_path: Path) -> None:
    store = ArchiveStore(parse_store(f"file://{tmp_path}"))
    await store.put(archive())
    (store.file("0" * 64).parent / "notes.txt").write_text("x")
    assert len(await store.archives()) == 1


async def test_a_store_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreRefused, match="cannot be used"):
        await ArchiveStore(parse_store(f"file://{tmp_path}/file/store")).put(archive())


def test_one_file_is_served_under_a_path_that_nobody_can_guess(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(bytes(1_000_000))
    with served(file) as address, served(file) as other:
        assert address.rpartition("/")[2] != other.rpartition("/")[2]
        with urllib.request.urlopen(address) as answer:
            assert answer.read() == file.read_bytes()
        head = urllib.request.Request(address, method="HEAD")
        with urllib.request.urlopen(head) as answer:
            assert (answer.headers["content-length"], answer.read()) == ("1000000", b"")
        for wrong in (address + "x", address.rpartition("/")[0] + "/", address.rpartition("/")[0] + "/a.zip"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(wrong)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(urllib.request.Request(address, data=b"x", method="PUT"))
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address)
