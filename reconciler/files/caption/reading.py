"""Caption texts as people keep them: sidecar files, captions.yaml, metadata.jsonl, metadata.csv."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

from reconciler.core.guide import Family, compact_json
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.loaded import CaptionEntry
from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import Value
from reconciler.core.text import in_words, quoted
from reconciler.files.caption.records import read_lines, read_table
from reconciler.files.text_file import read_bytes, read_text
from reconciler.files.tree import TreeReader
from reconciler.files.tree_listing import join
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml

SIDECAR_SUFFIXES = (".txt", ".caption")
DOCUMENT_SUFFIX = ".json"
"""The suffix of a sidecar in the schema family, whose captions are JSON documents."""
SIDECAR_LIMIT = 64 * 1024
"""Bytes of a sidecar that is read."""

RECORDS_LIMIT = 5_000_000
"""Bytes of a metadata.jsonl or metadata.csv that is read."""

YAML_NAME, LINES_NAME, TABLE_NAME = "captions.yaml", "metadata.jsonl", "metadata.csv"
FILE_NAMES = (YAML_NAME, LINES_NAME, TABLE_NAME)
"""The names of caption files. One folder has one of them."""

Read = tuple[list[CaptionEntry], list[Problem]]


def read_sidecars(tree: TreeReader, folder: str, names: Iterable[str]) -> Read:
    """The texts beside images; `names` are paths below the image folder `folder`."""
    entries: list[CaptionEntry] = []
    problems: list[Problem] = []
    for name in names:
        path = join(folder, name)
        text = read_text(tree, path, SIDECAR_LIMIT)
        if isinstance(text, Problem):
            problems.append(text)
        else:
            key = unicodedata.normalize("NFC", str(PurePosixPath(name).with_suffix("")))
            place, is_document = tree.location(path), name.lower().endswith(DOCUMENT_SUFFIX)
            entries.append(CaptionEntry(key=key, text=text, location=place, is_sidecar=True, is_document=is_document))
    return entries, problems


def read_caption_files(tree: TreeReader, folder: str, names: Iterable[str]) -> Read:
    """The texts of caption files; `names` are their paths below the image folder `folder`."""
    entries: list[CaptionEntry] = []
    problems: list[Problem] = []
    for below, together in groupby(sorted(names, key=_parts), key=lambda name: _parts(name)[0]):
        own = list(together)
        found = _read_file(tree, folder, own[0]) if len(own) == 1 else ([], [_several(tree, folder, own)])
        entries += [replace(entry, key=join(below, entry.key)) for entry in found[0]]
        problems += found[1]
    return entries, problems


def caption_files_among(names: Iterable[str]) -> Iterator[str]:
    """The names among these that are caption files."""
    return (name for name in names if name.endswith(FILE_NAMES) and _parts(name)[1] in FILE_NAMES)


def _parts(name: str) -> tuple[str, str]:
    """The folder of a path, and the name in it."""
    folder, _, own = name.rpartition("/")
    return folder, own


def plain_key(name: str) -> str:
    """A name as a person or a tool wrote it, as a path below the folder of the caption file."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").removeprefix("./"))


def _several(tree: TreeReader, folder: str, names: list[str]) -> Problem:
    return Problem(
        rule="caption-two-files",
        location=tree.location(join(folder, names[0])),
        summary=f"{in_words((_parts(name)[1] for name in names), 'and')} lie in one folder",
        detail="Which of them holds the captions cannot be told.",
        remedy="Keep one of them.",
    )


def _read_file(tree: TreeReader, folder: str, name: str) -> Read:
    path = join(folder, name)
    if name.endswith(YAML_NAME):
        return _read_yaml(tree, path)
    text = read_text(tree, path, RECORDS_LIMIT)
    if isinstance(text, Problem):
        return [], [text]
    shown = tree.shown(path)
    records, problems = (read_lines if name.endswith(LINES_NAME) else read_table)(text, shown)
    found = (_caption(plain_key(one.name), one.value, Location(shown, one.line, 1)) for one in records)
    entries, faults = _parted(found)
    return entries, [*problems, *faults]


def _read_yaml(tree: TreeReader, path: str) -> Read:
    data = read_bytes(tree, path, FILE_LIMIT)
    if isinstance(data, Problem):
        return [], [data]
    reading = read_yaml(data, tree.shown(path))
    if reading.problems:
        return [], reading.problems
    if not reading.documents:
        return [], []
    if len(reading.documents) > 1:
        return [], [_shape(reading.documents[1].at(), "it holds several documents")]
    document = reading.documents[0]
    if not isinstance(document.value, dict):
        return [], [_shape(document.at(), "it holds no names with texts")]
    return _parted(_entry(key, text, document) for key, text in document.value.items())


def _entry(key: str, text: Value, document: Document) -> CaptionEntry | Problem:
    return _caption(plain_key(key), text, document.at(key))


def _caption(key: str, value: Value, place: Location) -> CaptionEntry | Problem:
    """A caption as a text, or as a mapping: a JSON document."""
    if isinstance(value, str):
        return CaptionEntry(key=key, text=value, location=place)
    if isinstance(value, dict):
        try:
            return CaptionEntry(key=key, text=compact_json(value), location=place, is_document=True)
        except ValueError:
            return _not_text(place, key)
    return _not_text(place, key)


def _shape(location: Location, what: str) -> Problem:
    return Problem(
        rule="caption-file",
        location=location,
        summary=f"this is no caption file: {what}",
        remedy='Write one line for each image: wave.png: "waving with both arms."',
    )


def _not_text(location: Location, key: str) -> Problem:
    return Problem(
        rule="caption-text",
        location=location,
        summary=f"the caption of {quoted(key, 60)} is no text",
        remedy="Write the text in double quotes, or remove the line.",
    )


def _parted(found: Iterable[CaptionEntry | Problem]) -> Read:
    """Entries and problems apart."""
    both = list(found)
    entries = [item for item in both if isinstance(item, CaptionEntry)]
    return entries, [item for item in both if isinstance(item, Problem)]


def sidecars_beside(names: Iterable[str], family: Family) -> Iterator[str]:
    """The names among these that are sidecars by their suffix: captions are texts or JSON documents by family."""
    suffixes = SIDECAR_SUFFIXES if family == "prefix" else DOCUMENT_SUFFIX
    return (name for name in names if name.lower().endswith(suffixes))
