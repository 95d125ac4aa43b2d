"""One request and its answer. Whatever goes wrong with HTTP becomes an `Answer` here, and nothing above sees it raw."""

import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx

from reconciler.api.error_text import error_text, safe
from reconciler.api.operation import Call
from reconciler.api.retry import Ending, asked_wait
from reconciler.api.upload import Upload
from reconciler.clock import Clock, deadline
from reconciler.core.strictjson import loads
from reconciler.core.text import shown

ANSWER_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of an answer after unpacking. A list of a hundred thousand models is smaller."""

VALUES_LIMIT: Final = 1_000_000
"""Values in an answer. Each costs memory once the JSON is read, however few bytes it has (H72)."""

_ERROR_LIMIT: Final = 16 * 1024
_SLOWEST_UPLOAD: Final = 50_000
"""Bytes a second. A slower upload runs into the deadline."""

_PHRASES: Final[tuple[tuple[type[httpx.TransportError], str], ...]] = (
    (httpx.ReadTimeout, "no answer came in time"),
    (httpx.WriteTimeout, "the request could not be sent in time"),
    (httpx.ConnectTimeout, "the connection was not opened in time"),
    (httpx.PoolTimeout, "no connection was free in time"),
    (httpx.RemoteProtocolError, "the connection ended before a whole answer had come, or the answer was no HTTP"),
    (httpx.NetworkError, "the connection was lost"),
)
_UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_GZIP: Final = 31
"""The number by which zlib is told to expect a gzip header and trailer."""

Mask = Callable[[str], str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an exchange ended. `words` is a safe line that says what is wrong, `asked` the pause that the API asks for."""

    ending: Ending
    status: int | None = None
    body: bytes = b""
    words: str = ""
    asked: float | None = None


async def send_once(http: httpx.AsyncClient, call: Call, *, clock: Clock, seconds: float | None, mask: Mask) -> Answer:
    """Send a call once. `seconds` limits the whole exchange. Raises nothing but ContentChanged."""
    try:
        async with deadline(clock, _allowed(call, seconds)):
            return await _answer(http, _request(http, call), mask)
    except TimeoutError:
        return Answer(ending=Ending.SILENT, words="no whole answer came before the deadline of the exchange")
    except httpx.TransportError as error:
        return _failed(error, mask)


def interpreted(answer: Answer, interpret: Callable[[object], T], mask: Mask) -> tuple[Answer, T | None]:
    """The answer with its document as one of our values; or an answer that says why the document cannot be used."""
    if answer.ending is not Ending.FIT:
        return answer, None
    try:
        return answer, interpret(_document(answer.body))
    except ValueError as error:
        words = safe(f"answered {answer.status} with something unfit: {error}", mask)
        return replace(answer, ending=Ending.GARBLED, words=words), None


def _document(body: bytes) -> object:
    """The JSON of an answer; None if it is empty. ValueError if it is no JSON, or too much."""
    # Counted before parsing, as parsing is what costs the memory. Each value needs one of these signs before it.
    if sum(map(body.count, (b",", b"[", b"{"))) > VALUES_LIMIT:
        raise ValueError(f"holds more than {VALUES_LIMIT:,} values")
    return loads(body) if body.strip() else None


def _request(http: httpx.AsyncClient, call: Call) -> httpx.Request:
    method, body = call.operation.method, call.body
    if body is None:
        return http.build_request(method, call.path)
    if isinstance(body, Upload):
        headers = {"Content-Type": "application/json", "Content-Length": str(body.length)}
        return http.build_request(method, call.path, content=body.pieces(), headers=headers)
    return http.build_request(method, call.path, json=dict(body))


def _allowed(call: Call, seconds: float | None) -> float | None:
    if seconds is not None and isinstance(call.body, Upload):
        return seconds + call.body.length / _SLOWEST_UPLOAD
    return seconds


async def _answer(http: httpx.AsyncClient, request: httpx.Request, mask: Mask) -> Answer:
    # Streamed, so that an answer without end is not read into memory before its size can be checked.
    response = await http.send(request, stream=True)
    try:
        # The token would be sent along to wherever a redirect leads, and a redirected write may be sent twice. So none
        # is followed, not even within the host.
        if 300 <= response.status_code < 400:
            return _moved(response)
        body, is_whole = await _body(response, ANSWER_LIMIT if response.is_success else _ERROR_LIMIT)
    finally:
        await response.aclose()
    if response.is_success and not is_whole:
        words = f"answered {response.status_code} with more than {ANSWER_LIMIT // 2**20} MiB, or packed unasked"
        return Answer(ending=Ending.GARBLED, status=response.status_code, words=words)
    return _as_answer(response, body, mask)


async def _body(response: httpx.Response, limit: int) -> tuple[bytes, bool]:
    """The body and whether it is whole. Reads and unpacks no more than the limit, and unpacks gzip only, once (H63)."""
    packed = response.headers.get("content-encoding", "").strip().lower()
    if packed not in {"", "identity", "gzip"}:
        return b"", False
    unpack = zlib.decompressobj(wbits=_GZIP) if packed == "gzip" else None
    found = bytearray()
    async for piece in response.aiter_raw():
        try:
            found += piece if unpack is None else unpack.decompress(piece, limit + 1 - len(found))
        except zlib.error:
            return b"", False
        if len(found) > limit:
            return bytes(found[:limit]), False
    return bytes(found), unpack is None or unpack.eof


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


def _failed(error: httpx.TransportError, mask: Mask) -> Answer:
    if isinstance(error, httpx.ConnectError):
        words = safe(f"the connection was not opened: {error}", mask)
        return Answer(ending=Ending.INSECURE if _is_of_tls(error) else Ending.UNSENT, words=words)
    phrase = next((words for kind, words in _PHRASES if isinstance(error, kind)), "the exchange broke off")
    return Answer(ending=Ending.UNSENT if isinstance(error, _UNSENT) else Ending.SILENT, words=phrase)


def _is_of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
