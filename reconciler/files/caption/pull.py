"""Captions read from the caption files of a tree and written into them, for `captions pull`. A person's own text is never lost."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal

from reconciler.core.strictjson import Value
from reconciler.core.text import in_words, normal
from reconciler.core.value import dataclass
from reconciler.files.caption.form import CaptionForm
from reconciler.files.caption.reading import (
    FILE_NAMES,
    LINES_NAME,
    RECORDS_LIMIT,
    SIDECAR_LIMIT,
    YAML_NAME,
    plain_key,
)
from reconciler.files.caption.records_edit import FormulaRefused, JsonLines, RecordsRefused, Table
from reconciler.files.file_edit import FileEdit
from reconciler.files.tree import FileRefused, TreeReader
from reconciler.files.tree_listing import TREE_LIMIT, join
from reconciler.files.yaml.change import Edit, Insert, Replace
from reconciler.files.yaml.edit import EditRefused, edited
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml

_BOM = b"\xef\xbb\xbf"

CaptionSource = Literal["automatic", "sidecar", "file"]
"""Where a manifest says that its captions come from."""


class PullOutcome(StrEnum):
    """What became of one caption."""

    WRITTEN = "written"
    KEPT = "kept"
    """The file says the same already."""
    CONFLICT = "conflict"
    """The file says something else than was expected, which a person wrote. It was left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledCaption:
    """The caption of one image: its file (path below the root), and the texts before and after."""

    name: str
    path: str
    outcome: PullOutcome
    before: str | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionPlace:
    """Where the captions of a dataset stand: the image folder below the root, the manifest's source, the family's form.

    Where captions are `automatic` nothing declares them, but they may lie beside the images all the same.
    """

    folder: str
    source: CaptionSource
    form: CaptionForm


class PullRefused(Exception):
    """A caption file that cannot be understood or written. The text says why, for a person."""


def read_captions(tree: TreeReader, place: CaptionPlace, names: Iterable[str]) -> dict[str, str]:
    """The captions in the files of these images (paths below the image folder); PullRefused if one cannot be understood."""
    found = _passed(_Pass(tree=tree, place=place, replacing=None, edits={}), dict.fromkeys(names, ""))
    return {one.name: one.before for one in found if one.before}


def caption_edits(
    tree: TreeReader, place: CaptionPlace, captions: Mapping[str, str], *, replacing: Mapping[str, str]
) -> tuple[tuple[PulledCaption, ...], tuple[FileEdit, ...]]:
    """What becomes of captions (image's path below the image folder → caption without prefix), and the files that change.

    `replacing` has the texts that may be written over, by the same paths; any other text that stands there is a conflict.
    PullRefused if a file cannot be understood, or cannot hold the text.
    """
    wanted = {name: normal(text) for name, text in captions.items()}
    edits: dict[str, FileEdit] = {}
    found = _passed(_Pass(tree=tree, place=place, replacing=replacing, edits=edits), wanted)
    return found, tuple(edits.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One way through the caption files, and the texts that may be written over. Without `replacing` nothing is changed.

    `edits` takes what changes, by path.
    """

    tree: TreeReader
    place: CaptionPlace
    replacing: Mapping[str, str] | None
    edits: dict[str, FileEdit]

    @property
    def folder(self) -> str:
        return self.place.folder

    @property
    def form(self) -> CaptionForm:
        return self.place.form

    def sidecar(self, path: str) -> bytes | None:
        """What a sidecar holds; an image that shares it with an earlier one sees what that one put there."""
        return self.edits[path].after if path in self.edits else _read(self.tree, path, SIDECAR_LIMIT)

    def outcome(self, name: str, before: str | None, after: str) -> PullOutcome:
        if self.replacing is None or (before and self.form.is_same(before, after)):
            return PullOutcome.KEPT
        is_free = not before or (name in self.replacing and self.form.is_same(before, self.replacing[name]))
        return PullOutcome.WRITTEN if is_free else PullOutcome.CONFLICT


def _passed(one: _Pass, wanted: Mapping[str, str]) -> tuple[PulledCaption, ...]:
    """Go through the files of the images that are `wanted`."""
    tree, folder = one.tree, one.folder
    try:
        if one.place.source != "file":
            return tuple(_pass_sidecar(one, name, text) for name, text in sorted(wanted.items()))
        files: dict[str, dict[str, str]] = defaultdict(dict)
        known: dict[str, str | None] = {}
        for name, text in wanted.items():
            files[_file_for(tree, folder, name, known)][name] = text
        found = [each for path, texts in sorted(files.items()) for each in _pass_file(one, path, texts)]
        return tuple(sorted(found, key=lambda each: each.name))
    except FileRefused as refused:
        raise PullRefused(f"{tree.shown(refused.path)} {refused.reason}") from None
    except OSError as error:
        raise PullRefused(f"captions cannot be read: {error.strerror}") from None


def _file_for(tree: TreeReader, folder: str, name: str, known: dict[str, str | None]) -> str:
    """The caption file that holds the caption of an image: that of the nearest folder, else a new one at the top.

    `known` holds the file of each folder that was looked into.
    """
    for parent in PurePosixPath(name).parents:
        below = "" if str(parent) == "." else str(parent)
        if below not in known:
            known[below] = _file_in(tree, folder, below)
        if (file := known[below]) is not None:
            return file
    return YAML_NAME


def _file_in(tree: TreeReader, folder: str, below: str) -> str | None:
    """The caption file of one folder, as a path below the image folder. None also where an older tree lacks the folder."""
    try:
        here = tree.entries(join(folder, below) if below else folder, TREE_LIMIT)
    except FileRefused as refused:
        if refused.is_missing:
            return None
        raise
    names = {*here.files, *here.folders, *here.linked, *here.special}
    found = [file for file in FILE_NAMES if file in names]
    if len(found) > 1:
        raise PullRefused(f"{in_words(found, 'and')} lie in one folder; keep one of them")
    return join(below, found[0]) if found else None


def _pass_sidecar(one: _Pass, name: str, text: str) -> PulledCaption:
    form = one.form
    stem = PurePosixPath(join(one.folder, name)).with_suffix("")
    paths = [f"{stem}{suffix}" for suffix in form.suffixes]
    found = [(path, data) for path in paths if (data := one.sidecar(path)) is not None]
    path, data = found[0] if found else (paths[0], None)
    before = None if data is None else normal(data.decode("utf-8-sig", "replace"))
    outcome = one.outcome(name, before, text)
    if outcome is PullOutcome.WRITTEN:
        original = one.edits[path].before if path in one.edits else data
        after = form.sidecar(text, (data or b"").decode("utf-8", "replace"))
        one.edits[path] = FileEdit(path=path, before=original, after=after)
    return PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text)


def _pass_file(one: _Pass, file: str, wanted: Mapping[str, str]) -> Iterator[PulledCaption]:
    """Captions into one caption file, whose names count from its folder."""
    tree, form = one.tree, one.form
    path, below = join(one.folder, file), file.rpartition("/")[0]
    content = _Content(tree, path)
    spelled = {plain_key(name): name for name in content.captions}
    put = form.value if file.endswith(YAML_NAME) else form.line_value
    changes: dict[str, Value] = {}
    for name, text in sorted(wanted.items()):
        own = name.removeprefix(f"{below}/")
        key = spelled.get(own) or spelled.get(own[: own.rindex(".")]) or own
        said = content.captions.get(key)
        before = None if said is None else form.told(said)
        outcome = one.outcome(name, before, text)
        if outcome is PullOutcome.WRITTEN:
            changes[key] = put(text, said)
        yield PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text)
    if changes:
        one.edits[path] = FileEdit(path=path, before=content.data, after=content.with_captions(changes))


class _Content:
    """What one caption file says, and what it says with other captions; PullRefused if it cannot be understood."""

    def __init__(self, tree: TreeReader, path: str) -> None:
        self._shown = tree.shown(path)
        is_yaml = path.endswith(YAML_NAME)
        self.data = _read(tree, path, FILE_LIMIT if is_yaml else RECORDS_LIMIT)
        self._records: JsonLines | Table | None = None
        if is_yaml:
            self.captions = _captions_in(self._shown, self.data or b"")
            return
        try:
            text = (self.data or b"").decode("utf-8-sig")
            self._records = (JsonLines if path.endswith(LINES_NAME) else Table).parse(text)
        except (RecordsRefused, UnicodeDecodeError) as error:
            why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
            raise PullRefused(f"{self._shown} cannot be read: {why}") from None
        self.captions = self._records.captions

    def with_captions(self, changes: Mapping[str, Value]) -> bytes:
        if self._records is not None:
            mark = _BOM if self.data is not None and self.data.startswith(_BOM) else b""
            try:
                return mark + self._records.with_captions(changes).encode()
            except FormulaRefused as refused:
                raise PullRefused(f"{self._shown} cannot be written: {refused}") from None
        edits: list[Edit] = [
            Replace((key,), value) if key in self.captions else Insert((), key, value) for key, value in changes.items()
        ]
        try:
            return edited(self.data or b"", edits, path=self._shown)
        except EditRefused as refused:
            raise PullRefused(f"{refused}. {refused.problem.remedy}") from None


def _captions_in(shown: str, data: bytes) -> Mapping[str, Value]:
    """What a captions.yaml says by the names of images; PullRefused if it says something else."""
    reading = read_yaml(data, shown)
    values = [document.value for document in reading.documents]
    if reading.problems or len(values) > 1 or not all(isinstance(value, dict) for value in values):
        why = reading.problems[0].summary if reading.problems else "it holds no names with texts"
        raise PullRefused(f"{shown} cannot be read: {why}")
    return values[0] if values and isinstance(values[0], dict) else {}


def _read(tree: TreeReader, path: str, limit: int) -> bytes | None:
    """The bytes of a file; None if there is none. A link that leaves the root is refused."""
    try:
        with tree.open_file(path) as file:
            data = file.read(limit + 1)
    except FileRefused as refused:
        if refused.is_missing and not tree.is_link(path):
            return None
        raise
    if len(data) > limit:
        raise PullRefused(f"{tree.shown(path)} is larger than {limit:,} bytes")
    return data
