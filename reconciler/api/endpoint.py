"""Where requests go: the vendor's origin, another one named by hand, or the simulator inside the process.

Also the addresses of pictures, which the API only gives as text. Everything is read strictly, and compared as text
with what a person named.
"""

import re
from dataclasses import field
from typing import Final

from reconciler.api.network import is_loopback
from reconciler.core.pattern import pattern
from reconciler.core.text import visible
from reconciler.core.value import dataclass

BRIA: Final = "https://engine.prod.bria-api.com"
"""The training surface of Bria, in every era of its documents (D01)."""

VERSION_PATH: Final = "/v1"
SIMULATOR: Final = "simulator"

ADDRESS_LIMIT: Final = 4096
"""Characters of an address. One that is signed with a session's token has about two thousand."""

_HOST = pattern(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]")
_ORIGIN = pattern(
    r"(?P<scheme>https?)://(?P<host>[^:/?#@\[\]]+|\[[^\]/?#@]*\])(?::(?P<port>[0-9]{1,5}))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = pattern(r"(?P<origin>https?://[^/?#]+)(?P<target>[^#]*)(?:#.*)?", re.IGNORECASE)
_NAMED_HOST = pattern(r"[^/?#@]+")
_LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})
_PORTS: Final = {"https": 443, "http": 80}


class EndpointRefused(ValueError):
    """Requests may not be sent there. The sentence says why, and quotes no password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An origin in its normal form; or the simulator, with the file that holds its world (None: in memory)."""

    origin: str
    store: str | None = None

    @property
    def is_simulator(self) -> bool:
        return self.origin == SIMULATOR

    @property
    def is_bria(self) -> bool:
        """Is this the vendor's own origin, the only one that a file of the repository may name?"""
        return self.origin == BRIA

    @property
    def is_loopback(self) -> bool:
        """Is this a server on this machine? Only a flag or the environment can name one, and no file of the repository."""
        return not self.is_simulator and is_loopback(self.origin)

    @property
    def is_secure(self) -> bool:
        """Does a token sent there travel encrypted?"""
        return self.origin.startswith("https:")

    @property
    def base(self) -> str:
        """The address before the paths of the contract."""
        return f"http://{SIMULATOR}{VERSION_PATH}" if self.is_simulator else f"{self.origin}{VERSION_PATH}"

    def __str__(self) -> str:
        return self.origin if self.store is None else f"{self.origin}:{self.store}"


class HostRefused(ValueError):
    """Pictures may not be fetched from there. The sentence says how a host is written, and quotes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An origin in its normal form, with the path and query after it. Those are never shown: the query may be signed."""

    origin: str
    target: str = field(repr=False)

    @property
    def host(self) -> str:
        """`HOST` or `HOST:PORT`, as a person would name it."""
        return visible(self.origin.partition("//")[2])


def parse_endpoint(text: str) -> Endpoint:
    """Read an endpoint: `https://HOST[:PORT]`, `http://` for loopback only, `simulator` or `simulator:PATH`.

    A path is not part of an origin. `/v1` is accepted, and added if it is left out. EndpointRefused says what is wrong (H77).
    """
    kind, colon, path = text.partition(":")
    if kind == SIMULATOR:
        return _simulator(colon, path)
    return Endpoint(origin=_origin(text))


def parse_address(text: str) -> Address | None:
    """An address from which a picture may be fetched: https, or http of a loopback host. None for any other text.

    Printable ASCII without blanks, at most 4096 characters, no user name or password. The fragment is dropped.
    """
    if len(text) > ADDRESS_LIMIT or not text.isascii() or not text.isprintable() or " " in text:
        return None
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    try:
        origin = parse_endpoint(match["origin"]).origin
    except EndpointRefused:
        return None
    return Address(origin=origin, target=match["target"])


def origins_of(host: str) -> frozenset[str]:
    """The origins that a person means by `HOST` or `HOST:PORT`: https, and for a loopback host also http.

    Without a port, the usual one is meant (443, http: 80). HostRefused if it is no host.
    """
    texts = (f"{scheme}://{host}" for scheme in ("https", "http")) if _NAMED_HOST.fullmatch(host) else ()
    found = frozenset(address.origin for text in texts if (address := parse_address(text)) is not None)
    if not found:
        raise HostRefused("a host is written like images.example.com or images.example.com:8443, in plain ASCII")
    return found


def _simulator(colon: str, path: str) -> Endpoint:
    if colon and (not path or not path.isprintable()):
        raise EndpointRefused("simulator: names no file; write simulator, or simulator:PATH")
    return Endpoint(origin=SIMULATOR, store=path if colon else None)


def _origin(text: str) -> str:
    if "@" in text:
        raise EndpointRefused("an endpoint holds no user name or password; the token comes from the environment")
    match = _ORIGIN.fullmatch(text)
    if match is None:
        raise EndpointRefused("an endpoint is https://HOST, https://HOST:PORT, simulator or simulator:PATH")
    scheme, host = match["scheme"].lower(), match["host"].lower()
    if _HOST.fullmatch(host) is None or ".." in host:
        raise EndpointRefused("the host of the endpoint is no plain ASCII host name or address")
    if not _is_askable(host):
        raise EndpointRefused("the host of the endpoint is no host name or address that can be asked")
    if match["rest"] not in {"", "/", VERSION_PATH, VERSION_PATH + "/"}:
        raise EndpointRefused(f"an endpoint ends after its host and port; {VERSION_PATH} is added by itself")
    if scheme == "http" and host not in _LOOPBACK:
        raise EndpointRefused(f"http://{host} would send the token unencrypted; use https (http is for 127.0.0.1 only)")
    return f"{scheme}://{host}{_port(scheme, match['port'])}"


def _is_askable(host: str) -> bool:
    """Does the HTTP library accept the host? It refuses `999.1.1.1`, and brackets around anything but an address.

    A plain name is accepted without asking, because importing the HTTP library would slow every command down.
    """
    if not (host.startswith("[") or host[-1].isdigit() or "xn--" in host):
        return True
    from httpx import URL, InvalidURL  # noqa: PLC0415 - most commands need no HTTP library

    try:
        return bool(URL(f"https://{host}").host)
    except (InvalidURL, UnicodeError):  # the latter for `xn--` and letters that no name may have
        return False


def _port(scheme: str, digits: str | None) -> str:
    number = _PORTS[scheme] if digits is None else int(digits)
    if not 1 <= number <= 65535:
        raise EndpointRefused("the port of the endpoint is not between 1 and 65535")
    return "" if number == _PORTS[scheme] else f":{number}"
