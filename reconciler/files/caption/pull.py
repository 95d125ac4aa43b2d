"""Captions written back into the files that git keeps, for `captions pull`."""

import io
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal

from reconciler.core.strictjson import BadJson, loads
from reconciler.core.text import normal
from reconciler.files.caption.reading import LINES_LIMIT, LINES_NAME, SIDECAR_LIMIT, SIDECAR_SUFFIXES, YAML_NAME
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import join
from reconciler.files.whole_file import replace_file
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml


class Pulled(StrEnum):
    """What became of one caption."""

    WRITTEN = "written"
    KEPT = "kept"
    """The file says the same already."""
    CONFLICT = "conflict"
    """The file says something else, which a person wrote; it was left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledCaption:
    """One image's caption: where it stands (path below the root), and the two texts where they differ."""

    name: str
    path: str
    outcome: Pulled
    before: str | None
    after: str


class PullRefused(Exception):
    """Nothing was written; the text says why, for a person."""


def write_captions(
    tree: Tree,
    folder: str,
    source: Literal["automatic", "sidecar", "file"],
    captions: Mapping[str, str],
    *,
    overwrite: bool = False,
) -> tuple[PulledCaption, ...]:
    """Write texts (image's path below `folder` → caption without prefix) where the manifest's source says.

    `automatic` writes sidecars. A text that stands there already and differs is a conflict, unless `overwrite`.
    Each file is written whole or not at all; PullRefused where a caption file cannot be understood or written.
    """
    wanted = {name: normal(text) for name, text in captions.items()}
    try:
        if source != "file":
            return tuple(_write_sidecar(tree, folder, name, text, overwrite) for name, text in sorted(wanted.items()))
        with tree.folder(folder) as handle:
            names = set(os.listdir(handle))  # noqa: PTH208 - a handle, not a path
        if YAML_NAME in names and LINES_NAME in names:
            raise PullRefused(f"{YAML_NAME} and {LINES_NAME} lie in one folder; keep one of them")
        if LINES_NAME in names:
            return _write_lines(tree, folder, wanted, overwrite)
        return _write_yaml(tree, folder, wanted, overwrite, is_new=YAML_NAME not in names)
    except FileRefused as refused:
        raise PullRefused(f"{tree.shown(refused.path)} {refused.reason}") from None
    except OSError as error:
        raise PullRefused(f"captions cannot be written: {error.strerror}") from None


def _write_sidecar(tree: Tree, folder: str, name: str, text: str, overwrite: bool) -> PulledCaption:
    stem = PurePosixPath(join(folder, name)).with_suffix("")
    paths = [f"{stem}{suffix}" for suffix in SIDECAR_SUFFIXES]
    found = [(path, data) for path in paths if (data := _read(tree, path, SIDECAR_LIMIT)) is not None]
    path, data = found[0] if found else (paths[0], None)
    before = None if data is None else normal(data.decode("utf-8-sig", "replace"))
    outcome = _outcome(before, text, overwrite)
    if outcome is Pulled.WRITTEN:
        _replace(tree, path, f"{text}\n".encode())
    return PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text)


def _write_lines(tree: Tree, folder: str, wanted: dict[str, str], overwrite: bool) -> tuple[PulledCaption, ...]:
    """`metadata.jsonl`: the line of an image keeps its other keys; images without a line get one at the end."""
    path = join(folder, LINES_NAME)
    data = _read(tree, path, LINES_LIMIT) or b""
    left = dict(wanted)
    lines, results = [], []
    for line in data.decode("utf-8-sig", "replace").split("\n"):
        if not line.strip():
            continue
        try:
            entry = loads(line)
        except BadJson as bad:
            raise PullRefused(f"{tree.shown(path)} has a line that cannot be read: {bad}") from None
        name = entry.get("file_name") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and isinstance(name, str) and name in left:
            text, said = left.pop(name), entry.get("text")
            before = normal(said) if isinstance(said, str) else None
            outcome = _outcome(before, text, overwrite)
            if outcome is Pulled.WRITTEN:
                line = json.dumps({**entry, "text": text}, ensure_ascii=False)  # noqa: PLW2901
            results.append(PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text))
        lines.append(line)
    for name, text in sorted(left.items()):
        lines.append(json.dumps({"file_name": name, "text": text}, ensure_ascii=False))
        results.append(PulledCaption(name=name, path=path, outcome=Pulled.WRITTEN, before=None, after=text))
    if any(result.outcome is Pulled.WRITTEN for result in results):
        _replace(tree, path, ("\n".join(lines) + "\n").encode())
    return tuple(sorted(results, key=lambda result: result.name))


def _write_yaml(
    tree: Tree, folder: str, wanted: dict[str, str], overwrite: bool, *, is_new: bool
) -> tuple[PulledCaption, ...]:
    """`captions.yaml`: comments, order and quotation marks of what is there stay."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - round-trip is dear and needed only here

    path = join(folder, YAML_NAME)
    data = b"" if is_new else _read(tree, path, FILE_LIMIT) or b""
    _check_yaml(tree, path, data)
    editor = YAML(typ="rt")
    editor.width = 4096
    editor.preserve_quotes = True
    content = editor.load(data.decode("utf-8-sig"))
    if content is None:
        content = editor.map()
    results = []
    for name, text in sorted(wanted.items()):
        key = name if name in content else _stem_in(name, content) or name
        said = content.get(key)
        before = None if said is None else normal(str(said))
        outcome = _outcome(before, text, overwrite)
        if outcome is Pulled.WRITTEN:
            content[key] = text
        results.append(PulledCaption(name=name, path=path, outcome=outcome, before=before, after=text))
    if any(result.outcome is Pulled.WRITTEN for result in results):
        out = io.BytesIO()
        editor.dump(content, out)
        _replace(tree, path, out.getvalue())
    return tuple(results)


def _check_yaml(tree: Tree, path: str, data: bytes) -> None:
    """Judged by the strict reader first; the round-trip one takes what must not be taken."""
    reading = read_yaml(data, tree.shown(path))
    documents = reading.documents
    if reading.problems or len(documents) > 1 or any(not isinstance(d.value, dict) for d in documents):
        why = reading.problems[0].summary if reading.problems else "it holds no names with texts"
        raise PullRefused(f"{tree.shown(path)} cannot be read: {why}")


def _stem_in(name: str, content: Mapping[str, object]) -> str | None:
    """The key without suffix, where the file is written that way."""
    stem = name[: name.rindex(".")] if "." in name else name
    return stem if stem in content else None


def _outcome(before: str | None, after: str, overwrite: bool) -> Pulled:
    if before is not None and before == after:
        return Pulled.KEPT
    return Pulled.WRITTEN if overwrite or not before else Pulled.CONFLICT


def _read(tree: Tree, path: str, limit: int) -> bytes | None:
    """The bytes of a file, None where there is none; a link that leaves the root is refused."""
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


def _replace(tree: Tree, path: str, data: bytes) -> None:
    """Put a file in place, by a handle of its folder. A link is replaced, never written through."""
    parent, _, name = path.rpartition("/")
    with tree.folder(parent) as handle:
        replace_file(handle, name, data)
