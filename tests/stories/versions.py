"""The stories of versions: what each change costs, told on a whole world and counted at the simulator.

Each story is told in both families, and says what it must cost there in its last step. `docs/versioning.md` prints the
same table.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from reconciler.core.desired import Absent, Desired
from reconciler.core.diff.diff import diff
from reconciler.core.guide import Family, Guide, PrefixGuide
from reconciler.core.limit import Limits
from reconciler.core.live import ModelStatus
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.planner import plan as make_plan
from reconciler.core.problem import Location
from reconciler.core.reason import Why
from reconciler.core.run_options import NOTHING_ASKED, RunOptions
from reconciler.core.training import TrainingPolicy
from reconciler.observe import observe
from reconciler.simulator import console
from tests.execute.world import DATASET, MODEL, OTHER_PREFIX, OTHER_SCHEMA, PREFIX, PROJECT, SCHEMA, Ran, World

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=3, models=1)
HOURS = 4 * 3600.0
"""Longer than any training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one step of a story costs: API calls of plan and apply, images uploaded, trainings started."""

    calls: int
    uploads: int
    trainings: int


GUIDES: Mapping[Family, tuple[Guide, Guide]] = {
    "prefix": (PrefixGuide(text=PREFIX), PrefixGuide(text=OTHER_PREFIX)),
    "schema": (SCHEMA, OTHER_SCHEMA),
}
"""The guide of each family with which a story begins, and the one to which it changes."""
NAMES: Mapping[Family, tuple[str, ...]] = {
    "prefix": ("wave", "jump", "sit"),
    "schema": ("wave", "jump", "sit", "run", "read"),
}
"""The images with which a story begins: as many as each family asks for, and no fewer than three."""
ERAS: Mapping[Family, str] = {"prefix": "legacy", "schema": "current"}


@dataclass(slots=True, kw_only=True)
class Stage:
    """A world in which a story is told, in one family; in the era in which that family is alone, if no other is given."""

    family: Family = "prefix"
    era: str = ""
    world: World = field(init=False)
    limits: Limits = field(default_factory=Limits)
    applies: list[tuple[int, int]] = field(default_factory=list)
    """Of each apply: the calls that its plan promised, and those that it made."""
    upload_path: ClassVar[str] = "/images"
    """Where its uploads go."""

    def __post_init__(self) -> None:
        self.begin()

    def begin(self, **switches: str) -> None:
        """An account with nothing in it."""
        self.world = World(switches={"era": self.era or ERAS[self.family], **switches})

    def images(self, *names: str, **words: str) -> dict[str, str | None]:
        """Images with their declared captions; if none is named, those of the beginning, `jump` with a caption."""
        captions = {"jump": "jumping."} | words
        return {name: self.said(captions[name]) if name in captions else None for name in names or NAMES[self.family]}

    def said(self, words: str) -> str:
        """A caption in the family's form."""
        return words if self.family == "prefix" else json.dumps({"action": words})

    def tree(self, images: Mapping[str, str | None] | None = None, *, other: bool = False, **words: object) -> Desired:
        """The tree of the beginning, with other images or another guide."""
        guide = GUIDES[self.family][other]
        return self.world.tree(self.images() if images is None else images, guide=guide, **words)  # type: ignore[arg-type]

    def edit(self, version: str, name: str, words: str) -> None:
        """A person writes a caption in the console."""
        image = self.world.image(self.world.dataset(version), name)
        console.edit_image(self.world.simulator, image.id, caption=self.said(words))

    async def plan(self, tree: Desired, asked: RunOptions = NOTHING_ASKED) -> Plan:
        observed = await observe(self.world.client(), tree, asked)
        found = diff(tree, observed, asked)
        return make_plan(found, subject=SUBJECT, limits=self.limits, calls=observed.calls)

    async def apply(self, tree: Desired, asked: RunOptions = NOTHING_ASKED, **options: object) -> Ran:
        """Plan and execute; the plan must be free of refusals and the run must succeed."""
        plan = await self.plan(tree, asked)
        assert not plan.refusals, [refusal.summary for refusal in plan.refusals]
        ran = await self.world.execute(plan, **options)  # type: ignore[arg-type]
        assert ran.code == 0, str(ran)
        self.applies.append((plan.cost.calls, ran.report.calls))
        return ran

    async def trained(self, tree: Desired) -> None:
        """Apply, and let the trainings end."""
        await self.apply(tree)
        self.world.clock.advance(HOURS)

    def spent(self) -> Bill:
        """What the world has seen so far."""
        log = self.world.simulator.log
        return Bill(
            calls=len(log),
            uploads=sum(
                entry.committed and entry.method == "POST" and entry.path.endswith(self.upload_path) for entry in log
            ),
            trainings=self.world.trainings(),
        )

    async def cost(self, act: Callable[[], Awaitable[object]]) -> Bill:
        """What one act spends."""
        before = self.spent()
        await act()
        now = self.spent()
        return Bill(
            calls=now.calls - before.calls,
            uploads=now.uploads - before.uploads,
            trainings=now.trainings - before.trainings,
        )

    def model_names(self) -> list[str]:
        """Model names with their status, by id."""
        return [f"{model.name.split(' (')[0]} {model.status}" for model in self.world.models()]


async def first_training(stage: Stage) -> Bill:
    """Nothing is live: everything is made."""
    return await stage.cost(lambda: stage.apply(stage.tree()))


async def nothing_changed(stage: Stage) -> Bill:
    """In sync: three list calls."""
    await stage.trained(stage.tree())
    return await stage.cost(lambda: stage.apply(stage.tree()))


async def caption_edit(stage: Stage) -> Bill:
    """One declared caption changes."""
    await stage.trained(stage.tree())
    after = stage.tree(stage.images(jump="jumping high."))
    return await stage.cost(lambda: stage.apply(after))


async def guide_edit(stage: Stage) -> Bill:
    """The guide changes: automatic captions are regenerated, the declared one stays."""
    await stage.trained(stage.tree())
    bill = await stage.cost(lambda: stage.apply(stage.tree(other=True)))
    newest = stage.world.dataset("poses v2")
    assert stage.world.captions(newest)["jump"] == stage.said("jumping.")
    return bill


async def caption_of_a_person(stage: Stage) -> Bill:
    """Somebody wrote a caption that git does not declare: it survives a change of the guide."""
    await stage.trained(stage.tree())
    stage.edit("poses v1", "sit", "sits on a wall.")
    bill = await stage.cost(lambda: stage.apply(stage.tree(other=True)))
    assert stage.world.captions(stage.world.dataset("poses v2"))["sit"] == stage.said("sits on a wall.")
    return bill


async def edited_in_the_console(stage: Stage) -> Bill:
    """Somebody changed a declared caption of an open draft: git's word is written again, nothing else is touched."""
    await stage.apply(stage.tree(completed=False))
    stage.edit("poses v1", "jump", "jumping in circles.")
    bill = await stage.cost(lambda: stage.apply(stage.tree(completed=False)))
    assert stage.world.captions(stage.world.dataset("poses v1"))["jump"] == stage.said("jumping.")
    return bill


async def image_swap(stage: Stage) -> Bill:
    """One image goes, another comes."""
    await stage.trained(stage.tree())
    after = stage.tree(stage.images(*(name for name in NAMES[stage.family] if name != "sit"), "nod"))
    stage.limits = Limits(image_removals_percent=100)
    return await stage.cost(lambda: stage.apply(after))


async def file_renamed(stage: Stage) -> Bill:
    """A file gets another name: labels are no content."""
    await stage.trained(stage.tree())
    names = ("hello", *NAMES[stage.family][1:])
    after = stage.tree(stage.images(*names), bytes_of={"hello": "wave"})
    return await stage.cost(lambda: stage.apply(after))


async def cosmetic_edit(stage: Stage) -> Bill:
    """Descriptions change in place, never a new version."""
    await stage.trained(stage.tree())
    after = stage.tree(model_description="The heroine", project_description="Our books")
    bill = await stage.cost(lambda: stage.apply(after))
    assert stage.model_names() == ["expert v1 Completed"]
    return bill


async def revert(stage: Stage) -> Bill:
    """`git revert`: the older version has the fingerprint, and is in force again."""
    await stage.trained(stage.tree())
    await stage.trained(stage.tree(other=True))
    return await stage.cost(lambda: stage.apply(stage.tree()))


async def failure_kept(stage: Stage) -> Bill:
    """A training failed: it is not paid for again by itself."""
    stage.begin(training_failures="1")
    await stage.trained(stage.tree())
    bill = await stage.cost(lambda: stage.apply(stage.tree()))
    assert stage.model_names() == ["expert v1 Failed"]
    return bill


async def failure_retrained(stage: Stage) -> Bill:
    """`on_failure: retrain` trains once more, and no more than `retries` says."""
    stage.begin(training_failures="2")
    tree = with_model(stage.tree(), policy=TrainingPolicy(on_failure="retrain"))
    await stage.trained(tree)
    bill = await stage.cost(lambda: stage.trained(tree))
    assert stage.model_names() == ["expert v1 Failed", "expert v2 Failed"]
    assert (await stage.plan(tree)).is_empty
    return bill


async def stopped_by_a_person(stage: Stage) -> Bill:
    """Stopped in the console: only `--retry` trains it again."""
    await stage.apply(stage.tree())
    stop(stage)
    assert (await stage.plan(stage.tree())).is_empty
    return await stage.cost(lambda: stage.apply(stage.tree(), RunOptions(retry=(MODEL,))))


async def superseded_waits(stage: Stage) -> Bill:
    """The tree changes while a model is in training: the next training waits for its end."""
    await stage.apply(stage.tree())
    bill = await stage.cost(lambda: stage.apply(stage.tree(other=True)))
    assert stage.model_names() == ["expert v1 InProgress"]
    stage.world.clock.advance(HOURS)
    await stage.trained(stage.tree(other=True))
    assert stage.model_names() == ["expert v1 Completed", "expert v2 Completed"]
    return bill


async def superseded_is_stopped(stage: Stage) -> Bill:
    """`on_superseded: stop`: the running training is stopped, the next one starts."""
    await stage.apply(stage.tree())
    after = with_model(stage.tree(other=True), policy=TrainingPolicy(on_superseded="stop"))
    bill = await stage.cost(lambda: stage.apply(after))
    assert stage.model_names() == ["expert v1 Stopped", "expert v2 InProgress"]
    return bill


async def deleted_in_the_console(stage: Stage) -> Bill:
    """Somebody deleted the model: it is trained anew under the next number, and the plan names the suspicion."""
    await stage.trained(stage.tree())
    console.delete_model(stage.world.simulator, stage.world.models()[0].id)
    plan = await stage.plan(stage.tree())
    suspicions = {Why.LAST_VERSION_DELETED, Why.NO_MODEL_YET}
    assert any(change.reason.why in suspicions for change in plan.changes)
    return await stage.cost(lambda: stage.apply(stage.tree()))


async def over_budget(stage: Stage) -> Bill:
    """A limit of no training: the plan says so, and nothing is sent."""
    stage.limits = Limits(trainings=0)

    async def refused() -> None:
        plan = await stage.plan(stage.tree())
        assert [refusal.rule for refusal in plan.refusals] == ["limit-trainings"]

    return await stage.cost(refused)


async def promotion_and_roll_back(stage: Stage) -> Bill:
    """An alias moves by a commit, and back: nothing is sent at all."""
    await stage.trained(stage.tree())
    await stage.trained(stage.tree(other=True))
    first, second = (model.name[-14:-1] for model in stage.world.models())
    answers = []

    async def promote() -> None:
        for target in (first, second, first):
            tree = with_model(stage.tree(other=True), aliases=(("production", target[:7]),))
            plan = await stage.plan(tree)
            assert plan.is_empty
            answers.append([alias.version for alias in plan.aliases])

    bill = await stage.cost(promote)
    assert answers == [[1], [2], [1]]
    return bill


async def retention(stage: Stage) -> Bill:
    """`--prune` with `history_limit: 1`: the old model goes, then its dataset; what is in force stays."""
    await stage.trained(stage.tree())
    await stage.trained(stage.tree(other=True))
    tree = stage.tree(other=True)
    tree = tree.updated(*(replace(dataset, history_limit=1) for dataset in tree.datasets.values()))
    tree = tree.updated(*(replace(model, history_limit=1) for model in tree.models.values()))
    assert (await stage.plan(tree)).is_empty
    bill = await stage.cost(lambda: stage.apply(tree, RunOptions(prunes=True)))
    assert [dataset.name[:8] for dataset in stage.world.datasets()] == ["poses v2"]
    assert (await stage.plan(tree, RunOptions(prunes=True))).is_empty
    return bill


async def renamed_in_git(stage: Stage) -> Bill:
    """`moved: {from: poses}`: the live names follow; no upload, no training."""
    await stage.trained(stage.tree())
    tree = stage.tree()
    dataset, model = tree.datasets[DATASET], tree.models[MODEL]
    here, there = replace(DATASET, name="hero-poses"), replace(MODEL, name="hero")
    refused = replace(
        tree,
        present={
            PROJECT: tree.projects[PROJECT],
            here: replace(dataset, ref=here),
            there: replace(model, ref=there, dataset=here),
        },
    )
    assert {refusal.rule for refusal in (await stage.plan(refused)).refusals} == {"dataset-renamed"}
    after = replace(
        tree,
        present={
            PROJECT: tree.projects[PROJECT],
            here: replace(dataset, ref=here, moved_from="poses"),
            there: replace(model, ref=there, dataset=here, moved_from="expert"),
        },
    )
    bill = await stage.cost(lambda: stage.apply(after))
    assert (await stage.plan(after)).is_empty
    return bill


async def renamed_in_the_console(stage: Stage) -> Bill:
    """Somebody renamed dataset and model: refused first, then brought home by `moved`."""
    await stage.trained(stage.tree())
    console.edit_dataset(stage.world.simulator, stage.world.dataset("poses v1").id, name="Lora final")
    console.edit_model(stage.world.simulator, stage.world.models()[0].id, name="Our hero")
    assert (await stage.plan(stage.tree())).refusals
    tree = stage.tree()
    after = tree.updated(
        replace(tree.projects[PROJECT], id=1001),
        replace(tree.datasets[DATASET], moved_from="Lora final"),
        replace(tree.models[MODEL], moved_from="Our hero"),
    )
    bill = await stage.cost(lambda: stage.apply(after))
    assert (await stage.plan(after)).is_empty
    return bill


async def absent(stage: Stage) -> Bill:
    """`ensure: absent` for everything: models, datasets, project, in this order."""
    await stage.trained(stage.tree())
    here = Location("manifests/lora.yaml", 1, 1)
    gone = {
        ref: Absent(ref=ref, location=here, project=PROJECT, project_name="Branded Character")
        for ref in (PROJECT, DATASET, MODEL)
    }
    bill = await stage.cost(lambda: stage.apply(Desired(absent=gone)))
    assert not stage.world.datasets()
    return bill


def with_model(tree: Desired, **words: object) -> Desired:
    """The tree with other words in its model manifest."""
    return tree.updated(*(replace(model, **words) for model in tree.models.values()))  # type: ignore[arg-type]


def stop(stage: Stage) -> None:
    """A person stops the training in the console."""
    console.end_training(stage.world.simulator, stage.world.models()[0].id, ModelStatus.STOPPED.value.capitalize())


Story = Callable[[Stage], Awaitable[Bill]]
STORIES: Mapping[str, tuple[Story, Bill, Bill]] = {
    "first training": (first_training, Bill(calls=26, uploads=3, trainings=1), Bill(calls=28, uploads=5, trainings=1)),
    "nothing changed": (nothing_changed, Bill(calls=3, uploads=0, trainings=0), Bill(calls=3, uploads=0, trainings=0)),
    "caption edit": (caption_edit, Bill(calls=25, uploads=0, trainings=1), Bill(calls=25, uploads=0, trainings=1)),
    "guide edit": (guide_edit, Bill(calls=29, uploads=0, trainings=1), Bill(calls=33, uploads=0, trainings=1)),
    "hand-written caption, guide edit": (
        caption_of_a_person,
        Bill(calls=28, uploads=0, trainings=1),
        Bill(calls=32, uploads=0, trainings=1),
    ),
    "declared caption edited in the console": (
        edited_in_the_console,
        Bill(calls=11, uploads=0, trainings=0),
        Bill(calls=11, uploads=0, trainings=0),
    ),
    "image swap": (image_swap, Bill(calls=27, uploads=1, trainings=1), Bill(calls=27, uploads=1, trainings=1)),
    "file renamed only": (file_renamed, Bill(calls=3, uploads=0, trainings=0), Bill(calls=3, uploads=0, trainings=0)),
    "cosmetic edit": (cosmetic_edit, Bill(calls=9, uploads=0, trainings=0), Bill(calls=9, uploads=0, trainings=0)),
    "revert": (revert, Bill(calls=3, uploads=0, trainings=0), Bill(calls=3, uploads=0, trainings=0)),
    "failed, kept": (failure_kept, Bill(calls=3, uploads=0, trainings=0), Bill(calls=3, uploads=0, trainings=0)),
    "failed, `on_failure: retrain`": (
        failure_retrained,
        Bill(calls=11, uploads=0, trainings=1),
        Bill(calls=11, uploads=0, trainings=1),
    ),
    "stopped by a person, `--retry`": (
        stopped_by_a_person,
        Bill(calls=11, uploads=0, trainings=1),
        Bill(calls=11, uploads=0, trainings=1),
    ),
    "superseded while training, `wait`": (
        superseded_waits,
        Bill(calls=23, uploads=0, trainings=0),
        Bill(calls=27, uploads=0, trainings=0),
    ),
    "superseded while training, `stop`": (
        superseded_is_stopped,
        Bill(calls=37, uploads=0, trainings=1),
        Bill(calls=41, uploads=0, trainings=1),
    ),
    "model deleted in the console": (
        deleted_in_the_console,
        Bill(calls=11, uploads=0, trainings=1),
        Bill(calls=11, uploads=0, trainings=1),
    ),
    "over the budget": (over_budget, Bill(calls=3, uploads=0, trainings=0), Bill(calls=3, uploads=0, trainings=0)),
    "promotion and roll-back": (
        promotion_and_roll_back,
        Bill(calls=9, uploads=0, trainings=0),
        Bill(calls=9, uploads=0, trainings=0),
    ),
    "retention, `--prune`": (retention, Bill(calls=7, uploads=0, trainings=0), Bill(calls=7, uploads=0, trainings=0)),
    "renamed in git, `moved`": (
        renamed_in_git,
        Bill(calls=11, uploads=0, trainings=0),
        Bill(calls=11, uploads=0, trainings=0),
    ),
    "renamed in the console, `moved`": (
        renamed_in_the_console,
        Bill(calls=12, uploads=0, trainings=0),
        Bill(calls=12, uploads=0, trainings=0),
    ),
    "`ensure: absent`": (absent, Bill(calls=9, uploads=0, trainings=0), Bill(calls=9, uploads=0, trainings=0)),
}
"""Each story, and what it costs in the prefix family and in the schema family."""
