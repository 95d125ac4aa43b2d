"""Names on the live side: what is ours, exactly, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.kind import Kind
from reconciler.core.name import (
    DraftName,
    FinalName,
    image_file_name,
    image_key,
    image_label,
    live_image_name,
    parse_dataset_name,
    parse_image_key,
    parse_image_label,
    parse_model_name,
)
from reconciler.core.ref import Ref, is_name, parse_ref

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,26}[a-z0-9])?", fullmatch=True)
versions = st.integers(min_value=1, max_value=999_999_999)
fingerprints = st.from_regex(r"[a-z][0-9a-f]{12}", fullmatch=True)
marks = st.from_regex(r"[0-9a-f]{4}", fullmatch=True)


@given(names, versions, fingerprints)
def test_final_names_come_back(base: str, version: int, fingerprint: str) -> None:
    """What is written is what is read, for datasets and for models."""
    name = FinalName(base=base, version=version, fingerprint=fingerprint)
    assert parse_dataset_name(str(name)) == name
    assert parse_model_name(str(name)) == name


@given(names, versions, fingerprints, marks, st.none() | versions, st.booleans())
def test_draft_names_come_back(
    base: str, version: int, fingerprint: str, mark: str, of: int | None, stale: bool
) -> None:
    """A draft's name carries version, wish, run and phase; no model is ever named so."""
    name = DraftName(base=base, version=version, fingerprint=fingerprint, mark=mark, of=of, stale=stale)
    assert parse_dataset_name(str(name)) == name
    assert parse_model_name(str(name)) is None


@pytest.mark.parametrize("phase", [{"of": 99}, {"stale": True}])
def test_the_longest_name_fits_in_64(phase: dict[str, int]) -> None:
    """U76: the longest manifest name, version 99, in each phase that we write."""
    name = DraftName(base="x" * 28, version=99, fingerprint="a" + "0" * 12, mark="0000", **phase)  # type: ignore[arg-type]
    assert len(str(name)) <= 64


@pytest.mark.parametrize(
    "text",
    [
        "lora v999999999999 (a000000000000)",
        "lora v٣ (a000000000000)",
        "lora v03 (a000000000000)",
        "lora V3 (a000000000000)",
        "lora  v3 (a000000000000)",
        "lora v3 (a000000000000) ",
        "lora v3 (a000000000000)\n",
        "lora v0 (a000000000000)",
        "Lora v3 (a000000000000)",
        "lora v3 (A000000000000)",
        "lora v3 (a00000000000)",
        "lora v3 draft a000000000000",
        "lora v3 draft a000000000000 3f2a stale of v2",
        "Copy of lora v3 (a000000000000)",
    ],
)
def test_anything_else_is_not_ours(text: str) -> None:
    """H51: not ours unless exact."""
    assert parse_dataset_name(text) is None


def test_an_image_name_carries_label_digest_and_extension() -> None:
    """The key is read by its last match, so that labels may look like one."""
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    name = live_image_name("poses/Wäve!.PNG", digest)
    assert name == "poses-Wave.a9f86d081884c7d65.png"
    assert parse_image_key(name) == image_key(digest)
    assert parse_image_label(name) == "poses-Wave"
    assert image_file_name(name) == "poses-Wave.png"
    assert parse_image_key(f"x.a0000000000000000.{name}") == image_key(digest)


@given(st.text(min_size=1, max_size=200), st.from_regex(r"[0-9a-f]{64}", fullmatch=True))
def test_every_file_name_gives_an_ascii_name_with_its_key(name: str, digest: str) -> None:
    """Labels are ASCII and at most 60 characters; the key always comes back."""
    live = live_image_name(name.replace("/", "_") + ".png", digest)
    assert live.isascii()
    assert len(image_label(name.replace("/", "_"))) <= 60
    assert parse_image_key(live) == image_key(digest)


def test_a_renamed_image_is_found_by_its_digest() -> None:
    """F27: the API made `pose (1).png` of it, or dropped the extension: the digest inside is what counts."""
    assert parse_image_key("pose (1).a9f86d081884c7d65") == "a9f86d081884c7d65"
    assert parse_image_key("holiday.png") is None
    assert parse_image_key("x.a9f86d081884c7d65ff.png") is None
    assert parse_image_label("holiday.png") == "holiday.png"
    assert image_file_name("holiday.png") == "holiday.png"


@pytest.mark.parametrize("text", ["Lora", "-a", "a-", "а", "lora v3", "..", "", "a" * 29, "a_b"])
def test_hostile_names_are_no_names(text: str) -> None:
    """H48: lower-case DNS labels of at most 28 ASCII characters only."""
    assert not is_name(text)
    with pytest.raises(ValueError, match="is no name"):
        parse_ref(f"dataset/{text}")


def test_refs_are_read_as_people_write_them() -> None:
    """`kind/name`, or the bare name where one kind is expected."""
    assert parse_ref("dataset/lora") == parse_ref("lora", Kind.DATASET) == Ref(Kind.DATASET, "lora")
    assert str(Ref(Kind.MODEL, "max")) == "model/max"
    assert sorted([Ref(Kind.MODEL, "a"), Ref(Kind.PROJECT, "z")]) == [Ref(Kind.PROJECT, "z"), Ref(Kind.MODEL, "a")]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [("lora", None, "names no kind"), ("thing/lora", None, "is no kind"), ("model/lora", Kind.DATASET, "is a model")],
)
def test_wrong_refs_say_what_is_wrong(text: str, kind: Kind | None, message: str) -> None:
    """Each mistake has its own sentence."""
    with pytest.raises(ValueError, match=message):
        parse_ref(text, kind)
