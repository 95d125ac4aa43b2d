"""The two families while an apply runs: the order of the steps, and an account that answers in another family."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.core.account import pin_to_add
from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.event import EndReason
from reconciler.core.ref import Ref
from reconciler.render.run_report import report_view
from reconciler.render.text import render_text
from tests.execute.switched import BEFORE
from tests.execute.world import DATASET, SCHEMA, World

PREFIXES: Mapping[str, str | None] = {"wave": None, "jump": "jumping.", "sit": None}


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
    assert pin_to_add(ran.plan, ran.report, {}, name="", versions=0) is None
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


async def test_a_model_that_is_made_as_another_is_not_started(tmp_path: Path) -> None:
    """V90: where answers show the version, it is seen before anything is spent."""
    world = World(path=tmp_path / "account.db")
    assert (await world.apply(world.tree(PREFIXES))).code == 0
    world.clock.advance(4 * 3600)
    world.becomes(era="current", legacy_create_today="becomes_fibo", family_signal="training_version")
    ran = await world.apply(world.tree({**PREFIXES, "jump": "jumping high."}))
    assert "with training_version fibo and not with training_version max; it was not started" in str(ran)
    assert world.trainings() == 1
