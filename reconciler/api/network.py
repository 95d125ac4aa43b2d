"""How requests leave this machine: through which proxy, and whose certificates are believed.

A person's environment says both, in variables that other programs obey too; no file of the tree can. Whatever sends
asks here: calls of the API, pictures, the check of an archive's address, and the store for archives.
"""

import os
import re
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from reconciler.core.value import dataclass

PROXY: Final = "HTTPS_PROXY"
EXEMPT: Final = "NO_PROXY"
CA_FILE: Final = "SSL_CERT_FILE"
CA_FOLDER: Final = "SSL_CERT_DIR"
UNUSED: Final = ("ALL_PROXY", "SSLKEYLOGFILE")
"""Variables that other programs obey and this one does not."""

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.0/8", "::1")
"""What is never sent through a proxy, in the form of NO_PROXY."""

REACH: Final = 20.0
"""Seconds for which a host is tried that never answered, unless a person waits for the network longer."""

_CA_LIMIT: Final = 16 * 2**20
"""Bytes of certificates that are read. The lists of browsers and systems hold less than one million."""

_SHORTEST_SECRET: Final = 6
"""A shorter password is not masked in what is printed: that would cut up every word that holds it."""

_SETTING: Final = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?P<login>[^/?#]*)@)?"
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?/?"
)
_CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
_PORTS: Final = {"http": 80, "https": 443}


class NetworkRefused(ValueError):
    """A variable of the network cannot be used. The sentence names it, and shows nothing of a proxy's password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy as a person named it. Only `origin` may be shown."""

    origin: str
    variable: str
    login: tuple[str, str] | None = field(default=None, repr=False)
    """User name and password."""

    @property
    def address(self) -> str:
        """The address with the password in it, for a library that takes no other form."""
        if self.login is None:
            return self.origin
        scheme, _, host = self.origin.partition("://")
        return f"{scheme}://{':'.join(map(_quoted, self.login))}@{host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the environment says. Nothing of it is read or judged before something is sent."""

    proxy: str = field(default="", repr=False)
    proxy_variable: str = PROXY
    exempt: tuple[str, ...] = ()
    ca_file: str = ""
    ca_folder: str = ""

    def proxy_for(self, origin: str) -> Proxy | None:
        """The proxy on the way to an origin; None if there is none. NetworkRefused if the proxy cannot be used.

        A loopback address is never sent to a proxy: it would name another machine there.
        """
        if not self.proxy or not origin.startswith("https:") or is_loopback(origin):
            return None
        return None if self._is_exempt(origin) else _proxy(self.proxy, self.proxy_variable)

    @property
    def ca_variables(self) -> tuple[str, ...]:
        """The variables from which certificates are taken; empty where the built-in list serves."""
        return tuple(name for name, value in ((CA_FILE, self.ca_file), (CA_FOLDER, self.ca_folder)) if value)

    def authorities(self) -> str:
        """The certificates to believe as PEM text; empty where the built-in list serves. NetworkRefused if there are none."""
        if not self.ca_variables:
            return ""
        found = [
            *(_in_file(self.ca_file) if self.ca_file else ()),
            *(_in_folder(self.ca_folder) if self.ca_folder else ()),
        ]
        if not found:
            raise NetworkRefused(f"{' and '.join(self.ca_variables)}: there is no certificate in PEM form in it")
        return "\n".join(found) + "\n"

    def _is_exempt(self, origin: str) -> bool:
        parts = urlsplit(origin)
        host, port = (parts.hostname or "").lower(), parts.port or _PORTS["https"]
        return any(_matches(entry, host, port) for entry in self.exempt)


DIRECT: Final = Network()
"""No proxy, and the built-in list of certificates."""


def network_of(environ: Mapping[str, str]) -> Network:
    """What a person's environment says. Of both letter cases the lower one wins, as for other programs."""
    name, proxy = _variable(environ, PROXY)
    exempt = re.split(r"[,\s]+", _variable(environ, EXEMPT)[1].lower())
    return Network(
        proxy=proxy,
        proxy_variable=name,
        exempt=tuple(entry for entry in exempt if entry),
        ca_file=environ.get(CA_FILE, ""),
        ca_folder=environ.get(CA_FOLDER, ""),
    )


def unused_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that are set, from which other programs take a proxy or more, and this one does not."""
    return tuple(name for name in UNUSED if environ.get(name) or environ.get(name.lower()))


def secrets_of(network: Network) -> tuple[str, ...]:
    """What must not be printed: the password of a proxy and what is sent for it. Empty if the proxy cannot be used."""
    try:
        proxy = _proxy(network.proxy, network.proxy_variable) if network.proxy else None
    except NetworkRefused:
        return ()
    if proxy is None or proxy.login is None:
        return ()
    user, password = proxy.login
    found = (password, f"{user}:{password}", b64encode(f"{user}:{password}".encode()).decode())
    return tuple(text for text in found if len(text) >= _SHORTEST_SECRET)


def is_loopback(origin: str) -> bool:
    """Does an origin name this machine itself?"""
    host = (urlsplit(origin).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address is not None and address.is_loopback


def _variable(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """The name that is set, and its value."""
    lower = name.lower()
    return (lower, environ[lower]) if environ.get(lower) else (name, environ.get(name, ""))


def _proxy(text: str, variable: str) -> Proxy:
    match = _SETTING.fullmatch(text)
    scheme = ((match["scheme"] if match else "") or "http").lower()
    if match is None or scheme not in _PORTS:
        kinds = "http://HOST:PORT or https://HOST:PORT, where needed with USER:PASSWORD@ before the host"
        raise NetworkRefused(f"{variable} names no proxy that this tool can use; write {kinds}")
    port = int(match["port"]) if match["port"] else _PORTS[scheme]
    if not 1 <= port <= 65535:
        raise NetworkRefused(f"{variable}: the port of the proxy is not between 1 and 65535")
    return Proxy(
        origin=f"{scheme}://{match['host'].lower()}:{port}", variable=variable, login=_login(match["login"], variable)
    )


def _login(text: str | None, variable: str) -> tuple[str, str] | None:
    if not text:
        return None
    user, _, password = text.partition(":")
    login = unquote(user), unquote(password)
    if not all(part.isprintable() for part in login):
        raise NetworkRefused(f"{variable}: user name or password of the proxy hold control characters")
    return login


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _matches(entry: str, host: str, port: int) -> bool:
    """Does an entry of NO_PROXY mean this host? `*`, a host, a domain with all below it, an address, a block of them."""
    if entry == "*":
        return True
    address = _address(host)
    if address is not None and (block := _block(entry)) is not None:
        return address in block
    name, colon, digits = entry.rpartition(":")
    if colon and digits.isdigit() and (":" not in name or name.startswith("[")):
        if int(digits[:6]) != port:
            return False
        entry = name
    entry = entry.strip("[]").removeprefix("*").removeprefix(".")
    return bool(entry) and (host == entry or (address is None and host.endswith(f".{entry}")))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _block(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _in_file(path: str) -> Iterable[str]:
    try:
        return _certificates(_content(Path(path)))
    except (OSError, ValueError) as error:
        raise NetworkRefused(f"{CA_FILE} names a file that cannot be read: {_told(error)}") from None


def _in_folder(path: str) -> Iterable[str]:
    """All certificates of a folder, however its files are called. OpenSSL itself would find only hashed names."""
    found: dict[str, None] = {}
    try:
        for place in sorted(Path(path).iterdir()):
            if place.is_file() and os.access(place, os.R_OK):
                found |= dict.fromkeys(_certificates(_content(place)))
    except (OSError, ValueError) as error:
        raise NetworkRefused(f"{CA_FOLDER} names a folder that cannot be read: {_told(error)}") from None
    return found


def _content(path: Path) -> bytes:
    """The bytes of a regular file. A pipe is not waited for."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is no regular file")
        if found.st_size > _CA_LIMIT:
            raise ValueError("it is larger than 16 MiB")
        return file.read(_CA_LIMIT)


def _certificates(content: bytes) -> list[str]:
    """The certificates of a text, each one checked; others of a folder's files, such as keys or notes, are passed over."""
    found = []
    for block in _CERTIFICATE.findall(content):
        text = block.decode("ascii", "replace")
        try:
            b64decode("".join(text.splitlines()[1:-1]), validate=True)
        except ValueError:
            raise ValueError("it holds a damaged certificate") from None
        found.append(text)
    return found


def _told(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or "unknown reason"
