"""Pieces of a YAML text that others take the place of: in blocks, where keys and dashes stand below each other, and in `{}` and `[]`."""

import re
from collections.abc import Iterable, Iterator

from reconciler.core.value import dataclass
from reconciler.files.yaml.layout import BLOCK, Entry, Form, Node

_BREAK = re.compile(r"\r\n|\n|\r")
_HEADER = re.compile(r"[|>][-+0-9]*(?=[ \t]*(?:[ \t]#.*)?$)")
"""The sign of a block text with its indicators, where a comment may follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """The text from `start` to `end` becomes `text`. Of two at one place, that of the lower `order` comes first."""

    start: int
    end: int
    order: int = 0
    text: str


class SourceText:
    """A text with any line ends. All places are offsets; `newline` is the line end that new lines get."""

    def __init__(self, text: str) -> None:
        self.content = text
        found = _BREAK.search(text)
        self.newline = found[0] if found else "\n"

    def line(self, offset: int) -> int:
        """The number of the line at an offset, from 1."""
        return len(_BREAK.findall(self.content, 0, offset)) + 1

    def column(self, offset: int) -> int:
        """The number of characters before an offset in its line."""
        return offset - self.line_start(offset)

    def spliced(self, splices: Iterable[Splice]) -> str:
        """The text after all changes; they must not overlap."""
        pieces, at = [], 0
        for splice in sorted(splices, key=lambda one: (one.start, one.end, one.order)):
            assert splice.start >= at, "two edits of one wave touch the same text"
            pieces += [self.content[at : splice.start], splice.text]
            at = splice.end
        return "".join([*pieces, self.content[at:]])

    def indented(self, lines: Iterable[str], column: int) -> str:
        """New lines that follow the end of another one; the last of them has no end of its own."""
        return "".join(self.newline + (" " * column + line if line else "") for line in lines)

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return max(self.content.rfind("\n", 0, offset), self.content.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends: at its line break, or at the end of the text."""
        found = _BREAK.search(self.content, offset)
        return len(self.content) if found is None else found.start()

    def next_line(self, line_end: int) -> int:
        """Where the line behind a line end begins."""
        found = _BREAK.match(self.content, line_end)
        return line_end if found is None else found.end()

    def break_before(self, line_start: int) -> int:
        """Where the line break before a line begins."""
        head = self.content[:line_start]
        return len(head.removesuffix("\r\n") if head.endswith("\r\n") else head[:-1])

    def is_first(self, offset: int) -> bool:
        """Does nothing but spaces stand before an offset in its line?"""
        return not self.content[self.line_start(offset) : offset].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """Where a value in a block stands: on the line of its colon or dash from `start` to `end`, and in lines below.

    `gap` is the offset behind the colon or dash. Behind `end` a comment may stand, which stays.
    """

    gap: int
    start: int
    end: int
    lines_start: int
    lines_end: int


def _slot(source: SourceText, node: Node, entry: Entry | None) -> _Slot:
    gap = node.start if entry is None else entry.mark_end
    tail = _tail(source, node)
    if node.form is Form.BLOCK_TEXT:
        end = _header_end(source, node)
        return _Slot(gap=gap, start=node.start, end=end, lines_start=source.line_end(end), lines_end=tail)
    if node.form in BLOCK and source.line_end(gap) < node.body:
        start = end = gap
        if source.line_end(gap) > node.start:  # an anchor stands on the line of the key
            start, end = node.start, node.start + len(source.content[node.start :].split(maxsplit=1)[0])
        below = source.line_end(tail) if entry is None else _extent(source, entry, source.column(entry.start))
        return _Slot(gap=gap, start=start, end=end, lines_start=source.line_end(end), lines_end=below)
    end = source.line_end(tail)
    start = gap if node.form is Form.EMPTY else node.start
    return _Slot(gap=gap, start=start, end=max(gap, tail), lines_start=end, lines_end=end)


def set_in_block(source: SourceText, node: Node, entry: Entry | None, lines: list[str]) -> list[Splice]:
    """Another value in a block: its first line on that of the colon or dash, the others below.

    A first line that begins with spaces brings its own distance from the dash. A comment behind the value stays.
    """
    slot, first, column = (
        _slot(source, node, entry),
        lines[0],
        source.column(node.body if entry is None else entry.start),
    )
    below = Splice(start=slot.lines_start, end=slot.lines_end, text=source.indented(lines[1:], column))
    return [_first_line(slot, first, is_root=entry is None), below]


def _first_line(slot: _Slot, first: str, *, is_root: bool) -> Splice:
    if not first:
        return Splice(start=slot.gap, end=slot.end, text="")
    if first.startswith(" "):
        return Splice(start=slot.gap, end=slot.end, text=first)
    if slot.start > slot.gap or is_root:
        return Splice(start=slot.start, end=slot.end, text=first)
    return Splice(start=slot.gap, end=slot.end, text=f" {first}")


def add_lines(source: SourceText, before: Entry, lines: list[str]) -> Splice:
    """Lines behind an entry and the comments that belong to it."""
    column = source.column(before.start)
    at = _extent(source, before, column)
    return Splice(start=at, end=at, order=1, text=source.indented(lines, column))


def remove_lines(source: SourceText, entries: list[Entry], at: int, *, is_safe: bool) -> Splice:
    """A key or item that is not the only one goes, with its lines."""
    entry = entries[at]
    start = source.line_start(entry.start)
    end = _extent(source, entry, source.column(entry.start))
    if source.is_first(entry.start):
        # Of a last line without an end, the end of the line before goes: the new last line has none either. But a block
        # text would lose its own.
        has_end = end < len(source.content) or is_safe
        return Splice(start=start if has_end else source.break_before(start), end=source.next_line(end), text="")
    # The first key of an item stands behind its dash, and what follows moves up to it; comments between stay below.
    following = entries[at + 1].start
    if source.content[end:following].strip():
        return Splice(start=start + len(source.content[start : entry.start].rstrip()), end=end, text="")
    return Splice(start=entry.start, end=following, text="")


def _extent(source: SourceText, entry: Entry, column: int) -> int:
    """The end of an entry's last line, or of the comments right below that are indented more than it."""
    end = source.line_end(max(entry.mark_end, _tail(source, entry.value)))
    while end < len(source.content):
        start = source.next_line(end)
        line = source.content[start : source.line_end(start)]
        if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) <= column:
            break
        end = source.line_end(start)
    return end


def _tail(source: SourceText, node: Node) -> int:
    """The offset behind the last character of a value; line breaks at its end are not counted."""
    if node.form in BLOCK:
        last = node.entries[-1]
        return max(last.mark_end, _tail(source, last.value))
    if node.form is not Form.BLOCK_TEXT:
        return node.end
    text = source.content[: node.end]
    if "+" not in source.content[node.body : _header_end(source, node)]:
        return len(text.rstrip("\r\n"))
    # With `|+` the empty lines belong to the text; only the break of the last one does not.
    return node.end - 2 if text.endswith("\r\n") else node.end - 1 if text[-1] in "\r\n" else node.end


def _header_end(source: SourceText, node: Node) -> int:
    line_end = source.line_end(node.body)
    found = _HEADER.search(source.content[node.body : line_end])
    assert found is not None, "a block text begins with its sign"
    return node.body + found.end()


def set_in_flow(source: SourceText, node: Node, entry: Entry | None, text: str) -> Splice:
    """Another value in one line, in `{}` or `[]` or in place of them."""
    if node.form is not Form.EMPTY or entry is None:
        return Splice(start=node.start, end=node.end, text=text)
    colon = "" if source.content[entry.mark_end - 1] == ":" else ":"  # in {a, b} keys stand alone
    return Splice(start=entry.mark_end, end=max(entry.mark_end, node.end), text=f"{colon} {text}")


def add_in_flow(source: SourceText, node: Node, before: Entry | None, text: str) -> list[Splice]:
    """A new key or item behind another one; on a line of its own if that one has it."""
    if before is None:
        is_blank = not source.content[node.body + 1 : node.end - 1].strip()
        return [Splice(start=node.body + 1, end=node.end - 1 if is_blank else node.body + 1, text=text)]
    tail = max(before.mark_end, before.value.end)
    if node.form is Form.FLOW_MAPPING and source.content[node.body] != "{":  # the only pair of an item, as in [a: b]
        return [Splice(start=node.body, end=node.body, text="{"), Splice(start=tail, end=tail, text=f", {text}}}")]
    start, line_end = source.line_start(before.start), source.line_end(tail)
    following = next((one.start for one in node.entries if one.start > before.start), node.end)
    has_own_line = source.is_first(before.start) and line_end < following and line_end < node.end - 1
    if has_own_line:
        line = f"{source.newline}{source.content[start : before.start]}{text}"
        comma = "" if before.comma is None else ","
        added = [Splice(start=line_end, end=line_end, order=1, text=line + comma)]
        return added if comma else [Splice(start=tail, end=tail, text=","), *added]
    if before.comma is None:
        return [Splice(start=tail, end=tail, text=f", {text}")]
    return [Splice(start=before.comma + 1, end=before.comma + 1, text=f" {text},")]


def remove_in_flow(source: SourceText, entries: list[Entry], at: int) -> Iterator[Splice]:
    """A key or item goes with its comma, and with its line if it has one of its own."""
    entry = entries[at]
    end = max(entry.mark_end, entry.value.end) if entry.comma is None else entry.comma + 1
    start, line_end = source.line_start(entry.start), source.line_end(end)
    has_own_line = source.is_first(entry.start)
    if at + 1 < len(entries):
        following = entries[at + 1].start
        whole = has_own_line and line_end < following
        yield Splice(
            start=start if whole else entry.start, end=source.next_line(line_end) if whole else following, text=""
        )
        return
    comma = entries[at - 1].comma
    assert comma is not None, "between two entries stands a comma"
    if has_own_line:
        is_alone = source.content[end:line_end].lstrip().startswith("#") or not source.content[end:line_end].strip()
        yield Splice(start=source.break_before(start), end=line_end if is_alone else end, text="")
        if entry.comma is None:
            yield Splice(start=comma, end=comma + 1, text="")
    else:
        yield Splice(start=comma if entry.comma is None else comma + 1, end=end, text="")
