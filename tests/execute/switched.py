"""Stories that every value of an undocumented behaviour runs through; docs/simulator.md says what becomes of each.

A story begins, is in sync, changes the guide and more, and is in sync again. Or it is refused: then it gives what was
said, and nothing was lost or paid for in vain.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reconciler.core.desired import Desired
from reconciler.core.event import Outcome
from reconciler.core.limit import Limits
from reconciler.core.look.today import today
from reconciler.core.run_options import NOTHING_ASKED
from reconciler.core.uploads import ONE_BY_ONE, Archive
from reconciler.execute import Archives
from reconciler.observe import observe
from reconciler.simulator import console
from reconciler.simulator.guide import structured_caption
from tests.execute.archives import DECLARED, advanced, attempts, newest, remove_archives
from tests.execute.story import EVERYTHING
from tests.execute.world import OTHER_PREFIX, OTHER_SCHEMA, PROJECT, SCHEMA, World

HOURS = 4 * 3600.0
"""Longer than any training."""
BODY = {"ip_name": "Lora", "ip_description": "a girl", "ip_medium": "illustration", "ip_type": "defined_character"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a story is told: the world with its switch, a store for archives, a folder for an account."""

    switches: Mapping[str, str]
    archives: Archives
    folder: Path

    def world(self) -> World:
        """An account with nothing in it."""
        return World(switches=self.switches)

    async def applied(self, world: World, tree: Desired) -> str:
        """Apply, and let trainings end; gives what was said where it could not be done, and nothing where it was."""
        plan = await world.plan(tree)
        if plan.refusals:
            return "\n".join(f"{one.rule}: {one.summary} {' '.join(one.remedies)}" for one in plan.refusals)
        ran = await world.execute(plan, archives=self.archives)
        world.clock.advance(HOURS)
        return "" if ran.code == 0 and set(ran.outcomes()) <= {Outcome.SUCCEEDED} else str(ran)

    async def goes_on(self, world: World, tree: Desired) -> str:
        """Apply, and once more where that did not do; gives what both said where neither did."""
        said = await self.applied(world, tree)
        again = await self.applied(world, tree) if said else ""
        return f"{said}\n{again}" if again else ""


def trained_once(world: World, number: int) -> None:
    """So many versions were trained, none of them twice."""
    trained = [model.name for model in world.models() if model.status != "Created"]
    assert len({name.split(" (")[1] for name in trained}) == len(trained) == world.trainings() == number


# ---------------------------------------------------------------- one by one
async def prefix(setting: Setting) -> str:
    """A first version, then another prefix, another image, and a caption that a person wrote in between."""
    world = setting.world()
    first = world.tree(EVERYTHING.begins or {})
    if said := await setting.applied(world, first):
        assert world.trainings() == 0
        return said
    assert (await world.plan(first)).is_empty
    tree = EVERYTHING.go_on(world)
    if said := await setting.goes_on(world, tree):
        assert world.trainings() == 1
        return said
    await world.settle(tree)
    EVERYTHING.check(world)
    return ""


HAND = json.dumps({"action": "sits on a wall."})
BEFORE: Mapping[str, str | None] = {
    "wave": None, "jump": '{"action": "jumping."}', "sit": None, "run": None, "read": None,
}  # fmt: skip
AFTER: Mapping[str, str | None] = {
    "wave": None, "fly": '{"action":"flies."}', "sit": None, "run": None, "read": None,
}  # fmt: skip


async def schema(setting: Setting) -> str:
    """The same with schemas: images, captions and the schema change."""
    world = setting.world()
    first = world.tree(BEFORE, guide=SCHEMA)
    if said := await setting.applied(world, first):
        assert world.trainings() == 0
        return said
    assert (await world.plan(first)).is_empty
    sit = world.image(world.dataset("poses v1"), "sit")
    console.edit_image(world.simulator, sit.id, caption=HAND)
    tree = world.tree(AFTER, guide=OTHER_SCHEMA)
    if said := await setting.goes_on(world, tree):
        assert world.trainings() == 1
        return said
    await world.settle(tree)
    _check_schema(world)
    trained_once(world, 2)
    return ""


def _check_schema(world: World) -> None:
    """The newest completed version is what was declared."""
    dataset = newest(world)
    assert json.loads(dataset.visual_schema or "") == json.loads(OTHER_SCHEMA.text)
    captions = {(image.image_name or "").split(".")[0]: image for image in world.images_of(dataset)}
    assert captions.keys() == AFTER.keys()
    for label, image in captions.items():
        made = structured_caption(dataset.visual_schema or "", image.image_name, image.sha256)
        text = HAND if label == "sit" else AFTER[label] or made
        assert json.loads(image.caption or "") == json.loads(text)


# ---------------------------------------------------------------- both families, and the API of today
IMAGES: Mapping[str, str | None] = {"wave": None, "jump": "jumping.", "sit": None}


async def both(setting: Setting) -> str:
    """Both stories where the API knows both families."""
    return await prefix(setting) or await schema(setting)


async def taken(setting: Setting) -> str:
    """While a first dataset is planned, somebody else binds its project to the other family."""
    world = setting.world()
    client = world.client()
    await client.create_project({"project_name": "Branded Character", **BODY})
    plan = await world.plan(world.tree(IMAGES), accepted=[PROJECT])
    assert not plan.refusals, plan.refusals
    await client.create_dataset(project_id=1001, name="Mine", uploads=ONE_BY_ONE, training_version="fibo")
    ran = await world.execute(plan)
    assert [dataset.name for dataset in world.datasets()] == ["Mine"]
    assert world.trainings() == 0
    return str(ran) if ran.code else ""


async def old(setting: Setting) -> str:
    """A project of the prefix family that was there before goes on under the documents of today."""
    world = World(path=setting.folder / "account.db")
    assert not await setting.applied(world, world.tree(IMAGES))
    world.becomes(**setting.switches)
    tree = world.tree({**IMAGES, "jump": "jumping high."}, prefix=OTHER_PREFIX)
    notes = today(await world.plan(tree), await observe(world.client(), tree, NOTHING_ASKED))
    beforehand = "\n".join(note.text for note in notes)
    if said := await setting.goes_on(world, tree):
        assert world.trainings() == 1
        left = [model.status for model in world.models() if model.status != "Deleted"]
        assert left in (["Completed"], ["Completed", "Created"]), left
        return f"{beforehand}\n{said}"
    assert (await world.plan(tree)).is_empty
    trained_once(world, 2)
    return beforehand if world.models()[-1].training_version == "fibo" else ""


async def new(setting: Setting) -> str:
    """A first project of the prefix family under the documents of today."""
    world = setting.world()
    if said := await setting.goes_on(world, world.tree(IMAGES)):
        assert world.trainings() == 0
        return said
    tree = world.tree(IMAGES, prefix=OTHER_PREFIX)
    if said := await setting.goes_on(world, tree):
        assert world.trainings() == 1
        return said
    assert (await world.plan(tree)).is_empty
    trained_once(world, 2)
    return ""


# ---------------------------------------------------------------- in an archive
async def archive(setting: Setting) -> str:
    """A first archive, then a clone of what it brought: another prefix, an image less, another caption."""
    world = setting.world()
    after = {"wave": "waves a hand.", "jump": "jumps."}
    return await _archived(setting, world, advanced(world, DECLARED), advanced(world, after, prefix=OTHER_PREFIX))


async def schema_archive(setting: Setting) -> str:
    """The same with schemas: no caption travels."""
    world = setting.world()
    after: dict[str, str | None] = {**dict.fromkeys(("wave", "sit", "run", "read")), "jump": '{"action": "jumps."}'}
    before = advanced(world, {**after, "fly": '{"action": "flies."}'}, guide=SCHEMA)
    return await _archived(setting, world, before, advanced(world, after, guide=OTHER_SCHEMA))


async def _archived(setting: Setting, world: World, *trees: Desired) -> str:
    for place, tree in enumerate(trees):
        if said := await setting.applied(world, tree):
            assert attempts(world) <= 1
            assert world.trainings() == place
            assert len([one for one in world.datasets() if one.status == "completed"]) >= place
            return said
        assert (await world.plan(tree)).is_empty
    assert (attempts(world), world.trainings()) == (1, len(trees))
    return ""


async def spoilt(setting: Setting) -> str:
    """First no image of the archive can be taken, then the archive is gone before it is fetched; the third is sound."""
    world = setting.world()
    world.limits = Limits(image_removals_percent=100)
    small = world.tree(DECLARED, uploads=Archive(), side=300, bytes_of={name: f"small {name}" for name in DECLARED})
    tree = advanced(world, DECLARED)
    assert await setting.applied(world, small)
    world.tap.at("POST /images/bulk-upload", partial(remove_archives, setting.archives))
    assert await setting.applied(world, tree)
    assert not [one for one in world.datasets() if one.status == "completed"]
    assert world.trainings() == 0
    world.clock.advance(2 * 24 * 3600)
    if said := await setting.goes_on(world, tree):
        assert world.trainings() == 0
        return said
    assert (await world.plan(tree)).is_empty
    assert world.captions(newest(world)) == DECLARED
    trained_once(world, 1)
    return ""
