"""The API token: where it may come from, and how it is kept out of everything that is printed."""

import errno
import html
import json
import os
import stat
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

VARIABLE: Final = "BRIA_API_TOKEN"
FILE_VARIABLE: Final = "BRIA_API_TOKEN_FILE"
LIMIT: Final = 1024
"""Characters of a token. Real ones have a few dozen."""

SHORTEST: Final = 6
"""Fewer characters are no token. Masking them would also cut up every word that holds them."""

MASK: Final = "***"
_SHORTEST_PART: Final = 8


class TokenRefused(ValueError):
    """There is a token, but it may not be used. The sentence says why and what to do, and does not show it."""


class Token:
    """A token. Its value is for the request header alone. Printing it in any way gives `Token(***)`."""

    __slots__ = ("_printed_forms", "_value")

    def __init__(self, value: str) -> None:
        self._value = _checked(value, VARIABLE)
        self._printed_forms = printed_forms(self._value)

    @property
    def value(self) -> str:
        """What is sent in the header `api_token`, and must go nowhere else."""
        return self._value

    def mask(self, text: str) -> str:
        """The text with the token replaced by three stars, whether plain or escaped for URL, JSON, HTML or base64 (H69)."""
        for needle in self._printed_forms:
            if needle in text:
                text = text.replace(needle, MASK)
        return text

    def __repr__(self) -> str:
        return f"Token({MASK})"


def read_token(environ: Mapping[str, str]) -> Token | None:
    """The token of BRIA_API_TOKEN, or of the file that BRIA_API_TOKEN_FILE names; None if neither is set.

    An empty variable counts as not set, because CI systems pass a secret that is not there in this way. TokenRefused if
    both are set, or if the file or its content cannot be used.
    """
    direct, path = environ.get(VARIABLE, ""), environ.get(FILE_VARIABLE, "")
    if direct and path:
        raise TokenRefused(f"{VARIABLE} and {FILE_VARIABLE} are both set; keep one of them")
    if path:
        return Token(_checked(_read(path), f"the file that {FILE_VARIABLE} names"))
    return Token(direct) if direct else None


def _read(path: str) -> str:
    """The text of a token file. Only this user may read it. Links are not followed, and a pipe is not waited for (H76)."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise TokenRefused(_unopened(error)) from None
    try:
        reason = _unfit(os.fstat(handle))
        content = b"" if reason else os.read(handle, LIMIT + 3)
    finally:
        os.close(handle)
    if reason:
        raise TokenRefused(f"the file that {FILE_VARIABLE} names {reason}")
    return content.decode("latin-1")


def _unopened(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return f"{FILE_VARIABLE} names a link; name the file itself"
    told = error.strerror if isinstance(error, OSError) else "no path"
    return f"the file that {FILE_VARIABLE} names cannot be read: {told}"


def _unfit(found: os.stat_result) -> str:
    """Why a file may not hold a token; empty if it may."""
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file"
    if found.st_uid != os.geteuid():
        return "belongs to another user; make it your own"
    if stat.S_IMODE(found.st_mode) & 0o077:
        return f"can be read by others (mode {stat.S_IMODE(found.st_mode):04o}); set it to 0600"
    return f"is longer than {LIMIT} characters" if found.st_size > LIMIT + 2 else ""


def _checked(value: str, place: str) -> str:
    """The token without blanks around it and without one final line break. TokenRefused unless it is printable ASCII."""
    text = value.removesuffix("\n").removesuffix("\r").strip(" \t")
    if not text:
        raise TokenRefused(f"{place} holds no token, only blanks")
    if len(text) < SHORTEST:
        raise TokenRefused(f"{place} holds fewer than {SHORTEST} characters, which is no token")
    if len(text) > LIMIT:
        raise TokenRefused(f"{place} is longer than {LIMIT} characters")
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise TokenRefused(f"{place} holds blanks, control or non-ASCII characters; a token has none")
    return text


def printed_forms(value: str) -> tuple[str, ...]:
    """The forms in which a secret may come back in an answer, longest first.

    Longest first, because a short form may be a part of a longer one, and would leave the rest of that one readable.
    """
    percent = quote(value, safe="")
    escaped = json.dumps(value)[1:-1]
    forms = {
        value,
        percent,
        percent.lower(),
        quote(percent, safe=""),
        "".join(f"%{byte:02X}" for byte in value.encode()),
        escaped,
        escaped.replace("/", "\\/"),
        json.dumps(escaped)[1:-1],
        html.escape(value),
        repr(value)[1:-1],
        "".join(f"\\u{byte:04x}" for byte in value.encode()),
        value.encode().hex(),
        *_in_base64(value.encode()),
    }
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _in_base64(value: bytes) -> set[str]:
    """The token inside base64 text. It may begin at each of three places in a group of bytes, which gives three forms.

    Only the characters are taken that depend on the token alone, not those shared with the bytes around it.
    """
    found: set[str] = set()
    for encode in (b64encode, urlsafe_b64encode):
        for offset in range(3):
            text = encode(bytes(offset) + value).decode().rstrip("=")
            first = (0, 2, 3)[offset]
            last = len(text) if (offset + len(value)) % 3 == 0 else len(text) - 1
            if last - first >= _SHORTEST_PART:
                found.add(text[first:last])
    return found
