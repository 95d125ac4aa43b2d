"""An address that only the API may see: it lets whoever holds it read an archive.

It stands in the body of one request. Printing it in any way gives `SecretAddress(***)`, and an answer that repeats it
loses it before anybody reads the answer.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from reconciler.api.token import MASK, printed_forms

_SHORTEST_PART: Final = 16
"""Characters of a part that are worth hiding by themselves; shorter ones stand in ordinary text."""


class SecretAddress:
    """One address. `url` is for the body of the request alone."""

    __slots__ = ("_anywhere", "_printed_forms", "_url")

    def __init__(self, url: str) -> None:
        self._url = url
        parts = urlsplit(url)
        values = [value for field in parts.query.split("&") if (value := field.partition("=")[2])]
        # Without a query, it is the path that nobody can guess; with one, the path only says where the archive lies.
        secret = {url, parts.query, *values} if parts.query else {url, *parts.path.split("/")}
        forms = {form for part in secret if len(part) >= _SHORTEST_PART for form in printed_forms(part)}
        self._printed_forms = sorted(forms, key=lambda form: (-len(form), form))
        # An answer may show the beginning of the address only: whatever follows its origin goes too.
        self._anywhere = re.compile(re.escape(f"{parts.scheme}://{parts.netloc}/") + r"[^\s\"'<>]*", re.IGNORECASE)

    @property
    def url(self) -> str:
        """What is sent, and must go nowhere else."""
        return self._url

    def mask(self, text: str) -> str:
        """The text with the address and its parts replaced by three stars."""
        text = self._anywhere.sub(MASK, text)
        for form in self._printed_forms:
            text = text.replace(form, MASK)
        return text

    def __repr__(self) -> str:
        return f"SecretAddress({MASK})"
