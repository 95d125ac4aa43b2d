"""The two families while an apply runs: schemas through every unknown behaviour, and an account that answers in another family."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.event import EndReason
from reconciler.core.ref import Ref
from reconciler.render.run_report import report_view
from reconciler.render.text import render_text
from reconciler.simulator import console
from reconciler.simulator.guide import structured_caption
from reconciler.simulator.switch_table import PLAYED
from tests.execute.world import DATASET, OTHER_SCHEMA, SCHEMA, World

HAND = json.dumps({"action": "sits on a wall."})
BEFORE: Mapping[str, str | None] = {
    "wave": None, "jump": '{"action": "jumping."}', "sit": None, "run": None, "read": None,
}  # fmt: skip
AFTER: Mapping[str, str | None] = {
    "wave": None, "fly": '{"action":"flies."}', "sit": None, "run": None, "read": None,
}  # fmt: skip
PREFIXES: Mapping[str, str | None] = {"wave": None, "jump": "jumping.", "sit": None}

REFUSED = {
    ("clone_image_names", "regenerated"): "the next version is uploaded afresh",
    ("clone_image_names", "null"): "the next version is uploaded afresh",
    ("name_rules", "stripped"): "the API stores the name",
}
"""What an apply says where it cannot go on; nothing is lost, and nothing was spent."""
TOLD = frozenset(
    {
        "schema_roundtrip", "caption_autocorrect", "training_version_today", "family_signal", "family_mix_error",
        "default_family", "wrong_guide_field", "complete_without_schema", "training_version_null", "response_trim",
        "put_semantics", "combined_put", "clone_mode", "clone_prefix", "clone_caption_source", "clone_image_names",
        "caption_timing", "caption_failure", "regen_overwrites_manual", "regen_outcome", "late_caption_wins",
        "complete_with_null_captions", "name_rules", "extra_fields",
    }
)  # fmt: skip
"""Switches that touch what is different in the schema family; the others are told in `test_switch`."""
VALUES = [(one.name, value) for one in PLAYED if one.name in TOLD for value in one.values if value != one.default]


def after(world: World) -> Desired:
    """What a person does once the first version is trained, and the tree that is applied next."""
    sit = world.image(world.dataset("poses v1"), "sit")
    console.edit_image(world.simulator, sit.id, caption=HAND)
    return world.tree(AFTER, guide=OTHER_SCHEMA)


@pytest.mark.parametrize(("switch", "value"), VALUES, ids=[f"{switch}-{value}" for switch, value in VALUES])
async def test_a_value_in_the_schema_family(switch: str, value: str) -> None:
    """One switch at a time: a first apply, and one that changes images, captions and the schema."""
    world = World(switches={"era": "current", switch: value})
    expected = REFUSED.get((switch, value))
    first = await world.apply(world.tree(BEFORE, guide=SCHEMA))
    if first.code:
        assert expected
        assert expected in str(first)
        assert world.trainings() == 0
        return
    world.clock.advance(4 * 3600)
    tree = after(world)
    ran = await world.apply(tree)
    if expected:
        assert expected in str(ran)
        assert world.trainings() == 1
        return
    world.clock.advance(4 * 3600)
    await world.settle(tree)
    check(world)


def check(world: World) -> None:
    """In sync: the newest completed version is what was declared, and each fingerprint was trained once."""
    newest = [dataset for dataset in world.datasets() if dataset.status == "completed"][-1]
    assert json.loads(newest.visual_schema or "") == json.loads(OTHER_SCHEMA.text)
    captions = {(image.image_name or "").split(".")[0]: image for image in world.images_of(newest)}
    assert captions.keys() == AFTER.keys()
    for label, image in captions.items():
        made = structured_caption(newest.visual_schema or "", image.image_name, image.sha256)
        text = HAND if label == "sit" else AFTER[label] or made
        assert json.loads(image.caption or "") == json.loads(text)
    trained = [model.name for model in world.models() if model.status != "Created"]
    assert max(Counter(name.split(" (")[1] for name in trained).values()) == 1
    assert len(trained) == world.trainings() == 2


async def test_the_order_is_schema_then_images_then_captions() -> None:
    """Before a schema stands no caption is made; the captioner runs once it does."""
    world = World(switches={"era": "current"})
    await world.apply(world.tree(BEFORE, guide=SCHEMA))
    steps = [entry for entry in world.written() if "/datasets/" in entry or entry.endswith("/datasets")]
    kinds = [entry.split(" ")[0] + (" image" if "/images" in entry else "") for entry in steps]
    assert kinds == ["POST", "PUT", *["POST image"] * 5, "PUT image", "PUT", "PUT"]
    bodies = [entry.path for entry in world.simulator.log if entry.path.endswith("/regenerate_captions")]
    assert not bodies


CONTRADICTED = [
    ({"era": "current"}, "prefix"),
    ({"era": "legacy"}, "schema"),
    ({"era": "mixed", "training_version_null": "fibo"}, "prefix"),
    ({"era": "mixed", "training_version_null": "absent", "default_family": "max"}, "schema"),
]


@pytest.mark.parametrize(("switches", "family"), CONTRADICTED)
async def test_an_empty_account_of_the_other_family_stops_at_its_first_answer(
    switches: dict[str, str], family: str
) -> None:
    """Said once, with what was made; nothing was uploaded, nobody is told of a rival, and the next plan knows it."""
    world = World(switches=switches)
    tree = declared(world, family)
    ran = await world.apply(tree)
    assert ran.code == 4
    text = " ".join(render_text(report_view(ran.plan, ran.report)).split())
    other = {"prefix": "schema", "schema": "prefix"}[family]
    assert text.count(f"{other} family") == 1
    assert "created before that was known" in text
    assert "`reconciler destroy`" in text
    assert not [word for word in ("Another apply", "again", "rival") if word in text]
    assert not any("/images" in entry for entry in world.written())
    before = len(world.written())
    (refusal,) = (await world.plan(tree)).refusals
    assert refusal.rule == "family"
    assert refusal.summary.count(f"{other} family") == 1
    assert len(world.written()) == before


def declared(world: World, family: str) -> Desired:
    return world.tree(BEFORE, guide=SCHEMA) if family == "schema" else world.tree(PREFIXES)


async def test_the_other_family_is_declared_and_the_leftovers_are_used() -> None:
    """Whoever corrects the manifests goes on in the project and the draft that are there."""
    world = World(switches={"era": "current"})
    await world.apply(world.tree(PREFIXES))
    tree = world.tree(BEFORE, guide=SCHEMA)
    ran = await world.apply(tree)
    assert ran.code == 0, ran
    assert [dataset.id for dataset in world.datasets()] == [200001]
    assert (await world.plan(tree)).is_empty


async def test_of_several_datasets_one_is_made_before_the_answer() -> None:
    """All others wait for it, and are not begun."""
    world = World(switches={"era": "current"})
    tree = world.tree(PREFIXES, model=False)
    ran = await world.execute(await world.plan(several(tree, 4)))
    assert ran.code == 4
    assert len(world.datasets()) == 1
    assert [one.reason for one in ran.report.results].count(EndReason.OTHER_FAMILY) == 1
    world = World(switches={"era": "legacy"})
    assert (await world.execute(await world.plan(several(world.tree(PREFIXES, model=False), 4)))).code == 0
    assert len(world.datasets()) == 4


def several(tree: Desired, number: int) -> Desired:
    (dataset,) = tree.datasets.values()
    return tree.updated(*(_numbered(dataset, place) for place in range(2, number + 1)))


def _numbered(dataset: DesiredDataset, place: int) -> DesiredDataset:
    return replace(dataset, ref=Ref(DATASET.kind, f"more-{place}"), images=dataset.images[:place])


OLD = [
    ("legacy_read_today", "both_keys", ""),
    ("legacy_read_today", "prefix_only", ""),
    ("legacy_read_today", "schema_null_only", "refused"),
    ("legacy_min_images_today", "5", "the API refused to complete"),
    ("legacy_clone_today", "legacy_copy", ""),
    ("legacy_clone_today", "fibo_null_schema", "clone: never"),
    ("legacy_clone_today", "409_message", "the API refused to clone dataset"),
    ("legacy_start_today", "409_message", "no capacity"),
    ("legacy_start_today", "400_message", "the API refused to start"),
    ("legacy_create_today", "becomes_fibo", ""),
    ("legacy_create_today family_signal", "becomes_fibo training_version", "it was not started"),
    ("legacy_create_today", "400_message", "no longer supported"),
    ("legacy_create_today", "403_string", "no longer supported"),
    ("legacy_model_in_lists", "hidden", "is in no list"),
    ("generate_prefix_today", "410", ""),
    ("upload_fibo_model", "400_message", ""),
    ("family_signal", "training_version", ""),
    ("family_signal", "none", ""),
]


@pytest.mark.parametrize(("switch", "value", "said"), OLD, ids=[f"{switch}-{value}" for switch, value, _ in OLD])
async def test_an_old_project_in_the_era_of_today(switch: str, value: str, said: str, tmp_path: Path) -> None:
    """V90 to V107: a project of the prefix family goes on, or is refused in words, and no training is paid for twice."""
    world = World(path=tmp_path / "account.db")
    assert (await world.apply(world.tree(PREFIXES))).code == 0
    world.clock.advance(4 * 3600)
    world.becomes(era="current", **dict(zip(switch.split(), value.split(), strict=True)))
    tree = world.tree({**PREFIXES, "jump": "jumping high."})
    plan = await world.plan(tree)
    if said == "refused":
        assert [refusal.rule for refusal in plan.refusals] == ["family"]
        return
    assert not plan.refusals, plan.refusals
    ran = await world.execute(plan)
    if said:
        assert said in str(ran), str(ran)
        assert world.trainings() == 1
        return
    assert ran.code == 0, str(ran)
    assert (await world.plan(tree)).is_empty
    assert world.trainings() == 2
