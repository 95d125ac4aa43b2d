"""One request and its answer. Whatever goes wrong with HTTP becomes an `Answer` here, and nothing above sees it raw."""

import asyncio
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx

from reconciler.api.connection import NotConnected
from reconciler.api.error_text import error_text, safe
from reconciler.api.operation import Call
from reconciler.api.retry import Ending, asked_wait
from reconciler.api.server_time import ServerTime, told_time
from reconciler.api.upload import Upload
from reconciler.clock import Clock, deadline
from reconciler.core.strictjson import NoJson, loads
from reconciler.core.text import shown
from reconciler.core.value import dataclass

ANSWER_LIMIT: Final = 48 * 1024 * 1024
"""Bytes of an answer after unpacking. A list of fifty thousand models is smaller, and with it the tool stays below 150 MB
while an answer without end is read (F17)."""

VALUES_LIMIT: Final = 1_000_000
"""Values in an answer. Each costs memory once the JSON is read, however few bytes it has (H72)."""

SMALL: Final = 256 * 1024
"""Bytes of an answer that any number of calls may read at the same time. What is larger is read one after the other, so
that several answers without end cost the memory of one."""

_PIECE: Final = 64 * 1024
"""Bytes that are unpacked at a time: a few packed ones may stand for a thousand times as many."""

_ERROR_LIMIT: Final = 16 * 1024
_SLOWEST_UPLOAD: Final = 50_000
"""Bytes a second. A slower upload runs into the deadline."""

_PHRASES: Final[tuple[tuple[type[httpx.TransportError], str], ...]] = (
    (httpx.ReadTimeout, "no answer came in time"),
    (httpx.WriteTimeout, "the request could not be sent in time"),
    (httpx.RemoteProtocolError, "the connection ended before a whole answer had come, or the answer was no HTTP"),
    (httpx.NetworkError, "the connection was lost"),
)

_GZIP: Final = 31
"""The number by which zlib is told to expect a gzip header and trailer."""

Mask = Callable[[str], str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an exchange ended.

    `words` is a safe line that says what is wrong, `asked` the pause that the API asks for, `time` what a server says
    of its own.
    """

    ending: Ending
    status: int | None = None
    body: bytes = b""
    words: str = ""
    asked: float | None = None
    time: ServerTime | None = None


async def send_once(
    http: httpx.AsyncClient,
    call: Call,
    *,
    clock: Clock,
    seconds: float | None,
    mask: Mask,
    large_answers: asyncio.Lock,
) -> Answer:
    """Send a call once. `seconds` limits the whole exchange. Raises nothing but ContentChanged.

    `large_answers` is held while more than a small answer is read.
    """
    try:
        async with deadline(clock, _allowed(call, seconds)):
            return await _answer(http, _request(http, call), mask, large_answers)
    except TimeoutError:
        return Answer(ending=Ending.SILENT, words="no whole answer came before the deadline of the exchange")
    except httpx.TransportError as error:
        return _failed(error)


def interpreted(answer: Answer, interpret: Callable[[object], T], mask: Mask) -> tuple[Answer, T | None]:
    """The answer with its document as one of our values; or an answer that says why the document cannot be used."""
    if answer.ending is not Ending.FIT:
        return answer, None
    try:
        return answer, interpret(_document(answer.body))
    except ValueError as error:
        words = safe(f"answered {answer.status} with something unfit: {error}", mask)
        return replace(answer, ending=_of_content(answer.body, error), words=words), None


def _of_content(body: bytes, error: ValueError) -> Ending:
    """How an exchange ended whose answer came, and cannot be used."""
    if isinstance(error, _TooMuch):
        return Ending.OVERSIZED
    return Ending.GARBLED if isinstance(error, NoJson) or not body.strip() else Ending.WRONG


class _TooMuch(ValueError):
    """A document with more values than are read."""


def _document(body: bytes) -> object:
    """The JSON of an answer; None if it is empty. ValueError if it is no JSON, or too much."""
    # Counted before parsing, as parsing is what costs the memory. Each value needs one of these signs before it.
    if sum(map(body.count, (b",", b"[", b"{"))) > VALUES_LIMIT:
        raise _TooMuch(f"holds more than {VALUES_LIMIT:,} values")
    return loads(body) if body.strip() else None


def _request(http: httpx.AsyncClient, call: Call) -> httpx.Request:
    method, body = call.operation.method, call.body
    url = http.base_url.join(call.address) if call.operation.is_second else call.address
    timeout = _timeout(http.timeout, call.operation.extra_seconds)
    if body is None:
        return http.build_request(method, url, timeout=timeout)
    if isinstance(body, Upload):
        headers = {"Content-Type": "application/json", "Content-Length": str(body.length)}
        return http.build_request(method, url, content=body.pieces(), headers=headers, timeout=timeout)
    return http.build_request(method, url, json=dict(body), timeout=timeout)


def _timeout(usual: httpx.Timeout, extra: float) -> httpx.Timeout:
    read = None if usual.read is None else usual.read + extra
    return httpx.Timeout(connect=usual.connect, read=read, write=usual.write, pool=usual.pool)


def _allowed(call: Call, seconds: float | None) -> float | None:
    """How long an exchange may take; what carries pictures may take longer."""
    if seconds is None:
        return None
    return seconds + call.operation.extra_seconds + _size(call.body) / _SLOWEST_UPLOAD


def _size(body: Mapping[str, object] | Upload | None) -> int:
    """About how many bytes a body has: its texts, in which pictures travel, and nothing else."""
    if body is None or isinstance(body, Upload):
        return 0 if body is None else body.length
    texts = (text for value in body.values() for text in (value if isinstance(value, list) else [value]))
    return sum(len(text) for text in texts if isinstance(text, str))


async def _answer(http: httpx.AsyncClient, request: httpx.Request, mask: Mask, large_answers: asyncio.Lock) -> Answer:
    # Streamed, so that an answer without end is not read into memory before its size can be checked.
    response = await http.send(request, stream=True)
    try:
        # The token would be sent along to wherever a redirect leads, and a redirected write may be sent twice. So none
        # is followed, not even within the host.
        if 300 <= response.status_code < 400:
            return _moved(response)
        body = await _body(response, ANSWER_LIMIT if response.is_success else _ERROR_LIMIT, large_answers)
    finally:
        await response.aclose()
    if response.is_success and body.is_beyond:
        words = f"answered {response.status_code} with more than {ANSWER_LIMIT // 2**20} MiB"
        return Answer(ending=Ending.OVERSIZED, status=response.status_code, words=words)
    if response.is_success and not body.is_readable:
        words = f"answered {response.status_code}, packed in a way that was not asked for"
        return Answer(ending=Ending.GARBLED, status=response.status_code, words=words)
    return replace(_as_answer(response, bytes(body.content), mask), time=told_time(response.headers))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """What was read of an answer: its content, whether there is more than the limit, whether it could be unpacked."""

    content: bytearray
    is_beyond: bool = False
    is_readable: bool = True


async def _body(response: httpx.Response, limit: int, large_answers: asyncio.Lock) -> _Body:
    """The body. Reads and unpacks no more than the limit, and unpacks gzip only, once (H63)."""
    packed = response.headers.get("content-encoding", "").strip().lower()
    found = bytearray()
    if packed not in {"", "identity", "gzip"}:
        return _Body(content=found, is_readable=False)
    unpack = zlib.decompressobj(wbits=_GZIP) if packed == "gzip" else None
    received, is_large = 0, False
    async with AsyncExitStack() as stack:
        async for piece in response.aiter_raw():
            received += len(piece)
            try:
                for part in (piece,) if unpack is None else _unpacked(unpack, piece):
                    found += part
                    if len(found) > limit:
                        return _Body(content=found[:limit] if limit < SMALL else bytearray(), is_beyond=True)
            except zlib.error:
                return _Body(content=bytearray(), is_readable=False)
            if received > limit:
                return _Body(content=bytearray(), is_beyond=True)
            if len(found) > SMALL and not is_large:
                await stack.enter_async_context(large_answers)
                is_large = True
    return _Body(content=found, is_readable=unpack is None or unpack.eof)


def _unpacked(unpack: "zlib._Decompress", piece: bytes) -> Iterator[bytes]:
    """The content of some packed bytes, a little at a time."""
    while True:
        part = unpack.decompress(piece, _PIECE)
        yield part
        piece = unpack.unconsumed_tail
        if not piece and len(part) < _PIECE:
            return


def _as_answer(response: httpx.Response, body: bytes, mask: Mask) -> Answer:
    status, headers = response.status_code, response.headers
    if response.is_success:
        return Answer(ending=Ending.FIT, status=status, body=body)
    return Answer(
        ending=_ending(status, body),
        status=status,
        words=_worded(status, error_text(body, mask)),
        asked=asked_wait(headers.get("retry-after"), headers.get("date")),
    )


def _ending(status: int, body: bytes) -> Ending:
    if status in {401, 403}:
        return Ending.FORBIDDEN
    if status == 429:
        return Ending.LIMITED
    if status == 408 or 500 <= status < 600:
        return Ending.FAULTY
    # A 404 means "there is no such thing", and the next step may be to create it. A page of a proxy must not mean that.
    if status == 404 and not _is_of_the_api(body):
        return Ending.GARBLED
    return Ending.REFUSED if 400 <= status < 500 else Ending.GARBLED


def _is_of_the_api(body: bytes) -> bool:
    """Does the API itself answer, in JSON? A proxy or a gateway before it answers with a page."""
    try:
        _document(body)
    except ValueError:
        return False
    return True


def _worded(status: int, words: str) -> str:
    if status == 401:
        return f"the API refused the token (401{': ' + words if words else ''}); check BRIA_API_TOKEN"
    if status == 403:
        return f"the API refused the call (403{': ' + words if words else ''}): quota spent, or not in the plan"
    return words or f"answered {status} without a reason"


def _moved(response: httpx.Response) -> Answer:
    """A redirect. Of its address only scheme and host are told: the rest may hold secrets (H61)."""
    try:
        place = urlsplit(response.headers.get("location", ""))
        target = f"{place.scheme}://{place.hostname}" if place.scheme and place.hostname else "elsewhere"
    except ValueError:
        target = "elsewhere"
    words = f"answered {response.status_code}, a redirect to {shown(target, 100)}, which is not followed"
    return Answer(ending=Ending.MOVED, status=response.status_code, words=words)


def _failed(error: httpx.TransportError) -> Answer:
    if isinstance(error, NotConnected):
        return Answer(ending=Ending.BARRED if error.is_final else Ending.UNSENT, words=str(error))
    phrase = next((words for kind, words in _PHRASES if isinstance(error, kind)), "the exchange broke off")
    return Answer(ending=Ending.SILENT, words=phrase)
