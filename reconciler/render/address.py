"""Addresses inside foreign text, without their query.

A query may hold a signature, and whoever reads the signature can open what it was made for.
"""

import re

_QUERY = re.compile(r"""(?P<address>\b[A-Za-z][A-Za-z0-9+.-]*://[^\s?#<>"']*)[?#](?!…)[^\s<>"']*""")
"""What was cut already is left alone, so that a text may pass twice."""


def unsigned(text: str) -> str:
    """The text, each address without its query: `https://x/y.png?…`."""
    if "://" not in text:
        return text
    return _QUERY.sub(r"\g<address>?…", text)
