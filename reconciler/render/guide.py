"""What `guide` says: the proposal, and what it was made from."""

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
