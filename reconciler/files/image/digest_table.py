"""Digests and sizes of one folder's images, kept as columns of bytes to save memory and time on large trees.

A row begins with a line of JSON that says what is true of all files together. The columns follow, each with one entry of fixed size for
a file, and then the names. Digests are sorted, since that is how they are asked for; another column says which one each file has. A column is decoded when it is asked for: a plan that finds nothing to do asks for hardly any. So a row is judged
by its head and by the size of its columns, and whatever bytes they hold, they are sizes, digests and names.
"""

import functools
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from struct import Struct, pack, unpack
from typing import Any

from reconciler.core.manifest.image import Facts, Flaw, FolderSummary, Trait
from reconciler.core.manifest.portable import are_plain
from reconciler.core.name import DIGEST_BYTES
from reconciler.core.value import dataclass
from reconciler.files.file_names import FileNames, lines_of
from reconciler.files.image.image_file import POINTER_LIMIT, Inspection, pointer_blob, pointer_bytes

Key = tuple[int, int, int, int]
"""Size, both times (ns) and inode: what must be equal for a file to count as unchanged."""

NO_KEY: Key = (0, 0, 0, 0)
"""The key of a file whose times are too fresh to tell anything. No file has it."""

SIZE_BYTES, KIND_BYTES, PLACE_BYTES, KEY_BYTES, BLOB_BYTES = 8, 2, 4, 32, 20
_WIDTHS = (SIZE_BYTES, KIND_BYTES, DIGEST_BYTES, PLACE_BYTES, KEY_BYTES, BLOB_BYTES)
_SIZES, _KINDS, _DIGESTS, _PLACES, _KEYS, _BLOBS = range(len(_WIDTHS))
_STARTS = tuple(itertools.accumulate(_WIDTHS, initial=0))
"""Where each column begins, in bytes for each file; the names are behind the last."""

_KEY = Struct("<3qQ")
_UNKNOWN = bytes(BLOB_BYTES)
_POINTER = 0xFFFF
"""The kind of a Git LFS pointer. Others count the facts of the head from 1; 0 is a file without facts."""
_POINTER_BYTES = len(pointer_bytes("0" * 2 * DIGEST_BYTES, 0)) - 1
"""Bytes of a pointer but for the digits of the size."""


def file_key(status: os.stat_result) -> Key:
    """The key of a file as the file system has it now."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def packed(key: Key) -> bytes:
    """A key as tables hold it."""
    return _KEY.pack(*key)


def joined_keys(statuses: Iterable[os.stat_result]) -> bytes:
    """The keys of files, as a column. Without git there is one for each file of a tree, so no call stands between."""
    pack_key = _KEY.pack
    return b"".join([pack_key(one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino) for one in statuses])


class Damaged(ValueError):
    """The bytes of a table are not what was written."""


class Form(StrEnum):
    """How a git tree holds the files of a table."""

    WHOLE = "whole"
    """It holds the bytes that the table tells of."""
    LFS = "lfs"
    """It holds Git LFS pointers to some of them. On the disk each file is there itself."""
    POINTERS = "pointers"
    """The table itself tells of pointers. On the disk there are pointers, too."""


class DigestTable:
    """The image files of a folder by name, sorted; Damaged if the columns do not have the size of what a table holds.

    `tree` is the id of the git tree that holds just these bytes, in the `form` that says how; `not_tree` is the id of one that was
    found to hold others. Either is known only after every image was compared with the tree.
    """

    def __init__(self, shared: "Shared", row: bytes, start: int = 0) -> None:
        self.tree: str | None = None
        self.form = Form.WHOLE
        self.not_tree: str | None = None
        self.shared = shared
        self._row = row
        self._start = start
        """Where the columns begin in the row, which is not copied: it is large."""
        end = start + _STARTS[-1] * shared.number
        self.lines = row[end:]
        """The names of all files, as `FileNames` has them."""
        is_whole = self.lines[-1:] in {b"", b"\0"} and self.lines.count(b"\0") == shared.number
        if len(row) < end or not is_whole:
            raise Damaged

    def __len__(self) -> int:
        return self.shared.number

    @property
    def summary(self) -> FolderSummary:
        """What is true of all files together."""
        return self.shared.summary

    def names_are(self, names: Sequence[str]) -> bool:
        """Are these the names of the table, in this order? Asked without decoding them."""
        return self.lines == lines_of(names)

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all files."""
        return FileNames(lines=self.lines).members

    @property
    def columns(self) -> bytes:
        """All that a row holds of single files."""
        return self._row[self._start :]

    @functools.cached_property
    def digests(self) -> tuple[str, ...]:
        """The digest of each file, 64 hex digits."""
        digits, step = self.sorted_digests.hex(), 2 * DIGEST_BYTES
        places = unpack(f"<{len(self)}I", self._column(_PLACES))
        return tuple([digits[at : at + step] for at in [place % len(self) * step for place in places]])

    @property
    def sorted_digests(self) -> bytes:
        """The digests of all files, sorted, one behind the other, 32 bytes each."""
        return self._column(_DIGESTS)

    @property
    def keys(self) -> bytes:
        """The keys of all files, one behind the other."""
        return self._column(_KEYS)

    @property
    def blobs(self) -> tuple[str | None, ...]:
        """Git's ids of all files; None for each that is not known."""
        column = self._column(_BLOBS)
        pieces = (column[at : at + BLOB_BYTES] for at in range(0, len(column), BLOB_BYTES))
        return tuple(None if piece == _UNKNOWN else piece.hex() for piece in pieces)

    def form_in(self, ids: Sequence[str | None]) -> Form | None:
        """How a tree holds these files, by the ids that it has for their names; None if it holds other bytes, or that is not known.

        An id of ours was computed from the bytes that were hashed. That of a pointer follows from digest and size.
        """
        found = self.inspections
        pointers = sum(one.is_pointer for one in found)
        if None in ids or None in self.blobs:
            return None
        if self.blobs == tuple(ids):
            return Form.POINTERS if pointers else Form.WHOLE
        is_lfs = all(oid in {one.blob, pointer_blob(one.digest, one.size)} for oid, one in zip(ids, found, strict=True))
        return Form.LFS if is_lfs and not pointers else None

    def disk_sizes(self) -> list[int]:
        """How many bytes each file has on the disk if it is there as the table tells; 0 where that would not prove it."""
        sizes, kinds = self._sizes, self._kinds
        if self.form is Form.LFS:
            return [size if size > POINTER_LIMIT else 0 for size in sizes]
        return [
            _POINTER_BYTES + len(str(size)) if kind == _POINTER else size
            for size, kind in zip(sizes, kinds, strict=True)
        ]

    @functools.cached_property
    def inspections(self) -> tuple[Inspection, ...]:
        """What was found in each file."""
        facts = dict(enumerate(self.shared.facts, 1))
        columns = zip(self.digests, self._sizes, self._kinds, self.blobs, strict=True)
        return tuple(
            Inspection(
                digest=digest,
                size=size,
                facts=facts.get(kind),
                is_pointer=kind == _POINTER,
                flaw=self.shared.flaws.get(position),
                blob=blob,
            )
            for position, (digest, size, kind, blob) in enumerate(columns)
        )

    @property
    def _sizes(self) -> tuple[int, ...]:
        return unpack(f"<{len(self)}Q", self._column(_SIZES))

    @property
    def _kinds(self) -> tuple[int, ...]:
        return unpack(f"<{len(self)}H", self._column(_KINDS))

    def _column(self, which: int) -> bytes:
        number = self.shared.number
        return self._row[self._start + _STARTS[which] * number : self._start + _STARTS[which + 1] * number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the head of a row says: how many files there are, the facts that occur, and the flaws by the position of the file."""

    number: int
    facts: Sequence[Facts]
    flaws: Mapping[int, Flaw]
    summary: FolderSummary


def make_table(files: Iterable[tuple[str, bytes, Inspection]]) -> DigestTable:
    """A table of files, given as name, key and what was found."""
    rows = sorted(files, key=lambda row: row[0])
    names, found = [name for name, _, _ in rows], [one for _, _, one in rows]
    facts = tuple(dict.fromkeys(one.facts for one in found if one.facts))
    kinds = {each: kind for kind, each in enumerate(facts, 1)}
    order = sorted(range(len(found)), key=lambda position: found[position].digest)
    places = {position: place for place, position in enumerate(order)}
    columns = (
        pack(f"<{len(found)}Q", *(one.size for one in found)),
        pack(
            f"<{len(found)}H", *(_POINTER if one.is_pointer else kinds[one.facts] if one.facts else 0 for one in found)
        ),
        bytes.fromhex("".join(found[position].digest for position in order)),
        pack(f"<{len(found)}I", *(places[position] for position in range(len(found)))),
        *(key for _, key, _ in rows),
        *(bytes.fromhex(one.blob) if one.blob else _UNKNOWN for one in found),
        lines_of(names),
    )
    flaws = {position: one.flaw for position, one in enumerate(found) if one.flaw}
    shared = Shared(number=len(found), facts=facts, flaws=flaws, summary=_summary(names, found))
    return DigestTable(shared, b"".join(columns))


def encoded(table: DigestTable) -> bytes:
    """A table as the cache keeps it."""
    shared, summary = table.shared, table.shared.summary
    places = {each: place for place, each in enumerate(shared.facts)}
    head = [
        table.tree,
        table.form,
        table.not_tree,
        shared.number,
        [_facts_out(each) for each in shared.facts],
        [[places[each], suffix, number] for each, suffix, number in summary.facts],
        [summary.distinct, summary.largest, summary.sound, summary.plain_names],
        {position: asdict(flaw) for position, flaw in shared.flaws.items()},
    ]
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + table.columns


def decoded(data: bytes) -> DigestTable:
    """A table as it was kept; Damaged if it is none."""
    start = data.find(b"\n") + 1
    try:
        tree, form, not_tree, *shared = json.loads(data[:start])
        table = DigestTable(_shared(*shared), data, start)
        table.tree, table.form, table.not_tree = _text(tree), Form(form), _text(not_tree)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise Damaged from error
    return table


def _shared(number: Any, facts: Any, counts: Any, totals: Any, flaws: Any) -> Shared:  # noqa: ANN401 - what JSON holds
    """What a head says; an error if it is none."""
    known = tuple([_facts_in(*each) for each in facts])
    distinct, largest, sound, plain_names = totals
    if type(number) is not int or number < 0:
        raise Damaged
    return Shared(
        number=number,
        facts=known,
        flaws={int(position): Flaw(**_texts(flaw)) for position, flaw in flaws.items()},
        summary=FolderSummary(
            facts=tuple([(known[place], str(suffix), int(times)) for place, suffix, times in counts]),
            distinct=int(distinct),
            largest=int(largest),
            sound=sound is True,
            plain_names=plain_names is True,
        ),
    )


def _texts(flaw: dict[str, str]) -> dict[str, str]:
    if set(map(type, flaw.values())) != {str}:
        raise Damaged
    return flaw


def _text(value: Any) -> str | None:  # noqa: ANN401 - what JSON holds, judged here
    return value if isinstance(value, str) else None


def _summary(names: Sequence[str], found: Sequence[Inspection]) -> FolderSummary:
    suffixes = (name[name.rfind(".") :].lower() for name in names)
    facts = Counter((one.facts, suffix) for one, suffix in zip(found, suffixes, strict=True))
    return FolderSummary(
        facts=tuple((each, suffix, number) for (each, suffix), number in facts.items() if each is not None),
        distinct=len({one.digest for one in found}),
        largest=max((one.size for one in found), default=0),
        sound=all(one.facts and not one.flaw and not one.is_pointer for one in found),
        plain_names=are_plain(names),
    )


def _facts_out(facts: Facts) -> list[object]:
    return [facts.format, facts.width, facts.height, ",".join(facts.traits), facts.trailing]


@functools.cache
def _facts_in(form: str, width: int, height: int, traits: str, trailing: int) -> Facts:
    """Most images of a tree have the same few facts, so each is made once."""
    found = tuple(Trait(trait) for trait in traits.split(",") if trait)
    return Facts(format=str(form), width=int(width), height=int(height), traits=found, trailing=int(trailing))
