"""What was read in YAML files, kept in the cache by the digest of their bytes and of the rules by which they were read.

What is kept is what the text says: values, places, and the problems of the text. Whether a document is a sound manifest is judged
anew in each run, so a new kind or field needs nothing here.

A hint, never an authority (`files.cache`). A row says what its writer wrote into it, and whoever can write the cache can write a
row. So only a command that shows something takes its word; one that acts reads all anew, and mends the rows that differ.
"""

import functools
import hashlib
import json
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Never

from reconciler.core.manifest.document import Document
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.strictjson import Value
from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.source_digest import source_digest
from reconciler.files.yaml.reading import DEPTH_LIMIT, Reading, read_yaml

PENDING_LIMIT = 16 * 1024 * 1024
"""Bytes that wait to be written. A large tree is written in parts, so that it does not lie in memory twice."""

_NESTED = (dict, list)
_RULES = (
    "ruamel.yaml",
    "reconciler.files.yaml.builder",
    "reconciler.files.yaml.parsing",
    "reconciler.files.yaml.reading",
    "reconciler.core.manifest.document",
    "reconciler.core.problem",
    "reconciler.core.text",
    "reconciler.files.text_file",
    __name__,
)
"""The modules that decide what is read in a text, and how it is kept. That of the library says its version."""


def _constant(word: str) -> Never:
    raise ValueError(word)


_JSON = json.JSONDecoder(parse_constant=_constant)
"""JSON without the numbers that no manifest can hold."""


class ReadingCache:
    """Reads YAML files, and keeps what it read.

    `is_believed` is False for a command that acts on what it reads: then the cache is written and never believed.
    """

    def __init__(self, file: CacheFile, *, is_believed: bool) -> None:
        self._file = file
        self._is_believed = is_believed
        self._pending = 0

    def read(self, files: Sequence[tuple[str, bytes]]) -> Iterator[Reading]:
        """What each file holds, given as the path that problems show and the bytes. Some hundred files at once are fast."""
        keys = [rules() + hashlib.sha256(data).digest() for _, data in files]
        kept = self._file.get_many(CacheTable.READINGS, keys)
        for (path, data), key in zip(files, keys, strict=True):
            known = kept.get(key)
            reading = decoded(known, path) if self._is_believed and known is not None else None
            yield self._read_anew(path, data, key, known) if reading is None else reading
        if self._pending > PENDING_LIMIT:
            self._file.save()
            self._pending = 0

    def _read_anew(self, path: str, data: bytes, key: bytes, known: bytes | None) -> Reading:
        reading = read_yaml(data, path)
        value = encoded(reading)
        if value is not None and value != known:
            self._file.put(CacheTable.READINGS, key, value)
            self._pending += len(value)
        return reading


@functools.cache
def rules() -> bytes:
    """A digest of the rules. Nothing is imported for it."""
    return source_digest(map(_source, _RULES))


def _source(module: str) -> Path:
    spec = find_spec(module)
    assert spec is not None, module
    return Path(str(spec.origin))


def encoded(reading: Reading) -> bytes | None:
    """What was read, without the path: a line of JSON, then the places. None for a text that JSON cannot hold."""
    head = {
        "documents": [_but(one, "path", "marks") for one in reading.documents],
        "broken": [_but(one, "path", "marks") for one in reading.broken],
        "problems": [
            {**_but(one, "location"), "location": [one.location.line, one.location.column]} for one in reading.problems
        ],
        "lost_names": sorted(reading.lost_names),
    }
    places = array("Q")
    for one in (*reading.documents, *reading.broken):
        places.extend(one.marks)
    _to_little_endian(places)
    try:
        return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + places.tobytes()
    except UnicodeEncodeError:  # half of a character pair; a problem says so
        return None


def decoded(value: bytes, path: str) -> Reading | None:
    """What was kept of a file that lies at this path now; None if it is not what is kept here, whoever wrote it."""
    start = value.find(b"\n") + 1
    places = array("Q")
    try:
        head = _JSON.decode(value[:start].decode())
        places.frombytes(value[start:])
        _to_little_endian(places)
        marks = _Marks(places)
        kept = {name: [_document(path, one, marks) for one in head.pop(name)] for name in ("documents", "broken")}
        problems = [_problem(path, one) for one in head.pop("problems")]
        names = set(head.pop("lost_names"))
        is_sound = not head and marks.are_all_taken and set(map(type, names)) <= {str}
        return Reading(**kept, problems=problems, lost_names=names) if is_sound else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


class _Marks:
    """The places of all documents, one behind the other."""

    def __init__(self, places: "array[int]") -> None:
        self._places = places
        self._taken = 0

    def of(self, value: Value) -> "array[int]":
        """The places of the next document: as many as it has keys and values."""
        start, self._taken = self._taken, self._taken + _size(value, DEPTH_LIMIT)
        return self._places[start : self._taken]

    @property
    def are_all_taken(self) -> bool:
        """Was there a place for each part of each document, and none more?"""
        return self._taken == len(self._places)


def _size(value: Value, depth: int) -> int:
    """How many places a value has; ValueError if it is nested deeper than any file."""
    if depth < 0:
        raise ValueError("too deep")
    if type(value) is dict:
        below = value.values()
        count = 1 + len(value)
    elif type(value) is list:
        below, count = value, 1  # type: ignore[assignment]
    else:
        return 1
    return count + sum([_size(one, depth - 1) if type(one) in _NESTED else 1 for one in below])


def _document(path: str, kept: dict[str, Value], marks: _Marks) -> Document:
    return Document(path=path, marks=marks.of(kept["value"]), **kept)  # type: ignore[arg-type]


def _problem(path: str, kept: dict[str, Any]) -> Problem:  # what JSON holds, judged here
    line, column = kept.pop("location")
    if {type(line), type(column)} != {int} or set(map(type, kept.values())) != {str}:
        raise TypeError
    return Problem(location=Location(path, line, column), severity=Severity(kept.pop("severity")), **kept)


def _but(value: Document | Problem, *left_out: str) -> dict[str, object]:
    """The fields of a value by name, all but some."""
    return {each.name: getattr(value, each.name) for each in fields(value) if each.name not in left_out}


def _to_little_endian(places: "array[int]") -> None:
    """From the order of this machine's bytes, or to it: a cache may be carried to another one."""
    if sys.byteorder == "big":
        places.byteswap()
