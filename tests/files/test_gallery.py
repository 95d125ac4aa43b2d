"""Galleries on the disk: what a manifest of one declares, and each mistake in one with its place."""

import json
from pathlib import Path

import pytest

from reconciler.core.gallery import DesiredGallery
from reconciler.core.kind import Kind
from reconciler.core.manifest.resolve import problems_in
from reconciler.core.order import Draws, Method
from reconciler.core.ref import Ref
from tests.files.conftest import MODEL, Brand, picture

HEAD = """\
apiVersion: reconciler/v1
kind: Gallery
metadata: {name: looks}
spec:
  model: lora-max
  path: looks
"""
CASES = """\
  cases:
    - {name: waving, prompt: waving, seed: 7}
"""


def gallery(brand: Brand, cases: str = CASES, head: str = HEAD) -> DesiredGallery:
    brand.write("gallery.yaml", head + cases)
    return brand.resolve().galleries["looks"]


def said(brand: Brand, text: str) -> list[str]:
    """The place and the rule of each problem."""
    brand.write("gallery.yaml", text)
    return [
        f"{str(one.location).removeprefix('manifests/gallery.yaml:')} {one.rule}" for one in problems_in(brand.load())
    ]


def case(**keys: str) -> str:
    """One case at line 8 with its keys at lines of their own; an empty text leaves a key out."""
    lines = {"name": "waving", "prompt": "waving", "seed": "7"} | keys
    told = [f"{key}: {value}" for key, value in lines.items() if value]
    return HEAD + "  cases:\n    - " + "\n      ".join(told) + "\n"


def test_a_gallery_is_declared_and_is_no_object(brand: Brand) -> None:
    """It stands beside the objects: nothing that walks over these meets it."""
    found = gallery(brand)
    assert (found.model, found.folder, str(found.location)) == (
        Ref(Kind.MODEL, "lora-max"), "looks", "manifests/gallery.yaml:1:1",
    )  # fmt: skip
    assert (found.cases[0].order.prompt, found.cases[0].order.given) == ("waving", {"seed": 7})
    assert [str(ref) for ref in brand.resolve().refs] == ["project/lora", "dataset/lora-poses", "model/lora-max"]
    assert brand.resolve().warnings == ()


def test_every_part_of_a_case_is_read(brand: Brand) -> None:
    """Pictures have digest and size; what is left out is left to the defaults of the generation."""
    brand.write("pose.png", picture(seed=9))
    brand.write("said.json", json.dumps({"structured_prompt": '{"a": 1}', "seed": 1}))
    found = gallery(
        brand,
        """\
  cases:
    - name: posed
      prompt: waving
      seed: 1
      guidance: [{method: canny, image: pose.png, scale: 0.8}, {method: depth, image: ./pose.png}]
      image_prompt: {images: ["https://h.de/a.png?k=1", "https://h.de/b.png"], mode: style_only, scale: 1}
      negative_prompt: hats
      prefix: false
    - name: kept
      kind: reimagine
      prompt: a house
      seed: 2
      structure: {image: pose.png, influence: 0.5}
      steps: 20
""",
    )
    posed, kept = (one.order for one in found.cases)
    assert [(one.method, one.scale, one.picture.width) for one in posed.guidance] == [
        (Method.CANNY, 0.8, 1024), (Method.DEPTH, 1.0, 1024),
    ]  # fmt: skip
    assert posed.guidance[0].picture.base64 == ""
    assert [one.label for one in posed.image_prompt] == ["https://h.de/a.png", "https://h.de/b.png"]
    assert posed.given == {
        "seed": 1, "negative-prompt": "hats", "image-prompt-mode": "style_only", "image-prompt-scale": 1.0,
    }  # fmt: skip
    assert posed.has_prefix is False
    assert (kept.draws, kept.given) == (Draws.REIMAGINE, {"seed": 2, "steps": 20, "structure-influence": 0.5})
    assert kept.structure is not None
    assert kept.structure.path == "pose.png"


@pytest.mark.parametrize(
    ("cases", "is_same"),
    [
        ("  cases: [{seed: 7, name: waving, prompt: waving}]\n", True),
        ("  cases: [{name: waving, prompt: waving, seed: 7, kind: image, prefix: true}]\n", True),
        ("  cases: [{name: another, prompt: waving, seed: 7}]\n", True),
        ("  cases: [{name: waving, prompt: waving, seed: 8}]\n", False),
        ("  cases: [{name: waving, prompt: waving , seed: 7, prefix: false}]\n", False),
        ("  cases: [{name: waving, prompt: waving, seed: 7, influence: 1}]\n", False),
    ],
)
def test_a_definition_is_what_is_drawn(brand: Brand, cases: str, *, is_same: bool) -> None:
    """Neither the order of keys nor the name is a part of it."""
    before = gallery(brand).cases[0].definition
    assert (gallery(brand, cases).cases[0].definition == before) is is_same


def test_a_definition_follows_the_bytes_of_its_pictures(brand: Brand) -> None:
    """And not where they lie. A Git LFS pointer stands for the same bytes."""
    body = case(guidance="[{method: canny, image: pose.png}]").removeprefix(HEAD)
    brand.write("pose.png", picture(seed=9))
    first = gallery(brand, body).cases[0]
    brand.write("b/c.png", picture(seed=9))
    assert gallery(brand, body.replace("pose.png", "b/c.png")).cases[0].definition == first.definition
    (brand.root / "pose.png").write_bytes(pointer(first.order.guidance[0].picture.digest))
    assert gallery(brand, body).cases[0].definition == first.definition
    brand.write("pose.png", picture(seed=10))
    assert gallery(brand, body).cases[0].definition != first.definition


def pointer(digest: str) -> bytes:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 3000\n".encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD.replace("lora-max", "lora-maxx") + CASES, ["5:10 manifest-reference"]),
        (HEAD + CASES + "    - {name: waving, prompt: x, seed: 1}\n", ["9:14 gallery-case-double"]),
        (case(seed=""), ["8:7 manifest-key-missing"]),
        (case(name="Waving"), ["8:13 manifest-name"]),
        (case(name="con"), ["8:13 gallery-case-name"]),
        (case(results="2"), ["11:7 manifest-key"]),
        (case(seed="-1"), ["10:7 gallery-case"]),
        (case(prompt=""), ["8:7 gallery-case"]),
        (case(kind="portrait", prompt="", person="{image: p.png}"), ["10:13 gallery-model"]),
        (case(kind="structured"), ["11:13 gallery-model"]),
        (case(steps="80"), ["11:7 gallery-case"]),
        (case(structure="{image: p.png}"), ["11:7 gallery-case"]),
        (case(image_prompt="{mode: regular}"), ["11:7 gallery-image-prompt", "11:22 gallery-case"]),
        (case(guidance="[{method: canny, image: nowhere.png}]"), ["11:41 gallery-picture"]),
        (case(guidance="[{method: canny, image: ../p.png}]"), ["11:41 gallery-picture"]),
        (case(guidance="[{method: canny, image: cut.png}]"), ["11:41 gallery-picture"]),
        (case(guidance="[{method: canny, image: 'https://h.de/a.png'}]"), ["11:41 gallery-picture"]),
        (case(guidance="[{method: canny, image: p.png, scale: 2}]"), ["11:55 manifest-value"]),
        (case(structured_prompt="p.json"), ["11:26 gallery-prompt"]),
        (HEAD.replace("looks\n", "../looks\n", 1) + CASES, ["6:9 gallery-path"]),
        (HEAD.replace("path: looks", "path: .") + CASES, ["6:9 gallery-path"]),
        (HEAD.replace("path: looks", "path: overlays/a") + CASES, ["6:9 gallery-path"]),
        (HEAD.replace("path: looks", "path: Overlays/a") + CASES, ["6:9 gallery-path"]),
        (HEAD.replace("path: looks", "path: p.png") + CASES, ["6:9 gallery-path"]),
        (HEAD.replace("path: looks", "path: a/con") + CASES, ["6:9 gallery-path"]),
        (HEAD.replace("path: looks", "path: looks.") + CASES, ["6:9 gallery-path"]),
        (HEAD.replace("path: looks", "path: IMAGES") + CASES, ["6:9 gallery-images"]),
        (HEAD.replace("path: looks", "path: images") + CASES, ["6:9 gallery-images"]),
        (HEAD.replace("path: looks", "path: images/looks") + CASES, ["6:9 gallery-images"]),
        (HEAD + "  checkpoints: [500, 500]\n" + CASES, [
            "7:17 gallery-checkpoint", "7:22 gallery-checkpoint", "7:22 gallery-checkpoint-double",
        ]),
        (HEAD.replace("name: looks", "name: looks, ensure: absent") + CASES, ["3:25 manifest-key"]),
        (HEAD + "  cases: []\n", ["7:10 manifest-value"]),
        (HEAD + CASES + "---\n" + HEAD + CASES, ["12:18 manifest-double"]),
        (HEAD + CASES + "---\n" + HEAD.replace("name: looks", "name: b") + CASES, ["15:9 gallery-folder"]),
        (
            HEAD + CASES + "---\n" + HEAD.replace("name: looks", "name: b").replace("path: looks", "path: looks/b") + CASES,
            ["15:9 gallery-folder"],
        ),
        (
            HEAD + CASES + "---\n" + HEAD.replace("name: looks", "name: b").replace("path: looks", "path: Looks/b") + CASES,
            ["15:9 gallery-folder"],
        ),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place(brand: Brand, text: str, expected: list[str]) -> None:
    """All that can be known offline is said before anything is asked or paid for."""
    brand.write("p.png", picture(seed=9))
    brand.write("cut.png", picture(seed=9)[:100])
    brand.write("p.json", "[1]")
    assert said(brand, text) == expected


def test_of_too_many_cases_only_that_is_said(brand: Brand) -> None:
    """Their names are not looked for one by one: that took half a minute for ten thousand."""
    cases = "".join(f"    - {{name: C{at}, prompt: x, seed: 1}}\n" for at in range(201))
    found = said(brand, f"{HEAD}  cases:\n{cases}")
    assert found == ["8:5 manifest-value", *(f"{at}:14 manifest-name" for at in range(8, 208))]


def test_pictures_that_dataset_patterns_leave_alone_may_lie_beside_them(brand: Brand) -> None:
    """A dataset may name the root itself; then its patterns say whether results would be taken for images."""
    lora = (brand.root / "lora.yaml").read_text()
    brand.write("lora.yaml", lora.replace("{path: images/}", '{path: ., include: ["images/*.png"]}'))
    assert said(brand, HEAD + CASES) == []
    brand.write("lora.yaml", lora.replace("{path: images/}", '{path: ., include: ["**/*.png"]}'))
    assert said(brand, HEAD + CASES) == ["6:9 gallery-images"]


def test_the_rules_are_those_of_the_declared_model(brand: Brand) -> None:
    """An older version may be of another kind: that is held against the account when it is to draw."""
    lora = (brand.root / "lora.yaml").read_text()
    brand.write("lora.yaml", lora + "  training_mode: expert\n  training_version: bria-2.3\n")
    brand.write("p.png", picture(seed=9))
    assert said(brand, case(kind="portrait", prompt="", person="{image: p.png}")) == []
    assert said(brand, HEAD + "  checkpoints: [500]\n" + CASES) == []


def test_a_checkpoint_that_its_model_does_not_keep_is_a_warning(brand: Brand) -> None:
    """Whoever prunes would take a column away that can never be drawn again."""
    lora = (brand.root / "lora.yaml").read_text()
    training = "  training_mode: expert\n  training_version: bria-2.3\n  training: {keep_checkpoints: [1000]}\n"
    brand.write("lora.yaml", lora + training)
    assert said(brand, HEAD + "  checkpoints: [500, 1000]\n" + CASES) == ["7:17 gallery-checkpoint-pruned"]
    assert [one.is_error for one in problems_in(brand.load())] == [False]


def test_a_gallery_of_an_absent_model_stays(brand: Brand) -> None:
    """Its pictures are in git and no part of the live side."""
    absent = MODEL.replace("{name: lora-max}", "{name: lora-max, ensure: absent}")
    brand.write("lora.yaml", (brand.root / "lora.yaml").read_text().replace(MODEL, absent))
    assert gallery(brand).cases[0].name == "waving"


def test_faults_of_the_model_are_said_once(brand: Brand) -> None:
    """A gallery says nothing of a model that is declared with a fault."""
    lora = (brand.root / "lora.yaml").read_text()
    brand.write("lora.yaml", lora.replace(MODEL, MODEL + "  nonsense: 1\n"))
    brand.write("gallery.yaml", HEAD + CASES)
    assert [problem.rule for problem in problems_in(brand.load())] == ["manifest-key"]


def test_an_overlay_says_nothing_of_a_gallery(brand: Brand) -> None:
    """It is the same in each account."""
    brand.write("gallery.yaml", HEAD + CASES)
    brand.write("overlays/prod.yaml", "objects:\n  gallery/looks: {ensure: absent}\n")
    (problem,) = problems_in(brand.load())
    assert (str(problem.location), problem.rule) == ("manifests/overlays/prod.yaml:2:3", "overlay-object")
    assert "A gallery has no live side" in problem.detail


def test_kinds_are_told_with_the_gallery(brand: Brand) -> None:
    """A word that is nearly one."""
    brand.write("gallery.yaml", HEAD.replace("Gallery", "Galery") + CASES)
    (problem,) = problems_in(brand.load())
    assert (problem.rule, problem.remedy) == ("manifest-kind", 'Did you mean "Gallery"?')


def test_a_link_out_of_the_root_is_no_folder_of_results(brand: Brand, tmp_path: Path) -> None:
    """Nothing is ever written outside."""
    (tmp_path / "away").mkdir()
    (brand.root / "looks").symlink_to(tmp_path / "away")
    assert "6:9 gallery-path" in said(brand, HEAD + CASES)


def test_all_mistakes_of_a_gallery_are_said_in_one_run(brand: Brand) -> None:
    """Also where its folder cannot be used; each key in quotes, as it is written."""
    text = HEAD.replace("path: looks", "path: ../away") + (
        "  checkpoints: [500]\n  cases:\n    - {name: a, seed: 1}\n"
        "    - {name: b, prompt: ok, seed: 1, guidance: [{method: canny, image: p.png}], aspect_ratio: '1:1', fast: true}\n"
    )
    brand.write("p.png", picture(seed=9))
    brand.write("gallery.yaml", text)
    details = [problem.detail for problem in problems_in(brand.load())]
    assert [detail.partition(":")[0].partition(";")[0] for detail in details] == [
        "The path is refused",
        "A checkpoint is for models of training_mode expert and the prefix family",
        "A prompt is needed",
        '"aspect_ratio" does not go with "guidance"',
        '"fast',
    ]


def test_what_is_wrong_with_an_item_is_said_of_the_item(brand: Brand) -> None:
    """And not by its number, which nobody counts."""
    brand.write("gallery.yaml", HEAD + "  cases:\n    - waving\n    - {name: a, sede: 1, seed: 1, prompt: x}\n")
    assert [problem.summary for problem in problems_in(brand.load())] == [
        'an item of "cases" must be keys with values', 'unknown key "sede" in cases of Gallery',
    ]  # fmt: skip
    many = "".join(f"    - {{name: c{number}, prompt: x, seed: 1}}\n" for number in range(201))
    brand.write("gallery.yaml", HEAD + "  cases:\n" + many)
    assert [problem.summary for problem in problems_in(brand.load())] == [
        '"cases" must be a list with at most 200 items'
    ]


@pytest.mark.parametrize(
    ("named", "content", "words"),
    [
        ("../p.json", None, "it leaves the manifest folder"),
        ("none.json", None, "There is no such file."),
        ("bad.json", "{", "It holds no JSON object"),
        ("list.json", "[1]", "It holds no JSON object."),
        ("twice.json", '{"a": 1, "a": 2}', '"a" is given twice'),
    ],
)
def test_a_structured_prompt_that_cannot_be_used(brand: Brand, named: str, content: str | None, words: str) -> None:
    """With the place; and it is not said that the case lacks a prompt."""
    if content is not None:
        brand.write(named, content)
    brand.write("gallery.yaml", case(prompt="", structured_prompt=named))
    (problem,) = problems_in(brand.load())
    assert (problem.rule, words in problem.detail) == ("gallery-prompt", True)


def test_a_structured_prompt_is_a_file_or_the_record_of_a_result(brand: Brand) -> None:
    """As `generate` takes it."""
    schema = brand.root / "lora.yaml"
    schema.write_text(
        schema.read_text().replace(
            'caption_prefix: "An illustration of a character named Lora,"', "visual_schema: {a: b}"
        )
    )
    brand.write("plain.json", '{"a": "b"}')
    brand.write("record.json", json.dumps({"structured_prompt": '{"a": "b"}', "seed": 1}))
    found = gallery(
        brand,
        "  cases:\n    - {name: a, seed: 1, structured_prompt: plain.json}\n"
        "    - {name: b, seed: 1, structured_prompt: record.json}\n",
    )
    assert [one.order.structured_prompt for one in found.cases] == ['{"a": "b"}'] * 2
    assert found.cases[0].definition == found.cases[1].definition


def test_a_picture_is_small_enough_to_be_sent(brand: Brand) -> None:
    """Also where only its pointer is here."""
    brand.write("pose.png", pointer("0" * 64).replace(b"size 3000", b"size 20000000"))
    brand.write("gallery.yaml", case(guidance="[{method: canny, image: pose.png}]"))
    (problem,) = problems_in(brand.load())
    assert problem.detail == "It has 20,000,000 bytes; at most 12,582,912 are sent."
