"""Documents built from YAML events under our own rules: limits, no tags, no merges, no doubles, text keys."""

import math
import re
from array import array
from collections.abc import Callable

from ruamel.yaml.events import (
    AliasEvent,
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
from reconciler.files.yaml.reading import DEPTH_LIMIT

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
_ORIGIN = mark(0, 0)
"""Added to a line and a column, it makes a place of them as `mark` does, without a call: there are many."""
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

NextEvent = Callable[[], Event | None]
"""Gives the next event, and None behind the last."""


class YamlFault(Exception):
    """Why a document is refused, and where (line and column from 0). Raised where reading cannot go on."""

    def __init__(self, rule: str, line: int, column: int, summary: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(summary)
        self.rule, self.line, self.column = rule, line, column
        self.summary, self.detail, self.remedy = summary, detail, remedy


class DocumentBuilder:
    """Takes the events of one file; holds the documents made of them and the faults found.

    A value is built by the function of its kind, which reads on until it ends. The depth is limited, so the stack of calls is as well.
    """

    def __init__(self, path: str, *, is_lenient: bool = False) -> None:
        self.documents: list[Document] = []
        self.broken: list[Document] = []
        self.faults: list[YamlFault] = []
        self._path = path
        self._is_lenient = is_lenient
        self._nodes = 0
        self._expanded = 0
        self._seen = 0
        self._depth = 0
        self._marks: list[int] = []
        self._anchors: dict[str, tuple[Value, list[int], int] | None] = {}
        self._has_null = False

    def read(self, next_event: NextEvent) -> None:
        """Build everything; YamlFault where reading must end, faults that allow to go on are collected."""
        while (event := next_event()) is not None:
            if type(event) is DocumentStartEvent:
                self._document(event, next_event)

    def _document(self, start: DocumentStartEvent, next_event: NextEvent) -> None:
        self._directives(start)
        self._marks = []
        self._anchors = {}
        self._has_null = False
        sound = len(self.faults)
        root = self._value(next_event(), next_event)
        next_event()  # says that the document ends
        self._seen += 1
        if self._seen > DOCUMENT_LIMIT:
            raise self._at(self._marks[0], "manifest-size", f"more than {DOCUMENT_LIMIT:,} documents in one file")
        if root is None:
            return  # nothing between two separators
        document = Document(path=self._path, value=root, marks=array("Q", self._marks), has_null=self._has_null)
        (self.documents if len(self.faults) == sound else self.broken).append(document)

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

    def _value(self, event: Event | None, next_event: NextEvent) -> Value:
        if type(event) is ScalarEvent:
            return self._scalar(event)
        if type(event) is MappingStartEvent:
            return self._mapping(event, next_event)
        if type(event) is SequenceStartEvent:
            return self._list(event, next_event)
        assert isinstance(event, AliasEvent)
        return self._alias(event)

    def _mapping(self, start: MappingStartEvent, next_event: NextEvent) -> dict[str, Value]:
        """Most keys and values are plain words. These are taken here, without a call, for a small file has fifty already."""
        first, nodes = self._open(start)
        found: dict[str, Value] = {}
        words, add_mark = 0, self._marks.append
        while type(event := next_event()) is not MappingEndEvent:
            if (
                type(event) is ScalarEvent
                and (key := event.value) not in _NO_TEXT
                and key not in found
                and key[0] not in _NUMBER_STARTS
                and event.ctag is event.anchor is None
                and event.style != '"'
            ):
                place = event.start_mark
                add_mark((place.line << COLUMNS | place.column) + _ORIGIN)
            else:
                key = self._name(event, found, first)
            event = next_event()
            if (
                type(event) is ScalarEvent
                and (text := event.value) not in _NO_TEXT
                and text[0] not in _NUMBER_STARTS
                and event.ctag is event.anchor is None
                and event.style != '"'
            ):
                place = event.start_mark
                add_mark((place.line << COLUMNS | place.column) + _ORIGIN)
                words += 1
                found[key] = text
            else:
                found[key] = self._value(event, next_event)
        self._count(start, words)
        self._close(start, found, first, nodes)
        return found

    def _list(self, start: SequenceStartEvent, next_event: NextEvent) -> list[Value]:
        first, nodes = self._open(start)
        found: list[Value] = []
        while type(event := next_event()) is not SequenceEndEvent:
            found.append(self._value(event, next_event))
        self._close(start, found, first, nodes)
        return found

    def _scalar(self, event: ScalarEvent) -> Value:
        value = self._resolved(event)
        self._nodes += 1
        if self._nodes > NODE_LIMIT:
            self._count(event, 0)
        place = event.start_mark
        position = (place.line << COLUMNS | place.column) + _ORIGIN
        self._marks.append(position)
        if value is None:
            self._has_null = True
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, [position], 1)
        return value

    def _resolved(self, event: ScalarEvent) -> Value:
        """What a scalar stands for. Text is what stands in quotes, and what is neither a word of YAML nor a number."""
        text: str = event.value
        if event.ctag is not None:
            self._tag(event)
        if style := event.style:
            if style == '"' and not self._is_lenient and _ESCAPED.search(text):
                self._fault(event, "manifest-encoding", "this text holds a control character", remedy="Remove it.")
            return text
        try:
            return scalar_value(text)
        except BadNumber as bad:
            self._fault(event, "manifest-number", "this number cannot be used", f"It is {bad}.", "Write another.")
            return text

    def _name(self, event: Event | None, top: dict[str, Value], first: int) -> str:
        """A key, whatever it is; one that cannot be used gets a name that no other key has. `first` is the mark of its mapping."""
        if type(event) is not ScalarEvent:
            assert event is not None
            if isinstance(event, AliasEvent):
                raise _at_event(
                    event, "manifest-alias", "an alias as a key is not allowed", remedy="Write the key out."
                )
            raise _at_event(event, "manifest-key-type", "a key must be text", remedy="Write a word before the colon.")
        key, place = self._resolved(event), event.start_mark
        position = mark(place.line, place.column)
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
            earlier = Document(path="", value=top, marks=self._marks[first:]).at_key(key)
            self._fault(
                event,
                "manifest-key-duplicate",
                f"{quoted(key, 60)} is given twice",
                f"It stands at line {earlier.line}, column {earlier.column} already.",
                "Keep one of the two.",
            )
            key = f"\0{position}"
        self._marks.append(position)
        return key

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> tuple[int, int]:
        """Begin a mapping or a list: how many marks and values stand before it."""
        if self._depth >= DEPTH_LIMIT:
            raise _at_event(
                event,
                "manifest-depth",
                f"values are nested more than {DEPTH_LIMIT} deep",
                remedy="Nest them less deeply; a deep schema may stand in a file (`visual_schema_file`).",
            )
        self._depth += 1
        if event.ctag is not None:
            self._tag(event)
        first, nodes = len(self._marks), self._nodes
        self._nodes = nodes + 1
        if nodes >= NODE_LIMIT:
            self._count(event, 0)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        place = event.start_mark
        self._marks.append((place.line << COLUMNS | place.column) + _ORIGIN)
        return first, nodes

    def _close(
        self,
        start: MappingStartEvent | SequenceStartEvent,
        value: dict[str, Value] | list[Value],
        first: int,
        nodes: int,
    ) -> None:
        self._depth -= 1
        if start.anchor is not None:
            self._anchors[start.anchor] = (value, self._marks[first:], self._nodes - nodes)

    def _alias(self, event: AliasEvent) -> Value:
        name = quoted(event.anchor, 40)
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
        return value

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
