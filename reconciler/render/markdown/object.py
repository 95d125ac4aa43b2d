"""Objects in Markdown: each as a line with what explains it below, or many of them by name alone."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from reconciler.core.text import count
from reconciler.render.markdown.entry import Entry, Fact
from reconciler.render.markdown.fold import folded
from reconciler.render.markdown.gate import code, prose, said
from reconciler.render.markdown.length import Length
from reconciler.render.view import SIGNS, Item, Row
from reconciler.render.words import difference


def section(one: Entry, length: Length) -> Iterator[str]:
    """One object: its line, why, what costs or destroys; then the rest, behind lines that count it."""
    lines = [f"- {_row(row, length)}" for row in one.rows]
    for listing in one.heavy:
        lines.append(f"- **{listing.title}:**")
        lines.extend(f"  - {_fact(fact, length)}" for fact in listing.facts)
    yield line(one.item)
    yield "\n".join(lines)
    for listing in one.listings:
        if not listing.is_heavy:
            yield from folded(listing.title, [f"- {_fact(fact, length)}" for fact in listing.facts], length.rows)


def line(item: Item) -> str:
    """`*` **`model/lora-max`** v2 -> v3 (`a51be07`): trained, 1 to 3 hours."""
    sign = f"{code(SIGNS[item.sign])} " if item.sign is not None else ""
    versions = f" {prose(item.versions)}" if item.versions else ""
    return f"{sign}**{code(item.name)}**{versions}: {said(item.text)}"


def names(entries: Iterable[Entry], length: Length) -> Iterator[str]:
    """Many objects: those to which the same happens in one list of names, then the names of what each loses."""
    ordered = sorted(entries, key=_fate)
    for (kind, fate), group in groupby(ordered, key=_fate):
        members = list(group)
        run = ", ".join(code(one.item.name.partition("/")[2], length.name) for one in members)
        yield f"**{count(len(members), kind)}: {prose(fate)}:** {run}"
    for one in ordered:
        for listing in one.heavy:
            run = ", ".join(code(fact.head, length.name) for fact in listing.facts)
            yield f"**{code(one.item.name)}: {listing.title}:** {run}"


def _fate(one: Entry) -> tuple[str, str]:
    return one.kind, "".join(span.text for span in one.item.text)


def _row(row: Row, length: Length) -> str:
    label = f"{prose(row.label)}: " if row.label.strip() else ""
    return f"{label}{said(row.text, max(length.words, 60) * 8)}"


def _fact(fact: Fact, length: Length) -> str:
    parts = [code(SIGNS[fact.sign]), code(fact.head, length.name)]
    if fact.words:
        parts.append(prose(fact.words))
    if fact.quote is not None:
        parts.append(_quote(fact.before, fact.quote, length.words))
    return " ".join(parts)


def _quote(before: str | None, text: str, limit: int) -> str:
    """The text, or both texts as one with the words that differ marked."""
    if before is None:
        return code(text, limit)
    return code("".join(span.text for span in difference(before, text)), 3 * limit)
