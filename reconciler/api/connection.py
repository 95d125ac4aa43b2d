"""Why no connection came about: in words that name the host, and whether another try could help."""

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import httpx

from reconciler.api.network import CA_FILE, Network, Proxy
from reconciler.core.text import shown

_CLOSED_FOR_GOOD: Final = {403: "does not allow it", 407: "wants another user name or password"}
"""Answers of a proxy that another try does not change."""


class NotConnected(httpx.ConnectError):
    """No connection, so nothing was sent. `is_final` where another try cannot help. The message shows no secret."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


def not_connected(error: httpx.TransportError, url: httpx.URL, network: Network) -> NotConnected | None:
    """What became of a request that was not sent; None where it may have been."""
    origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
    host = shown(url.netloc.decode("ascii"), 100)
    proxy = network.proxy_for(origin)
    if isinstance(error, httpx.ProxyError):
        return _refused_by(proxy, str(error), host)
    if not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return None
    tls = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return NotConnected(_insecure(tls, host, network), is_final=True)
    peer = host if proxy is None else f"the proxy {_name(proxy)}, which {proxy.variable} names,"
    return NotConnected(f"{peer} {_unreached(error)}")


def _name(proxy: Proxy) -> str:
    return shown(proxy.origin.partition("://")[2], 100)


def _refused_by(proxy: Proxy | None, text: str, host: str) -> NotConnected:
    """What a proxy answers. Of its words only the number is shown: it may repeat what we sent."""
    assert proxy is not None, "only a proxy answers so"
    number = text[:3] if text[:3].isdigit() else ""
    code = int(number or "0")
    said = f"the proxy {_name(proxy)}, which {proxy.variable} names, does not connect to {host}"
    why = _CLOSED_FOR_GOOD.get(code)
    return NotConnected(
        f"{said}: it {why} ({code})" if why else f"{said} ({number or 'no answer'})", is_final=bool(why)
    )


def _insecure(error: ssl.SSLError, host: str, network: Network) -> str:
    # Errors that Python itself raises lack what those of the TLS library have.
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"{host} speaks no TLS that could be used ({shown(getattr(error, 'reason', '') or 'unknown reason')})"
    said = f"the certificate of {host} is not trusted ({shown(getattr(error, 'verify_message', '') or str(error))})"
    if network.ca_variables:
        return f"{said}; certificates come from {' and '.join(network.ca_variables)}"
    return f"{said}; where your network has a certificate authority of its own, name its file in {CA_FILE}"


def _unreached(error: httpx.TransportError) -> str:
    """What hinders a connection, as the end of a sentence that begins with the host."""
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            is_unknown = cause.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
            return "is no host that is known here" if is_unknown else "could not be looked up: no answer to its name"
        if isinstance(cause, ConnectionRefusedError):
            return "refuses the connection"
        if isinstance(cause, OSError) and cause.errno is not None and cause.strerror:
            return f"cannot be reached: {shown(cause.strerror)}"
    return "does not answer" if isinstance(error, httpx.TimeoutException) else "cannot be reached"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what it was raised from, and the parts of groups, from the outside in."""
    left: list[BaseException] = [error]
    seen: set[int] = set()
    while left:
        one = left.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            left += one.exceptions
        left += [inner for inner in (one.__cause__, one.__context__) if inner is not None]
