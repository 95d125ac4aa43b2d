"""Digests and sizes of one folder's images, stored as columns to save memory and time on large trees."""

import functools
import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from struct import Struct
from typing import Any

from reconciler.core.manifest.image import Facts, Flaw, FolderSummary, Trait
from reconciler.core.value import dataclass
from reconciler.files.image.image_file import Inspection

Key = tuple[int, int, int, int]
"""Size, both times (ns) and inode: what must be equal for a file to count as unchanged."""

NO_KEY: Key = (0, 0, 0, 0)
"""The key of a file whose times are too fresh to tell anything. No file has it."""

KEY_BYTES, BLOB_BYTES, DIGEST_DIGITS = 32, 20, 64

_KEY = Struct("<3qQ")
_HEX = re.compile("[0-9a-f]*")
_UNKNOWN = bytes(BLOB_BYTES)
_BLOCKS = 3


def file_key(status: os.stat_result) -> Key:
    """The key of a file as the file system has it now."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def packed(key: Key) -> bytes:
    """A key as tables hold it."""
    return _KEY.pack(*key)


class Damaged(ValueError):
    """The bytes of a table are not what was written."""


class DigestTable:
    """The image files of a folder by name, sorted; Damaged if the blocks do not hold what a table holds.

    `tree` is the id of the git tree that holds just these bytes; `not_tree` is the id of one that was found to hold others.
    Either is known only after every image was compared with the tree.
    """

    def __init__(
        self, summary: FolderSummary, blocks: Sequence[bytes], *, tree: str | None = None, not_tree: str | None = None
    ) -> None:
        self.tree = tree
        self.not_tree = not_tree
        self.summary = summary
        self.blocks = blocks
        """Names and digests; sizes and what the images' structure says; keys and git's ids."""
        try:
            names, digits = json.loads(blocks[0])
            self._tails = _judged(json.loads(blocks[1]), len(names))
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise Damaged from error
        step = DIGEST_DIGITS
        if len(digits) != step * len(names) or _HEX.fullmatch(digits) is None:
            raise Damaged
        if len(blocks[2]) != len(names) * (KEY_BYTES + BLOB_BYTES):
            raise Damaged
        self.names: tuple[str, ...] = tuple(names)
        self.digests: tuple[str, ...] = tuple([digits[at : at + step] for at in range(0, len(digits), step)])

    @property
    def keys(self) -> bytes:
        """The keys of all files, one behind the other."""
        return self.blocks[2][: len(self.names) * KEY_BYTES]

    @property
    def blobs(self) -> tuple[str | None, ...]:
        """Git's ids of all files; None for each that is not known."""
        start = len(self.names) * KEY_BYTES
        seen = self.blocks[2]
        pieces = (seen[at : at + BLOB_BYTES] for at in range(start, len(seen), BLOB_BYTES))
        return tuple(None if piece == _UNKNOWN else piece.hex() for piece in pieces)

    @functools.cached_property
    def inspections(self) -> tuple[Inspection, ...]:
        """What was found in each file."""
        tails = self._tails
        columns = zip(self.digests, tails.sizes, tails.kinds, self.blobs, strict=True)
        return tuple(
            Inspection(
                digest=digest,
                size=size,
                facts=tails.facts[kind],
                is_pointer=position in tails.pointers,
                flaw=tails.flaws.get(position),
                blob=blob,
            )
            for position, (digest, size, kind, blob) in enumerate(columns)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tails:
    """The second block. `kinds` are positions in `facts`; position 0 stands for a file without facts."""

    sizes: Sequence[int]
    kinds: Sequence[int]
    facts: Sequence[Facts | None]
    pointers: frozenset[int]
    flaws: Mapping[int, Flaw]


def _judged(read: Any, number: int) -> _Tails:  # noqa: ANN401 - what JSON holds, judged here
    sizes, kinds, facts, pointers, flaws = read
    known = [None, *(_facts_in(*each) for each in facts)]
    if not len(sizes) == len(kinds) == number or not {*map(type, sizes), *map(type, kinds)} <= {int}:
        raise Damaged
    if not set(kinds) <= set(range(len(known))):
        raise Damaged
    return _Tails(
        sizes=sizes,
        kinds=kinds,
        facts=known,
        pointers=frozenset(pointers),
        flaws={int(position): Flaw(**flaw) for position, flaw in flaws.items()},
    )


def make_table(files: Iterable[tuple[str, bytes, Inspection]]) -> DigestTable:
    """A table of files, given as name, key and what was found."""
    rows = sorted(files, key=lambda row: row[0])
    found = [inspection for _, _, inspection in rows]
    heads = json.dumps([[name for name, _, _ in rows], "".join(one.digest for one in found)], separators=(",", ":"))
    table = {
        facts: position for position, facts in enumerate(dict.fromkeys(one.facts for one in found if one.facts), 1)
    }
    tails = json.dumps(
        [
            [one.size for one in found],
            [table[one.facts] if one.facts else 0 for one in found],
            [_facts_out(facts) for facts in table],
            [position for position, one in enumerate(found) if one.is_pointer],
            {position: asdict(one.flaw) for position, one in enumerate(found) if one.flaw},
        ],
        separators=(",", ":"),
    )
    blobs = (bytes.fromhex(one.blob) if one.blob else _UNKNOWN for one in found)
    seen = b"".join((*(key for _, key, _ in rows), *blobs))
    return DigestTable(_summary([name for name, _, _ in rows], found), (heads.encode(), tails.encode(), seen))


def encoded(table: DigestTable) -> bytes:
    """A table as the cache keeps it: a line of JSON, then the blocks."""
    summary = table.summary
    facts = [[_facts_out(one), suffix, number] for one, suffix, number in summary.facts]
    sketch = [facts, summary.distinct, summary.largest, summary.sound]
    head = [table.tree, table.not_tree, sketch, [len(block) for block in table.blocks]]
    return b"".join((json.dumps(head, separators=(",", ":")).encode(), b"\n", *table.blocks))


def decoded(data: bytes) -> DigestTable:
    """A table as it was kept; Damaged if it is none."""
    start = data.find(b"\n") + 1
    try:
        tree, not_tree, sketch, sizes = json.loads(data[:start])
        ends = list(itertools.accumulate(sizes, initial=start))
        blocks = [data[begin:end] for begin, end in itertools.pairwise(ends)]
        summary = _summary_of(sketch)
    except (ValueError, TypeError, RecursionError) as error:
        raise Damaged from error
    if len(blocks) != _BLOCKS or ends[-1] != len(data):
        raise Damaged
    return DigestTable(summary, blocks, tree=_text(tree), not_tree=_text(not_tree))


def _text(value: Any) -> str | None:  # noqa: ANN401 - what JSON holds, judged here
    return value if isinstance(value, str) else None


def _summary_of(sketch: Any) -> FolderSummary:  # noqa: ANN401 - what JSON holds, judged here
    """A summary as it was kept; ValueError or TypeError if it is none."""
    facts, distinct, largest, sound = sketch
    return FolderSummary(
        facts=tuple((_facts_in(*each), str(suffix), int(number)) for each, suffix, number in facts),
        distinct=int(distinct),
        largest=int(largest),
        sound=sound is True,
    )


def _summary(names: Sequence[str], found: Sequence[Inspection]) -> FolderSummary:
    suffixes = (name[name.rfind(".") :].lower() for name in names)
    facts = Counter((one.facts, suffix) for one, suffix in zip(found, suffixes, strict=True))
    return FolderSummary(
        facts=tuple((each, suffix, number) for (each, suffix), number in facts.items() if each is not None),
        distinct=len({one.digest for one in found}),
        largest=max((one.size for one in found), default=0),
        sound=all(one.facts and not one.flaw and not one.is_pointer for one in found),
    )


def _facts_out(facts: Facts) -> list[object]:
    return [facts.format, facts.width, facts.height, ",".join(facts.traits), facts.trailing]


@functools.cache
def _facts_in(form: str, width: int, height: int, traits: str, trailing: int) -> Facts:
    """Most images of a tree have the same few facts, so each is made once."""
    found = tuple(Trait(trait) for trait in traits.split(",") if trait)
    return Facts(format=str(form), width=int(width), height=int(height), traits=found, trailing=int(trailing))
