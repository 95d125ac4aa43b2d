"""The folder of a gallery: what is there of each case in each column. Files are the whole state of a gallery.

`FOLDER/COLUMN/CASE.png` is the picture as it came and `CASE.json` its record, where COLUMN is a fingerprint, or a fingerprint and
the step of a checkpoint (`a9f3c1a2b7d40@500`). `CASE.submitted.json` says that a request was about to be sent.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reconciler.core.gallery import CaseResult, CaseState, Column, DesiredGallery, GalleryCase
from reconciler.core.gallery_results import GalleryResults
from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.files.gallery_note import read_note
from reconciler.files.image.image_file import inspect
from reconciler.files.tree import FileRefused, Tree, TreeReader

SUFFIXES: Final = ("png", "jpg", "webp", "svg", "zip", "prompt.json")
"""What a result may be: a picture, vector graphics, several files in one, or a structured prompt."""

_PIXELS: Final = (".png", ".jpg", ".webp")

RECORD: Final = "json"
SUBMITTED: Final = "submitted.json"
RECORD_LIMIT: Final = 1_000_000
"""Bytes of a record."""

MOST_FILES: Final = 100_000
"""Entries of the folder of a gallery, and of one of its columns."""

_COLUMN: Final = re.compile(r"(?P<fingerprint>[a-z][0-9a-f]{12})(?:@(?P<step>[1-9][0-9]{0,8}))?")


def column_of(name: str) -> Column | None:
    """The column whose results are in a folder of that name; None for another folder."""
    found = _COLUMN.fullmatch(name)
    if found is None:
        return None
    return Column(found["fingerprint"], None if found["step"] is None else int(found["step"]))


def columns_in(tree: Tree, gallery: DesiredGallery) -> tuple[Column, ...]:
    """The columns of which anything is there, sorted."""
    return tuple(sorted(column for name in _names(tree, gallery.folder) if (column := column_of(name)) is not None))


def read_results(root: Path, gallery: DesiredGallery, columns: Iterable[Column] | None = None) -> GalleryResults:
    """What is there of these columns, or of all. Where the root or the folder cannot be read, nothing is there."""
    try:
        with Tree(root) as tree:
            return results_in(tree, gallery, columns)
    except FileRefused:
        return _results(gallery, {column: {} for column in columns or ()})


def results_in(tree: Tree, gallery: DesiredGallery, columns: Iterable[Column] | None = None) -> GalleryResults:
    """The same of a root that is open."""
    wanted = columns_in(tree, gallery) if columns is None else tuple(dict.fromkeys(columns))
    found: dict[Column, dict[str, CaseResult]] = {}
    for column in wanted:
        folder = f"{gallery.folder}/{column.folder_name}"
        names = frozenset(_names(tree, folder))
        found[column] = {case.name: _case(tree, folder, names, case, column) for case in gallery.cases}
    return _results(gallery, found)


def _results(gallery: DesiredGallery, found: Mapping[Column, Mapping[str, CaseResult]]) -> GalleryResults:
    results = {
        (column, case.name): told.get(case.name) or CaseResult(case=case.name, column=column, state=CaseState.MISSING)
        for column, told in found.items()
        for case in gallery.cases
    }
    return GalleryResults(gallery=gallery, columns=tuple(found), results=results)


def _names(tree: Tree, folder: str) -> Sequence[str]:
    """The names in a folder; none where it is not there, or is none."""
    try:
        with tree.folder(folder) as handle, os.scandir(handle) as entries:
            return sorted(entry.name for entry in entries)
    except FileRefused:
        return ()


def _case(tree: Tree, folder: str, names: frozenset[str], case: GalleryCase, column: Column) -> CaseResult:
    files = [f"{case.name}.{suffix}" for suffix in SUFFIXES if f"{case.name}.{suffix}" in names]
    has_record, was_submitted = f"{case.name}.{RECORD}" in names, f"{case.name}.{SUBMITTED}" in names
    found = CaseResult(case=case.name, column=column, state=CaseState.MISSING)
    if files or has_record:
        found = _drawn(tree, folder, files, case, column, has_record=has_record)
    if not was_submitted or found.state is CaseState.PRESENT:
        return found
    return _submitted(tree, f"{folder}/{case.name}.{SUBMITTED}", case, found)


def _submitted(tree: Tree, path: str, case: GalleryCase, found: CaseResult) -> CaseResult:
    """A case beside which a note lies. What was drawn before the case was defined anew stays until the new result is there."""
    try:
        note = read_note(tree, path)
    except OSError:
        note = None
    if note is None:
        return replace(found, state=CaseState.UNKNOWN, reason=f"{case.name}.{SUBMITTED} cannot be read")
    # A note about another definition is about a picture that nobody wants any more.
    return replace(found, state=CaseState.UNKNOWN, reason=note.reason) if note.definition == case.definition else found


def _drawn(
    tree: Tree, folder: str, files: Sequence[str], case: GalleryCase, column: Column, *, has_record: bool
) -> CaseResult:
    if len(files) != 1 or not has_record:
        missing = "its picture is not there" if not files else f"no {case.name}.json is beside it"
        reason = f"several files bear its name: {', '.join(files)}" if len(files) > 1 else missing
        file = f"{folder}/{files[0]}" if len(files) == 1 else ""
        return CaseResult(case=case.name, column=column, state=CaseState.DAMAGED, file=file, reason=reason)
    path = f"{folder}/{files[0]}"
    record = _record(tree, f"{folder}/{case.name}.{RECORD}")
    if isinstance(record, str):
        return CaseResult(case=case.name, column=column, state=CaseState.DAMAGED, file=path, reason=record)
    found = CaseResult(case=case.name, column=column, state=CaseState.PRESENT, file=path, record=record)
    try:
        with tree.open_file(path) as opened:
            content = inspect(opened)
    except OSError as error:
        reason = error.reason if isinstance(error, FileRefused) else "cannot be read to its end"
        return replace(found, state=CaseState.DAMAGED, reason=f"its picture {reason}")
    about = record.get("file")
    told = about.get("sha256") if isinstance(about, dict) else None
    found = replace(found, digest=content.digest, has_content=not content.is_pointer)
    if told != content.digest:
        return replace(found, state=CaseState.DAMAGED, reason="its picture is not the one that its record says")
    if content.flaw is not None and (not content.size or path.endswith(_PIXELS)):
        # A record can be written for any file, and a case that shows nothing must not be approved.
        words = "no whole picture" if content.size else "empty"
        return replace(found, state=CaseState.DAMAGED, reason=f"its file is {words}")
    if record.get("fingerprint") != column.fingerprint or record.get("checkpoint") != column.checkpoint:
        return replace(found, state=CaseState.DAMAGED, reason="its record is of another version or checkpoint")
    if record.get("definition") != case.definition:
        return replace(found, state=CaseState.STALE, reason="the case was defined differently when it was drawn")
    return found


def recorded_in(tree: TreeReader, folder: str, fingerprint: str, names: Iterable[str]) -> dict[str, str]:
    """The digest of each result as its record says it, of those cases of which both are there. No picture is read."""
    here = f"{folder}/{fingerprint}"
    try:
        files = frozenset(tree.entries(here, MOST_FILES).files)
    except FileRefused:
        return {}
    found = {}
    for name in names:
        is_one = sum(f"{name}.{suffix}" in files for suffix in SUFFIXES) == 1
        record = _record(tree, f"{here}/{name}.{RECORD}") if is_one and f"{name}.{RECORD}" in files else ""
        about = "" if isinstance(record, str) else record.get("file")
        told = about.get("sha256") if isinstance(about, dict) else None
        if isinstance(told, str):
            found[name] = told
    return found


def _record(tree: TreeReader, path: str) -> Mapping[str, Value] | str:
    """The record, or a clause that says why there is none."""
    name = path.rpartition("/")[2]
    try:
        data = tree.read(path, RECORD_LIMIT)
    except OSError as error:
        return f"{name} {error.reason if isinstance(error, FileRefused) else 'cannot be read to its end'}"
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        return f"{name} is a Git LFS pointer: take *.json out of LFS, or run `git lfs pull`"
    try:
        found = loads(data) if len(data) <= RECORD_LIMIT else None
    except BadJson as bad:
        return f"{name} is no record of a result: {bad}"
    return found if isinstance(found, dict) else f"{name} is no record of a result"
