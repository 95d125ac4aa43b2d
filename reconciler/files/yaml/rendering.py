"""Values written as YAML by ruamel.yaml, in the style of what stands around them. What is written is read back at once."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass
from reconciler.files.yaml.reading import read_yaml

_STYLES = {
    "'": SingleQuotedScalarString,
    '"': DoubleQuotedScalarString,
    "|": LiteralScalarString,
    ">": FoldedScalarString,
}
_NO_FOLDING = 1 << 30
"""Characters of a line: a long text stays in one line, whatever its length."""


_BLOCK_TEXT = re.compile(r"[^\n](?:.*[^\n])?\n?", re.DOTALL)
"""Texts that are written below `|`. One that ends with an empty line would take in those that follow it in the file."""


class OneLine(dict[str, Value]):
    """Keys and values that are written in braces, in one line, wherever they stand: one row of many."""


class NotWritable(Exception):
    """No way of writing this value is read back as the same value."""


class _Emitter(Emitter):
    MAX_SIMPLE_KEY_LENGTH = 1000
    """YAML allows keys of 1024 characters before the colon; ruamel.yaml writes those from 128 on with a question mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How new text is to look: the signs that texts and keys begin with ("" for plain), and how much is indented.

    `step` is how far the keys of a mapping stand behind their parent's, `dash` the same of dashes, `gap` the width of a dash
    with its spaces.
    """

    style: str = ""
    key_style: str = ""
    step: int = 2
    dash: int = 2
    gap: int = 2


def same(one: Value, other: Value) -> bool:
    """Do two values mean the same? Unlike `==`, this tells 1 from 1.0 and from true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def pair_lines(key: str, value: Value, manner: Manner) -> list[str]:
    """A key with its value as lines in a block, the key in the first column."""
    return _first_that_reads(manner, lambda manner: _dumped({key: value}, manner), {key: value})


def item_lines(value: Value, manner: Manner) -> list[str]:
    """An item with its dash as lines in a block, the dash in the first column."""
    return _first_that_reads(manner, lambda manner: _dumped([value], manner), [value])


def root_lines(value: Value, manner: Manner) -> list[str]:
    """A whole document."""
    if isinstance(value, dict | list) and value:
        return _first_that_reads(manner, lambda manner: _dumped(value, manner), value)
    return [line[manner.gap :] for line in item_lines(value, manner)]


def flow_text(value: Value, manner: Manner) -> str:
    """A value as it stands in `{}` or `[]`, in one line."""
    return flow_pair("k", value, manner).partition(":")[2].strip()


def flow_pair(key: str, value: Value, manner: Manner) -> str:
    """A key with its value as they stand in `{}`, in one line."""
    (line,) = _first_that_reads(manner, lambda manner: _dumped({key: value}, manner, in_flow=True), {key: value})
    return line[1:-1]


def _first_that_reads(manner: Manner, write: Callable[[Manner], list[str]], value: Value) -> list[str]:
    """The text in the manner that is asked for, else in double quotes: the first that is read back as the same value."""
    for way in (manner, safe(manner)):
        lines = write(way)
        reading = read_yaml(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"), "", is_lenient=True)
        if not reading.problems and len(reading.documents) == 1 and same(reading.documents[0].value, value):
            return lines
    raise NotWritable


def safe(manner: Manner) -> Manner:
    """The same manner with all texts in double quotes: those mean the same wherever they stand."""
    return replace(manner, style='"')


def _dumped(value: Value, manner: Manner, *, in_flow: bool = False) -> list[str]:
    yaml = YAML(typ="rt")
    yaml.Emitter = _Emitter
    yaml.width = _NO_FOLDING
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=manner.step, sequence=manner.dash + manner.gap, offset=manner.dash)
    styled = _styled(value, manner, in_flow=in_flow)
    if in_flow and isinstance(styled, CommentedMap | CommentedSeq):
        styled.fa.set_flow_style()
    out = io.StringIO()
    yaml.dump(styled, out)
    lines = out.getvalue().rstrip("\n").split("\n")
    # ruamel.yaml indents the dashes of the outermost list like those of others.
    indent = manner.dash if isinstance(value, list) and value and not in_flow else 0
    return [line[indent:] for line in lines]


def _styled(value: Value, manner: Manner, *, in_flow: bool) -> object:
    """The value in ruamel.yaml's own types, which say how each text is to be written."""
    if isinstance(value, str):
        return _text(value, manner, in_flow=in_flow)
    if isinstance(value, list):
        return CommentedSeq(_styled(item, manner, in_flow=in_flow) for item in value)
    if isinstance(value, dict):
        key_type = _STYLES.get(manner.key_style, str)
        is_row = isinstance(value, OneLine)
        pairs = ((key_type(key), _styled(item, manner, in_flow=in_flow or is_row)) for key, item in value.items())
        mapping = CommentedMap(pairs)
        if is_row:
            mapping.fa.set_flow_style()
        return mapping
    return value


def _text(text: str, manner: Manner, *, in_flow: bool) -> str:
    style = manner.style
    if "\n" in text and style != '"':
        # Neither `{}` nor single quotes can hold a line break as it is.
        can_be_block = not in_flow and style != "'" and _BLOCK_TEXT.fullmatch(text) is not None
        style = (style or "|") if can_be_block else '"'
    return _STYLES.get(style, str)(text)
