"""Names of files that every machine can hold, and paths that stay below a folder."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from reconciler.core.pattern import pattern
from reconciler.core.text import quoted, visible

_PLAIN = pattern(r"[A-Za-z0-9_-](?:[A-Za-z0-9 ._-]*[A-Za-z0-9_-])?")
_RESERVED = pattern(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_PLAIN_LINES = pattern(r"(?:[a-z0-9_-](?:[a-z0-9 ._-]*[a-z0-9_-])?\n)*")
_RESERVED_LINE = pattern(rf"^{_RESERVED.pattern}$", re.MULTILINE)
_FORBIDDEN = frozenset('<>:"|?*\\')
_CALLED = {'"': "a double quote", "\\": "a backslash"}
"""Names of characters that are hard to read between quotes."""
_DRIVE = pattern(r"[A-Za-z]:")
NAME_BYTES = 255
"""The longest file name, in bytes, that every common file system can hold."""


def unportable(name: str) -> str | None:
    """Why one name (not a path) cannot be checked out on every machine; None if it can."""
    if _PLAIN.fullmatch(name) and not _RESERVED.fullmatch(name) and len(name) <= NAME_BYTES:
        return None
    if any("\udc80" <= char <= "\udcff" for char in name):
        return "its name is not UTF-8"
    if visible(name) != name:
        return "its name holds an invisible character"
    if found := sorted(_FORBIDDEN.intersection(name)):
        return f"its name holds {_CALLED.get(found[0], quoted(found[0]))}"
    if _RESERVED.fullmatch(name):
        return "its name is reserved on Windows"
    if name != name.strip() or name.endswith("."):
        return "its name begins with a space, or ends with a space or a dot"
    if len(name.encode()) > NAME_BYTES:
        return f"its name is longer than {NAME_BYTES} bytes"
    return None


def are_plain(names: Sequence[str]) -> bool:
    """Is it certain that all these different names can be checked out everywhere, side by side?

    This is a cheap test for the common case. It takes small letters only, so no two names are one on a machine that
    ignores letter case. A name with a folder in it is not plain.
    """
    text = "\n".join((*names, ""))
    return (
        text.count("\n") == len(names)
        and _PLAIN_LINES.fullmatch(text) is not None
        and _RESERVED_LINE.search(text) is None
        and max(map(len, names), default=0) <= NAME_BYTES
    )


def comparable(path: str) -> str:
    """The form in which two names are one file on some machine: NFC, letter case aside."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def clashes(paths: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of paths that some machines cannot hold side by side, sorted."""
    first: dict[str, str] = {}
    found = []
    for path in sorted(paths):
        other = first.setdefault(path if path.isascii() and path.islower() else comparable(path), path)
        if other != path:
            found.append((other, path))
    return found


class Outside(ValueError):
    """A path that does not stay below its root; says why."""


def below(folder: str, path: str) -> str:
    """`path`, written in a file in `folder`, as a path below the root. Raises Outside if it leaves the root.

    Both sides use / and count from the root ("" is the root itself). Nothing is looked up on the disk.
    """
    if "\\" in path or _DRIVE.match(path) or "://" in path or path.startswith(("/", "~", "file:")):
        raise Outside("it must be relative to this file, with / between folders")
    if visible(path) != path:
        raise Outside("it holds an invisible character")
    parts = [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise Outside("it leaves the manifest folder")
            parts.pop()
        elif part.startswith(".") and part != ".":
            raise Outside("it names a hidden folder; those are never read")
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
