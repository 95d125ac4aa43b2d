"""A large file in pieces, from servers on this machine that do what a store of files may do."""

import gzip
from dataclasses import dataclass, field

import pytest

from reconciler.api.download import Broken, Head, download, files_of
from reconciler.api.endpoint import Endpoint
from reconciler.api.network import DIRECT
from reconciler.api.picture import Missing
from reconciler.api.result import ResultFetcher
from reconciler.core.kind import Kind
from tests.api.peer import Seen, answer, peer, says

WHOLE = b"0123456789" * 100
TAG = '"one"'
BEGUN = Head(suffix="zip", tag=TAG, size=len(WHOLE))


@dataclass
class Memory:
    """A part of a file in memory."""

    data: bytes = b""
    head: Head | None = None
    restarts: int = 0

    @property
    def size(self) -> int:
        return len(self.data)

    def restart(self, head: Head) -> None:
        self.data, self.head, self.restarts = b"", head, self.restarts + 1

    def take(self, piece: bytes) -> None:
        self.data += piece


@dataclass
class Got:
    """What came of one try."""

    found: Broken | Missing | None
    part: Memory
    seen: Seen = field(default_factory=Seen)

    @property
    def reason(self) -> str:
        return "" if self.found is None else self.found.reason


async def got(reply: bytes, part: Memory | None = None, target: str = "/a/b.safetensors?sig=canary-signature") -> Got:
    """Ask a server that answers so."""
    part = part or Memory()
    async with peer(says(reply)) as (endpoint, seen), fetcher_of(endpoint) as fetcher:
        place = fetcher.place(endpoint.origin + target)
        assert not isinstance(place, Missing)
        found = await download(fetcher, place, part)
    assert "canary-signature" not in str(found)
    return Got(found, part, seen)


def fetcher_of(endpoint: Endpoint) -> ResultFetcher:
    return ResultFetcher(endpoint, (), network=DIRECT, transport=None)


def begun(size: int = 400) -> Memory:
    return Memory(WHOLE[:size], BEGUN)


async def test_a_whole_file() -> None:
    """Its name ends as its address does; no token is sent, and no range is asked for."""
    one = await got(answer(200, WHOLE, f"etag: {TAG}", "content-type: binary/octet-stream"))
    assert (one.found, one.part.data) == (None, WHOLE)
    assert one.part.head == Head(suffix="safetensors", tag=TAG, size=len(WHOLE))
    assert "range" not in one.seen.heads[0].lower()
    assert "api_token" not in one.seen.heads[0].lower()


@pytest.mark.parametrize(
    ("target", "type_", "suffix"),
    [
        ("/x", "application/zip", "zip"),
        ("/x", "text/csv; charset=utf-8", "csv"),
        ("/x", "what/ever", "bin"),
        ("/x.%2e%2e%2fy", "application/json", "json"),
        ("/x.ZIP?a=b.exe", "text/csv", "zip"),
    ],
)
async def test_how_a_name_ends(target: str, type_: str, suffix: str) -> None:
    """By a plain ending of the address, else by the type."""
    one = await got(answer(200, WHOLE, f"content-type: {type_}"), target=target)
    assert one.part.head is not None
    assert one.part.head.suffix == suffix


async def test_the_rest_of_a_file() -> None:
    """Only what is not there is asked for, if the file still is the same."""
    one = await got(answer(206, WHOLE[400:], "content-range: bytes 400-999/1000", f"etag: {TAG}"), begun())
    assert (one.found, one.part.data, one.part.restarts) == (None, WHOLE, 0)
    assert "range: bytes=400-" in one.seen.heads[0].lower()
    assert f"if-range: {TAG}" in one.seen.heads[0].lower()


async def test_a_server_that_ignores_the_range() -> None:
    """It sends the whole file, which is taken from its first byte on."""
    one = await got(answer(200, WHOLE), begun())
    assert (one.found, one.part.data, one.part.restarts) == (None, WHOLE, 1)


async def test_without_a_tag_nothing_is_put_together() -> None:
    """What is there could be of another state of the file."""
    one = await got(answer(200, WHOLE, 'etag: W/"weak"'), Memory(WHOLE[:400], Head(suffix="zip", size=len(WHOLE))))
    assert "range" not in one.seen.heads[0].lower()
    assert (one.part.data, one.part.head and one.part.head.tag) == (WHOLE, "")


@pytest.mark.parametrize(
    "reply",
    [
        answer(206, WHOLE[300:], "content-range: bytes 300-999/1000"),
        answer(206, WHOLE[400:], "content-range: bytes 400-999/1001"),
        answer(206, WHOLE[400:], "content-range: bytes 400-999/1000", 'etag: "two"'),
        answer(206, WHOLE[400:]),
        answer(416, b"", "content-range: bytes */1000"),
    ],
)
async def test_another_part_than_was_asked_for(reply: bytes) -> None:
    """Nothing of it is taken, and the next try begins anew."""
    one = await got(reply, begun())
    assert one.reason.endswith("has another file by now than the one that was begun")
    assert (one.part.data, one.part.restarts) == (b"", 1)


async def test_less_than_was_said() -> None:
    """What came stays; of a rest that ends early, all of it goes."""
    cut = answer(200, WHOLE, f"etag: {TAG}")[:-300]
    one = await got(cut)
    assert isinstance(one.found, Broken)
    assert one.part.data == WHOLE[:700]
    short = await got(answer(206, WHOLE[400:900], "content-range: bytes 400-999/1000", f"etag: {TAG}"), begun())
    assert "sent 900 bytes of a file that it said has 1000" in short.reason
    assert short.part.data == b""


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer(200), "sent an empty file"),
        (answer(503), "answers 503"),
        (answer(429), "answers 429"),
    ],
)
async def test_what_another_try_may_mend(reply: bytes, words: str) -> None:
    """With the same address."""
    one = await got(reply)
    assert isinstance(one.found, Broken)
    assert (words in one.reason, one.found.is_expired) == (True, False)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_an_address_that_is_no_longer_good(status: int) -> None:
    """What is there stays for the next address."""
    one = await got(answer(status, b"<Error/>"), begun())
    assert isinstance(one.found, Broken)
    assert (one.found.is_expired, one.part.size) == (True, 400)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer(302, b"", "location: http://127.0.0.1:1/"), "a redirect, which is not followed"),
        (answer(204), "which says nothing of a file"),
        (answer(200, gzip.compress(WHOLE), "content-encoding: gzip"), "packed, which was not asked for"),
    ],
)
async def test_what_no_other_try_mends(reply: bytes, words: str) -> None:
    """It is said, and nothing is taken."""
    one = await got(reply)
    assert isinstance(one.found, Missing)
    assert (words in one.reason, one.part.size) == (True, 0)


def test_what_the_answers_say() -> None:
    """An address never shows; captions have one only now and then; without one the answer is unfit."""
    _, model = files_of(Kind.MODEL, 7)
    files = model({"download_url": "https://a.test/x", "base_model_name": "B", "prompt_prefix": "A ", "more": 1})
    assert files.words == {"base_model_name": "B", "prompt_prefix": "A "}
    assert "a.test" not in repr(files)
    asked, dataset = files_of(Kind.DATASET, 7)
    assert asked.path == "/datasets/7/download"
    assert list(dataset({"download_url": "u", "captions_url": "c"}).addresses) == ["images", "captions"]
    assert list(dataset({"download_url": "u", "captions_url": None}).addresses) == ["images"]
    unfit: tuple[object, ...] = ({}, [], {"download_url": ""}, {"download_url": 7})
    for document in unfit:
        with pytest.raises(ValueError, match="holds no download_url"):
            dataset(document)
