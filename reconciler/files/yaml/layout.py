"""Where everything stands in the text of a YAML file: each value, key, dash, colon and comma, as offsets.

`reading` says what a file means, this says how it is written. It is made from the tokens of ruamel.yaml's scanner, which give
exact places; parse events do not: an empty value's event stands at the next token, a block's end behind the comments.
"""

from collections.abc import Iterator
from dataclasses import field
from enum import StrEnum

from ruamel.yaml import YAML
from ruamel.yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    StreamEndToken,
    TagToken,
    Token,
    ValueToken,
)

from reconciler.core.value import dataclass


class Form(StrEnum):
    """How a value is written."""

    EMPTY = "empty"
    """Nothing is there: a key or dash without a value."""
    ALIAS = "alias"
    PLAIN = "plain"
    QUOTED = "quoted"
    BLOCK_TEXT = "block text"
    """`|` or `>`, and the lines below it."""
    FLOW_MAPPING = "flow mapping"
    FLOW_SEQUENCE = "flow sequence"
    BLOCK_MAPPING = "block mapping"
    BLOCK_SEQUENCE = "block sequence"


FLOW = frozenset({Form.FLOW_MAPPING, Form.FLOW_SEQUENCE})
BLOCK = frozenset({Form.BLOCK_MAPPING, Form.BLOCK_SEQUENCE})
MAPPINGS = frozenset({Form.FLOW_MAPPING, Form.BLOCK_MAPPING})
SCALARS = frozenset({Form.PLAIN, Form.QUOTED, Form.BLOCK_TEXT})


@dataclass(slots=True, kw_only=True)
class Node:
    """A value: `start` is where its anchor or itself begins, `end` the offset behind its last character.

    A block text ends behind its line breaks and the empty lines after it. `style` is the sign that a text begins with: a
    quote, `|` or `>`; "" for others. `name` is that of its anchor, or of the anchor that an alias stands for.
    """

    form: Form
    start: int
    end: int
    body: int
    """Where it begins behind its anchor; `start` if it has none."""
    text: str = ""
    style: str = ""
    name: str = ""
    entries: list["Entry"] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Entry:
    """A key with its value, or an item. `mark_end` is the offset behind the colon or dash; of an item in `[]`, its start."""

    start: int
    key: Node | None
    mark_end: int
    value: Node
    comma: int | None = None
    """Where the comma behind it stands, in `{}` and `[]`."""


def documents_of(text: str) -> list[Node]:
    """The root of each document. The text must be one that `reading` finds sound; MarkedYAMLError may be raised for others."""
    return _Parser(YAML(typ="safe", pure=True).scan(text)).documents()


class _Parser:
    """Tokens to nodes. The scanner has told blocks and keys apart already, so what is left is a grammar of one token."""

    def __init__(self, tokens: Iterator[Token]) -> None:
        self._tokens = tokens
        self._token: Token = next(tokens)
        self._last_end = 0

    def documents(self) -> list[Node]:
        found = []
        self._take()
        while not isinstance(self._token, StreamEndToken):
            while isinstance(self._token, DirectiveToken | DocumentEndToken):
                self._take()
            if isinstance(self._token, StreamEndToken):
                break
            if isinstance(self._token, DocumentStartToken):
                self._take()
            found.append(self._node())
        return found

    def _take(self) -> Token:
        token = self._token
        self._last_end = token.end_mark.index
        if not isinstance(token, StreamEndToken):
            self._token = next(self._tokens)
        return token

    def _node(self, *, is_indentless: bool = False) -> Node:
        """The next value; `is_indentless` where dashes may stand below a key without being indented."""
        start, name = self._last_end, ""
        is_marked = isinstance(self._token, AnchorToken | TagToken)
        if is_marked:
            start = self._token.start_mark.index
        while isinstance(self._token, AnchorToken | TagToken):
            token = self._take()
            name = token.value if isinstance(token, AnchorToken) else name
        marks_end = self._last_end
        node = self._content(is_indentless=is_indentless)
        node.name = node.name or name
        if is_marked:
            node.start, node.end = start, max(node.end, marks_end)
        return node

    def _content(self, *, is_indentless: bool) -> Node:
        token = self._token
        start, end = token.start_mark.index, token.end_mark.index
        match token:
            case AliasToken():
                self._take()
                return Node(form=Form.ALIAS, start=start, end=end, body=start, name=token.value)
            case ScalarToken():
                self._take()
                style = token.style or ""
                form = Form.PLAIN if token.plain else Form.BLOCK_TEXT if style in {"|", ">"} else Form.QUOTED
                return Node(form=form, start=start, end=end, body=start, text=token.value, style=style)
            case FlowMappingStartToken() | FlowSequenceStartToken():
                return self._flow()
            case BlockMappingStartToken():
                return self._block_mapping()
            case BlockSequenceStartToken():
                return self._block_sequence(is_indentless=False)
            case BlockEntryToken() if is_indentless:
                return self._block_sequence(is_indentless=True)
        return _empty(self._last_end)

    def _flow(self) -> Node:
        opening = self._take()
        form = Form.FLOW_MAPPING if isinstance(opening, FlowMappingStartToken) else Form.FLOW_SEQUENCE
        node = Node(form=form, start=opening.start_mark.index, end=0, body=opening.start_mark.index)
        while not isinstance(self._token, FlowMappingEndToken | FlowSequenceEndToken):
            if isinstance(self._token, FlowEntryToken):
                node.entries[-1].comma = self._take().start_mark.index
            elif isinstance(self._token, KeyToken) or form is Form.FLOW_MAPPING:
                node.entries.append(self._pair(is_item=form is Form.FLOW_SEQUENCE))
            else:
                value = self._node()
                node.entries.append(Entry(start=value.start, key=None, mark_end=value.start, value=value))
        node.end = self._take().end_mark.index
        return node

    def _pair(self, *, is_item: bool) -> Entry:
        """A key and its value; in `[]`, where it stands without braces, a mapping of its own."""
        start = self._token.start_mark.index
        if isinstance(self._token, KeyToken):
            self._take()
        key = self._node()
        mark_end, value = key.end, _empty(key.end)
        if isinstance(self._token, ValueToken):
            mark_end = self._take().end_mark.index
            value = self._node(is_indentless=True)
        entry = Entry(start=start, key=key, mark_end=mark_end, value=value)
        if not is_item:
            return entry
        end = max(mark_end, value.end)
        pair = Node(form=Form.FLOW_MAPPING, start=start, end=end, body=start, entries=[entry])
        return Entry(start=start, key=None, mark_end=start, value=pair)

    def _block_mapping(self) -> Node:
        start = self._take().start_mark.index
        node = Node(form=Form.BLOCK_MAPPING, start=start, end=0, body=start)
        while not isinstance(self._token, BlockEndToken):
            node.entries.append(self._pair(is_item=False))
        self._take()
        return _ended(node)

    def _block_sequence(self, *, is_indentless: bool) -> Node:
        if not is_indentless:
            self._take()
        first = self._token.start_mark.index
        node = Node(form=Form.BLOCK_SEQUENCE, start=first, end=0, body=first)
        while isinstance(self._token, BlockEntryToken):
            dash = self._take()
            start, mark_end = dash.start_mark.index, dash.end_mark.index
            node.entries.append(Entry(start=start, key=None, mark_end=mark_end, value=self._node()))
        if not is_indentless:
            self._take()
        return _ended(node)


def _empty(at: int) -> Node:
    return Node(form=Form.EMPTY, start=at, end=at, body=at)


def _ended(node: Node) -> Node:
    """A block ends with its last value; comments behind it are not part of it."""
    last = node.entries[-1]
    node.end = max(last.mark_end, last.value.end)
    return node
