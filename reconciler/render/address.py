"""Addresses inside foreign text, without their query; and paths as parts of an address.

A query may hold a signature, and whoever reads the signature can open what it was made for.
"""

from string import ascii_letters, digits

from reconciler.core.pattern import pattern

_QUERY = pattern(r"""(?P<address>\b[A-Za-z][A-Za-z0-9+.-]*://[^\s?#<>"']*)[?#](?!…)[^\s<>"']*""")
"""What was cut already is left alone, so that a text may pass twice."""


def unsigned(text: str) -> str:
    """The text, each address without its query: `https://x/y.png?…`."""
    if "://" not in text:
        return text
    return _QUERY.sub(r"\g<address>?…", text)


_UNRESERVED = frozenset(f"{ascii_letters}{digits}-._~/".encode())


def percent_encoded(path: str) -> str:
    """A path as a part of an address: whatever could mean something there is spelled in percent."""
    octets = path.encode(errors="backslashreplace")
    return "".join(chr(octet) if octet in _UNRESERVED else f"%{octet:02X}" for octet in octets)
