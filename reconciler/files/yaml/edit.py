"""The one writer of people's YAML: edits of values, spliced into the text of a file so that only the changed lines differ.

    edits = [Replace(("spec", "project"), "lora"), Insert(("metadata",), "id", 12, after="name")]
    new = edited(data, edits, path="manifests/lora.yaml")

Comments, order, quotes, anchors, line ends, the byte order mark and a missing last line end stay. A comment goes only with the
line, or the block, that goes. New text is written by ruamel.yaml in the manner of what stands around it. The result is read
back with the reader of manifests and compared with what it should mean.

EditRefused is raised for a file that the reader refuses, for a value that no file can hold (infinity), and if no way of writing
means just the edit: mostly because an alias uses the value at another place. Control characters are written, escaped in
quotes: a person wrote them elsewhere, and the next reading of the file shows where they are.

Edits are made one after another; each sees the file as the one before left it. A path leads from the root of a document to a
value, by keys and positions. Documents without a value do not count, as for the reader. A path that leads nowhere is a
mistake of the caller: NoSuchPlace.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from ruamel.yaml.error import YAMLError

from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import Value
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import Tree
from reconciler.files.yaml.change import Append, Edit, Insert, Remove, Rename, Replace, after, parts_of
from reconciler.files.yaml.layout import BLOCK, Form, Node
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml
from reconciler.files.yaml.rendering import NotWritable, same
from reconciler.files.yaml.splice import Splice
from reconciler.files.yaml.yaml_text import AliasInTheWay, NoSuchPlace, Place, Steps, YamlText

_BOM = b"\xef\xbb\xbf"
_Words = tuple[str, str, str]
_UNCLEAR: _Words = (
    "this cannot be changed without changing what the rest of the file says",
    "Each way of writing it was read back as something else.",
    "Make the change by hand.",
)
_NO_END: _Words = (
    _UNCLEAR[0],
    "The last line of the file has no end, and gets one if something follows it: then its text ends with a line break.",
    "End the last line, or write its text in quotes, then try again.",
)
_NOT_WRITABLE: _Words = (
    "this value cannot be written into a file",
    "It holds a number, or a key, that no manifest can hold.",
    "Give another value.",
)


class EditRefused(Exception):
    """An edit that cannot be made; the file is as it was. `problem` says where, what, and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.location}: {problem.summary}")
        self.problem = problem


def rewrite(tree: Tree, path: str, edits: Iterable[Edit]) -> None:
    """Edit a file of the tree, whole or not at all.

    EditRefused if it cannot be read or edited. OSError if it cannot be written; FileChanged if somebody else changed it in
    the meantime.
    """
    data = read_bytes(tree, path, FILE_LIMIT)
    if isinstance(data, Problem):
        raise EditRefused(data)
    new = edited(data, edits, path=tree.shown(path))
    if new != data:
        tree.replace_file(path, new, over=data)


def edited(data: bytes, edits: Iterable[Edit], *, path: str) -> bytes:
    """The bytes of a file after these edits. `path` is what problems show."""
    mark = _BOM if data.startswith(_BOM) else b""
    pending = deque(edits)
    is_lenient = False
    while pending:
        data = mark + _Wave(data, path, is_lenient=is_lenient).made(pending).encode()
        is_lenient = True  # what the edits before brought into the file is no reason to refuse the next ones
    return data


class _Wave:
    """Edits that do not touch one another: their places are found in one text, and all are made at once.

    A file is parsed once for each wave. So a hundred captions take as long as one.
    """

    def __init__(self, data: bytes, path: str, *, is_lenient: bool) -> None:
        reading = read_yaml(data, path, is_lenient=is_lenient)
        if reading.problems:
            raise EditRefused(reading.problems[0])
        self._path = path
        self._edits: list[Edit] = []
        self._values = [document.value for document in reading.documents]
        self._text = _layout(data, path, len(self._values))

    def made(self, pending: deque[Edit]) -> str:
        """The text after as many of the edits as can be made together; they are taken from `pending`."""
        expected: list[Value] = list(self._values) or [None]
        while pending:
            edit = pending[0]
            if edit.document >= len(expected):
                raise NoSuchPlace(f"there is no document {edit.document}")
            parts = [edit] if self._is_alias(edit) else parts_of(edit, expected[edit.document])
            if len(parts) != 1 or parts[0] is not edit:
                pending.popleft()
                pending.extendleft(reversed(parts))
            elif any(self._touch(before, edit) for before in self._edits):
                break
            else:
                expected[edit.document] = after(expected[edit.document], edit)
                self._edits.append(pending.popleft())
        return self._written(expected) if self._edits else self._text.source.content

    def _written(self, expected: Sequence[Value]) -> str:
        """The first way of writing that means just the edits: in the manner of the file, else with all texts in quotes."""
        wished = [value for value in expected if value is not None]  # the reader leaves out the others
        for is_safe in (False, True):
            splices = [splice for edit in self._edits for splice in self._splices(edit, is_safe=is_safe)]
            text = self._text.source.spliced(splices)
            reading = read_yaml(text.encode(), self._path, is_lenient=True)
            found = [document.value for document in reading.documents]
            if not reading.problems and len(found) == len(wished) and all(map(same, found, wished)):
                return text
        raise self._means_more()

    def _splices(self, edit: Edit, *, is_safe: bool) -> list[Splice]:
        text = self._text
        try:
            if not text.roots:
                assert isinstance(edit, Replace), "nothing else can be made of nothing"
                return text.new_document(edit.value, is_safe=is_safe)
            place = text.place(edit.document, edit.path)
            match edit:
                case Replace():
                    return text.replace(place, edit.value, is_safe=is_safe)
                case Insert():
                    return text.insert(place, edit.key, edit.value, edit.after, is_safe=is_safe)
                case Append():
                    return text.append(place, edit.value, is_safe=is_safe)
                case Remove():
                    return text.remove(place, is_safe=is_safe)
                case Rename():
                    return text.rename(place, edit.key, is_safe=is_safe)
        except AliasInTheWay as alias:
            raise self._behind_alias(alias.node) from None
        except NotWritable:
            raise self._refused(self._offset(edit), _NOT_WRITABLE) from None

    def _touch(self, before: Edit, edit: Edit) -> bool:
        """Must an edit wait until the one before is made? In `{}` and `[]` commas belong to two items at once."""
        if before.document != edit.document:
            return False
        if isinstance(before, Insert) and self._is_block(before):
            if isinstance(edit, Insert) and edit.path == before.path:
                return not (edit.after is None and before.after is None)
            if isinstance(edit, Replace) and _is_below(edit.path, before.path):
                return edit.path[len(before.path)] == before.key
        if isinstance(edit, Insert) and isinstance(before, Replace) and _is_below(before.path, edit.path):
            return not self._is_block(edit)
        if isinstance(before, Append) and isinstance(edit, Append) and edit.path == before.path:
            return not self._is_block(edit)
        one, other = _scope(before), _scope(edit)
        return one[: len(other)] == other or other[: len(one)] == one

    def _form(self, edit: Edit) -> Form:
        """How the value at the edit's path is written; EMPTY if it is not in the text."""
        try:
            return self._text.place(edit.document, edit.path).node.form
        except (NoSuchPlace, AliasInTheWay):
            return Form.EMPTY

    def _is_block(self, edit: Edit) -> bool:
        return self._form(edit) in BLOCK

    def _is_alias(self, edit: Edit) -> bool:
        """An alias is replaced as a whole: what it stands for is written elsewhere, and stays."""
        return isinstance(edit, Replace) and self._form(edit) is Form.ALIAS

    def _offset(self, edit: Edit) -> int:
        if not self._text.roots:
            return 0
        place = self._text.place(edit.document, edit.path)
        return place.node.start if place.entry is None else place.entry.start

    def _means_more(self) -> EditRefused:
        for edit in self._edits if self._text.roots else ():
            place = self._text.place(edit.document, edit.path)
            names = _names(place, edit)
            for alias in _aliases(place.chain[0]):
                if alias.name in names:
                    line = self._text.source.line(alias.start)
                    words = (
                        f'this value is used at another place: "*{alias.name}" stands for it at line {line}',
                        "A change here would change what is said there.",
                        f"Write the value out at line {line}, then try again.",
                    )
                    return self._refused(self._offset(edit), words)
        has_end = self._text.source.content[-1:] in {"", "\n", "\r"}
        return self._refused(self._offset(self._edits[0]), _UNCLEAR if has_end else _NO_END)

    def _behind_alias(self, alias: Node) -> EditRefused:
        words = (
            f'this value is written at another place: "*{alias.name}" stands for it',
            "It cannot be changed here alone.",
            "Write the value out here, then try again.",
        )
        return self._refused(alias.start, words)

    def _refused(self, offset: int, words: _Words) -> EditRefused:
        source = self._text.source
        return _refusal(Location(self._path, source.line(offset), source.column(offset) + 1), words)


def _layout(data: bytes, path: str, number: int) -> YamlText:
    """Where everything stands in a file of so many documents."""
    try:
        text = YamlText(data.decode("utf-8-sig"))
    except YAMLError:
        raise _refusal(Location(path), _UNCLEAR) from None
    if len(text.roots) != number:  # the reader uses the C parser, which may see more or fewer in an odd file
        raise _refusal(Location(path), _UNCLEAR)
    return text


def _refusal(location: Location, words: _Words) -> EditRefused:
    summary, detail, remedy = words
    return EditRefused(Problem(rule="yaml-edit", location=location, summary=summary, detail=detail, remedy=remedy))


def _scope(edit: Edit) -> Steps:
    """The path of all that an edit may touch."""
    return edit.path[:-1] if isinstance(edit, Remove | Rename) else edit.path


def _is_below(path: Steps, other: Steps) -> bool:
    return len(path) > len(other) and path[: len(other)] == other


def _names(place: Place, edit: Edit) -> set[str]:
    """The anchors of the values that an edit changes: those around its place, and those that it takes away."""
    gone = _nodes(place.node) if isinstance(edit, Replace | Remove) else ()
    return {node.name for node in (*place.chain, *gone) if node.name and node.form is not Form.ALIAS}


def _aliases(root: Node) -> Iterator[Node]:
    return (node for node in _nodes(root) if node.form is Form.ALIAS)


def _nodes(root: Node) -> Iterator[Node]:
    """A value and all below it."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += [entry.value for entry in reversed(node.entries)]
