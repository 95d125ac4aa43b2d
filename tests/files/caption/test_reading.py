"""H23, H24, H36, H37, H44 to H47: caption texts from sidecars, captions.yaml and metadata.jsonl."""

import json
import os
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.core.kind import Kind
from reconciler.core.ref import Ref
from reconciler.core.text import normal
from reconciler.files.tree import Tree
from tests.files.conftest import DATASET, PROJECT, Brand, Draw

POSES = Ref(Kind.DATASET, "lora-poses")
PLACE = "manifests/lora.yaml:18:22"


def source(brand: Brand, name: str, *, images: str = "{path: images/}") -> None:
    text = DATASET.replace("source: automatic", f"source: {name}").replace("{path: images/}", images)
    brand.write("lora.yaml", f"{PROJECT}---\n{text}")


def captions(brand: Brand) -> dict[str, str | None]:
    return {image.name: image.caption for image in brand.resolve().datasets[POSES].images if image.caption is not None}


def only(brand: Brand) -> str:
    (problem,) = brand.problems()
    return f"{problem.location} {problem.rule}"


@pytest.fixture
def sidecar(brand: Brand) -> Brand:
    source(brand, "sidecar")
    return brand


@pytest.fixture
def filed(brand: Brand) -> Brand:
    source(brand, "file")
    return brand


def test_sidecars_beside_images_are_their_captions(sidecar: Brand, draw: Draw) -> None:
    sidecar.write("images/deep/d.png", draw(seed=9))
    sidecar.write("images/p0.txt", "  waving.\n\n")
    sidecar.write("images/p1.caption", "jumping.")
    sidecar.write("images/deep/d.txt", "deep.")
    assert captions(sidecar) == {"p0.png": "waving.", "p1.png": "jumping.", "deep/d.png": "deep."}


def test_sidecars_of_images_that_are_not_included_are_not_missed(brand: Brand) -> None:
    source(brand, "sidecar", images="{path: images/, include: [p0.png]}")
    brand.write("images/p0.txt", "waving.")
    brand.write("images/p1.txt", "another.")
    assert captions(brand) == {"p0.png": "waving."}


def test_texts_elsewhere_are_no_captions(sidecar: Brand) -> None:
    sidecar.write("images/p0.txt", "waving.")
    sidecar.write("images/notes/readme.txt", "not a caption: no image beside it")
    assert captions(sidecar) == {"p0.png": "waving."}


def test_h24_which_sidecar_is_meant_must_be_clear(sidecar: Brand, draw: Draw) -> None:
    sidecar.write("images/p0.txt", "one.")
    sidecar.write("images/p0.caption", "two.")
    assert only(sidecar) == "manifests/images/p0.txt caption-double"
    (sidecar.root / "images" / "p0.caption").unlink()
    sidecar.write("images/p0.jpg", draw("JPEG", seed=9))
    assert only(sidecar) == "manifests/images/p0.txt caption-ambiguous"


def test_a_caption_without_image_is_an_error_with_a_guess(sidecar: Brand) -> None:
    sidecar.write("images/p0.txt", "one.")
    sidecar.write("images/p1-.txt", "two.")
    (problem,) = sidecar.errors()
    assert problem.rule == "caption-ownerless"
    assert str(problem.location) == "manifests/images/p1-.txt"
    assert problem.remedy.startswith("Did you mean")
    (sidecar.root / "images" / "p1-.txt").rename(sidecar.root / "images" / "zebra-crossing.txt")
    assert "p0, p1, p2" in sidecar.errors()[0].remedy


def test_a_source_in_which_nothing_is_read_is_an_error(sidecar: Brand) -> None:
    (problem,) = sidecar.errors()
    assert f"{problem.location} {problem.rule}" == f"{PLACE} caption-none"
    assert "the folder holds 5 images but no .txt or .caption" in problem.detail
    source(sidecar, "file")
    (problem,) = sidecar.errors()
    assert f"{problem.location} {problem.rule}" == f"{PLACE} caption-none"
    sidecar.write("images/captions.yaml", "# nothing yet\n")
    assert sidecar.rules() == {"caption-none"}


def test_sidecars_that_are_not_used_are_a_warning(brand: Brand) -> None:
    brand.write("images/p0.txt", "one.")
    (problem,) = brand.problems()
    assert (problem.rule, problem.is_error) == ("caption-unused", False)
    assert "1 caption file beside the images" in problem.summary


def test_h44_lengths_lines_and_emptiness(sidecar: Brand) -> None:
    for text in ("", "  \n \n"):
        sidecar.write("images/p0.txt", text)
        assert only(sidecar) == "manifests/images/p0.txt caption-empty"
    sidecar.write("images/p0.txt", "one\r\ntwo\n")
    assert only(sidecar) == "manifests/images/p0.txt caption-lines"
    assert captions(sidecar) == {"p0.png": "one\ntwo"}
    sidecar.write("images/p0.txt", "x" * 5_001)
    assert only(sidecar) == "manifests/images/p0.txt caption-long"
    sidecar.write("images/p0.txt", "line\n" * 10_000)
    assert {problem.rule for problem in sidecar.errors()} == {"caption-long"}
    sidecar.write("images/p0.txt", "x" * 5_000_000)
    assert only(sidecar) == "manifests/images/p0.txt manifest-size"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"caf\xe9", "Byte 4"),
        ("waving".encode("utf-16"), "UTF-16"),
        (b"ok\xed\xa0\x80", "Byte 3"),
    ],
)
def test_h45_other_encodings_are_named_with_the_byte(sidecar: Brand, data: bytes, place: str) -> None:
    sidecar.write("images/p0.txt", data)
    (problem,) = sidecar.errors()
    assert problem.rule == "manifest-encoding"
    assert place in problem.detail


def test_h45_a_leading_bom_is_accepted(sidecar: Brand) -> None:
    sidecar.write("images/p0.txt", b"\xef\xbb\xbfwaving.")
    assert captions(sidecar) == {"p0.png": "waving."}


CONTROL = [
    "\x1b[2J",
    "\x1b]0;t\x07",
    "\x1b]8;;http://x\x1b\\",
    "\x1b]52;c;x\x07",
    "\x9b2J",
    "\x90x",
    "\x07",
    "\x08",
    "a\rb",
    "\0",
    "\x7f",
    "\x85",
]


@pytest.mark.parametrize("text", CONTROL)
def test_h36_control_characters_are_refused_wherever_they_stand(brand: Brand, text: str) -> None:
    brand.write("images/p0.txt", f"waving {text}.")
    source(brand, "sidecar")
    (problem,) = brand.errors()
    assert problem.rule == "caption-control"
    assert not any(char in f"{problem.summary}{problem.detail}" for char in text if not char.isprintable())
    (brand.root / "images" / "p0.txt").unlink()
    brand.write("images/metadata.jsonl", json.dumps({"file_name": "p0.png", "text": f"x{text}y"}))
    source(brand, "file")
    assert [problem.rule for problem in brand.errors()] == ["caption-control"]


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200b", "\U000e0041", "\ufe01", "\u2028", "\ufeff", "\u00ad"])
def test_h37_hidden_characters_are_a_warning(sidecar: Brand, char: str) -> None:
    sidecar.write("images/p0.txt", f"wav{char}ing.")
    (problem,) = sidecar.problems()
    assert (problem.rule, problem.is_error) == ("caption-hidden", False)
    assert f"<U+{ord(char):04X}>" in problem.detail


def test_h37_emoji_are_no_hidden_text(sidecar: Brand) -> None:
    sidecar.write("images/p0.txt", "a family \U0001f468\u200d\U0001f469\u200d\U0001f467 with a heart \u2764\ufe0f.")
    assert sidecar.problems() == ()


def test_h47_a_caption_that_repeats_the_prefix_is_a_warning(sidecar: Brand) -> None:
    sidecar.write("images/p0.txt", "An illustration of a character named Lora, waving.")
    assert only(sidecar) == "manifests/images/p0.txt caption-prefix"


def test_h47_normal_forms_are_one_text(sidecar: Brand) -> None:
    sidecar.write("images/p0.txt", unicodedata.normalize("NFD", "im Café."))
    assert captions(sidecar) == {"p0.png": "im Café."}


def test_h16_h12_a_sidecar_that_is_no_file_of_the_tree(sidecar: Brand) -> None:
    sidecar.write("images/p0.txt", "fine.")
    (sidecar.root / "images" / "p1.txt").symlink_to("/etc/passwd")
    (problem,) = sidecar.errors()
    assert problem.rule == "path-refused"


@pytest.mark.parametrize("name", ["images/p0.txt", "lora.yaml"])
def test_a_text_that_is_only_a_pointer_is_no_text(sidecar: Brand, name: str) -> None:
    sidecar.write("images/p1.txt", "fine.")
    sidecar.write(name, f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12\n")
    assert [problem.rule for problem in sidecar.errors()] == ["text-pointer"]


def test_f43_a_text_that_breaks_off_while_it_is_read(sidecar: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Tree._file_near

    def broken(tree: Tree, path: str) -> object:
        """What is opened in place of one file is a folder: it opens, and reading it fails."""
        found = real(tree, path)
        if found is None or not path.endswith("p0.txt"):
            return found
        os.close(found.number)
        return found._replace(number=os.open(tree.root, os.O_RDONLY))

    monkeypatch.setattr(Tree, "_file_near", broken)
    sidecar.write("images/p0.txt", "one.")
    sidecar.write("images/p1.txt", "two.")
    (problem,) = sidecar.errors()
    assert problem.detail == "It cannot be read to its end."


def test_captions_yaml_maps_names_to_texts(filed: Brand, draw: Draw) -> None:
    filed.write("images/deep/d.png", draw(seed=9))
    filed.write("images/captions.yaml", "p0.png: waving.\n'p1': \"jumping.\"\ndeep/d.png: |\n  deep.\n")
    assert captions(filed) == {"p0.png": "waving.", "p1.png": "jumping.", "deep/d.png": "deep."}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p0.png: a\nnothing.png: b", "manifests/images/captions.yaml:2:14 caption-ownerless"),
        ("p0.png: a\np0.png: b", "manifests/images/captions.yaml:2:1 manifest-key-duplicate"),
        ("p0.png: a\np0: b", "manifests/images/captions.yaml:2:5 caption-double"),
        ("p0.png: 12", "manifests/images/captions.yaml:1:9 caption-text"),
        ("p0.png:", "manifests/images/captions.yaml:1:8 caption-text"),
        ("p0.png: {a: 1}", "manifests/images/captions.yaml:1:9 caption-family"),
        ("p0.png: ''", "manifests/images/captions.yaml:1:9 caption-empty"),
        ("../x.png: a", "manifests/images/captions.yaml:1:11 caption-ownerless"),
        ("[a]", "manifests/images/captions.yaml:1:1 caption-file"),
        ("p0.png: a\n---\np1.png: b", "manifests/images/captions.yaml:3:1 caption-file"),
        ("p0.png: a\n1: b", "manifests/images/captions.yaml:2:1 manifest-key-type"),
        ("p0.png: &a [*a]", "manifests/images/captions.yaml:1:13 manifest-alias"),
    ],
)
def test_faults_of_captions_yaml_are_placed(filed: Brand, text: str, expected: str) -> None:
    filed.write("images/captions.yaml", text)
    assert only(filed) == expected


def test_h23_a_key_that_fits_two_images(filed: Brand, draw: Draw) -> None:
    filed.write("images/p0.jpg", draw("JPEG", seed=9))
    filed.write("images/captions.yaml", "p0: a\n")
    assert only(filed) == "manifests/images/captions.yaml:1:5 caption-ambiguous"
    filed.write("images/captions.yaml", "p0.jpg: a\np0.png: b\n")
    assert captions(filed) == {"p0.jpg": "a", "p0.png": "b"}


def test_metadata_jsonl_gives_texts_by_file_name(filed: Brand) -> None:
    filed.write(
        "images/metadata.jsonl",
        '{"file_name": "p0.png", "text": "a.", "width": 3}\n\n{"text": "b.", "file_name": "./p1.png"}',
    )
    assert captions(filed) == {"p0.png": "a.", "p1.png": "b."}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"file_name": "p0.png", "text": "b"}', "2:1 caption-double"),
        ('{"file_name": "../x.png", "text": "b"}', "2:1 caption-ownerless"),
        ('{"file_name": "p1.png", "text": NaN}', "2:1 caption-line"),
        ('{"file_name": "p1.png", "text": 3}', "2:1 caption-text"),
        ('{"file_name": "p1.png"}', "2:1 caption-text"),
        ('{"text": "x"}', "2:1 caption-line"),
        ('{"file_name": 3, "text": "x"}', "2:1 caption-line"),
        ("[" * 100_000, "2:1 caption-line"),
        ('["p1.png"]', "2:1 caption-line"),
        ('{"file_name": "p1.png", "file_name": "p2.png", "text": "x"}', "2:1 caption-line"),
        ('{"file_name": "p1.png", "text": "' + "x" * 70_000 + '"}', "2:1 caption-line"),
        ("not json", "2:1 caption-line"),
    ],
)
def test_h46_faults_of_metadata_jsonl_are_placed(filed: Brand, line: str, expected: str) -> None:
    filed.write("images/metadata.jsonl", '{"file_name": "p0.png", "text": "a"}\n' + line + "\n")
    assert only(filed) == f"manifests/images/metadata.jsonl:{expected}"


def test_h46_a_file_too_large_or_in_another_encoding(filed: Brand) -> None:
    filed.write("images/metadata.jsonl", b'{"file_name": "\xff"}')
    assert only(filed) == "manifests/images/metadata.jsonl:1:1 manifest-encoding"
    filed.write("images/metadata.jsonl", b" " * 5_000_001)
    assert only(filed) == "manifests/images/metadata.jsonl manifest-size"
    (filed.root / "images" / "metadata.jsonl").unlink()
    filed.write("images/captions.yaml", b" " * 1_000_001)
    assert only(filed) == "manifests/images/captions.yaml manifest-size"


def test_both_caption_files_are_a_problem(filed: Brand) -> None:
    filed.write("images/captions.yaml", "p0.png: a")
    filed.write("images/metadata.jsonl", '{"file_name": "p0.png", "text": "a"}')
    assert only(filed) == "manifests/images/captions.yaml caption-two-files"


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"),
    min_size=1,
    max_size=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=TEXTS)
def test_every_source_reads_the_same_text(brand: Brand, text: str) -> None:
    folder = brand.root / "images"
    found = []
    for name, content in (
        ("p0.txt", text),
        ("metadata.jsonl", json.dumps({"file_name": "p0.png", "text": text})),
        ("captions.yaml", json.dumps({"p0.png": text}, ensure_ascii=False)),
    ):
        source(brand, "sidecar" if name == "p0.txt" else "file")
        (folder / name).write_text(content, encoding="utf-8", newline="")
        if normal(text):
            found.append(captions(brand))
        else:
            assert brand.rules() >= {"caption-empty"}
        (folder / name).unlink()
    assert all(each == {"p0.png": normal(text)} for each in found)
