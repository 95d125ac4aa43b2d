"""The API token: where it may come from, and how it is kept out of everything that is printed."""

import errno
import json
import os
import stat
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
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
_OTHERS_READ: Final = 0o044
_OTHERS_WRITE: Final = 0o022


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
        content, _ = _read(path)
        return Token(_checked(content, f"the file that {FILE_VARIABLE} names"))
    return Token(direct) if direct else None


def exposure(environ: Mapping[str, str]) -> str:
    """A sentence where others on this machine can read the token file; empty where they cannot, or there is none.

    The file is read all the same. Kubernetes and Docker mount secrets with 0644 or 0444, and nobody can change that.
    """
    path = environ.get(FILE_VARIABLE, "")
    if not path or environ.get(VARIABLE):
        return ""
    try:
        _, mode = _read(path)
    except TokenRefused:
        return ""
    if not mode & _OTHERS_READ:
        return ""
    return f"the file that {FILE_VARIABLE} names can be read by others (mode {mode:04o}); 0600 would keep them out"


def _read(path: str) -> tuple[str, int]:
    """The text and the mode of a token file. A pipe is not waited for (H76)."""
    place = _behind_link(path)
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(place, flags)
    except (OSError, ValueError) as error:
        raise TokenRefused(_unopened(error)) from None
    try:
        found = os.fstat(handle)
        reason = _unfit(found, is_read_only=bool(os.fstatvfs(handle).f_flag & os.ST_RDONLY))
        content = b"" if reason else os.read(handle, LIMIT + 3)
    finally:
        os.close(handle)
    if reason:
        raise TokenRefused(f"the file that {FILE_VARIABLE} names {reason}")
    return content.decode("latin-1"), stat.S_IMODE(found.st_mode)


def _behind_link(path: str) -> Path:
    """Where a link leads, if root or this user made it; any other path as it is.

    Kubernetes shows each secret as a link to the version of it that holds now. Only one link is followed: whoever can
    make another one can choose the file.
    """
    place = Path(path)
    try:
        found = place.lstat()
        if not stat.S_ISLNK(found.st_mode):
            return place
        target = place.readlink()
    except (OSError, ValueError) as error:
        raise TokenRefused(_unopened(error)) from None
    if found.st_uid not in {0, os.geteuid()}:
        raise TokenRefused(f"{FILE_VARIABLE} names a link that another user made; name the file itself")
    return place.parent / target


def _unopened(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return f"{FILE_VARIABLE} names a link to a link; name the file itself"
    told = error.strerror if isinstance(error, OSError) else "no path"
    return f"the file that {FILE_VARIABLE} names cannot be read: {told}"


def _unfit(found: os.stat_result, *, is_read_only: bool) -> str:
    """Why a file may not hold a token; empty if it may.

    Whoever can write the file decides with whose token this tool works. Whoever can read it only learns the token, and
    that is warned of instead. On a mount that is read-only nobody can write, whoever owns the file: Docker shows one
    that belongs to a user of the host.
    """
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file"
    if found.st_uid not in {0, os.geteuid()} and not is_read_only:
        return "belongs to another user, who can write it; make it your own"
    if mode & _OTHERS_WRITE and not is_read_only:
        return f"can be written by others (mode {mode:04o}); set it to 0600"
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
        value.translate(_IN_HTML),
        repr(value)[1:-1],
        "".join(f"\\u{byte:04x}" for byte in value.encode()),
        value.encode().hex(),
        *_in_base64(value.encode()),
    }
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


_IN_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""As `html.escape` writes a text; its module has a table of 2,000 characters, which takes long to load."""


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
