"""A table of columns: what is put in comes out, and whatever bytes the columns hold, nothing raises."""

import hashlib
import inspect
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.manifest import portable
from reconciler.core.manifest.image import Facts, Flaw, Trait
from reconciler.files.image.digest_cache import RULES
from reconciler.files.image.digest_table import (
    BLOB_BYTES,
    KEY_BYTES,
    NO_KEY,
    Damaged,
    DigestTable,
    Form,
    decoded,
    encoded,
    make_table,
    packed,
)
from reconciler.files.image.image_file import Inspection, pointer_blob, pointer_bytes

FACTS = Facts(format="PNG", width=1200, height=1200)
TURNED = Facts(format="JPEG", width=1, height=2, traits=(Trait.ROTATED, Trait.CMYK), trailing=7)
FILES = [
    ("b.png", packed((1, 2, 3, 4)), Inspection(digest="b" * 64, size=1, facts=FACTS, blob="c" * 40)),
    ("a.png", packed(NO_KEY), Inspection(digest="a" * 64, size=2**40, facts=FACTS)),
    ("\udcff.png", packed((5, 6, 7, 8)), Inspection(digest="d" * 64, size=3, is_pointer=True)),
    ("é.jpg", packed((9, 9, 9, 9)), Inspection(digest="e" * 64, size=0, flaw=Flaw(rule="x", summary="y"))),
    ("z.jpg", packed((9, 9, 9, 8)), Inspection(digest="f" * 64, size=9, facts=TURNED)),
]


def again(table: DigestTable) -> DigestTable:
    return decoded(encoded(table))


def test_what_is_put_in_comes_out_sorted_by_name() -> None:
    made = make_table(FILES)
    made.tree = "1" * 40
    for table in (made, again(made)):
        rows = zip(table.names, table.inspections, table.blobs, strict=True)
        assert [row[:2] for row in rows] == sorted((name, one) for name, _, one in FILES)
        assert table.blobs == tuple(one.blob for _, _, one in sorted(FILES, key=lambda row: row[0]))
        assert table.keys == b"".join(key for _, key, _ in sorted(FILES, key=lambda row: row[0]))
        assert table.sorted_digests.hex() == "".join(sorted(table.digests))
        assert (table.tree, table.form, table.not_tree) == ("1" * 40, Form.WHOLE, None)
        assert table.summary == made.summary
    assert encoded(again(made)) == encoded(made)


def test_a_table_of_nothing() -> None:
    table = again(make_table([]))
    assert (len(table), table.names, table.inspections, table.names_are(())) == (0, (), (), True)


@pytest.mark.parametrize(
    ("names", "are"),
    [
        (("a.png", "b.png", "z.jpg", "é.jpg", "\udcff.png"), True),
        (("b.png", "a.png", "z.jpg", "é.jpg", "\udcff.png"), False),
        (("a.png", "b.png", "z.jpg", "é.jpg"), False),
        ((".png", "b.png", "z.jpg", "é.jpg", "\udcff.png"), False),
        ((), False),
    ],
)
def test_names_are_compared_without_being_decoded(names: tuple[str, ...], *, are: bool) -> None:
    assert again(make_table(FILES)).names_are(names) is are


@pytest.mark.parametrize("cut", [9, 100, 400])
def test_columns_that_are_too_short_are_damaged(cut: int) -> None:
    with pytest.raises(Damaged):
        decoded(encoded(make_table(FILES))[:-cut])


@given(
    st.binary(
        min_size=5 * (8 + 2 + 32 + 4 + KEY_BYTES + BLOB_BYTES), max_size=5 * (8 + 2 + 32 + 4 + KEY_BYTES + BLOB_BYTES)
    )
)
def test_whatever_the_columns_hold_can_be_asked_for(columns: bytes) -> None:
    head, _, _ = encoded(make_table(FILES)).partition(b"\n")
    table = decoded(head + b"\n" + columns + b"1\x002\x003\x004\x00\xff\x00")
    assert len(table.inspections) == len(table.digests) == len(table.names) == 5
    assert {len(digest) for digest in table.digests} == {64}
    assert json.loads(head)[3] == 5


def test_how_a_tree_holds_the_files() -> None:
    whole = Inspection(digest="a" * 64, size=2000, facts=FACTS, blob="1" * 40)
    pointer = Inspection(digest="b" * 64, size=3000, is_pointer=True, blob=pointer_blob("b" * 64, 3000))
    small = Inspection(digest="c" * 64, size=129, facts=FACTS, blob="2" * 40)

    def form(ids: list[str | None], *files: Inspection) -> tuple[Form | None, list[int]]:
        table = make_table((f"{at}.png", packed(NO_KEY), one) for at, one in enumerate(files))
        found = table.form_in(ids)
        table.form = found or Form.WHOLE
        return found, table.disk_sizes()

    lies = pointer_blob(whole.digest, whole.size)
    assert form(["1" * 40], whole) == (Form.WHOLE, [2000])
    assert form([lies], whole) == (Form.LFS, [2000])
    assert form([lies, "2" * 40], whole, small) == (Form.LFS, [2000, 0]), "129 bytes could be a pointer"
    assert form([str(pointer.blob)], pointer) == (Form.POINTERS, [len(pointer_bytes("b" * 64, 3000))])
    assert form(["1" * 40, str(pointer.blob)], whole, pointer)[0] is Form.POINTERS
    assert form([lies, str(pointer.blob)], whole, pointer)[0] is None, "some were fetched, and some not"
    assert form(["9" * 40], whole)[0] is None
    assert form([None], whole)[0] is None
    assert form(["1" * 40], replace(whole, blob=None))[0] is None


def test_rows_hold_a_judgement_of_names_and_its_rule_has_a_number() -> None:
    """Who changes how names are judged counts `digest_cache.RULES` up, and writes both down here."""
    rule = [inspect.getsource(portable.are_plain), portable._PLAIN_LINES.pattern, portable._RESERVED_LINE.pattern]
    found = hashlib.sha256("".join(rule).encode()).hexdigest()[:12]
    assert (RULES, found) == (b"6", "13de43ac9d9e")
