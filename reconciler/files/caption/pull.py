"""Live captions written into the caption files of the tree, for `captions pull`. A person's own text is never lost."""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal

from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.text import normal
from reconciler.files.caption.form import CaptionForm
from reconciler.files.caption.reading import LINES_LIMIT, LINES_NAME, SIDECAR_LIMIT, YAML_NAME
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import join
from reconciler.files.yaml.change import Edit, Insert, Replace
from reconciler.files.yaml.edit import EditRefused, edited
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml

CaptionSource = Literal["automatic", "sidecar", "file"]
"""Where a manifest says that its captions come from."""


class PullOutcome(StrEnum):
    """What became of one caption."""

    WRITTEN = "written"
    KEPT = "kept"
    """The file says the same already."""
    CONFLICT = "conflict"
    """The file says something else, which a person wrote. It was left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledCaption:
    """The caption of one image: its file (path below the root), and the texts before and after."""

    name: str
    path: str
    outcome: PullOutcome
    before: str | None
    after: str


class PullRefused(Exception):
    """A caption file that cannot be understood or written. The text says why, for a person."""


def write_captions(
    tree: Tree,
    folder: str,
    source: CaptionSource,
    captions: Mapping[str, str],
    *,
    form: CaptionForm,
    overwrite: bool = False,
) -> tuple[PulledCaption, ...]:
    """Write captions (image's path below `folder` → caption without prefix) where the manifest's source says.

    `automatic` writes sidecars. A text that is there already and differs is a conflict, unless `overwrite`.
    Each file is written whole or not at all; PullRefused if a caption file cannot be understood or written.
    """
    wanted = {name: normal(text) for name, text in captions.items()}
    writing = _Writing(tree=tree, folder=folder, form=form, overwrite=overwrite)
    try:
        if source != "file":
            return tuple(_write_sidecar(writing, name, text) for name, text in sorted(wanted.items()))
        with tree.folder(folder) as handle:
            names = set(os.listdir(handle))  # noqa: PTH208 - a handle, not a path
        if YAML_NAME in names and LINES_NAME in names:
            raise PullRefused(f"{YAML_NAME} and {LINES_NAME} lie in one folder; keep one of them")
        if LINES_NAME in names:
            return _write_lines(writing, wanted)
        return _write_yaml(writing, wanted, is_new=YAML_NAME not in names)
    except FileRefused as refused:
        raise PullRefused(f"{tree.shown(refused.path)} {refused.reason}") from None
    except OSError as error:
        raise PullRefused(f"captions cannot be written: {error.strerror}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """Where captions are written, and how."""

    tree: Tree
    folder: str
    form: CaptionForm
    overwrite: bool

    def outcome(self, before: str | None, after: str) -> PullOutcome:
        if before is not None and self.form.is_same(before, after):
            return PullOutcome.KEPT
        return PullOutcome.WRITTEN if self.overwrite or not before else PullOutcome.CONFLICT


def _write_sidecar(writing: _Writing, name: str, text: str) -> PulledCaption:
    tree, form = writing.tree, writing.form
    stem = PurePosixPath(join(writing.folder, name)).with_suffix("")
    paths = [f"{stem}{suffix}" for suffix in form.suffixes]
    found = [(path, data) for path in paths if (data := _read(tree, path, SIDECAR_LIMIT)) is not None]
    path, data = found[0] if found else (paths[0], None)
    before = None if data is None else normal(data.decode("utf-8-sig", "replace"))
    outcome = writing.outcome(before, text)
    if outcome is PullOutcome.WRITTEN:
        tree.replace_file(path, form.sidecar(text, (data or b"").decode("utf-8", "replace")), over=data)
    return PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text)


def _write_lines(writing: _Writing, wanted: dict[str, str]) -> tuple[PulledCaption, ...]:
    """`metadata.jsonl`: the line of an image keeps its other keys; images without a line get one at the end."""
    tree, form, path = writing.tree, writing.form, join(writing.folder, LINES_NAME)
    data = _read(tree, path, LINES_LIMIT)
    left = dict(wanted)
    lines, results = [], []
    for line in (data or b"").decode("utf-8-sig", "replace").split("\n"):
        if not line.strip():
            continue
        try:
            entry = loads(line)
        except BadJson as bad:
            raise PullRefused(f"{tree.shown(path)} has a line that cannot be read: {bad}") from None
        name = entry.get("file_name") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and isinstance(name, str) and name in left:
            text, said = left.pop(name), entry.get("text")
            before = None if said is None else form.told(said)
            outcome = writing.outcome(before, text)
            if outcome is PullOutcome.WRITTEN:
                line = _line({**entry, "text": form.line_value(text, said)})  # noqa: PLW2901
            results.append(PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text))
        lines.append(line)
    for name, text in sorted(left.items()):
        lines.append(_line({"file_name": name, "text": form.line_value(text, None)}))
        results.append(PulledCaption(name=name, path=path, outcome=PullOutcome.WRITTEN, before=None, after=text))
    if any(result.outcome is PullOutcome.WRITTEN for result in results):
        tree.replace_file(path, ("\n".join(lines) + "\n").encode(), over=data)
    return tuple(sorted(results, key=lambda result: result.name))


def _line(entry: dict[str, Value]) -> str:
    return json.dumps(entry, ensure_ascii=False)


def _write_yaml(writing: _Writing, wanted: dict[str, str], *, is_new: bool) -> tuple[PulledCaption, ...]:
    """`captions.yaml`: only the lines of the captions that are written differ afterwards."""
    tree, form, path = writing.tree, writing.form, join(writing.folder, YAML_NAME)
    data = None if is_new else _read(tree, path, FILE_LIMIT)
    content = _captions_in(tree, path, data or b"")
    results: list[PulledCaption] = []
    edits: list[Edit] = []
    for name, text in sorted(wanted.items()):
        key = name if name in content else _stem_in(name, content) or name
        said = content.get(key)
        before = None if said is None else form.told(said)
        outcome = writing.outcome(before, text)
        if outcome is PullOutcome.WRITTEN:
            value = form.value(text, said)
            edits.append(Replace((key,), value) if key in content else Insert((), key, value))
        results.append(PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text))
    if edits:
        try:
            new = edited(data or b"", edits, path=tree.shown(path))
        except EditRefused as refused:
            raise PullRefused(f"{refused}. {refused.problem.remedy}") from None
        tree.replace_file(path, new, over=data)
    return tuple(results)


def _captions_in(tree: Tree, path: str, data: bytes) -> Mapping[str, Value]:
    """What a captions.yaml says by the names of images; PullRefused if it says something else."""
    reading = read_yaml(data, tree.shown(path))
    values = [document.value for document in reading.documents]
    if reading.problems or len(values) > 1 or not all(isinstance(value, dict) for value in values):
        why = reading.problems[0].summary if reading.problems else "it holds no names with texts"
        raise PullRefused(f"{tree.shown(path)} cannot be read: {why}")
    return values[0] if values and isinstance(values[0], dict) else {}


def _stem_in(name: str, content: Mapping[str, object]) -> str | None:
    """The name without its suffix, if the file names images so."""
    stem = name[: name.rindex(".")] if "." in name else name
    return stem if stem in content else None


def _read(tree: Tree, path: str, limit: int) -> bytes | None:
    """The bytes of a file; None if there is none. A link that leaves the root is refused."""
    try:
        with tree.open_file(path) as file:
            data = file.read(limit + 1)
    except FileRefused as refused:
        if refused.is_missing and not _is_link(tree, path):
            return None
        raise
    if len(data) > limit:
        raise PullRefused(f"{tree.shown(path)} is larger than {limit:,} bytes")
    return data


def _is_link(tree: Tree, path: str) -> bool:
    parent, _, name = path.rpartition("/")
    with tree.folder(parent) as handle:
        return any(stat.S_ISLNK(status.st_mode) for status in _status(handle, name))


def _status(folder: int, name: str) -> Iterator[os.stat_result]:
    try:
        yield os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
