"""The text of a YAML file, and what each edit changes in it: pieces as small as can be."""

from collections.abc import Callable, Iterable

from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass
from reconciler.files.yaml.builder import BadNumber, scalar_value
from reconciler.files.yaml.layout import FLOW, MAPPINGS, SCALARS, Entry, Form, Node, documents_of
from reconciler.files.yaml.rendering import Manner, flow_pair, flow_text, item_lines, pair_lines, root_lines, safe
from reconciler.files.yaml.splice import (
    SourceText,
    Splice,
    add_in_flow,
    add_lines,
    remove_in_flow,
    remove_lines,
    set_in_block,
    set_in_flow,
)

Steps = tuple[str | int, ...]
"""A path from the root of a document to a value, by keys and positions."""

_WIDTHS = {
    (Form.BLOCK_MAPPING, Form.BLOCK_MAPPING): "step",
    (Form.BLOCK_MAPPING, Form.BLOCK_SEQUENCE): "dash",
    (Form.BLOCK_SEQUENCE, Form.BLOCK_MAPPING): "gap",
    (Form.BLOCK_SEQUENCE, Form.PLAIN): "gap",
    (Form.BLOCK_SEQUENCE, Form.QUOTED): "gap",
}
"""What a value in a mapping or list shows of the manner in which a file indents."""

_LEAST = {"step": 1, "dash": 0, "gap": 2}


class AliasInTheWay(Exception):
    """A path leads through an alias: what it stands for is written at another place."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.name)
        self.node = node


class NoSuchPlace(LookupError):
    """A path that leads nowhere, or to something else than the edit needs: a mistake of the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A value, the entry that holds it, and the nodes from the root down to it; `entry` is None for a root."""

    node: Node
    entry: Entry | None
    chain: tuple[Node, ...]

    @property
    def parent(self) -> Node | None:
        """The mapping or list that it stands in."""
        return self.chain[-2] if len(self.chain) > 1 else None


class YamlText:
    """The text of a file and the layout of its documents, those without a value left out. YAMLError for what is no YAML."""

    def __init__(self, text: str) -> None:
        self.source = SourceText(text)
        self.roots = [root for root in documents_of(text) if not _is_nothing(root)]
        self._widths = _widths(self.roots, self.source.column)

    def place(self, document: int, path: Steps) -> Place:
        """The value that a path leads to; AliasInTheWay if it passes an alias, NoSuchPlace if it leads nowhere."""
        if document >= len(self.roots):
            raise NoSuchPlace(f"there is no document {document}")
        node, entry, chain = self.roots[document], None, [self.roots[document]]
        for step in path:
            if node.form is Form.ALIAS:
                raise AliasInTheWay(node)
            entry = _entry(node, step)
            node = entry.value
            chain.append(node)
        return Place(node=node, entry=entry, chain=tuple(chain))

    def new_document(self, value: Value, *, is_safe: bool) -> list[Splice]:
        """A document at the end of a file that has none."""
        text, newline = self.source.content, self.source.newline
        start = newline if text and text[-1] not in "\r\n" else ""
        lines = root_lines(value, self._manner(None, None, is_safe=is_safe))
        return [Splice(start=len(text), end=len(text), text=start + "".join(line + newline for line in lines))]

    def replace(self, place: Place, value: Value, *, is_safe: bool) -> list[Splice]:
        """Another value in place of one that is there."""
        node, entry, parent = place.node, place.entry, place.parent
        manner = self._manner(node, None, is_safe=is_safe)
        is_collection = isinstance(value, dict | list) and bool(value)
        if (parent is not None and parent.form in FLOW) or (node.form in FLOW and is_collection):
            return [set_in_flow(self.source, node, entry, flow_text(value, manner))]
        if entry is None:
            lines = root_lines(value, manner) if is_collection else [flow_text(value, manner)]
        elif entry.key is not None:
            lines = pair_lines("k", value, manner)
            lines[0] = lines[0].partition(":")[2].strip()
        else:
            lines = [line.removeprefix("-") for line in item_lines(value, manner)]
            if (
                len(lines) == 1
            ):  # others stand under the first one, whose distance from the dash must be the one it was made for
                lines[0] = lines[0].strip()
        return set_in_block(self.source, node, entry, lines)

    def insert(self, place: Place, key: str, value: Value, after: str | None, *, is_safe: bool) -> list[Splice]:
        """A new key behind another one, or behind the last."""
        node = _written_here(place)
        if node.form not in MAPPINGS:
            raise NoSuchPlace("a key can only be inserted into a mapping")
        before = _last(node) if after is None else _entry(node, after)
        manner = self._manner_behind(before, is_safe=is_safe)
        if node.form in FLOW or before is None:
            return add_in_flow(self.source, node, before, flow_pair(key, value, manner))
        return [add_lines(self.source, before, pair_lines(key, value, manner))]

    def append(self, place: Place, value: Value, *, is_safe: bool) -> list[Splice]:
        """A new last item."""
        node = _written_here(place)
        if node.form not in {Form.FLOW_SEQUENCE, Form.BLOCK_SEQUENCE}:
            raise NoSuchPlace("a value can only be appended to a list")
        last = _last(node)
        manner = self._manner_behind(last, is_safe=is_safe)
        if node.form in FLOW or last is None:
            return add_in_flow(self.source, node, last, flow_text(value, manner))
        return [add_lines(self.source, last, item_lines(value, manner))]

    def remove(self, place: Place, *, is_safe: bool) -> list[Splice]:
        """A key or item that is not the only one of its parent."""
        parent, entry = place.parent, place.entry
        assert parent is not None
        assert entry is not None
        at = next(position for position, one in enumerate(parent.entries) if one is entry)
        if parent.form in FLOW:
            return list(remove_in_flow(self.source, parent.entries, at))
        return [remove_lines(self.source, parent.entries, at, is_safe=is_safe)]

    def rename(self, place: Place, key: str, *, is_safe: bool) -> list[Splice]:
        """Another key in place of one that is there, written in its manner."""
        assert place.entry is not None
        node = place.entry.key
        assert node is not None, "a mapping's entry has a key"
        if node.form is Form.ALIAS:
            raise AliasInTheWay(node)
        text = flow_text(key, self._manner(None, node, is_safe=is_safe))
        return [Splice(start=node.body, end=node.end, text=text)]

    def _manner(self, node: Node | None, key: Node | None, *, is_safe: bool) -> Manner:
        """As this value and key are written; a `{}` or `[]` as what it begins with."""
        if node is not None and node.form in FLOW and node.entries:
            key = node.entries[0].key or key
            node = node.entries[0].value
        key_style = key.style if key is not None and key.form is Form.QUOTED else ""
        is_text = node is not None and node.form in SCALARS and (node.style or isinstance(_plain(node.text), str))
        style = node.style if node is not None and is_text else key_style  # as in JSON, where a number tells nothing
        manner = Manner(style=style, key_style=key_style, **self._widths)
        return safe(manner) if is_safe else manner

    def _manner_behind(self, before: Entry | None, *, is_safe: bool) -> Manner:
        """As the key or item before the new one."""
        value, key = (None, None) if before is None else (before.value, before.key)
        return self._manner(value, key, is_safe=is_safe)


def _written_here(place: Place) -> Node:
    """The value of a place; AliasInTheWay if it is written elsewhere."""
    if place.node.form is Form.ALIAS:
        raise AliasInTheWay(place.node)
    return place.node


def _last(node: Node) -> Entry | None:
    return node.entries[-1] if node.entries else None


def _entry(node: Node, step: str | int) -> Entry:
    if node.form in MAPPINGS:
        for entry in node.entries:
            if entry.key is not None and entry.key.text == step:
                return entry
    elif isinstance(step, int) and 0 <= step < len(node.entries):
        return node.entries[step]
    raise NoSuchPlace(f"there is no {step!r}")


def _plain(text: str) -> Value:
    """What an unquoted scalar stands for."""
    try:
        return scalar_value(text)
    except BadNumber:
        return text


def _is_nothing(root: Node) -> bool:
    """Is a document left out by the reader, because it has no value?"""
    return root.form is Form.EMPTY or (root.form is Form.PLAIN and _plain(root.text) is None)


def _widths(roots: Iterable[Node], column: Callable[[int], int]) -> dict[str, int]:
    """How a file indents: by the first mapping, list and item in it that show it."""
    found: dict[str, int] = {}
    pending = list(roots)[::-1]
    while pending:
        node = pending.pop()
        for entry in node.entries:
            name = _WIDTHS.get((node.form, entry.value.form))
            if name is not None:
                # An anchor may stand between, on the line of the key or dash.
                value = entry.value.start if name == "gap" else entry.value.body
                found.setdefault(name, column(value) - column(entry.start))
        pending += [entry.value for entry in reversed(node.entries)]
    return {name: width for name, width in found.items() if width >= _LEAST[name]}
