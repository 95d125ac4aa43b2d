"""What guards aliases, on the disk: what a manifest declares, and each mistake in it with its place."""

import pytest

from reconciler.core.kind import Kind
from reconciler.core.manifest.resolve import problems_in, resolve
from reconciler.core.problem import Problem
from reconciler.core.promotion import Promotion
from reconciler.core.ref import Ref
from reconciler.files.load import load
from tests.files.conftest import Brand

MODEL = """\
apiVersion: reconciler/v1
kind: Model
metadata: {name: lora-expert}
spec:
  dataset: lora-poses
  training_mode: expert
"""
LOOKS = """\
apiVersion: reconciler/v1
kind: Gallery
metadata: {name: looks}
spec:
  model: lora-expert
  path: looks
  cases:
    - {name: waving, prompt: waving, seed: 7}
    - {name: reading, prompt: reading, seed: 7}
"""
OTHER = (
    LOOKS.replace("name: looks", "name: others").replace("lora-expert", "lora-max").replace("path: looks", "path: o")
)


@pytest.fixture
def guarded(brand: Brand) -> Brand:
    """A sound tree with a second model, and a gallery of each."""
    brand.write("looks.yaml", LOOKS)
    brand.write("others.yaml", OTHER)
    return brand


def problems(brand: Brand, spec: str) -> list[Problem]:
    """What is wrong with these keys of the spec, which stand from line 7 on."""
    brand.write("expert.yaml", MODEL + spec)
    return list(problems_in(brand.load()))


def said(found: list[Problem]) -> list[str]:
    return [f"{str(one.location).removeprefix('manifests/')} {one.rule}" for one in found]


def test_a_guard_is_a_policy(guarded: Brand) -> None:
    """It is declared as it is written, and is no part of the fingerprint."""
    assert problems(guarded, "  aliases: {production: a51be07}\n") == []
    before = resolve(guarded.load()).models[Ref(Kind.MODEL, "lora-expert")]
    assert before.promotion is None
    for cases, meant in (
        ("", None),
        (", cases: all", None),
        (", cases: [waving]", ("waving",)),
        (", cases: [waving, reading, waving]", ("waving", "reading")),
    ):
        text = f"  promotion: {{aliases: [production, production], gallery: looks{cases}}}\n"
        assert problems(guarded, text) == []
        found = resolve(guarded.load())
        promotion = found.models[Ref(Kind.MODEL, "lora-expert")].promotion
        assert promotion == Promotion(aliases=("production",), gallery="looks", cases=meant)
        assert promotion.asked(found.galleries["looks"]) == (meant or ("waving", "reading"))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("  promotion: {aliases: [production], gallery: looks}", []),
        ("  promotion: {aliases: [production], gallery: lucks}", ["expert.yaml:7:47 promotion-gallery"]),
        ("  promotion: {aliases: [production], gallery: others}", ["expert.yaml:7:47 promotion-model"]),
        (
            "  promotion: {aliases: [production], gallery: looks, cases: [waving, readin]}",
            ["expert.yaml:7:70 promotion-case"],
        ),
        ("  promotion: {aliases: [Production], gallery: looks}", ["expert.yaml:7:25 model-alias-name"]),
        ("  promotion: {aliases: [current], gallery: looks}", ["expert.yaml:7:25 model-alias-name"]),
        ("  promotion: {aliases: [], gallery: looks}", ["expert.yaml:7:24 manifest-value"]),
        ("  promotion: {aliases: production, gallery: looks}", ["expert.yaml:7:24 manifest-type"]),
        ("  promotion: {gallery: looks}", ["expert.yaml:7:3 manifest-key-missing"]),
        ("  promotion: {aliases: [production]}", ["expert.yaml:7:3 manifest-key-missing"]),
        ("  promotion: [production]", ["expert.yaml:7:14 manifest-type"]),
        ("  promotion: {aliases: [production], gallery: looks, case: all}", ["expert.yaml:7:54 manifest-key"]),
        ("  promotion: {aliases: [production], gallery: looks, cases: every}", ["expert.yaml:7:61 manifest-type"]),
        ("  promotion: {aliases: [production], gallery: looks, cases: []}", ["expert.yaml:7:61 manifest-value"]),
        ("  promotion: {aliases: [production], gallery: looks, cases: [7]}", ["expert.yaml:7:62 manifest-type"]),
        (
            "  aliases: {production: current}\n  promotion: {aliases: [production], gallery: looks}",
            ["expert.yaml:7:25 promotion-target"],
        ),
        (
            "  aliases: {production: v2, candidate: current}\n  promotion: {aliases: [production], gallery: looks}",
            ["expert.yaml:7:25 promotion-target"],
        ),
        (
            "  aliases: {production: newest}\n  promotion: {aliases: [production], gallery: looks}",
            ["expert.yaml:7:25 model-alias"],
        ),
        (
            "  aliases: {production: a51be07}\n  promotion: {aliases: [prodution], gallery: looks}",
            ["expert.yaml:8:25 promotion-alias"],
        ),
        ("  aliases: {candidate: current}\n  promotion: {aliases: [production], gallery: looks}", []),
    ],
)
def test_mistakes_have_a_place(guarded: Brand, spec: str, expected: list[str]) -> None:
    """In file, line and column; one cause is one problem."""
    assert said(problems(guarded, spec + "\n")) == expected


def test_what_to_do_is_said(guarded: Brand) -> None:
    """The word that was meant, or how it is declared."""
    (gallery,) = problems(guarded, "  promotion: {aliases: [production], gallery: lucks}\n")
    assert gallery.remedy == 'Did you mean "looks"?'
    (model,) = problems(guarded, "  promotion: {aliases: [production], gallery: others}\n")
    assert model.summary == "gallery/others is a gallery of model/lora-max"
    assert model.remedy == "Name a gallery of model/lora-expert: looks."
    (cases,) = problems(guarded, "  promotion: {aliases: [production], gallery: looks, cases: every}\n")
    assert cases.remedy == 'Write it as a list: ["every"].'
    (typo,) = problems(
        guarded, "  aliases: {production: a51be07}\n  promotion: {aliases: [prodution], gallery: looks}\n"
    )
    assert (typo.is_error, typo.remedy) == (False, 'Did you mean "production"?')
    (guarded.root / "others.yaml").unlink()
    guarded.write("looks.yaml", OTHER)
    (model,) = problems(guarded, "  promotion: {aliases: [production], gallery: others}\n")
    assert model.remedy == "Name a gallery of model/lora-expert, or declare one: kind: Gallery, spec.model: lora-expert"
    (guarded.root / "looks.yaml").unlink()
    (gallery,) = problems(guarded, "  promotion: {aliases: [production], gallery: looks}\n")
    assert gallery.remedy == "Declare it: kind: Gallery, metadata.name: looks, spec.model: lora-expert"


def test_a_gallery_with_faults_is_not_told_as_missing(guarded: Brand) -> None:
    """Its own problem is enough."""
    guarded.write("looks.yaml", LOOKS.replace("seed: 7", "sead: 7", 1))
    found = problems(guarded, "  promotion: {aliases: [production], gallery: looks}\n")
    assert "promotion-gallery" not in {one.rule for one in found}
    assert any(one.is_error for one in found)


def test_a_model_that_goes_needs_no_gallery(guarded: Brand) -> None:
    """Whatever else an absent manifest says is about nothing."""
    text = MODEL.replace("name: lora-expert", "name: lora-expert, ensure: absent")
    guarded.write("expert.yaml", text + "  promotion: {aliases: [production], gallery: lucks}\n")
    assert {one.rule for one in problems_in(guarded.load())} & {"promotion-gallery"} == set()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("a51be07", []),
        ("current", ["overlays/production.yaml:1:53 promotion-target"]),
        ("v2", ["overlays/production.yaml:1:53 promotion-target"]),
    ],
)
@pytest.mark.parametrize("overlay", ["", "production"])
def test_an_overlay_names_a_fingerprint_too(guarded: Brand, target: str, expected: list[str], overlay: str) -> None:
    """Chosen or not: a mistake is found by each command, and told once."""
    guarded.write("expert.yaml", MODEL + "  promotion: {aliases: [production], gallery: looks}\n")
    guarded.write(
        "overlays/production.yaml", f"objects: {{model/lora-expert: {{aliases: {{production: {target}}}}}}}\n"
    )
    found = problems_in(load(guarded.root, overlay=overlay, cache=guarded.cache))
    assert said(list(found)) == expected


def test_other_aliases_of_an_overlay_move_freely(guarded: Brand) -> None:
    """And those of a model without a guard."""
    guarded.write("expert.yaml", MODEL + "  promotion: {aliases: [production], gallery: looks}\n")
    guarded.write(
        "overlays/staging.yaml",
        "objects:\n  model/lora-expert: {aliases: {candidate: current}}\n  model/lora-max: {aliases: {production: current}}\n",
    )
    assert problems_in(guarded.load()) == ()


def test_a_model_that_an_overlay_lets_be_is_held_to_its_guard(guarded: Brand) -> None:
    """Without the overlay it is absent, and its guard means nothing."""
    absent = MODEL.replace("name: lora-expert", "name: lora-expert, ensure: absent")
    guarded.write("expert.yaml", absent + "  promotion: {aliases: [production], gallery: looks}\n")
    text = "objects: {model/lora-expert: {ensure: present, aliases: {production: current}}}\n"
    guarded.write("overlays/production.yaml", text)
    found = problems_in(load(guarded.root, overlay="production", cache=guarded.cache))
    assert "overlays/production.yaml:1:70 promotion-target" in said(list(found))
