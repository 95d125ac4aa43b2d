"""Caption texts as people keep them: sidecar files, captions.yaml, metadata.jsonl."""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from reconciler.core.guide import Family, compact_json
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.loaded import CaptionEntry
from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.text import quoted
from reconciler.files.text_file import read_bytes, read_text
from reconciler.files.tree import Tree
from reconciler.files.tree_listing import join
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml

SIDECAR_SUFFIXES = (".txt", ".caption")
DOCUMENT_SUFFIX = ".json"
"""The suffix of a sidecar in the schema family, whose captions are JSON documents."""
SIDECAR_LIMIT = 64 * 1024
"""Bytes of a sidecar that is read."""

LINES_LIMIT = 5_000_000
"""Bytes of a metadata.jsonl that is read."""

YAML_NAME, LINES_NAME = "captions.yaml", "metadata.jsonl"

Read = tuple[list[CaptionEntry], list[Problem]]


def read_sidecars(tree: Tree, folder: str, names: Iterable[str]) -> Read:
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


def read_caption_file(tree: Tree, folder: str, files: Iterable[str]) -> Read | None:
    """The texts of the one caption file among `files`; None if there is none."""
    present = [name for name in (YAML_NAME, LINES_NAME) if name in set(files)]
    if not present:
        return None
    if len(present) == 2:
        return [], [
            Problem(
                rule="caption-two-files",
                location=tree.location(join(folder, YAML_NAME)),
                summary=f"{YAML_NAME} and {LINES_NAME} lie in one folder",
                detail="Which of the two holds the captions cannot be told.",
                remedy="Keep one of them.",
            )
        ]
    path = join(folder, present[0])
    return _read_yaml(tree, path) if present[0] == YAML_NAME else _read_lines(tree, path)


def _read_yaml(tree: Tree, path: str) -> Read:
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
    return _caption(unicodedata.normalize("NFC", key), text, document.at(key))


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


def _read_lines(tree: Tree, path: str) -> Read:
    text = read_text(tree, path, LINES_LIMIT)
    if isinstance(text, Problem):
        return [], [text]
    shown = tree.shown(path)
    lines = enumerate(text.split("\n"), 1)
    return _parted(_line(line, Location(shown, number, 1)) for number, line in lines if line.strip())


def _parted(found: Iterable[CaptionEntry | Problem]) -> Read:
    """Entries and problems apart."""
    both = list(found)
    entries = [item for item in both if isinstance(item, CaptionEntry)]
    return entries, [item for item in both if isinstance(item, Problem)]


def _line(line: str, location: Location) -> CaptionEntry | Problem:
    if len(line) > SIDECAR_LIMIT:
        return _bad_line(location, f"it is longer than {SIDECAR_LIMIT:,} characters")
    try:
        value = loads(line)
    except BadJson as bad:
        return _bad_line(location, str(bad))
    if not isinstance(value, dict) or not isinstance(value.get("file_name"), str):
        return _bad_line(location, 'it has no "file_name"')
    key, text = value["file_name"], value.get("text")
    assert isinstance(key, str)
    return _caption(unicodedata.normalize("NFC", key.removeprefix("./")), text, location)


def _bad_line(location: Location, why: str) -> Problem:
    return Problem(
        rule="caption-line",
        location=location,
        summary="this line cannot be read",
        detail=f"{why[0].upper()}{why[1:]}.",
        remedy='Each line looks like {"file_name": "wave.png", "text": "waving with both arms."}',
    )


def sidecars_beside(names: Iterable[str], family: Family) -> Iterator[str]:
    """The names among these that are sidecars by their suffix: captions are texts or JSON documents by family."""
    suffixes = SIDECAR_SUFFIXES if family == "prefix" else DOCUMENT_SUFFIX
    return (name for name in names if name.lower().endswith(suffixes))
