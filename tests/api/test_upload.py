import asyncio
import base64
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.api.endpoint import parse_endpoint
from reconciler.api.error import ContentChanged, Lost, Rejected
from reconciler.api.upload import PIECE, ImageSource, Upload
from tests.api.peer import IMPATIENT, Bytes, Watch, answer, client_of, peer, resets, says

HASHED = bytes(range(256)) * 2000
IMAGE = b'{"id": 9}'


def upload_of(source: ImageSource, name: str = "a.png") -> Upload:
    return Upload(operation="upload-image", image_name=name, source=source, increase_resolution=False)


async def body_of(upload: Upload) -> bytes:
    return b"".join([piece async for piece in upload.pieces()])


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 2])
async def test_the_body_is_json_of_the_length_that_was_said(size: int) -> None:
    """Raw base64 without a data prefix, whatever the size leaves over."""
    content = HASHED[:1] * size
    upload = upload_of(Bytes(then=content, now=content), 'na"me é\n.png')
    body = await body_of(upload)
    assert len(body) == upload.length
    assert json.loads(body) == {
        "image_name": 'na"me é\n.png',
        "increase_resolution": False,
        "file": base64.b64encode(content).decode(),
    }
    assert await body_of(upload) == body


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (HASHED[:-1], "has shrunk"),
        (b"", "has shrunk"),
        (HASHED + b"x", "has grown"),
        (HASHED * 100, "has grown"),
        (b"\1" + HASHED[1:], "has other bytes"),
        (HASHED[:-1] + b"\0", "has other bytes"),
    ],
)
async def test_f36_i17_a_file_that_changed_is_never_sent_whole(now: bytes, words: str) -> None:
    """The closing bytes are withheld, the server never has a whole request, and the journal is told."""
    watch = Watch()
    async with peer(says(answer(201, IMAGE))) as (endpoint, seen), client_of(endpoint, watch=watch) as client:
        source = Bytes(then=HASHED, now=now)
        with pytest.raises(ContentChanged, match=words):
            await client.upload_image(3, image_name="a.png", source=source, increase_resolution=True)
        found = await client.upload_image(
            3, image_name="b.png", source=Bytes(then=HASHED, now=HASHED), increase_resolution=True
        )
    assert not seen.bodies[0].endswith(b'"}')
    assert seen.bodies[1].endswith(b'"}')
    assert found.image_name == "b.png"
    assert [words in exchange.failure for exchange in watch.ended] == [True, False]


async def test_f36_a_file_that_is_gone_is_a_change(tmp_path: Path) -> None:
    """Removed, or turned into something that cannot be opened."""

    @dataclass
    class Gone:
        digest: str = sha256(b"").hexdigest()
        size: int = 0

        def open(self) -> io.BufferedReader:
            return (tmp_path / "gone.png").open("rb")

    with pytest.raises(ContentChanged, match="can no longer be read"):
        await body_of(upload_of(Gone()))


async def test_a_raw_file_may_give_less_at_each_reading() -> None:
    """Pieces are filled up, or their base64 could not be joined."""

    class Drops(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 100))

    @dataclass
    class Source:
        digest: str = sha256(HASHED).hexdigest()
        size: int = len(HASHED)

        def open(self) -> Drops:
            return Drops(HASHED)

    assert await body_of(upload_of(Source())) == await body_of(upload_of(Bytes(then=HASHED, now=HASHED)))


async def test_f02_a_connection_that_breaks_under_the_body_is_lost() -> None:
    """A reset in the middle of an upload: done or not, only looking tells; and nothing is sent again."""
    content = HASHED * 20
    async with peer(resets, reads_body=False) as (endpoint, seen), client_of(endpoint) as client:
        with pytest.raises(Lost):
            await client.upload_image(
                3, image_name="a.png", source=Bytes(then=content, now=content), increase_resolution=True
            )
    assert len(seen.heads) == 1


async def test_f15_an_answer_before_the_end_of_the_body_is_heard() -> None:
    """A gateway that refuses a large file does so before it has read all of it."""
    content = HASHED * 20
    early = says(answer(413, b"<html>too large</html>", "connection: close"))
    async with peer(early, reads_body=False) as (endpoint, _), client_of(endpoint) as client:
        with pytest.raises((Rejected, Lost)) as caught:
            await client.upload_image(
                3, image_name="a.png", source=Bytes(then=content, now=content), increase_resolution=True
            )
    assert not isinstance(caught.value, Rejected) or caught.value.status == 413


async def test_an_upload_after_a_429_is_read_again_from_the_start() -> None:
    """The whole body is sent both times."""
    async with (
        peer(says(answer(429, b"", "retry-after: 0")), says(answer(201, IMAGE))) as (endpoint, seen),
        client_of(endpoint, pace=replace(IMPATIENT, patience=0.1)) as client,
    ):
        await client.upload_image(
            3, image_name="a.png", source=Bytes(then=HASHED, now=HASHED), increase_resolution=True
        )
    assert len(seen.bodies) == 2
    assert seen.bodies[0] == seen.bodies[1] != b""


@dataclass(frozen=True)
class Zeros:
    """A file of zero bytes that is never in memory as a whole."""

    size: int
    digest: str

    def open(self) -> io.BufferedReader:
        return io.BufferedReader(_Zeros(self.size))


class _Zeros(io.RawIOBase):
    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        given = min(len(buffer), self._left)
        buffer[:given] = bytes(given)
        self._left -= given
        return given


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


async def test_memory_does_not_grow_with_the_image(traced: None) -> None:
    """Twelve megabytes, four at once: at most two megabytes each (performance, goal 9)."""
    size = 12 * 2**20
    source = Zeros(size, sha256(bytes(size)).hexdigest())

    async def sink(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wanted = int((await reader.readuntil(b"\r\n\r\n")).lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while wanted and (piece := await reader.read(65536)):
            wanted -= len(piece)
        writer.write(answer(201, IMAGE))
        writer.close()

    server = await asyncio.start_server(sink, "127.0.0.1", 0)
    async with client_of(parse_endpoint(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")) as client:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        await asyncio.gather(
            *(client.upload_image(3, image_name="a", source=source, increase_resolution=True) for _ in range(4))
        )
        peak = tracemalloc.get_traced_memory()[1] - before
    server.close()
    assert peak < 4 * 2 * 2**20
