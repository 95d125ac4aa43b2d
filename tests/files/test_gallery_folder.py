"""What is there of a gallery: the state of each case in each column, read off its files alone."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.core.gallery import CaseState, Column, DesiredGallery
from reconciler.files.gallery_folder import column_of, read_results
from reconciler.files.gallery_note import SubmitNote
from tests.files.conftest import Brand, picture
from tests.files.test_gallery import CASES, gallery, pointer

PRINT = "a0123456789ab"
HERE = Column(PRINT)


def keep(brand: Brand, found: DesiredGallery, column: Column = HERE, changes: dict[str, object] | None = None) -> Path:
    """A result of the only case as a run writes it."""
    data = picture(seed=3)
    record: dict[str, object] = {
        "fingerprint": column.fingerprint,
        "checkpoint": column.checkpoint,
        "definition": found.cases[0].definition,
        "file": {"type": "image/png", "sha256": sha256(data).hexdigest(), "size": len(data)},
    }
    folder = f"looks/{column.folder_name}"
    brand.write(f"{folder}/waving.json", json.dumps(record | (changes or {})))
    return brand.write(f"{folder}/waving.png", data)


def state(brand: Brand, found: DesiredGallery, column: Column = HERE) -> tuple[CaseState, str]:
    (one,) = read_results(brand.root, found, [column]).of(column)
    return one.state, one.reason


@pytest.mark.parametrize(
    ("name", "column"),
    [
        (PRINT, Column(PRINT)),
        (f"{PRINT}@500", Column(PRINT, 500)),
        (f"{PRINT}@0", None),
        (PRINT[:-1], None),
        (f"{PRINT}.approved.json", None),
        ("other", None),
    ],
)
def test_folders_are_columns(name: str, column: Column | None) -> None:
    """Others are left alone."""
    assert column_of(name) == column
    assert column is None or column.folder_name == name


def test_nothing_is_missing_everywhere(brand: Brand) -> None:
    """No folder, an empty one, and one without the column."""
    found = gallery(brand)
    assert state(brand, found) == (CaseState.MISSING, "")
    assert read_results(brand.root, found).columns == ()
    (brand.root / "looks" / PRINT).mkdir(parents=True)
    assert state(brand, found) == (CaseState.MISSING, "")
    assert read_results(brand.root, found).columns == (HERE,)


def test_a_result_is_present_while_its_definition_is_that_of_the_case(brand: Brand) -> None:
    """Another seed makes it stale, and the old one makes it present again. A checkpoint is a column of its own."""
    found = gallery(brand)
    keep(brand, found)
    keep(brand, found, Column(PRINT, 500))
    results = read_results(brand.root, found)
    assert results.columns == (HERE, Column(PRINT, 500))
    assert [one.state for one in results.results.values()] == [CaseState.PRESENT, CaseState.PRESENT]
    (one,) = results.of(HERE)
    assert (one.file, one.digest, one.media_type, one.has_content) == (
        f"looks/{PRINT}/waving.png", sha256(picture(seed=3)).hexdigest(), "image/png", True,
    )  # fmt: skip
    other = gallery(brand, CASES.replace("seed: 7", "seed: 8"))
    assert state(brand, other) == (CaseState.STALE, "the case was defined differently when it was drawn")
    assert state(brand, gallery(brand))[0] is CaseState.PRESENT


def test_a_pointer_of_git_lfs_counts_as_the_picture(brand: Brand) -> None:
    """Its oid is the digest, so a clone without the content knows what is there."""
    found = gallery(brand)
    path = keep(brand, found)
    path.write_bytes(pointer(sha256(path.read_bytes()).hexdigest()))
    (one,) = read_results(brand.root, found, [HERE]).of(HERE)
    assert (one.state, one.has_content) == (CaseState.PRESENT, False)
    path.write_bytes(pointer("0" * 64))
    assert state(brand, found)[0] is CaseState.DAMAGED


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("waving.png", b"other", "not the one that its record says"),
        ("waving.png", None, "its picture is not there"),
        ("waving.json", None, "no waving.json is beside it"),
        ("waving.json", b"[1]", "waving.json is no record of a result"),
        ("waving.json", b'{"a": 1, "a": 2}', "is given twice"),
        ("waving.json", pointer("0" * 64), "waving.json is a Git LFS pointer"),
        ("waving.svg", b"<svg></svg>", "several files bear its name: waving.png, waving.svg"),
    ],
)
def test_what_does_not_belong_together_is_damaged(brand: Brand, name: str, content: bytes | None, words: str) -> None:
    """It was paid for, so it is never drawn again without being asked."""
    found = gallery(brand)
    path = keep(brand, found).with_name(name)
    path.unlink() if content is None else path.write_bytes(content)
    told = state(brand, found)
    assert told[0] is CaseState.DAMAGED
    assert words in told[1]


@pytest.mark.parametrize("changes", [{"fingerprint": "b0123456789ab"}, {"checkpoint": 500}])
def test_a_record_of_another_column_is_damaged(brand: Brand, changes: dict[str, object]) -> None:
    """Somebody copied the folder of one version for another."""
    found = gallery(brand)
    keep(brand, found, changes=changes)
    assert state(brand, found) == (CaseState.DAMAGED, "its record is of another version or checkpoint")


@pytest.mark.parametrize(
    ("data", "suffix", "found"),
    [
        (b"", "png", (CaseState.DAMAGED, "its file is empty")),
        (b"", "svg", (CaseState.DAMAGED, "its file is empty")),
        (b"MZ" + b"\0" * 100, "png", (CaseState.DAMAGED, "its file is no whole picture")),
        (picture(seed=3)[:-9], "webp", (CaseState.DAMAGED, "its file is no whole picture")),
        (b"<svg></svg>", "svg", (CaseState.PRESENT, "")),
    ],
)
def test_a_file_that_shows_nothing_is_damaged(
    brand: Brand, data: bytes, suffix: str, found: tuple[CaseState, str]
) -> None:
    """Whatever its record says: else it could be approved."""
    wished = gallery(brand)
    keep(brand, wished, changes={"file": {"sha256": sha256(data).hexdigest()}}).unlink()
    brand.write(f"looks/{PRINT}/waving.{suffix}", data)
    assert state(brand, wished) == found


def test_a_request_that_was_about_to_be_sent_leaves_the_case_unknown(brand: Brand) -> None:
    """Also where an older picture is there; but not once the new one is, nor once the case is defined anew."""
    found = gallery(brand)
    other = gallery(brand, CASES.replace("seed: 7", "seed: 8"))
    note = SubmitNote(definition=found.cases[0].definition)
    brand.write(f"looks/{PRINT}/waving.submitted.json", note.encoded())
    assert state(brand, found) == (CaseState.UNKNOWN, note.reason)
    assert state(brand, other) == (CaseState.MISSING, "")
    keep(brand, other)
    assert state(brand, found)[0] is CaseState.UNKNOWN
    keep(brand, found)
    assert state(brand, found)[0] is CaseState.PRESENT
    assert state(brand, other)[0] is CaseState.STALE


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"definition": 1}'])
def test_a_note_that_cannot_be_read_leaves_the_case_unknown(brand: Brand, content: str) -> None:
    """It may be about what is wanted."""
    found = gallery(brand)
    brand.write(f"looks/{PRINT}/waving.submitted.json", content)
    assert state(brand, found) == (CaseState.UNKNOWN, "waving.submitted.json cannot be read")


def test_a_link_out_of_the_root_is_never_followed(brand: Brand, tmp_path: Path) -> None:
    """What lies outside is no result."""
    found = gallery(brand)
    path = keep(brand, found)
    away = tmp_path / "away.png"
    path.rename(away)
    path.symlink_to(away)
    assert state(brand, found)[0] is CaseState.DAMAGED
