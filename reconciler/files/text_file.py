"""Text files of the tree, read whole: their bytes, or a Problem that says why not."""

from reconciler.core.problem import Location, Problem
from reconciler.files.tree import FileRefused, TreeReader

_POINTER = b"version https://git-lfs.github.com/spec/"


def read_bytes(tree: TreeReader, path: str, limit: int) -> bytes | Problem:
    """All of a text file, or why not."""
    try:
        data = tree.read(path, limit)
    except FileRefused as error:
        return refused(tree, path, error.reason)
    except OSError:
        return refused(tree, path, "cannot be read to its end")
    if len(data) > limit:
        return too_large(tree.location(path), limit)
    return _pointer(tree, path) if data.startswith(_POINTER) else data


def _pointer(tree: TreeReader, path: str) -> Problem:
    return Problem(
        rule="text-pointer",
        location=tree.location(path),
        summary="only the Git LFS pointer of this text is here",
        detail="Manifests and captions are small; git keeps them well without LFS.",
        remedy="Fetch it with `git lfs pull`, or take texts out of LFS in .gitattributes.",
    )


def refused(tree: TreeReader, path: str, reason: str) -> Problem:
    """A file that was listed and could not be opened."""
    return Problem(
        rule="path-refused",
        location=tree.location(path),
        summary="this file cannot be read",
        detail=f"It {reason}.",
        remedy="Put the file itself there, or remove it.",
    )


def read_text(tree: TreeReader, path: str, limit: int) -> str | Problem:
    """All of a text file as UTF-8, or why not."""
    data = read_bytes(tree, path, limit)
    if isinstance(data, Problem):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return not_utf8(tree.shown(path), data, error.start)


def too_large(location: Location, limit: int) -> Problem:
    """A text file that is not even read."""
    return Problem(
        rule="manifest-size",
        location=location,
        summary="this file is too large",
        detail=f"At most {limit:,} bytes are read.",
        remedy="Split it into several files.",
    )


def not_utf8(path: str, data: bytes, offset: int) -> Problem:
    """A text file in another encoding."""
    kind = "It looks like UTF-16." if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
    line = data.count(b"\n", 0, offset) + 1
    return Problem(
        rule="manifest-encoding",
        location=Location(path, line, 1),
        summary="this file is not UTF-8 text",
        detail=f"Byte {offset + 1:,} is not UTF-8. {kind}".strip(),
        remedy="Save it as UTF-8.",
    )
