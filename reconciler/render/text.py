"""Prints a view as plain text of a width; the one gate for the terminal and for the lines of a CI log."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import assert_never

from reconciler.core.pattern import pattern
from reconciler.core.text import COMMAND, visible
from reconciler.render.view import SIGNS, Figures, Item, Items, Line, Paragraph, Role, Row, Span, Text, View, say

WIDTH = 100
"""Columns where no terminal tells how many it has, as in a log or a file."""

Style = Callable[[str, Role], str]
"""Gives a piece of finished text its colour; must not change what it says."""

_NAME_LIMIT = 40
_LABEL_LIMIT = 48
_LABEL = 16
_NARROW = 80
"""Below this, a label stands above its rows and not beside them."""
_WORD = pattern(r" +|(?:[^ `]|`reconciler [^`]*`|`)+")
_LEAST = 10
"""Columns that are left for words, however long a forged label is."""


def plain(text: str, _: Role) -> str:
    """The style without colour."""
    return text


def render_text(view: View, *, style: Style = plain, width: int = WIDTH) -> str:
    """The view as text, ending with a newline; an empty view is an empty text."""
    sections = (
        "\n".join(line for block in section for line in _block(block, style, width)) for section in view.sections
    )
    text = "\n\n".join(sections)
    return text + "\n" if text else ""


def safe_line(text: str) -> str:
    """One finished line of output in which no foreign word can be a command to a CI runner.

    Runners trim a line before they look for `::`, and look for `##[` anywhere in it.
    """
    start = len(text) - len(text.lstrip())
    if text.startswith("::", start):
        text = f"{text[:start]}<U+003A>{text[start + 1 :]}"
    return COMMAND.sub("#<U+0023>", text)


def cells(text: str) -> int:
    """Columns that a text takes on a terminal: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _block(block: Line | Items | Figures | Paragraph, style: Style, width: int) -> Iterator[str]:
    match block:
        case Line(text=text, hang=hang):
            yield from _wrapped("", text, style, width, hang=hang)
        case Paragraph(lead=lead, rest=rest, deep=deep):
            yield from _wrapped("", lead, style, width, hang=2)
            for text in rest:
                yield from _wrapped(" " * (4 if deep else 2), text, style, width)
        case Figures():
            yield from _figures(block, style, width)
        case Items(indent=indent):
            yield from (" " * indent + line for line in _items(block, style, width - indent))
        case other:
            assert_never(other)


def _figures(block: Figures, style: Style, width: int) -> Iterator[str]:
    """Two columns where both fit."""
    label_width = max(len(figure.label) for figure in block.figures) + 2
    lefts, rights = block.figures[::2], block.figures[1::2]
    column = label_width + max(cells(_flat(figure.text)) for figure in lefts) + 4
    right_width = max((cells(_flat(figure.text)) for figure in rights), default=0)
    if column + label_width + right_width + 2 > width:
        for figure in block.figures:
            yield from _wrapped(f"  {figure.label:<{label_width}}", figure.text, style, width)
        return
    for left, right in zip_longest(lefts, rights):
        text = left.text
        if right is not None:
            gap = " " * (column - label_width - cells(_flat(text)))
            text = (*text, Span(f"{gap}{right.label:<{label_width}}"), *right.text)
        yield from _wrapped(f"  {left.label:<{label_width}}", text, style, width)


def _items(block: Items, style: Style, width: int) -> Iterator[str]:
    """Objects with their names, their versions and what happens in columns."""
    names = [cells(visible(item.name)) for item in block.items]
    name_width = max((columns for columns in names if columns <= min(_NAME_LIMIT, width // 2)), default=0)
    version_width = max(cells(visible(item.versions)) for item in block.items)
    no_sign = "  " if any(item.sign is not None for item in block.items) else ""
    for item in block.items:
        sign = no_sign if item.sign is None else f"{SIGNS[item.sign]} "
        yield from _head(item, sign, name_width, version_width, style, width)
        yield from _rows(item.rows, style, width)


def _head(item: Item, sign: str, name_width: int, version_width: int, style: Style, width: int) -> Iterator[str]:
    """The line of an object. What finds no room beside its name or its versions begins a line of its own."""
    lead: list[Span] = [Span(sign, item.sign or Role.PLAIN), Span(visible(item.name), Role.STRONG)]
    edge, used = len(sign) + name_width, len(sign) + cells(visible(item.name))
    if used > edge and (item.versions or item.text):
        yield from _wrapped("", tuple(lead), style, width, hang=len(sign))
        lead, used = [], 0
    if version_width:
        lead.append(Span(" " * (edge - used) + f"  {item.versions}"))
        edge, used = edge + 2 + version_width, edge + 2 + cells(visible(item.versions))
    gap = Span(" " * (edge - used) + "  ") if item.text else Span("")
    hang = edge + 2
    if hang > width // 2 and hang + cells(_flat(item.text)) > width:
        if lead:
            yield from _wrapped("", tuple(lead), style, width, hang=4)
        if item.text:
            yield from _wrapped(" " * 4, item.text, style, width)
    else:
        yield from _wrapped("", (*lead, gap, *item.text), style, width, hang=hang)


def _rows(rows: tuple[Row, ...], style: Style, width: int) -> Iterator[str]:
    """The rows of one object. Their texts have one left edge, whatever the names before them."""
    labels = max((cells(visible(row.label)) for row in rows), default=0)
    label_width = max(min(labels, _LABEL_LIMIT, width // 3), _LABEL)
    is_narrow = width < _NARROW
    heads = frozenset(cells(visible(row.head)) for row in rows if row.sign is not None and row.text)
    for row in rows:
        label = visible(row.label)
        is_above = label.strip() and (cells(label) > label_width or (is_narrow and row.sign is not None))
        if is_above:
            yield from _wrapped("    ", say(label), style, width)
        if is_narrow and label and (row.sign is not None or not label.strip()):
            margin = " " * 6
        else:
            beside = "" if is_above else label
            margin = f"    {beside}{' ' * (label_width - cells(beside))} " if label else "    "
        yield from _row(row, margin, heads, style, width)


def _row(row: Row, margin: str, heads: frozenset[int], style: Style, width: int) -> Iterator[str]:
    """One row. `heads` are the columns that names of the object take; one that is far too long stands above its text."""
    if row.sign is None:
        yield from _wrapped(margin, row.text, style, width)
        return
    head, indent = visible(row.head), cells(margin) + 2
    mark = Span(f"{SIGNS[row.sign]} {head}", row.sign)
    if not row.text:
        yield from _wrapped(margin, (mark,), style, width, hang=indent)
        return
    head_width = max((columns for columns in heads if columns <= (width - indent) // 2), default=0)
    edge = indent + head_width + 3
    if cells(head) > head_width:
        yield from _wrapped(margin, (mark,), style, width, hang=indent)
        yield from _wrapped(" " * edge, row.text, style, width)
        return
    gap = Span(" " * (head_width - cells(head)) + "   ")
    yield from _wrapped(margin, (mark, gap, *row.text), style, width, hang=edge)


def _flat(text: Text) -> str:
    return "".join(visible(span.text) for span in text)


def _wrapped(margin: str, text: Text, style: Style, width: int, hang: int | None = None) -> Iterator[str]:
    """Lines of at most `width` columns: the first after `margin`, the others set in by `hang` (its width unless told)."""
    indent = min(cells(margin) if hang is None else hang, width - _LEAST)
    line: list[Span] = [Span(margin)]
    used = cells(margin)
    fresh = True
    for word in _words(text, width - indent):
        size = cells(word.text)
        if used + size > width and not fresh and not word.text.isspace():
            yield _finished(line, style)
            line, used = [Span(" " * indent)], indent
        line.append(word)
        used += size
        fresh = False
    yield _finished(line, style)


def _words(text: Text, room: int) -> Iterator[Span]:
    """Words and the blanks between them, each through the gate; what no line can hold is cut into pieces.

    A command in backticks is one word where a line can hold it: people copy it, and a line break would end it in their shell.
    """
    for span in text:
        for found in _WORD.findall(visible(span.text)):
            words = [found] if cells(found) <= room else re.split(r"( +)", found)
            for word in words:
                pieces = [word] if word.isspace() or cells(word) <= room else _pieces(word, room)
                yield from (Span(piece, span.role) for piece in pieces if piece)


def _pieces(word: str, room: int) -> Iterator[str]:
    piece, used = "", 0
    for char in word:
        if used + _cell(char) > room:
            yield piece
            piece, used = "", 0
        piece += char
        used += _cell(char)
    yield piece


def _finished(line: list[Span], style: Style) -> str:
    """One line: made safe as a whole, then coloured run by run."""
    runs: list[Span] = []
    for span in line:
        if runs and (runs[-1].role is span.role):
            runs[-1] = Span(runs[-1].text + span.text, span.role)
        else:
            runs.append(span)
    while runs and not runs[-1].text.rstrip(" "):
        runs.pop()
    if not runs:
        return ""
    runs[-1] = Span(runs[-1].text.rstrip(" "), runs[-1].role)
    bare = "".join(span.text for span in runs)
    if safe_line(bare) != bare:
        return safe_line(bare)
    return "".join(_styled(span, style) for span in runs)


def _styled(span: Span, style: Style) -> str:
    """Colour the words, not the blanks around them."""
    body = span.text.strip(" ")
    if not body or span.role is Role.PLAIN:
        return span.text
    start = span.text.index(body)
    return span.text[:start] + style(body, span.role) + span.text[start + len(body) :]
