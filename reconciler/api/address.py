"""Addresses of pictures as the API gives them, read strictly and compared as text with the hosts that a person names."""

import re
from dataclasses import dataclass, field
from typing import Final

from reconciler.api.endpoint import EndpointRefused, parse_endpoint
from reconciler.core.text import visible

ADDRESS_LIMIT: Final = 4096
"""Characters of an address; one that is signed with a session's token has about two thousand."""

_ADDRESS = re.compile(r"(?P<origin>https?://[^/?#]+)(?P<target>[^#]*)(?:#.*)?", re.IGNORECASE)
_HOST = re.compile(r"[^/?#@]+")


class HostRefused(ValueError):
    """No host that pictures may be asked of; the sentence says how one is written, and quotes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An origin in its normal form, and the path and query behind it: never shown, for the query may be signed."""

    origin: str
    target: str = field(repr=False)

    @property
    def host(self) -> str:
        """`HOST` or `HOST:PORT`, as a person would name it."""
        return visible(self.origin.partition("//")[2])


def parse_address(text: str) -> Address | None:
    """An address that a picture may be asked of: https, or http of a loopback host; None for any other text.

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
    """The origins that a person means by `HOST` or `HOST:PORT`: https, of a loopback host http as well.

    Without a port only the usual one is meant (443, http: 80). HostRefused where it is no host.
    """
    texts = (f"{scheme}://{host}" for scheme in ("https", "http")) if _HOST.fullmatch(host) else ()
    found = frozenset(address.origin for text in texts if (address := parse_address(text)) is not None)
    if not found:
        raise HostRefused("a host is written like images.example.com or images.example.com:8443, in plain ASCII")
    return found
