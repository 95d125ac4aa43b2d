"""A file before and after, as a unified diff."""

import difflib

from reconciler.core.text import visible
from reconciler.render.text import safe_line


def diff_text(path: str, before: bytes | None, after: bytes) -> str:
    """What changes in a file, as a unified diff; nothing where nothing does."""
    old = [] if before is None else before.decode("utf-8", "replace").splitlines()
    new = after.decode("utf-8", "replace").splitlines()
    lines = difflib.unified_diff(old, new, "/dev/null" if before is None else path, path, lineterm="")
    return "".join(f"{safe_line(visible(line))}\n" for line in lines)
