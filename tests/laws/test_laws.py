"""What must hold for every tree and every account."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.cost import Cost
from reconciler.core.desired import Desired, DesiredDataset, DesiredImage, DesiredModel, DesiredProject
from reconciler.core.diff.diff import diff
from reconciler.core.guide import PrefixGuide
from reconciler.core.kind import Kind
from reconciler.core.limit import Limits
from reconciler.core.live import Observed
from reconciler.core.look.tree_as_live import tree_as_live
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.plan_file import digest, dump_plan, load_plan
from reconciler.core.planning.planner import plan
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.run_options import RunOptions
from tests.core.build import HERE, sha

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=0, datasets=0, images=0, models=0)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip)
captions = st.none() | texts.filter(bool)


@st.composite
def trees(draw: st.DrawFn) -> Desired:
    """A tree of up to three projects, each with datasets and models."""
    projects, datasets, models = {}, {}, {}
    for number in range(draw(st.integers(1, 3))):
        ref = Ref(Kind.PROJECT, f"p{number}")
        projects[ref] = DesiredProject(
            ref=ref, location=HERE, project_name=f"Project {number}", ip_medium="illustration", ip_type="icons"
        )
        for inner in range(draw(st.integers(0, 2))):
            made = _dataset(draw, Ref(Kind.DATASET, f"d{number}-{inner}"), ref)
            datasets[made.ref] = made
            if draw(st.booleans()):
                model = Ref(Kind.MODEL, f"m{number}-{inner}")
                models[model] = DesiredModel(
                    ref=model,
                    location=Location("x"),
                    dataset=made.ref,
                    training_mode="fully_automated",
                    training_version=draw(st.sampled_from(["max", "light"])),
                )
    return Desired(present={**projects, **datasets, **models})


def _dataset(draw: st.DrawFn, ref: Ref, project: Ref) -> DesiredDataset:
    contents = draw(st.lists(st.integers(0, 8), min_size=1, max_size=4, unique=True))
    images = [
        DesiredImage(
            digest=sha(f"{ref}-{content}"),
            size=content,
            name=f"{content}.png",
            path=f"{ref.name}/{content}.png",
            caption=draw(captions),
        )
        for content in contents
    ]
    return DesiredDataset(
        ref=ref,
        location=HERE,
        project=project,
        guide=PrefixGuide(text=f"{ref.name} {draw(texts)}"),
        images=tuple(sorted(images, key=lambda image: image.digest)),
    )


K = TypeVar("K")
V = TypeVar("V")


def _shuffled(items: Mapping[K, V], rng: random.Random) -> dict[K, V]:
    rows = list(items.items())
    rng.shuffle(rows)
    return dict(rows)


def planned(desired: Desired, observed: Observed) -> Plan:
    """The plan of a tree against an account that was read in full."""
    return plan(diff(desired, observed), subject=SUBJECT, limits=Limits())


@given(trees())
@settings(deadline=None)
def test_the_world_that_desired_makes_needs_nothing(desired: Desired) -> None:
    """Diffing the world that desired makes yields nothing, read in full or not."""
    observed = tree_as_live(desired)
    for reads_all in (False, True):
        found = diff(desired, observed, RunOptions(reads_all=reads_all))
        assert not found.changes
        assert not found.refusals
        assert not found.unread


@given(trees(), trees())
@settings(deadline=None)
def test_every_action_follows_what_it_needs(before: Desired, after: Desired) -> None:
    """Whatever was live, each action stands after its needs, and ids are unique."""
    seen: set[str] = set()
    for action in planned(after, tree_as_live(before)).actions:
        assert action.id not in seen
        assert set(action.needs) <= seen
        seen.add(action.id)


@given(trees(), trees(), st.randoms())
@settings(deadline=None)
def test_shuffled_inputs_give_the_same_bytes(before: Desired, after: Desired, rng: random.Random) -> None:
    """Neither the order of files nor that of the API's lists reaches the plan."""
    observed = tree_as_live(before)

    mixed = Observed(live=_shuffled(observed.live, rng))
    tree = Desired(present=_shuffled(after.present, rng))
    assert dump_plan(planned(tree, mixed)) == dump_plan(planned(after, observed))


@given(trees(), trees())
@settings(deadline=None)
def test_a_plan_comes_back_from_its_file(before: Desired, after: Desired) -> None:
    """decode(encode(plan)) == plan; and the digest that people see, which is made without the file, is that of the file."""
    made = planned(after, tree_as_live(before))
    assert load_plan(dump_plan(made)) == made
    assert json.loads(dump_plan(made))["digest"] == digest(made)


@given(trees())
@settings(deadline=None)
def test_removing_more_never_removes_a_refusal(desired: Desired) -> None:
    """Adding a deletion never makes a plan pass that was refused."""
    observed = tree_as_live(desired)
    for dataset in desired.datasets.values():
        if len(dataset.images) < 2:
            continue
        fewer = replace(dataset, images=dataset.images[:-1])
        tree = desired.updated(fewer)
        strict = Limits(trainings=0, image_removals_percent=0)
        once = plan(diff(tree, observed), subject=SUBJECT, limits=strict).refusals
        least = replace(dataset, images=dataset.images[:1])
        tree = desired.updated(least)
        twice = plan(diff(tree, observed), subject=SUBJECT, limits=strict).refusals
        assert {refusal.rule for refusal in once} <= {refusal.rule for refusal in twice}


@given(trees(), trees())
@settings(deadline=None)
def test_a_change_and_its_steps_cost_the_same(before: Desired, after: Desired) -> None:
    """What a change says it spends is what its steps spend; only calls are known of steps alone."""
    made = planned(after, tree_as_live(before))
    refused = {refusal.ref for refusal in made.refusals}
    told = sum((change.cost for change in made.changes if change.ref not in refused), Cost())
    assert told == replace(made.cost, calls=0)
