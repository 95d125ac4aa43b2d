"""An archive is the same bytes for the same members, and any reader of zips finds them in it."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.archive.pack import BLOCK, Member, MemberMoved, pack

NAMES = st.from_regex(r"[a-z0-9-]{1,20}\.(png|jpg|webp|txt)", fullmatch=True)
CONTENTS = st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=8)


def member(name: str, data: bytes) -> Member:
    return Member(name=name, size=len(data), digest=hashlib.sha256(data).hexdigest(), open=lambda: io.BytesIO(data))


def whole(blocks: Iterable[bytes]) -> bytes:
    return b"".join(blocks)


@given(CONTENTS)
def test_the_order_of_the_members_does_not_count(contents: dict[str, bytes]) -> None:
    members = [member(name, data) for name, data in contents.items()]
    one, other = pack(members), pack(reversed(members))
    assert (one.digest, one.size) == (other.digest, other.size)
    assert whole(one.blocks()) == whole(other.blocks())


@given(CONTENTS)
def test_digest_and_size_are_those_of_the_bytes(contents: dict[str, bytes]) -> None:
    archive = pack(member(name, data) for name, data in contents.items())
    data = whole(archive.blocks())
    assert hashlib.sha256(data).hexdigest() == archive.digest
    assert len(data) == archive.size


@given(CONTENTS)
def test_a_reader_finds_every_member_flat_and_without_a_trace_of_the_machine(contents: dict[str, bytes]) -> None:
    archive = pack(member(name, data) for name, data in contents.items())
    with zipfile.ZipFile(io.BytesIO(whole(archive.blocks()))) as found:
        assert found.testzip() is None
        assert {info.filename: found.read(info) for info in found.infolist()} == contents
        for info in found.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.compress_type == zipfile.ZIP_STORED
            assert not info.flag_bits & 0x08, "the checksum stands before the bytes"


def test_bytes_are_read_in_blocks_and_never_held() -> None:
    """Four members of two blocks each: no more than one block is asked for at a time."""
    sizes: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            sizes.append(size or 0)
            return super().read(size)

    data = bytes(2 * BLOCK)

    def opened() -> BinaryIO:
        return Watched(data)

    digest = hashlib.sha256(data).hexdigest()
    members = [Member(name=f"{n}.png", size=len(data), digest=digest, open=opened) for n in range(4)]
    assert sum(map(len, pack(members).blocks())) > 8 * BLOCK
    assert set(sizes) == {BLOCK}


@pytest.mark.parametrize("now", [b"other", b"longer than it was", b"", b"x"])
def test_a_file_that_changes_between_the_two_reads_is_named(now: bytes) -> None:
    contents = [b"first", b"first", now]

    def opened() -> BinaryIO:
        return io.BytesIO(contents.pop(0))

    archive = pack([Member(name="a.png", size=5, digest=hashlib.sha256(b"first").hexdigest(), open=opened)])
    with pytest.raises(MemberMoved, match=r"a\.png"):
        whole(archive.blocks())


def test_a_file_that_is_not_what_was_hashed_is_named_before_anything_is_made() -> None:
    with pytest.raises(MemberMoved, match=r"a\.png"):
        pack([Member(name="a.png", size=5, digest="0" * 64, open=lambda: io.BytesIO(b"first"))])


def test_two_names_that_differ_in_letter_case_alone_are_one() -> None:
    with pytest.raises(ValueError, match=r"two files are called b\.PNG|two files are called b\.png"):
        pack([member("b.png", b"1"), member("b.PNG", b"2")])
