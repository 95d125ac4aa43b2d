"""A dataset that people made and git adopted, before every way in which the API may clone, list and rename it."""

from dataclasses import dataclass, replace

import pytest

from reconciler.core.adoption import Adopted, Adoption
from reconciler.core.desired import Desired
from reconciler.core.look.adopting import Finding, Place, find_dataset, find_model
from reconciler.core.look.likeness import likenesses
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.observe import known_lists
from tests.by_hand import ByHand, Picture
from tests.execute.world import DATASET, MODEL, PREFIX, Ran, World, png

IMAGES = {"wave": None, "jump": "jumping.", "sit": None, "read": None, "paint": None}
SWAPPED = {"wave": None, "jump": "jumping.", "sit": None, "read": None, "bench": None}
BY_PERSON = "sitting, as a person wrote."


@dataclass
class HandMade:
    """A world that people filled, and what git adopted of it."""

    world: World
    adoption: Adoption

    def tree(self, images: dict[str, str | None]) -> Desired:
        """A tree of these images."""
        return replace(self.world.tree(images), adopted=self.adoption)

    async def plan(self, images: dict[str, str | None]) -> Plan:
        return await self.world.plan(self.tree(images))

    async def apply(self, images: dict[str, str | None]) -> Ran:
        """Plan and execute with one client, as a command does."""
        self.world.clock.advance(20)
        client = self.world.client()
        plan = await self.world.plan(self.tree(images), client=client)
        assert not plan.refusals, [refusal.summary for refusal in plan.refusals]
        return await self.world.execute(plan, client=client)


async def made(**switches: str) -> HandMade:
    """A dataset with a person's caption and one picture twice, and a trained model; adopted by one who sees the pictures."""
    world = World(switches=switches)
    hand, tree = ByHand(world.simulator), world.tree(IMAGES)
    project = hand.project("Branded Character", ip_medium="illustration", ip_name="Lora", ip_description="a girl")
    captions = {**IMAGES, "sit": BY_PERSON}
    pictures = [Picture(f"{name} 1.png", png(name, 300), captions[name]) for name in IMAGES]
    dataset = hand.dataset(project, "Mine", [*pictures, Picture("copy.png", png("wave", 300))], guide=PREFIX)
    model = hand.model(dataset, "My model", training_version="max")
    declared, place = tree.datasets[DATASET], Place(account=project, project=project)
    digests = {f"{image.name.removesuffix('.png')} 1.png": image.digest for image in declared.images}
    digests["copy.png"] = digests["wave 1.png"]
    world.clock.advance(20)
    client = world.client()
    live, trained = await client.get_dataset(dataset), await client.get_model(model)
    assert live is not None
    assert trained is not None
    images = likenesses(
        live.images or (),
        declared.images,
        guide=live.guide,
        distance=lambda image, file: 0.0 if digests[image.image_name] == file.digest else 60.0,
        seen=[image.id for image in live.images or ()],
    )
    entries: dict[Ref, Adopted] = {DATASET: find_dataset(declared, live, images, place).entry}
    known = await known_lists(client, Adoption(entries))
    found = find_model(tree.models[MODEL], trained, tree, known, place)
    assert isinstance(found, Finding)
    return HandMade(world=world, adoption=Adoption({**entries, MODEL: found.entry}))


@pytest.mark.parametrize(
    "switch",
    [
        "",
        "clone_mode=async_images",
        "clone_mode=captions_reset",
        "clone_caption_source=automatic",
        "clone_caption_source=null",
        "clone_name=ignored",
        "clone_prefix=default",
        "images_list=unordered",
        "put_semantics=replace",
        "combined_put=409",
        "id_type=numeric_string",
        "list_lag_seconds=5",
        "response_trim=trimmed",
        "caption_timing=delayed",
    ],
)
async def test_one_image_swapped_is_one_clone_one_upload_one_training(switch: str) -> None:
    """Images that people named stay without being sent again, the copy goes, and what a person wrote is kept."""
    here = await made(**dict([switch.split("=")] if switch else []))
    named = await here.apply(IMAGES)
    assert named.code == 0, str(named)
    here.world.clock.advance(20)
    assert (await here.plan(IMAGES)).is_empty
    world = here.world
    assert (world.commits("POST", "/clone"), world.trainings()) == (0, 1)
    (note,) = [note for note in (await here.plan(SWAPPED)).notes if note.rule == "adopted-copies"]
    assert note.text == "1 image is left out of the next version: people uploaded the same picture twice"
    swapped = await here.apply(SWAPPED)
    assert swapped.code == 0, str(swapped)
    assert "1 copy of a picture removed" in str(swapped)
    world.clock.advance(20)
    assert (await here.plan(SWAPPED)).is_empty
    assert (world.commits("POST", "/clone"), world.trainings()) == (1, 2)
    assert world.commits("POST", "/images") == len(IMAGES) + 1 + 1
    second = world.dataset("poses v2 (")
    images = {image.image_name or "": image for image in world.images_of(second)}
    assert sorted(images)[1:] == ["jump 1.png", "read 1.png", "sit 1.png", "wave 1.png"]
    assert images["sit 1.png"].caption == BY_PERSON
    assert images["jump 1.png"].caption == "jumping."


@pytest.mark.parametrize("names", ["regenerated", "null"])
async def test_a_clone_that_loses_the_names_is_left_alone(names: str) -> None:
    """Nothing tells its images apart then. Nothing is trained, and the refusal says how to go on."""
    here = await made(clone_image_names=names)
    await here.apply(IMAGES)
    ran = await here.apply(SWAPPED)
    assert ran.code == 4
    assert "lost the digest in the name" in str(ran)
    assert here.world.trainings() == 1


async def test_a_name_that_is_not_changed_stops_nothing() -> None:
    """The next version is cloned from it all the same."""
    here = await made(rename_completed="409")
    first = await here.apply(IMAGES)
    assert first.code == 0
    assert "adopted under the name that people gave" in first.report.notes[0]
    second = await here.apply(SWAPPED)
    assert second.code == 0, str(second)
    assert here.world.datasets()[0].name == "Mine"
    plan = await here.plan(SWAPPED)
    assert {change.kind for change in plan.changes} == {"rename"}


async def test_another_manifests_version_is_never_taken_away() -> None:
    """An entry that names it is refused, and the version counts where its name says."""
    here = await made()
    await here.apply(IMAGES)
    entry = here.adoption.entries[DATASET]
    stolen = Adoption({Ref(DATASET.kind, "other"): replace(entry, ref=Ref(DATASET.kind, "other"))})
    tree = here.tree(IMAGES)
    other = replace(tree.datasets[DATASET], ref=Ref(DATASET.kind, "other"))
    plan = await here.world.plan(replace(tree.updated(other), adopted=stolen))
    (refusal,) = [one for one in plan.refusals if one.rule == "adopted-owned"]
    assert "by its name it is a version of poses" in refusal.summary
    assert not [change for change in plan.changes if change.ref == DATASET]
