"""`adopted.yaml`: what git adopted, beside the manifests that declare it. It is no manifest, and people review it.

adopted:
  dataset/poses:
    account: 1001
    project: 1001
    id: 2002
    fingerprint: a0123456789ab
    images:
      - {name: pose 1.png, file: pose1.png, digest: 9f86…, compared: pixels, distance: 0.4}
  model/hero: {account: 1001, project: 1001, id: 3003, fingerprint: a0123456789ab, dataset: a0123456789ab}
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from reconciler.core.adoption import ADOPTED_FILE, Adopted, AdoptedImage, Compared
from reconciler.core.kind import Kind
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.mismatch import Vocabulary, problems_of
from reconciler.core.manifest.run_keys import LiveId
from reconciler.core.manifest.strict import Strict, fit
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref, parse_ref
from reconciler.core.strictjson import Value
from reconciler.core.text import quoted
from reconciler.core.typed import Key
from reconciler.core.value import dataclass
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.yaml.change import Edit, Insert, Replace
from reconciler.files.yaml.edit import EditRefused, edited
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml
from reconciler.files.yaml.rendering import OneLine

FILE_NAME = ADOPTED_FILE
_ENTRIES = "adopted"
_HEAD = b"# Written by `reconciler adopt`: what people made by hand, and what git takes it for. Review it like any change.\n"
_RULE = "adopted"
_FINGERPRINT = re.compile(r"[a-z][0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRow(Strict):
    """One live image."""

    name: str
    file: str | None = None
    digest: str | None = None
    compared: Literal["digest", "pixels", "name", "caption", "nothing"]
    distance: Annotated[float | None, Key(ge=0, le=100, is_finite=True)] = None
    id: LiveId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBody(Strict):
    """One adopted object."""

    account: LiveId
    project: LiveId
    id: LiveId
    fingerprint: str
    keep_name: bool = False
    images: list[ImageRow] | None = None
    dataset: str | None = None
    unknown: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedFile(Strict):
    """The whole file."""

    adopted: dict[str, EntryBody]


_WORDS = Vocabulary(title=FILE_NAME, rule=_RULE, model=AdoptedFile)


def read_adopted(data: bytes, path: str) -> tuple[tuple[Adopted, ...], tuple[Problem, ...]]:
    """The entries of one file, and all that is wrong with it. Where anything is wrong, there are no entries."""
    reading = read_yaml(data, path)
    problems = list(reading.problems)
    for document in reading.broken:
        problems += problems_of(document, (), _WORDS)
    if problems or not reading.documents:
        return (), tuple(problems)
    document = reading.documents[0]
    if len(reading.documents) > 1 or not isinstance(document.value, dict):
        return (), (_shape(Location(path)),)
    found = fit(AdoptedFile, document.value)
    if isinstance(found, tuple) or document.has_null:
        return (), tuple(problems_of(document, found if isinstance(found, tuple) else (), _WORDS))
    judged = tuple(fault for text, body in found.adopted.items() for fault in _judge(text, body, document))
    if judged:
        return (), judged
    return tuple(_entry(parse_ref(text), body, document) for text, body in found.adopted.items()), ()


def _entry(ref: Ref, body: EntryBody, document: Document) -> Adopted:
    return Adopted(
        ref=ref,
        location=document.at_key(_ENTRIES, str(ref)),
        account=body.account,
        project=body.project,
        id=body.id,
        fingerprint=body.fingerprint,
        keeps_name=body.keep_name,
        images=tuple(
            AdoptedImage(
                name=row.name,
                file=row.file or "",
                digest=row.digest or "",
                compared=Compared(row.compared),
                distance=row.distance,
                id=row.id,
            )
            for row in body.images or ()
        ),
        dataset=body.dataset or "",
        unknown=tuple(body.unknown or ()),
    )


def _judge(text: str, body: EntryBody, document: Document) -> Iterator[Problem]:
    """What the types let pass."""
    place = document.at_key(_ENTRIES, text)
    try:
        ref = parse_ref(text)
    except ValueError as error:
        yield _wrong(place, f"{quoted(text, 60)} names no object", f"{error}.")
        return
    if not ref.kind.has_versions:
        yield _wrong(
            place, f"{ref} is not adopted here", "A project is taken over by the key `id` in its manifest's metadata."
        )
    if not _FINGERPRINT.fullmatch(body.fingerprint):
        yield _no_fingerprint(document.at(_ENTRIES, text, "fingerprint"), body.fingerprint)
    if ref.kind is Kind.MODEL and not _FINGERPRINT.fullmatch(body.dataset or ""):
        yield _no_fingerprint(document.at(_ENTRIES, text, "dataset"), body.dataset or "")
    wrong_keys = ("dataset", "unknown") if ref.kind is Kind.DATASET else ("images",)
    for key in wrong_keys:
        if getattr(body, key) is not None:
            yield _wrong(document.at_key(_ENTRIES, text, key), f"a {ref.kind.value} has no {key} here", "")
    yield from _judge_images(text, body.images or [], document)


def _judge_images(text: str, rows: list[ImageRow], document: Document) -> Iterator[Problem]:
    """A place is looked up only where something is wrong: a dataset may have thousands of images."""
    named = Counter(row.name for row in rows)
    ids = Counter(row.id for row in rows if row.id is not None)
    for index, row in enumerate(rows):
        where = (_ENTRIES, text, "images", index)
        if (row.digest is None) != (row.compared == "nothing") or (row.digest is None) != (row.file is None):
            yield _wrong(
                document.at(*where),
                "an image has a file and a digest, or was compared with nothing",
                f"Found {quoted(row.name, 60)} with only a part of that.",
            )
        elif row.digest is not None and not _DIGEST.fullmatch(row.digest):
            yield _wrong(document.at(*where, "digest"), "this is no SHA-256", f"Found {quoted(row.digest, 80)}.")
        if named[row.name] > 1 and (row.id is None or ids[row.id] > 1):
            yield _wrong(
                document.at(*where),
                "several images have one name, and this one has no id of its own",
                f"The name is {quoted(row.name, 60)}.",
            )


def _no_fingerprint(place: Location, found: str) -> Problem:
    return _wrong(place, "this is no fingerprint", f"Found {quoted(found, 40)}.")


def _wrong(place: Location, summary: str, detail: str) -> Problem:
    return Problem(
        rule=_RULE,
        location=place,
        summary=summary,
        detail=detail,
        remedy="Correct it, or remove the entry and adopt the object again: `reconciler adopt REF ID`.",
    )


def _shape(location: Location) -> Problem:
    return Problem(
        rule=_RULE,
        location=location,
        summary="this is no list of adopted objects",
        detail=f"Files named {FILE_NAME} hold one document with the key `{_ENTRIES}`, and are never manifests.",
        remedy="Give a manifest another name; `reconciler adopt` writes this file.",
    )


def adopted_bytes(tree: Tree, path: str, added: Sequence[Adopted]) -> tuple[bytes | None, bytes]:
    """What the file holds before and after it has these entries, each in place of the one of the same ref.

    Before is None for a file that is not there. EditRefused where it cannot be edited.
    """
    before = _read(tree, path)
    shown = tree.shown(path)
    entries = _entries(before or b"", shown)
    if entries is None:
        edits: list[Edit] = [Replace((), {_ENTRIES: {str(entry.ref): _value(entry) for entry in added}})]
        return before, edited(_HEAD if before is None else before, edits, path=shown)
    edits = [
        Replace((_ENTRIES, str(entry.ref)), _value(entry))
        if str(entry.ref) in entries
        else Insert((_ENTRIES,), str(entry.ref), _value(entry))
        for entry in added
    ]
    return before, edited(before or b"", edits, path=shown)


def unwritable(entry: Adopted) -> str:
    """Why no file can hold an entry, such as a control character in a live name; empty where one can."""
    data = edited(b"", [Replace((), {_ENTRIES: {str(entry.ref): _value(entry)}})], path=FILE_NAME)
    entries, problems = read_adopted(data, FILE_NAME)
    if problems:
        return problems[0].summary
    return "" if entries == (entry,) else "it is read back as something else"


def _read(tree: Tree, path: str) -> bytes | None:
    try:
        tree.status(path)
    except FileRefused as refused:
        if refused.is_missing:
            return None
        raise
    data = read_bytes(tree, path, FILE_LIMIT)
    if isinstance(data, Problem):
        raise EditRefused(data)
    return data


def _entries(data: bytes, path: str) -> dict[str, Value] | None:
    """What stands below the key of all entries; None where the file says nothing yet."""
    documents = read_yaml(data, path).documents
    root = documents[0].value if documents else None
    found = root.get(_ENTRIES) if isinstance(root, dict) else None
    return found if isinstance(found, dict) else None


def _value(entry: Adopted) -> dict[str, Value]:
    value: dict[str, Value] = {
        "account": entry.account,
        "project": entry.project,
        "id": entry.id,
        "fingerprint": entry.fingerprint,
    }
    if entry.dataset:
        value["dataset"] = entry.dataset
    if entry.keeps_name:
        value["keep_name"] = True
    if entry.unknown:
        value["unknown"] = list(entry.unknown)
    if entry.ref.kind is Kind.DATASET:
        value["images"] = [_row(image) for image in entry.images]
    return value


def _row(image: AdoptedImage) -> OneLine:
    row = OneLine(name=image.name)
    if image.id is not None:
        row["id"] = image.id
    if image.digest:
        row["file"] = image.file
        row["digest"] = image.digest
    row["compared"] = image.compared.value
    if image.distance is not None:
        row["distance"] = image.distance
    return row
