"""Datasets whose images come in one archive, from nothing to trained, through the simulator and over real sockets."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from reconciler.core.action import UploadArchive
from reconciler.core.change import DatasetChange
from reconciler.core.desired import Desired
from reconciler.core.planning.plan_file import dump_plan
from reconciler.core.reason import Why
from reconciler.execute import Archives, Brake
from reconciler.simulator import Dropped, Instead, Request, Response, console
from reconciler.simulator.captioner import caption as automatic
from reconciler.simulator.request import answer
from tests.execute.archives import DECLARED, NONE, advanced, attempts, newest, remove_archives, stored
from tests.execute.world import DATASET, SCHEMA, Killed, World, kill, png

BULK = "POST /images/bulk-upload"


def small(world: World, tree: Desired, name: str) -> Desired:
    """The tree with one image of 300 pixels, which no archive may hold: the API leaves it out."""
    dataset = tree.datasets[DATASET]
    files = [one for one in dataset.images if one.name != f"{name}.png"]
    files.append(world.images.add(name, "is small.", png(name, 300)))
    return tree.updated(replace(dataset, images=tuple(sorted(files, key=lambda one: one.digest))))


# ---------------------------------------------------------------- what goes well
@pytest.mark.parametrize("knob", ["ready", "later"])
async def test_a_first_training_with_every_caption_in_the_archive(archives: Archives, knob: str) -> None:
    """One archive, one request, and no caption is written by a call of its own (V67)."""
    world = World(switches={"bulk_caption_timing": knob})
    tree = advanced(world, DECLARED)
    ran = await world.apply(tree, archives=archives)
    assert ran.code == 0, ran
    assert ran.of("v1 archive").detail == "3 images arrived; the API counts 3 found in the archive, 3 taken"
    assert world.captions(world.dataset("poses v1 (")) == DECLARED
    assert (attempts(world), world.commits("POST", "/images"), world.trainings()) == (1, 0, 1)
    assert not [entry for entry in world.simulator.log if entry.method == "PUT" and "/images" in entry.path]
    assert (await world.plan(tree)).is_empty
    (path,) = stored(archives)
    with zipfile.ZipFile(path) as zipped:
        names = zipped.namelist()
        assert sorted(name.partition(".")[0] for name in names) == ["jump", "jump", "sit", "sit", "wave", "wave"]
        assert {zipped.read(name).decode() for name in names if name.endswith(".txt")} == set(DECLARED.values())


@pytest.mark.parametrize("images", [NONE, {**NONE, "jump": "jumps."}], ids=["none", "some"])
@pytest.mark.parametrize("knob", ["ready", "later"])
async def test_captions_that_git_does_not_declare_are_the_apis(
    archives: Archives, images: Mapping[str, str | None], knob: str
) -> None:
    """Declared ones are written one by one, after the automatic ones are there."""
    world = World(switches={"bulk_caption_timing": knob})
    ran = await world.apply(advanced(world, images), archives=archives)
    assert ran.code == 0, ran
    for image in world.images_of(newest(world)):
        label = (image.image_name or "").partition(".")[0]
        assert image.caption == (
            images[label] or automatic(newest(world).caption_prefix, image.image_name, image.sha256)
        )
    with zipfile.ZipFile(stored(archives)[0]) as zipped:
        assert all(name.endswith(".png") for name in zipped.namelist())


@pytest.mark.parametrize("era", ["current", "mixed"])
async def test_the_schema_family_writes_declared_captions_one_by_one(archives: Archives, era: str) -> None:
    """V86: no text travels; an image more is a new archive there too."""
    world, guide = World(switches={"era": era}), SCHEMA
    images = {**dict.fromkeys(("wave", "sit", "fly", "run")), "jump": '{"action": "jumping."}'}
    ran = await world.apply(advanced(world, images, guide=guide), archives=archives)
    assert ran.code == 0, ran
    assert world.captions(newest(world))["jump"] == '{"action": "jumping."}'
    with zipfile.ZipFile(stored(archives)[0]) as zipped:
        assert all(name.endswith(".png") for name in zipped.namelist())
    world.clock.advance(4 * 3600)
    more = advanced(world, {**images, "more": None}, guide=guide)
    assert (await world.apply(more, archives=archives)).code == 0
    assert (await world.plan(more)).is_empty
    assert attempts(world) == 2


async def test_a_caption_of_several_lines_travels_as_one_and_is_then_written_as_it_is(archives: Archives) -> None:
    """V59: nothing says what becomes of a second line."""
    world = World()
    tree = advanced(world, {**DECLARED, "jump": "jumps\nhigh."})
    plan = await world.plan(tree)
    (change,) = plan.changes_of(DATASET)
    assert isinstance(change, DatasetChange)
    assert change.captions_after_archive == 1
    assert (await world.execute(plan, archives=archives)).code == 0
    assert world.captions(newest(world))["jump"] == "jumps\nhigh."


async def test_editing_captions_and_removing_images_clones(archives: Archives) -> None:
    """No second archive: a clone holds the images already."""
    world = World()
    assert (await world.apply(advanced(world, DECLARED), archives=archives)).code == 0
    world.clock.advance(4 * 3600)
    edited = advanced(world, {"wave": "waves a hand.", "jump": "jumps."})
    ran = await world.apply(edited)
    assert ran.code == 0, ran
    assert ran.plan.cost.calls == ran.report.calls
    assert world.captions(newest(world)) == {"wave": "waves a hand.", "jump": "jumps."}
    assert attempts(world) == 1
    assert (await world.plan(edited)).is_empty


async def test_an_image_more_is_a_new_dataset_and_a_new_archive(archives: Archives) -> None:
    """The plan says it beforehand, with its bytes and why; what people wrote is carried over."""
    world = World()
    assert (await world.apply(advanced(world, NONE), archives=archives)).code == 0
    console.edit_image(world.simulator, world.image(newest(world), "sit").id, caption="sits on a wall.")
    world.clock.advance(4 * 3600)
    tree = advanced(world, {**NONE, "fly": "flies."})
    plan = await world.plan(tree)
    (change,) = plan.changes_of(DATASET)
    assert (change.reason.why, change.reason.number) == (Why.TAKES_NO_IMAGE, 4)
    assert plan.cost.uploads == 4
    assert plan.cost.bytes == sum(image.size for image in tree.datasets[DATASET].images)
    ran = await world.execute(plan, archives=archives)
    assert ran.code == 0, ran
    assert world.captions(newest(world))["sit"] == "sits on a wall."
    assert world.captions(newest(world))["fly"] == "flies."
    assert (len(world.datasets()), attempts(world), len(stored(archives))) == (2, 2, 2)
    assert (await world.plan(tree)).is_empty


async def test_another_upload_type_is_a_new_dataset(archives: Archives) -> None:
    """The API never changes it, so the plan says that a fresh dataset is made, although its images are the same."""
    world = World()
    assert (await world.apply(world.tree(NONE, side=1024))).code == 0
    world.clock.advance(4 * 3600)
    tree = advanced(world, NONE)
    plan = await world.plan(tree)
    (change,) = plan.changes_of(DATASET)
    reason = change.reason
    assert (reason.why, reason.before, reason.after) == (Why.UPLOAD_TYPE_CHANGED, "basic", "advanced")
    ran = await world.execute(plan, archives=archives)
    assert ran.code == 0, ran
    assert newest(world).upload_type == "advanced"


async def test_the_same_images_are_stored_once(archives: Archives) -> None:
    """Put if absent: another account, or a second attempt, finds the archive in the store."""
    for _ in range(2):
        world = World()
        assert (await world.apply(advanced(world, DECLARED), archives=archives)).code == 0
    assert len(stored(archives)) == 1


# ---------------------------------------------------------------- what goes wrong before anything is spent
async def test_without_a_store_nothing_is_sent() -> None:
    world = World()
    ran = await world.apply(advanced(world, DECLARED))
    assert (ran.code, attempts(world)) == (4, 0)
    assert "no archive store is named" in str(ran)


async def test_a_store_that_cannot_be_written_spends_nothing(archives: Archives, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.rmdir()
    folder.write_text("a file")
    world = World()
    tree = advanced(world, DECLARED)
    ran = await world.apply(tree, archives=archives)
    assert (ran.code, attempts(world)) == (4, 0)
    assert f"file://{folder} cannot be used" in str(ran)
    folder.unlink()
    assert (await world.apply(tree, archives=archives)).code == 0
    assert attempts(world) == 1


async def test_an_archive_that_is_gone_before_it_can_be_read_spends_nothing(archives: Archives) -> None:
    def taken_away() -> datetime:
        remove_archives(archives)
        return archives.now()

    world = World()
    ran = await world.apply(advanced(world, DECLARED), archives=replace(archives, now=taken_away))
    assert (ran.code, attempts(world)) == (4, 0)
    assert "does not show the archive that was just stored there; no archive was sent to the API" in str(ran)


async def test_what_the_api_says_of_an_address_is_never_told(archives: Archives) -> None:
    """An answer may repeat the address, whole or cut: nothing of it reaches a report, a plan or an event."""
    world = World()
    seen: list[str] = []

    def refuse() -> None:
        url = seen[-1]
        words = {"message": f"cannot read {url}, that is {url[:60]}... or {url.rpartition('/')[2]}"}
        raise Instead(answer(400, words))

    class Reader:
        """A hook that looks at the address, as the API does."""

        def before(self, request: Request) -> None:
            if request.path.endswith("/bulk-upload"):
                seen.append(json.loads(request.body)["zip_url"])
                refuse()

        def after(self, request: Request, response: Response) -> None:
            """It let the request through."""

    world.simulator.hooks.append(Reader())
    ran = await world.apply(advanced(world, DECLARED), archives=archives)
    assert ran.code == 1
    assert "the API refused the archive: cannot read ***" in str(ran)
    secret = seen[-1].rpartition("/")[2].removesuffix(".zip")
    assert len(secret) > 40
    for text in (str(ran), repr(ran.events), repr(ran.report), dump_plan(ran.plan)):
        assert secret not in text
        assert secret[:24] not in text


async def test_a_file_that_changed_since_the_plan_spends_nothing(archives: Archives) -> None:
    world = World()
    tree = advanced(world, DECLARED)
    plan = await world.plan(tree)
    image = tree.datasets[DATASET].images[0]
    world.images.change(image, png("other", 1024))
    ran = await world.execute(plan, archives=archives)
    assert (ran.code, attempts(world)) == (1, 0)
    assert f"{image.path} is not the file that was planned; plan again" in str(ran)
    assert not stored(archives)


async def test_a_file_that_is_gone_spends_nothing(archives: Archives) -> None:
    world = World()
    tree = advanced(world, DECLARED)
    plan = await world.plan(tree)
    world.images.remove(tree.datasets[DATASET].images[0])
    ran = await world.execute(plan, archives=archives)
    assert (ran.code, attempts(world)) == (1, 0)
    assert "cannot be read" in str(ran)


async def test_a_run_that_is_stopped_while_it_packs_spends_nothing(archives: Archives) -> None:
    world, brake = World(), Brake()
    world.tap.after_at("PUT /datasets/200001", brake.pull)
    tree = advanced(world, DECLARED)
    ran = await world.apply(tree, archives=archives, brake=brake)
    assert (ran.code, attempts(world)) == (1, 0)
    assert (await world.apply(tree, archives=archives)).code == 0


# ---------------------------------------------------------------- what goes wrong with the one attempt
async def test_images_that_the_api_does_not_take_are_named_and_nothing_is_completed(archives: Archives) -> None:
    """V58, V81: the plan names them until they are mended, or until somebody asks for another try."""
    world = World()
    tree = small(world, advanced(world, DECLARED), "bad")
    ran = await world.apply(tree, archives=archives)
    assert ran.code == 1
    assert '1 of 4 images did not arrive: "bad.png" (412, "The image is 300 x 300' in ran.of("v1 archive").detail
    assert [dataset.status for dataset in world.datasets()] == ["draft"]
    assert world.trainings() == 0
    plan = await world.plan(tree)
    (refusal,) = plan.refusals
    assert refusal.rule == "archive-images-failed"
    assert '"bad.png" (412, "The image is 300 x 300' in refusal.summary
    mended = advanced(world, DECLARED)
    ran = await world.apply(mended)
    assert ran.code == 0, ran
    assert (attempts(world), len(world.datasets())) == (1, 1)
    assert world.captions(newest(world)) == DECLARED


async def test_the_same_archive_is_sent_again_only_where_somebody_asks(archives: Archives) -> None:
    world = World()
    tree = small(world, advanced(world, DECLARED), "bad")
    await world.apply(tree, archives=archives)
    plan = await world.plan(tree, accepted=[DATASET])
    assert not plan.refusals
    (change,) = plan.changes_of(DATASET)
    assert change.reason.why is Why.DRAFT_TAKES_NO_IMAGE
    ran = await world.execute(plan, archives=archives)
    assert ran.code == 1
    names = [dataset.name.rpartition(" ")[2] for dataset in world.datasets()]
    assert (attempts(world), names[0]) == (2, "spent")


@pytest.mark.parametrize("is_told", [True, False], ids=["status", "forgotten"])
async def test_an_archive_that_cannot_be_fetched_spends_the_draft_and_the_next_apply_begins_another(
    archives: Archives, *, is_told: bool
) -> None:
    """V52: never a second try in the same dataset, also where the API has forgotten the first (V82)."""
    world = World(switches={"zip_fetch": "delayed", "bulk_status_retention": "kept" if is_told else "404"})
    tree = advanced(world, DECLARED)
    world.tap.after_at(BULK, partial(remove_archives, archives))
    ran = await world.apply(tree, archives=archives)
    assert ran.code == 1
    assert "the next apply begins a new draft" in str(ran)
    assert world.datasets()[0].name.endswith(" spent")
    world.clock.advance(2 * 24 * 3600)
    ran = await world.apply(tree, archives=archives)
    assert ran.code == 0, ran
    assert (attempts(world), len(world.datasets()), world.trainings()) == (2, 2, 1)
    assert newest(world).name.startswith("poses v2 (")
    plan = await world.plan(tree)
    assert plan.is_empty
    assert [note.rule for note in plan.notes] == ["spent-draft"]


@pytest.mark.parametrize("is_told", [True, False], ids=["status", "forgotten"])
async def test_a_failed_archive_that_nobody_saw_fail(archives: Archives, *, is_told: bool) -> None:
    """The run was cut off: the plan reads the status, or the API refuses a second archive; either way a new draft."""
    world = World(switches={"zip_fetch": "delayed", "bulk_status_retention": "kept" if is_told else "404"})
    tree = advanced(world, DECLARED)
    world.tap.after_at(BULK, partial(remove_archives, archives))
    world.tap.at("GET /bulk-upload/status", kill, turn=2)
    with pytest.raises(Killed):
        await world.apply(tree, archives=archives)
    world.clock.advance(3600)
    await world.plan(tree)  # the world notices that the hour has passed
    world.clock.advance(2 * 24 * 3600)
    plan = await world.plan(tree)
    (change,) = plan.changes_of(DATASET)
    assert change.reason.why is (Why.ARCHIVE_FAILED if is_told else Why.DRAFT_TO_COMPLETE)
    assert await world.settle(tree, archives=archives) <= 2
    assert (len(world.datasets()), world.trainings()) == (2, 1)
    assert world.datasets()[0].name.endswith(" spent")


async def test_archives_that_come_to_nothing_again_and_again_are_not_sent_for_ever(archives: Archives) -> None:
    world = World(switches={"zip_fetch": "delayed"})
    tree = advanced(world, DECLARED)
    for _ in range(2):
        world.tap.after_at(BULK, partial(remove_archives, archives))
        assert (await world.apply(tree, archives=archives)).code == 1
        world.clock.advance(600)
    assert (attempts(world), len(world.datasets())) == (2, 2)
    assert (await world.plan(tree)).is_empty is False


async def test_an_archive_that_is_under_way_is_waited_for(archives: Archives) -> None:
    """A run that was cut off after its request: the next one sends nothing, and needs no store."""
    world = World(switches={"bulk_seconds": "600"})
    tree = advanced(world, DECLARED)
    world.tap.at("GET /bulk-upload/status", kill, turn=3)
    with pytest.raises(Killed):
        await world.apply(tree, archives=archives)
    plan = await world.plan(tree)
    (change,) = plan.changes_of(DATASET)
    assert change.reason.why is Why.ARCHIVE_UNDER_WAY
    (step,) = [action.step for action in plan.actions if isinstance(action.step, UploadArchive)]
    assert step.is_sent
    assert (plan.cost.uploads, plan.cost.bytes) == (0, 0)
    ran = await world.execute(plan)
    assert ran.code == 0, ran
    assert (attempts(world), len(world.datasets())) == (1, 1)


async def test_an_archive_of_another_content_that_is_under_way_is_left_alone(archives: Archives) -> None:
    world = World(switches={"bulk_seconds": "600"})
    world.tap.at("GET /bulk-upload/status", kill, turn=3)
    with pytest.raises(Killed):
        await world.apply(advanced(world, DECLARED), archives=archives)
    other = advanced(world, {**DECLARED, "fly": "flies."})
    (refusal,) = (await world.plan(other)).refusals
    assert refusal.rule == "archive-under-way"
    world.clock.advance(3600)
    ran = await world.apply(other, archives=archives)
    assert ran.code == 0, ran
    assert (attempts(world), len(world.datasets())) == (2, 2)
    assert world.datasets()[0].name.endswith(" spent")


async def test_an_open_draft_takes_no_image_after_its_archive_and_what_people_wrote_in_it_is_kept(
    archives: Archives,
) -> None:
    """`status: draft`: people look at the captions, then an image is added."""
    world = World()
    assert (await world.apply(advanced(world, NONE, completed=False), archives=archives)).code == 0
    draft = world.datasets()[0]
    console.edit_image(world.simulator, world.image(draft, "sit").id, caption="sits on a wall.")
    tree = advanced(world, {**NONE, "fly": None})
    plan = await world.plan(tree)
    (change,) = plan.changes_of(DATASET)
    assert (change.reason.why, change.reason.id) == (Why.DRAFT_TAKES_NO_IMAGE, draft.id)
    assert isinstance(change, DatasetChange)
    assert [kept.text for kept in change.kept] == ["sits on a wall."]
    ran = await world.execute(plan, archives=archives)
    assert ran.code == 0, ran
    assert world.captions(newest(world))["sit"] == "sits on a wall."
    assert world.datasets()[0].name.endswith(" spent")
    assert (await world.plan(tree)).is_empty


async def test_a_draft_that_holds_all_is_completed_without_another_call_about_its_archive(archives: Archives) -> None:
    world = World()
    assert (await world.apply(advanced(world, NONE, completed=False), archives=archives)).code == 0
    ran = await world.apply(advanced(world, NONE))
    assert ran.code == 0, ran
    assert attempts(world) == 1


# ---------------------------------------------------------------- runs that are cut off, answers that are lost
async def test_a_run_that_is_cut_off_anywhere_goes_on(archives: Archives) -> None:
    """Whichever exchange was the last: one archive in each dataset, one training, and in sync."""
    for calls in range(1, 60):
        world = World()
        tree = advanced(world, DECLARED)
        world.tap.after_at(calls, kill)
        try:
            await world.apply(tree, archives=archives)
        except Killed:
            world.clock.advance(60)
        else:
            break
        await world.settle(tree, archives=archives)
        assert (attempts(world), world.trainings()) == (1, 1), calls
        assert world.captions(newest(world)) == DECLARED
    assert calls > 20


def lost_before() -> None:
    raise Dropped(committed=False)


def lost_after() -> None:
    raise Dropped(committed=True)


@pytest.mark.parametrize("status", ["404", "400", "200_pending"])
@pytest.mark.parametrize("is_done", [True, False], ids=["answer", "request"])
@pytest.mark.parametrize("fetch", ["once_at_start", "delayed", "retried"])
async def test_a_lost_answer_is_looked_up(archives: Archives, status: str, fetch: str, *, is_done: bool) -> None:
    """Never a second archive in one dataset, whatever the API says where there is none (U53)."""
    world = World(switches={"bulk_status_none": status, "zip_fetch": fetch})
    if is_done:
        world.tap.after_at(BULK, lost_after)
    else:
        world.tap.at(BULK, lost_before)
    tree = advanced(world, DECLARED)
    ran = await world.apply(tree, archives=archives)
    assert ran.code == 0, ran
    taken = [one for one in world.simulator.log if one.path.endswith("/bulk-upload") and one.status == 202]
    assert len(taken) == attempts(world) == 1
    assert (len(world.datasets()), world.trainings()) == (1, 1)


class Late:
    """A hook: the first archive is asked for so many seconds after its connection was lost."""

    def __init__(self, world: World, seconds: float) -> None:
        self._world = world
        self._seconds = seconds
        self._is_over = False

    def before(self, request: Request) -> None:
        if request.path.endswith("/bulk-upload") and not self._is_over:
            self._is_over = True
            self._world.simulator.later(self._seconds, request)
            raise Dropped(committed=False)

    def after(self, request: Request, response: Response) -> None:
        """It let the request through."""


async def test_a_late_request_does_no_harm(archives: Archives) -> None:
    """A request that commits after `settle`: the API takes one archive, and refuses the other."""
    world = World()
    world.simulator.hooks.append(Late(world, 60))
    assert (await world.apply(advanced(world, DECLARED), archives=archives)).code == 0
    world.clock.advance(120)
    assert (await world.plan(advanced(world, DECLARED))).is_empty
    assert attempts(world) == 1
