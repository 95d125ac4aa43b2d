"""What `guide` says: the proposal, what it was made from, and what writing it changes."""

import difflib
from collections.abc import Sequence

from reconciler.core.guide import Guide, PrefixGuide
from reconciler.core.strictjson import dumps
from reconciler.core.text import count, shown, visible
from reconciler.render.text import safe_line


def guide_text(guide: Guide) -> str:
    """The proposal alone, to be read by a person or a program: a text on one line, or an indented JSON document."""
    if isinstance(guide, PrefixGuide):
        return safe_line(visible(guide.text)) + "\n"
    return dumps(guide.document)


def looked_at(names: Sequence[str], total: int) -> str:
    """From which images a proposal was made."""
    which = f"{len(names)} of {count(total, 'image')}" if len(names) < total else count(total, "image")
    return f"proposed from {which}: {', '.join(shown(name, 60) for name in names)}"


def diff_text(path: str, before: bytes | None, after: bytes) -> str:
    """What changes in a file, as a unified diff; nothing where nothing does."""
    old = [] if before is None else before.decode("utf-8", "replace").splitlines()
    new = after.decode("utf-8", "replace").splitlines()
    lines = difflib.unified_diff(old, new, "/dev/null" if before is None else path, path, lineterm="")
    return "".join(f"{safe_line(visible(line))}\n" for line in lines)
