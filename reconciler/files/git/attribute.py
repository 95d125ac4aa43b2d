"""Git attributes, as far as they matter here: may they make a file on the disk differ from what was committed?"""

import os
from pathlib import Path

NAME = ".gitattributes"

_LIMIT = 1024 * 1024
_CONVERTING = frozenset({"text", "crlf", "eol", "ident", "filter", "working-tree-encoding"})


def may_convert(text: bytes) -> bool:
    """May these attributes change bytes on the way to the disk, other than line ends of files that git sees as text?

    `text=auto` may not: it leaves alone each file that holds a NUL byte, and only such files are vouched for.
    """
    return any(_line_converts(line.split()) for line in text.decode("utf-8", "replace").splitlines())


def file_may_convert(path: Path) -> bool:
    """The same of a file; one that cannot be read might, one that is not there does not."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        text = os.read(handle, _LIMIT + 1)
    except OSError:
        return True
    finally:
        os.close(handle)
    return len(text) > _LIMIT or may_convert(text)


def _line_converts(words: list[str]) -> bool:
    if not words or words[0].startswith("#"):
        return False
    said = words[1:]
    has_safe_text = bool({"text=auto", "-text", "binary"} & set(said))
    return any(_converts(word, has_safe_text=has_safe_text) for word in said)


def _converts(word: str, *, has_safe_text: bool) -> bool:
    name, _, value = word.lstrip("-!").partition("=")
    if word.startswith("-") or name not in _CONVERTING:
        return False
    return not (has_safe_text if name == "eol" else name == "text" and value == "auto")
