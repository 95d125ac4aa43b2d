"""The groups of a root (`core.look.groups`), kept in the cache: one row for each root, which holds columns.

A hint, and only for a plan against a revision, which shows something and does nothing: a row of another hand could hide what a change
does. A row is kept by a digest of the rules, so another version of this tool finds none.
"""

import functools
import hashlib
import json
import os
import re
from array import array
from collections.abc import Sequence
from itertools import islice
from operator import lt
from pathlib import Path

import reconciler
from reconciler.core.look.groups import Groups, Inputs, Objects
from reconciler.core.problem import Location, Problem, Severity
from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.source_digest import source_digest

ROW_LIMIT = 16 * 1024 * 1024
"""Bytes of the row of one root: some 200,000 objects."""

_RULES = (
    *(f"{folder}/*.py" for folder in ("core", "core/look", "core/manifest", "core/diff")),
    *(f"{folder}/*.py" for folder in ("files", "files/caption", "files/git", "files/image", "files/yaml")),
    "app/touched_part.py",
)
"""The files of the program that decide whether a group is sound and in sync, and what is kept of it."""

_BETWEEN_PATHS = "//"
"""No path below a root holds it, and JSON writes it as it is."""

_WORDS = re.compile(r"[a-z0-9 -]*")
"""Names, fingerprints and ids, with spaces between them."""


class GroupsCache:
    """The row of one root. Looking it up and keeping it never fail."""

    def __init__(self, file: CacheFile, root: Path) -> None:
        self._file = file
        self._key = rules() + hashlib.sha256(os.fsencode(root.resolve())).digest()[:16]

    def read(self) -> Groups | None:
        """What is kept of this root, or else of another one, as in a cache that came from another machine; None if nothing is.

        Of another root it holds as well: groups are known by what they are made of.
        """
        value = self._file.get(CacheTable.GROUPS, self._key) or self._file.find(CacheTable.GROUPS, rules())
        return None if value is None else decoded(value)

    def keep(self, groups: Groups) -> None:
        """Keep this in place of what was kept."""
        value = encoded(groups)
        if len(value) <= ROW_LIMIT:
            self._file.put(CacheTable.GROUPS, self._key, value, rules())


@functools.cache
def rules() -> bytes:
    """A digest of the rules: the source of all that judges."""
    top = Path(str(reconciler.__file__)).parent
    return source_digest(path for pattern in _RULES for path in sorted(top.glob(pattern)))


def encoded(groups: Groups) -> bytes:
    """A row."""
    inputs = [_inputs_out(one) for one in (groups.files, groups.folders, groups.schemas)]
    objects = [_objects_out(one) for one in (groups.datasets, groups.models)]
    warnings = [_warning_out(*one) for one in groups.warnings]
    return json.dumps([groups.number, inputs, objects, dict(groups.projects), warnings], separators=(",", ":")).encode()


def _warning_out(group: int, problem: Problem) -> list[object]:
    place = problem.location
    texts = problem.rule, problem.summary, problem.detail, problem.remedy
    return [group, place.path, place.line, place.column, *texts]


def _inputs_out(inputs: Inputs) -> list[object]:
    return [_BETWEEN_PATHS.join(inputs.paths), " ".join(inputs.oids), list(inputs.weights), list(inputs.of)]


def _objects_out(objects: Objects) -> list[object]:
    texts = [" ".join(one) for one in (objects.names, objects.prints, objects.stands)]
    return [*texts, list(objects.images), list(objects.of)]


def decoded(value: bytes) -> Groups | None:
    """What a row holds; None if it is none of ours, whoever wrote it."""
    try:
        number, inputs, objects, projects, warnings = json.loads(value)
        files, folders, schemas = (_inputs_in(number, *one) for one in inputs)
        datasets, models = (_objects_in(number, *one) for one in objects)
        is_sound = (
            type(number) is int
            and number <= len(files.of)
            and {*map(type, projects), *map(type, projects.values())} <= {str}
        )
        is_whole = len(datasets.images) == len(datasets.names) and not models.images
        if not is_sound or not is_whole or not set(models.stands) <= set(datasets.names):
            return None
        return Groups(
            number=number,
            files=files,
            folders=folders,
            schemas=schemas,
            datasets=datasets,
            models=models,
            projects=projects,
            warnings=[_warning_in(number, *one) for one in warnings],
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
        return None


def _inputs_in(number: int, paths: str, oids: str, weights: list[int], of: list[int]) -> Inputs:
    os.fsencode(paths)  # else git could not be asked about them
    found = Inputs(
        paths=paths.split(_BETWEEN_PATHS) if paths else [],
        oids=_words(oids),
        weights=_numbers(weights),
        of=_numbers(of),
    )
    _require(len(found.paths) == len(found.oids) == len(found.weights) == len(found.of))
    _require(max(found.of, default=-1) < number)
    return found


def _objects_in(number: int, names: str, prints: str, stands: str, images: list[int], of: list[int]) -> Objects:
    found = Objects(
        names=_words(names), prints=_words(prints), stands=_words(stands), images=_numbers(images), of=_numbers(of)
    )
    _require(len(found.names) == len(found.prints) == len(found.stands) == len(found.of))
    _require(max(found.of, default=-1) < number)
    _require(all(map(lt, found.names, islice(found.names, 1, None))))
    return found


def _warning_in(number: int, group: int, path: str, line: int, column: int, *texts: str) -> tuple[int, Problem]:
    rule, summary, detail, remedy = texts
    _require({*map(type, texts), type(path)} == {str} and {type(group), type(line), type(column)} == {int})
    _require(0 <= group < number)
    os.fsencode(path)
    problem = Problem(
        rule=rule,
        location=Location(path, line, column),
        summary=summary,
        detail=detail,
        remedy=remedy,
        severity=Severity.WARNING,
    )
    return group, problem


def _words(text: str) -> list[str]:
    _require(_WORDS.fullmatch(text) is not None)
    return text.split(" ") if text else []


def _numbers(values: list[int]) -> Sequence[int]:
    """Whole numbers from 0."""
    found = array("q", values)
    _require(min(found, default=0) >= 0)
    return found


def _require(is_sound: bool) -> None:
    if not is_sound:
        raise ValueError
