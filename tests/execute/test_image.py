"""Images: each uploaded once, each removed by its id."""

from dataclasses import replace
from typing import cast

import pytest

from reconciler.core.action import UploadImage
from reconciler.core.event import Outcome
from reconciler.core.wish import WishImage
from reconciler.simulator import Instead, console
from reconciler.simulator.request import answer
from tests.execute.world import Bytes, Pictures, World, png

IMAGES = {"wave": None, "jump": "jumping.", "sit": None}


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "500_after", "502_after", "truncated", "html"])
async def test_uploads_that_are_not_answered(fault: str) -> None:
    """An image is found by its digest or sent again; never twice (F02 to F05, F07)."""
    world = World(faults=[f"POST /tailored-gen/datasets/*/images#2:{fault}"])
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert len(world.images_of(world.dataset("poses"))) == 3
    assert (await world.plan(tree)).is_empty


async def test_an_upload_that_stays_lost() -> None:
    """An upload that never arrives is unknown, and the dataset is not completed with fewer images."""
    world = World(faults=["POST /tailored-gen/datasets/*/images#1-9:lost_request"])
    ran = await world.apply(world.tree(IMAGES), concurrency=1)
    assert ran.outcomes()[Outcome.UNKNOWN] == 3
    assert world.dataset("poses").status == "draft"
    assert ran.code == 1


async def test_an_upload_that_arrives_twice_or_late() -> None:
    """F06, F09: the second copy is removed by the next run, listed in its plan."""
    world = World(faults=["POST /tailored-gen/datasets/*/images#2:twice"])
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert "1 image too many" in ran.of("complete").detail
    plan = await world.plan(tree)
    assert [action.id for action in plan.actions if "remove" in action.id]
    assert (await world.execute(plan)).code == 0
    assert len(world.images_of(world.dataset("poses"))) == 3


@pytest.mark.parametrize("switches", [{"caption_failure": "500"}, {"caption_failure": "null_caption"}])
async def test_a_captioner_that_fails(switches: dict[str, str]) -> None:
    """U14: the image is kept and its caption regenerated."""
    world = World(switches=switches)
    tree = world.tree({"wave": None})
    assert await world.settle(tree) >= 1
    assert len(world.images_of(world.dataset("poses"))) == 1


async def test_refused_images() -> None:
    """F15: an image that is refused fails, the others go on, the dataset is not completed."""
    world = World(switches={"resolution_rule": "shorter_side_inclusive"})
    tree = world.tree(IMAGES)
    small = world.images.add("tiny", None, png("tiny", side=100))
    (dataset,) = tree.datasets.values()
    wider = replace(dataset, images=tuple(sorted((*dataset.images, small), key=lambda one: one.digest)))
    ran = await world.apply(tree.updated(wider))
    assert ran.of("upload tiny").detail.startswith("the API refused tiny.png: ")
    assert len(world.images_of(world.dataset("poses"))) == 3
    assert world.dataset("poses").status == "draft"
    assert ran.code == 1


async def test_a_refusal_of_what_is_there() -> None:
    """U28: a 409 for an image that is there already counts as uploaded (F14)."""
    world = World(switches={"duplicate_content": "409"}, faults=["POST /tailored-gen/datasets/*/images#2:late:5"])
    ran = await world.apply(world.tree(IMAGES), settle=4.0)
    assert ran.code == 0, ran
    assert len(world.images_of(world.dataset("poses"))) == 3


async def test_an_image_that_was_uploaded_meanwhile() -> None:
    """An image that the draft holds already is not sent."""
    world = World(faults=["POST /tailored-gen/datasets/*/images#1:500"], latency=lambda: 0.1)
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    uploads = [action for action in plan.actions if "upload" in action.id]
    again = replace(uploads[0], id="again", needs=tuple(one.id for one in uploads))
    ran = await world.execute(replace(plan, actions=(*plan.actions, again)), staleness=0.0)
    assert ran.of("again").detail == "is there already"


async def test_an_image_that_the_plan_does_not_know() -> None:
    """A key that the wish does not hold is not uploaded."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    (upload, *_) = [action for action in plan.actions if "upload" in action.id]
    strange = replace(upload, id="strange", step=UploadImage(key="a0000000000000000"))
    ran = await world.execute(replace(plan, actions=(*plan.actions[:3], strange)))
    assert "holds no image a0000000000000000" in ran.of("strange").detail


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "503_after"])
async def test_removals_that_are_not_answered(fault: str) -> None:
    """A removal is looked at, and repeated where the image is still there."""
    world = World(faults=[f"DELETE /tailored-gen/datasets/*/images/*:{fault}"])
    await world.apply(world.tree(IMAGES))
    tree = world.tree({"wave": None, "sit": None})
    ran = await world.apply(tree)
    assert ran.code == 0
    assert set(world.captions(world.dataset("poses v2"))) == {"wave", "sit"}


async def test_an_image_that_is_gone_already() -> None:
    """What a person removed before us is removed."""
    world = World()
    await world.apply(world.tree(IMAGES))
    plan = await world.plan(world.tree({"wave": None, "sit": None}))
    jump = world.image(world.dataset("poses v1"), "jump")
    world.tap.after_at("POST /clone", lambda: console.delete_image(world.simulator, jump.id + 3))
    ran = await world.execute(plan, patience=5.0)
    assert ran.of("remove").detail == "is gone already"
    assert ran.code == 0


async def test_an_image_that_goes_while_it_is_removed() -> None:
    """U37: a 404 at the removal counts as removed."""
    world = World()
    await world.apply(world.tree(IMAGES))
    plan = await world.plan(world.tree({"wave": None, "sit": None}))
    jump = world.image(world.dataset("poses v1"), "jump").id + 3
    world.tap.at(f"DELETE /{jump}", lambda: console.delete_image(world.simulator, jump))
    ran = await world.execute(plan)
    assert ran.of("remove").detail == "removed"


async def test_a_removal_that_is_refused() -> None:
    """A draft that was completed by hand meanwhile takes no removal, and the branch says so."""
    world = World()
    await world.apply(world.tree(IMAGES))
    plan = await world.plan(world.tree({"wave": None, "sit": None}))
    jump = world.image(world.dataset("poses v1"), "jump").id + 3
    world.tap.at(f"DELETE /{jump}", lambda: console.edit_dataset(world.simulator, 200002, status="completed"))
    ran = await world.execute(plan)
    assert "completed by hand" in ran.of("remove").detail
    assert ran.code == 1


async def test_a_second_copy_that_became_the_only_one() -> None:
    """Of two images with one digest the planned one stays where the other is gone by now."""
    world = World(faults=["POST /tailored-gen/datasets/*/images#2:twice"])
    tree = world.tree(IMAGES)
    await world.apply(tree)
    world.clock.advance(20)
    plan = await world.plan(tree)
    (removal,) = [action for action in plan.actions if "remove" in action.id]
    images = world.images_of(world.dataset("poses"))
    (keep,) = [one for one in images if one.id == removal.step.id]  # type: ignore[union-attr]
    (lower,) = [one for one in images if one.image_name == keep.image_name and one.id != keep.id]
    console.delete_image(world.simulator, lower.id)
    ran = await world.execute(plan)
    assert ran.of("remove").detail == "is gone already"
    assert ran.code == 0
    assert keep in world.images_of(world.dataset("poses"))


async def test_a_text_on_the_second_copy() -> None:
    """What a person wrote on the copy that goes is written to the one that stays."""
    world = World(faults=["POST /tailored-gen/datasets/*/images#1:twice"])
    tree = world.tree({"wave": None})
    await world.apply(tree)
    world.clock.advance(20)
    console.edit_image(world.simulator, world.images_of(world.dataset("poses"))[1].id, caption="by hand.")
    assert await world.settle(tree) == 1
    assert world.captions(world.dataset("poses v1 (")) == {"wave": "by hand."}


async def test_a_digest_that_gets_lost() -> None:
    """U27: an image that comes back under a name without its digest stops the dataset."""
    world = World()

    def lose() -> None:
        raise Instead(answer(201, {"id": 3000001, "dataset_id": 200001, "image_name": "wave.png"}))

    world.tap.after_at("POST /images", lose)
    ran = await world.apply(world.tree({"wave": None}))
    assert "its digest is lost" in ran.of("upload").detail
    assert ran.code == 1


async def test_a_file_that_is_gone() -> None:
    """A file that was there when it was hashed and is not now fails its upload."""
    world = World()
    tree = world.tree({"wave": None})
    (dataset,) = tree.datasets.values()
    world.images.remove(dataset.images[0])
    ran = await world.apply(tree)
    assert ran.of("upload").detail == "images/wave.png cannot be read: No such file or directory"


async def test_a_file_that_changed() -> None:
    """F36: other bytes than were hashed are not uploaded."""
    world = World()
    tree = world.tree({"wave": None})
    (dataset,) = tree.datasets.values()
    world.images.change(dataset.images[0], png("another picture"))
    ran = await world.apply(tree)
    assert ran.of("upload").outcome is Outcome.FAILED
    assert world.images_of(world.dataset("poses")) == []


async def test_a_source_for_another_file() -> None:
    """I17: bytes with another digest than the name says are not even offered."""
    world = World()
    tree = world.tree({"wave": None})
    plan = await world.plan(tree)
    true, store = plan.wishes[0].images[0], world.images
    other = replace(true, digest="f" * 64)

    class Confused:
        def source(self, image: WishImage) -> Bytes:
            return store.source(true)

    world.images = cast("Pictures", Confused())
    wishes = (replace(plan.wishes[0], images=(other,)),)
    ran = await world.execute(replace(plan, wishes=wishes))
    assert ran.of("upload").detail == "images/wave.png is not the file that was planned; plan again"


async def test_a_removal_that_is_refused_for_no_known_reason() -> None:
    """A refused removal of an image that is still there fails in the API's words; of one that is gone it is done."""
    for gone in (False, True):
        world = World()
        await world.apply(world.tree(IMAGES))
        plan = await world.plan(world.tree({"wave": None, "sit": None}))
        jump = world.image(world.dataset("poses v1"), "jump").id + 3

        def refuse(world: World = world, jump: int = jump, gone: bool = gone) -> None:
            if gone:
                console.delete_image(world.simulator, jump)
            raise Instead(answer(409, {"message": "Not today"}))

        world.tap.at(f"DELETE /{jump}", refuse)
        ran = await world.execute(plan)
        assert ran.of("remove").outcome is (Outcome.SUCCEEDED if gone else Outcome.FAILED)
        assert gone or "refused to remove" in ran.of("remove").detail


async def test_an_upload_that_is_refused_and_there() -> None:
    """F14: a refusal of an image that the draft holds is success by observation."""
    world = World()

    def refuse() -> None:
        raise Instead(answer(400, {"message": "Bad"}))

    world.tap.after_at("POST /images", refuse)
    ran = await world.apply(world.tree({"wave": None}))
    assert ran.code == 0
