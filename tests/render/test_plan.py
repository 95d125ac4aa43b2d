from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.core.action import Action, Regenerate
from reconciler.core.change import FieldChange, Origin
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption, LostCaption
from reconciler.core.cost import Cost
from reconciler.core.kind import Kind
from reconciler.core.limit import Limits
from reconciler.core.loss import StoppedTraining
from reconciler.core.plan import Plan
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import AliasState, State, Unchanged
from reconciler.render.tier import minimum_seconds, share
from tests.render import sample
from tests.render.printed import render_screen

Golden = Callable[[str, str], None]
WAY = "Apply with `reconciler apply`, or save this plan with `--out plan.json`."


def shown(plan: Plan) -> str:
    return render_screen(plan, digest="5f2c91aa" + "0" * 56, way=WAY)


def test_a_new_version_reads_as_the_sketch_says(golden: Golden) -> None:
    """Context, verdict, cost, the training first, the dataset with before and after, the way on."""
    golden("plan/new-version.txt", shown(sample.plan()))


def test_an_empty_plan_is_one_line(golden: Golden) -> None:
    """Nothing to do is said in one line."""
    text = shown(sample.plan(changes=(), actions=(), wishes=()))
    golden("plan/in-sync.txt", text)
    assert text == "In sync: 1 project, 1 dataset (24 images), 1 model. 3 calls.\n"


def test_the_first_plan_of_a_free_trial_says_what_share_of_it_is_spent(golden: Golden) -> None:
    """Everything is created; long lists are folded, and the free trial's quota is named."""
    images = tuple(sample.added(f"pose-{number:02}.png") for number in range(1, 25))
    dataset = sample.dataset(
        version=1,
        origin=Origin.CREATE,
        origin_id=None,
        base_version=None,
        reason=Reason(why=Why.NOT_LIVE),
        guide=(FieldChange(path="caption_prefix", before=None, after=sample.AFTER),),
        images=images,
        stale=False,
        regenerated=0,
        live_images=0,
    )
    first = sample.model(version=1, base_version=None, dataset_version=1, parameters=(("rank", 128), ("steps", 1500)))
    plan = sample.plan(
        subject=sample.subject(tier="free_trial", endpoint="https://engine.prod.bria-api.com"),
        changes=(sample.project(), dataset, first),
        unchanged=(),
    )
    golden("plan/first.txt", shown(plan))


def test_what_people_wrote_and_what_goes_for_good_is_never_folded(golden: Golden) -> None:
    """Removals, overwritten captions and take-overs are all listed, however many; what is kept is said."""
    gone = tuple(
        ImageChange(effect=ImageEffect.REMOVED, name=f"old-{number:02}", key=f"a{number}") for number in range(12)
    )
    twin = ImageChange(effect=ImageEffect.TWIN, name="wave (id 31)", key="b1", id=31)
    hand = ImageChange(
        effect=ImageEffect.REPLACED,
        name="nap.png",
        key="b2",
        replaces="b1",
        size=1,
        hand_written=True,
        caption="asleep on a sofa.",
    )
    lone = ImageChange(effect=ImageEffect.REMOVED, name="zzz", key="b3", hand_written=True, caption="dreaming.")
    rewrites = tuple(
        LostCaption(key=f"c{n}", name=f"pose-{n}.png", before="by a person.", after="by git.") for n in range(9)
    )
    written = tuple(CaptionChange(key=f"d{n}", name=f"side-{n}.png", before=None, after="new.") for n in range(9))
    kept = (
        KeptCaption(key="e1", name="jump.png", text="leaping.", version=2),
        *(KeptCaption(key=f"e{n}", name=f"run-{n}.png", text="running.", version=None) for n in range(2, 10)),
    )
    dataset = sample.dataset(
        origin=Origin.RESUME,
        origin_id=458,
        images=(*gone, twin, hand, lone),
        captions=(*written, *rewrites),
        kept=kept,
        guide=(),
        regenerated=1,
        wish=sample.wish(completed=False),
    )
    over = sample.project(
        id=12,
        takes_over=True,
        reason=Reason(why=Why.TAKEN_OVER),
        fields=(FieldChange(path="ip_description", before="a girl", after="a woman"),),
    )
    taken = Note(rule="take-over", ref=sample.PROJECT, text="takes over the existing project (id 12)")
    plan = sample.plan(changes=(over, dataset), notes=(taken,), unchanged=())
    golden("plan/destructive.txt", shown(plan))


def test_a_refused_plan_says_so_at_the_top_and_how_to_go_on(golden: Golden) -> None:
    """A refusal is told in the verdict, explained below with its ways on, and the last line does not invite."""
    refusal = Refusal(
        rule="limit-trainings",
        ref=None,
        summary="2 models would be trained; the limit is 1",
        remedies=("Allow it once with `--allow trainings=2`, or raise `limits.trainings` in reconciler.yaml.",),
    )
    rename = Refusal(
        rule="dataset-renamed",
        ref=Ref(Kind.DATASET, "lora-hero"),
        summary='it is new here, but "lora-poses v2 (a9f3c1a2b7d40)" (id 457) holds exactly its content',
        remedies=(
            "If it was renamed: rename it back.",
            "If both shall exist: `--accept dataset/lora-hero` (24 uploads, 1 training).",
        ),
    )
    golden("plan/refused.txt", shown(sample.plan(refusals=(refusal, rename))))


def test_a_plan_that_can_do_nothing_but_refuse_shows_no_costs(golden: Golden) -> None:
    """Where every object is refused there is no cost table."""
    refusals = tuple(Refusal(rule="x", ref=None, summary=f"reason {number}.") for number in range(30))
    golden("plan/all-refused.txt", shown(sample.plan(changes=(), actions=(), refusals=refusals, unchanged=())))


def test_a_fleet_is_folded_but_its_trainings_are_not(golden: Golden) -> None:
    """Of sixty objects the thirty trainings are listed and the light ones folded; so are notes and odd states."""
    trained = tuple(sample.model(ref=Ref(Kind.MODEL, f"m-{n:02}")) for n in range(3))
    light = tuple(
        sample.dataset(ref=Ref(Kind.DATASET, f"d-{n:02}"), images=(), guide=(), regenerated=0) for n in range(30)
    )
    notes = tuple(
        Note(rule="stray", ref=None, text=f"project {n} holds 1 dataset that git does not know") for n in range(15)
    )
    odd = tuple(
        Unchanged(
            ref=Ref(Kind.MODEL, f"t-{n:02}"),
            id=n,
            version=1,
            fingerprint=None,
            state=State.TRAINING,
            dataset=Ref(Kind.DATASET, "d"),
            dataset_version=1,
        )
        for n in range(25)
    )
    golden("plan/fleet.txt", shown(sample.plan(changes=(*light, *trained), notes=notes, unchanged=odd)))


def test_every_other_kind_of_change_has_its_words(golden: Golden) -> None:
    """Models only created or started or described, datasets made anew, projects changed in place."""
    described = sample.model(
        id=81,
        version=2,
        creates=False,
        starts=False,
        reason=Reason(why=Why.DESCRIPTION_CHANGED),
        fields=(
            FieldChange(path="description", before="", after="for posters"),
            FieldChange(path="training.rank", before=64, after=128),
            FieldChange(path="flag", before=True, after=None),
        ),
    )
    started = sample.model(ref=Ref(Kind.MODEL, "late"), id=82, creates=False, base_version=3)
    created = sample.model(ref=Ref(Kind.MODEL, "plain"), starts=False)
    anew = sample.dataset(origin=Origin.CREATE, origin_id=None, images=(sample.added("a.png"),))
    changed = sample.project(id=12, reason=Reason(why=Why.CHANGED_IN_GIT), fields=())
    held = Unchanged(
        ref=Ref(Kind.MODEL, "held"),
        id=None,
        version=None,
        fingerprint=None,
        state=State.HELD,
        reason=Reason(why=Why.NEED_IS_DRAFT, ref=sample.DATASET),
    )
    plan = sample.plan(
        subject=sample.subject(tier="none"), changes=(described, started, created, anew, changed), unchanged=(held,)
    )
    golden("plan/other.txt", shown(plan))


def alias(name: str, target: str, **found: object) -> AliasState:
    return AliasState(ref=sample.MODEL, alias=name, target=target, **found)  # type: ignore[arg-type]


def test_what_is_deleted_has_a_line_each(golden: Golden) -> None:
    """Never folded, however many; a training that is stopped first is said to be lost; renames are free."""
    versions = tuple(sample.removed(number, f"lora-poses v{number} (a9f3c1a2b7d40)") for number in range(1, 26))
    old = sample.removal(
        sample.removed(81, "lora-max v1 (a51be07aa9c13)", kind=Kind.MODEL),
        sample.removed(82, "lora-max v2 (a51be07aa9c14)", kind=Kind.MODEL, stops=True),
        ref=sample.MODEL,
    )
    project = sample.removal(sample.removed(12, "Lora", kind=Kind.PROJECT), ref=sample.PROJECT)
    renamed = sample.rename(*(f"lora-hero v{number} (a9f3c1a2b7d40)" for number in range(1, 15)))
    plan = sample.plan(
        changes=(sample.removal(*versions), renamed, old, project),
        actions=sample.in_place_actions(),
        unchanged=(
            Unchanged(ref=Ref(Kind.DATASET, "hero"), id=9, version=1, fingerprint=None, state=State.IN_SYNC),
            Unchanged(ref=Ref(Kind.MODEL, "gone"), id=None, version=None, fingerprint=None, state=State.ABSENT),
        ),
        limits=Limits(deletions=5, deletions_percent=20),
    )
    golden("plan/removals.txt", shown(plan))


def test_limits_are_shown_beside_what_they_limit() -> None:
    """Those that are set, and no others."""
    text = shown(sample.plan(limits=Limits(uploads=40, image_removals=3)))
    assert "uploads    2 images, 4.1 MB (limit 40)" in text
    assert "removals   1 image (limit 3, 30 % of a dataset)" in text


def test_the_category_of_each_change_is_named(golden: Golden) -> None:
    """A model names what its dataset brings and what is its own; a superseded training is lost; aliases stay or move."""
    model = sample.model(
        fields=(FieldChange(path="training.rank", before=64, after=128),),
        stops=(
            StoppedTraining(id=81, name="lora-max v2 (a51be07aa9c14)"),
            StoppedTraining(id=80, name="our hero"),
        ),
    )
    cosmetic = sample.project(id=12, reason=Reason(why=Why.CHANGED_IN_GIT))
    plan = sample.plan(
        changes=(sample.dataset(), model, cosmetic),
        aliases=(
            alias("production", "a51be08", id=70, version=1, fingerprint="a51be08aa9c13"),
            alias("candidate", "current", problem="what the manifest asks for is not trained yet"),
            alias("canary", "a000000", problem='no trained version is "a000000"'),
        ),
    )
    golden("plan/categories.txt", shown(plan))


def test_states_that_wait_are_said_in_words(golden: Golden) -> None:
    """Waiting, kept, absent; an alias of a version in training is no warning."""

    def one(name: str, state: State) -> Unchanged:
        return Unchanged(
            ref=Ref(Kind.MODEL, name),
            id=81,
            version=2,
            fingerprint="a51be07aa9c13",
            state=state,
            dataset=sample.DATASET,
            dataset_version=3,
        )

    waiting = replace(alias("next", "current", problem="not yet"), ref=Ref(Kind.MODEL, "b"))
    states = (
        one("lora-max", State.TRAINING),
        one("b", State.WAITING),
        one("c", State.KEPT),
        one("d", State.ABSENT),
        one("e", State.ABSENT),
    )
    plan = sample.plan(
        changes=(),
        actions=(),
        unchanged=states,
        aliases=(alias("candidate", "a51be07", problem="v2 is not trained yet"), waiting),
    )
    golden("plan/states.txt", shown(plan))


def test_hostile_words_act_on_nothing() -> None:
    """H36-H38, H60: escapes, bidi, and commands to a runner are spelled out wherever a plan shows foreign text."""
    nasty = sample.HOSTILE
    dataset = sample.dataset(
        reason=Reason(why=Why.CALLED_BEFORE, name=nasty),
        guide=(FieldChange(path="caption_prefix", before="x", after=nasty),),
        images=(sample.added(nasty, caption=nasty),),
        captions=(CaptionChange(key="k", name=nasty, before=nasty, after=nasty + " more"),),
        kept=(KeptCaption(key="l", name=nasty, text=nasty, version=1),),
    )
    plan = sample.plan(
        subject=sample.subject(endpoint=nasty),
        changes=(
            dataset,
            sample.removal(sample.removed(1, nasty)),
            sample.rename(nasty),
            sample.model(stops=(StoppedTraining(id=1, name=nasty),)),
        ),
        aliases=(alias("a", nasty, problem=nasty),),
        notes=(Note(rule="n", ref=None, text=nasty),),
        refusals=(Refusal(rule="r", ref=None, summary=nasty, remedies=(nasty,)),),
        unchanged=(Unchanged(ref=sample.PROJECT, id=1, version=1, fingerprint=nasty, state=State.IN_SYNC),),
    )
    text = shown(plan)
    assert all(char == "\n" or char.isprintable() for char in text)
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@pytest.mark.parametrize(
    ("calls", "tier", "seconds"),
    [(0, "starter", 0), (60, "starter", 0), (61, "starter", 60), (41, "free_trial", 240), (9999, "none", 0)],
)
def test_the_shortest_time_follows_from_the_tier(calls: int, tier: str, seconds: int) -> None:
    """A full window of calls passes at once, each further one costs a minute; no tier, no wait."""
    assert minimum_seconds(calls, tier) == seconds


@pytest.mark.parametrize(("calls", "text"), [(0, "0 %"), (4, "0.4 %"), (41, "4 %"), (1500, "150 %")])
def test_the_share_of_a_free_trial(calls: int, text: str) -> None:
    """Small shares are not rounded to nothing."""
    assert share(calls) == text


def test_costs_without_uploads_or_captions_say_none() -> None:
    """A figure is never left out: that nothing is uploaded is news as well."""
    only = Action(id="x", ref=sample.DATASET, step=Regenerate(), cost=Cost(calls=700))
    text = shown(replace(sample.plan(), actions=(only,), changes=(sample.project(),)))
    assert "uploads    none" in text
    assert "captions" in text
    assert "at least 11 minutes" in text


def test_checkpoints_that_go_are_named_by_version(golden: Golden) -> None:
    """What goes and what stays of each; one limit counts checkpoints and versions."""
    thinned = sample.plan(
        changes=(sample.checkpoints(),), actions=sample.checkpoint_actions(), limits=Limits(deletions=5)
    )
    golden("plan/checkpoints.txt", shown(thinned))
    old = sample.removal(sample.removed(80, "lora-max v0 (a51be07aa9c12)", kind=Kind.MODEL), ref=sample.MODEL)
    both = replace(
        thinned,
        changes=(sample.checkpoints(), old),
        actions=(*sample.checkpoint_actions(), *sample.in_place_actions()[2:3]),
    )
    assert "  deletions  1 live object (limit 5), 3 checkpoints" in shown(both)
