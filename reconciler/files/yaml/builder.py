"""Documents built from YAML events under our own rules: limits, no tags, no merges, no doubles, text keys."""

import math
import re
from array import array
from collections.abc import Callable

from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.core.manifest.document import COLUMNS, Document, mark
from reconciler.core.strictjson import Value
from reconciler.core.text import quoted

DEPTH_LIMIT = 32
"""Mappings and lists inside each other."""

DOCUMENT_LIMIT = 5_000
"""Documents of one file."""

NODE_LIMIT = 100_000
"""Values of one file."""

EXPANSION_LIMIT = 10_000
"""Values that the aliases of one file may stand for."""

DIGIT_LIMIT = 19
"""Digits of an integer; no field of a manifest needs more."""

_NUMBER_STARTS = frozenset("0123456789+-.")
"""First characters of all numbers."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NO_TEXT = frozenset({*_WORDS, "<<"})
"""What is not text, or not a plain key, where no quotes stand around it; numbers aside."""
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NO_KEY = object()


class YamlFault(Exception):
    """Why a document is refused, and where (line and column from 0). Raised where reading cannot go on."""

    def __init__(self, rule: str, line: int, column: int, summary: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(summary)
        self.rule, self.line, self.column = rule, line, column
        self.summary, self.detail, self.remedy = summary, detail, remedy


class DocumentBuilder:
    """Takes the events of one file; holds the documents made of them and the faults found."""

    def __init__(self, path: str, *, is_lenient: bool = False) -> None:
        self.documents: list[Document] = []
        self.broken: list[Document] = []
        self.faults: list[YamlFault] = []
        self._path = path
        self._is_lenient = is_lenient
        self._nodes = 0
        self._expanded = 0
        self._seen = 0
        self._begin()

    def read(self, next_event: Callable[[], Event | None]) -> None:
        """Build everything; YamlFault where reading must end, faults that allow to go on are collected.

        A small file has eighty events already, so they are told apart by the class alone, the most frequent first.
        """
        while (event := next_event()) is not None:
            if type(event) is ScalarEvent:
                self._scalar(event)
            elif type(event) is MappingStartEvent:
                self._open(event, {})
            elif type(event) is MappingEndEvent or type(event) is SequenceEndEvent:
                self._close()
            elif type(event) is SequenceStartEvent:
                self._open(event, [])
            elif type(event) is AliasEvent:
                self._alias(event)
            elif type(event) is DocumentStartEvent:
                self._directives(event)
                self._begin()
            elif type(event) is DocumentEndEvent:
                self._finish()

    def _begin(self) -> None:
        self._root: Value = None
        self._marks = array("Q")
        self._stack: list[tuple[dict[str, Value] | list[Value], str | None, int, int]] = []
        self._top: dict[str, Value] | list[Value] | None = None
        self._key: object = _NO_KEY
        self._anchors: dict[str, tuple[Value, array[int], int] | None] = {}
        self._sound = len(self.faults)
        self._has_null = False

    def _finish(self) -> None:
        self._seen += 1
        start = self._marks[0] if self._marks else 0
        if self._seen > DOCUMENT_LIMIT:
            raise self._at(start, "manifest-size", f"more than {DOCUMENT_LIMIT:,} documents in one file")
        if self._root is None:
            return  # nothing between two separators
        document = Document(path=self._path, value=self._root, marks=self._marks, has_null=self._has_null)
        (self.documents if len(self.faults) == self._sound else self.broken).append(document)

    def _directives(self, event: DocumentStartEvent) -> None:
        if event.version is not None and tuple(event.version) != (1, 2):
            raise _at_event(
                event,
                "manifest-directive",
                "another version of YAML is asked for",
                "Manifests are YAML 1.2; under another version some words change their meaning.",
                "Remove the line that begins with %YAML.",
            )
        if event.tags:
            raise _at_event(event, "manifest-directive", "a %TAG line is not allowed", remedy="Remove it.")

    def _scalar(self, event: ScalarEvent) -> None:
        place = event.start_mark
        position = place.line + 1 << COLUMNS | place.column + 1  # as `mark`, without a call: there are many
        text: str = event.value
        style = event.style
        anchor = event.anchor
        top = self._top
        if event.ctag is not None:
            self._tag(event)
        if style == '"' and not self._is_lenient and _ESCAPED.search(text):
            self._fault(event, "manifest-encoding", "this text holds a control character", remedy="Remove it.")
        is_text = style or (text not in _NO_TEXT and text[0] not in _NUMBER_STARTS)
        value: Value = text if is_text else self._resolved(event, text)
        if type(top) is not dict:
            self._count(event, 1)
            self._marks.append(position)
            self._attach(value)
        elif self._key is _NO_KEY:
            if is_text and anchor is None and text not in top:
                self._marks.append(position)
                self._key = text
            else:
                self._name(event, value, position)
            return
        else:
            self._nodes += 1
            if self._nodes > NODE_LIMIT:
                self._count(event, 0)
            self._marks.append(position)
            top[self._key] = value  # type: ignore[index]
            self._key = _NO_KEY
        if value is None:
            self._has_null = True
        if anchor is not None:
            self._anchors[anchor] = (value, array("Q", [position]), 1)

    def _resolved(self, event: ScalarEvent, text: str) -> Value:
        try:
            return scalar_value(text)
        except BadNumber as bad:
            self._fault(event, "manifest-number", "this number cannot be used", f"It is {bad}.", "Write another.")
            return text

    def _name(self, event: ScalarEvent, key: Value, position: int) -> None:
        """A key of the innermost mapping that is not plain and new."""
        top = self._top
        assert isinstance(top, dict)
        if event.anchor is not None:
            self._fault(event, "manifest-alias", "an anchor on a key is not allowed", remedy="Remove it.")
        if key == "<<" and not event.style:
            self._fault(
                event,
                "manifest-merge",
                "merging with << is not allowed",
                remedy="Write the keys out, so that a reader sees them where they count.",
            )
        if not isinstance(key, str):
            self._fault(
                event,
                "manifest-key-type",
                "a key must be text",
                f"Found {quoted(event.value)}." if event.value else "Found a key without text.",
                f"Write it in quotes: {quoted(event.value)}." if event.value else "Write a key before the colon.",
            )
            key = f"\0{position}"
        elif key in top:
            first = Document(path="", value=top, marks=self._marks[self._stack[-1][2] :]).at_key(key)
            self._fault(
                event,
                "manifest-key-duplicate",
                f"{quoted(key, 60)} is given twice",
                f"It stands at line {first.line}, column {first.column} already.",
                "Keep one of the two.",
            )
            key = f"\0{position}"
        self._marks.append(position)
        self._key = key

    def _open(self, event: MappingStartEvent | SequenceStartEvent, value: dict[str, Value] | list[Value]) -> None:
        if self._key is _NO_KEY and type(self._top) is dict:
            raise _at_event(event, "manifest-key-type", "a key must be text", remedy="Write a word before the colon.")
        if len(self._stack) >= DEPTH_LIMIT:
            raise _at_event(
                event,
                "manifest-depth",
                f"values are nested more than {DEPTH_LIMIT} deep",
                remedy="Nest them less deeply; a deep schema may stand in a file (`visual_schema_file`).",
            )
        if event.ctag is not None:
            self._tag(event)
        self._nodes += 1
        if self._nodes > NODE_LIMIT:
            self._count(event, 0)
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = None
        top, place, marks = self._top, event.start_mark, self._marks
        if type(top) is dict:
            top[self._key] = value  # type: ignore[index]
        else:
            self._attach(value)
        self._stack.append((value, anchor, len(marks), self._nodes))
        marks.append(place.line + 1 << COLUMNS | place.column + 1)
        self._top, self._key = value, _NO_KEY

    def _close(self) -> None:
        value, anchor, start, nodes = self._stack.pop()
        if anchor is not None:
            self._anchors[anchor] = (value, self._marks[start:], self._nodes - nodes + 1)
        self._top = self._stack[-1][0] if self._stack else None
        self._key = _NO_KEY

    def _alias(self, event: AliasEvent) -> None:
        name = quoted(event.anchor, 40)
        if self._key is _NO_KEY and type(self._top) is dict:
            raise _at_event(event, "manifest-alias", "an alias as a key is not allowed", remedy="Write the key out.")
        known = self._anchors.get(event.anchor)
        if known is None:
            what = "stands for a value that contains it" if event.anchor in self._anchors else "stands for nothing"
            raise _at_event(event, "manifest-alias", f"the alias {name} {what}", remedy="Write the value out.")
        value, marks, nodes = known
        self._expanded += nodes
        if self._expanded > EXPANSION_LIMIT:
            raise _at_event(
                event,
                "manifest-alias",
                f"aliases expand to more than {EXPANSION_LIMIT:,} values",
                remedy="Write the values out.",
            )
        self._count(event, nodes)
        self._marks += marks
        self._attach(value)

    def _attach(self, value: Value) -> None:
        top = self._top
        if top is None:
            self._root = value
        elif type(top) is dict:
            top[self._key] = value  # type: ignore[index]
            self._key = _NO_KEY
        else:
            top.append(value)  # type: ignore[union-attr]

    def _count(self, event: Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > NODE_LIMIT:
            raise _at_event(event, "manifest-size", f"more than {NODE_LIMIT:,} values in one file")

    def _tag(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        self._fault(
            event,
            "manifest-tag",
            "a type written as a tag is not allowed",
            f"Found {quoted(str(event.tag), 60)}.",
            "Remove the word that begins with an exclamation mark; put text into quotes.",
        )

    def _fault(self, event: Event, rule: str, summary: str, detail: str = "", remedy: str = "") -> None:
        self.faults.append(_at_event(event, rule, summary, detail, remedy))

    def _at(self, place: int, rule: str, summary: str) -> YamlFault:
        location = Document(path="", value=None, marks=[place or mark(0, 0)]).at()
        return YamlFault(rule, location.line - 1, location.column - 1, summary)


def _at_event(event: Event, rule: str, summary: str, detail: str = "", remedy: str = "") -> YamlFault:
    place = event.start_mark
    return YamlFault(rule, place.line, place.column, summary, detail, remedy)


class BadNumber(ValueError):
    """A number that nothing can be done with; says which kind."""


def scalar_value(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar: what a word of YAML stands for, a number, or the text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > DIGIT_LIMIT + 1:
            raise BadNumber(f"a number of {len(text.lstrip('+-')):,} digits")
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise BadNumber("a number too large to be kept")
        return number
    if _BASED.fullmatch(text):
        if len(text) > DIGIT_LIMIT:
            raise BadNumber(f"a number of {len(text) - 2:,} digits")
        return int(text, 0)
    if _NO_NUMBER.fullmatch(text):
        raise BadNumber("infinity or not a number")
    return text
