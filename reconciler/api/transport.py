"""The HTTP client for one endpoint, and the transport to a simulator inside the process.

No redirects, no cookies, no log of the HTTP library, and TLS is always verified. The library itself reads nothing from
the environment; `network` does. The token is added below the client, so that nothing that prints the client or its
headers can show it.
"""

import logging
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from importlib.util import find_spec
from typing import Final, Literal

import httpx

from reconciler import __version__
from reconciler.api.connection import not_connected
from reconciler.api.endpoint import Endpoint
from reconciler.api.network import Network, NetworkRefused
from reconciler.api.token import Token
from reconciler.clock import Clock

CONNECT_SECONDS: Final = 10.0
"""Seconds for a connection, name and all. A second server of names is asked only after five."""

READ_SECONDS: Final = 60.0
"""Seconds without a single byte. One listing was seen to take over 8 s (U59)."""

IDLE_SECONDS: Final = 3.0
"""Seconds for which an idle connection is kept. Servers close idle ones after five seconds or more, and a write that is
sent while the server closes gets no answer: nobody would know whether it was done."""

_HEADER: Final = "api_token"
_OPTIONAL: Final = "sniffio"
_LOGGERS: Final = ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks")

Loss = Literal["unsent", "reset", "silent"]
"""How a connection ends without an answer: never opened, reset, or closed in silence."""

Reply = tuple[int, Mapping[str, str], bytes] | tuple[int, Mapping[str, str], bytes, float]
"""Status, headers, body, and optionally the seconds that pass before the first byte."""

Handle = Callable[[str, str, str, Mapping[str, str], bytes], Reply]
"""From method, path with `/v1`, raw query, headers with lower-case names and body to an answer. Raises for a loss."""

_LOSSES: Final[Mapping[Loss, tuple[type[httpx.TransportError], str]]] = {
    "unsent": (httpx.ConnectError, "the connection was not opened"),
    "reset": (httpx.ReadError, "the connection was reset"),
    "silent": (httpx.RemoteProtocolError, "the server closed the connection without an answer"),
}


def build_http_client(
    endpoint: Endpoint,
    token: Token | None,
    *,
    network: Network,
    transport: httpx.AsyncBaseTransport | None = None,
    read_seconds: float = READ_SECONDS,
    connect_seconds: float = CONNECT_SECONDS,
    connections: int = 8,
) -> httpx.AsyncClient:
    """The HTTP client for one endpoint. `transport` takes the place of the network, for simulators and tests.

    NetworkRefused where the proxy or the certificates that a person named cannot be used.
    """
    if endpoint.is_simulator and transport is None:
        raise ValueError("the simulator lives in this process: it needs a transport")
    silence_http_log()
    spare_a_search()
    below = transport or _network_transport(endpoint, network, connections)
    return httpx.AsyncClient(
        transport=_TokenTransport(below, token, network),
        base_url=endpoint.base,
        headers={
            "User-Agent": f"reconciler/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        },
        timeout=httpx.Timeout(read_seconds, connect=connect_seconds, pool=None),
        follow_redirects=False,
        trust_env=False,
    )


def silence_http_log() -> None:
    """Turn the log of the HTTP library off: it would show whole URLs and headers (H81)."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.disabled = True
        if _never not in logger.filters:
            logger.addFilter(_never)


def spare_a_search() -> None:
    """Let the HTTP library not look for `sniffio` anew at each request, where it is not installed.

    It asks several times a request which library runs the tasks, by way of that package, and takes a failed import for
    an answer. Python remembers what it found, and not what it did not: so each look went through all folders of
    packages, a quarter of what a call costs. None in `sys.modules` is Python's own way of saying "there is none".
    """
    if _OPTIONAL not in sys.modules and find_spec(_OPTIONAL) is None:
        sys.modules[_OPTIONAL] = None  # type: ignore[assignment]  # the documented value for a module that is not there


class EmbeddedTransport(httpx.AsyncBaseTransport):
    """Requests answered by a function in this process, such as a simulator's.

    `losses` says which exceptions of the function stand for a lost connection. An answer shorter than its
    content-length ends as on the network: cut off. A delay passes on the clock, up to the read timeout.
    """

    def __init__(self, handle: Handle, *, clock: Clock, losses: Mapping[type[Exception], Loss] | None = None) -> None:
        self._handle = handle
        self._clock = clock
        self._losses = dict(losses or {})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request as the network would."""
        body = b"".join([piece async for piece in _pieces(request)])
        await self._clock.sleep(0)
        status, headers, content, delay = self._ask(request, body)
        await self._wait(request, delay)
        stream = _Content(content, _promised(headers))
        return httpx.Response(status, headers=httpx.Headers(dict(headers), encoding="utf-8"), stream=stream)

    def _ask(self, request: httpx.Request, body: bytes) -> tuple[int, Mapping[str, str], bytes, float]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.url
        try:
            reply = self._handle(request.method, url.path, url.query.decode("ascii"), headers, body)
        except tuple(self._losses) as error:
            kind, words = _LOSSES[self._loss(error)]
            raise kind(words) from error
        delay = reply[3] if len(reply) == 4 else 0.0
        return reply[0], reply[1], reply[2], delay

    def _loss(self, error: Exception) -> Loss:
        return next(loss for kind, loss in self._losses.items() if isinstance(error, kind))

    async def _wait(self, request: httpx.Request, delay: float) -> None:
        longest = request.extensions.get("timeout", {}).get("read")
        if longest is not None and delay > longest:
            await self._clock.sleep(longest)
            raise httpx.ReadTimeout("no answer within the read timeout")
        if delay > 0:
            await self._clock.sleep(delay)


class _TokenTransport(httpx.AsyncBaseTransport):
    """Adds the token to requests, drops cookies from answers, and says why no connection came about."""

    def __init__(self, below: httpx.AsyncBaseTransport, token: Token | None, network: Network) -> None:
        self._below = below
        self._token = token
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._token is not None:
            request.headers[_HEADER] = self._token.value
        try:
            response = await self._below.handle_async_request(request)
        except httpx.TransportError as error:
            if (told := not_connected(error, request.url, self._network)) is None:
                raise
            raise told from error
        response.headers.pop("set-cookie", None)
        return response

    async def aclose(self) -> None:
        await self._below.aclose()


class _Content(httpx.AsyncByteStream):
    """The body of an embedded answer. It ends in an error if the headers promised more."""

    def __init__(self, content: bytes, promised: int) -> None:
        self._content = content
        self._promised = promised

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content
        if self._promised > len(self._content):
            raise httpx.RemoteProtocolError("the connection was closed before the whole answer had come")


def _network_transport(endpoint: Endpoint, network: Network, connections: int) -> httpx.AsyncHTTPTransport:
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=IDLE_SECONDS
    )
    if not endpoint.is_secure:
        return httpx.AsyncHTTPTransport(trust_env=False, limits=limits, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    context = _tls(network)
    proxy = network.proxy_for(endpoint.origin)
    through = None
    if proxy is not None:
        own = _tls(network) if proxy.origin.startswith("https:") else None
        through = httpx.Proxy(proxy.origin, auth=proxy.login, ssl_context=own)
    return httpx.AsyncHTTPTransport(trust_env=False, limits=limits, verify=context, proxy=through)


def _tls(network: Network) -> ssl.SSLContext:
    """What verifies a server. The certificates that a person named take the place of the built-in list."""
    authorities = network.authorities()
    if authorities:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(cadata=authorities)
        except ssl.SSLError:
            raise NetworkRefused(f"{' and '.join(network.ca_variables)}: a certificate in it is damaged") from None
        return context
    context = httpx.create_ssl_context(trust_env=False)
    context.keylog_filename = None  # type: ignore[assignment]  # Python takes SSLKEYLOGFILE unasked
    return context


async def _pieces(request: httpx.Request) -> AsyncIterator[bytes]:
    assert isinstance(request.stream, httpx.AsyncByteStream)
    async for piece in request.stream:
        yield piece


def _promised(headers: Mapping[str, str]) -> int:
    length = next((value for name, value in headers.items() if name.lower() == "content-length"), "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _never(_record: logging.LogRecord) -> bool:
    return False
