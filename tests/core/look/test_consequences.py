"""What a merge does without a call: found in two trees, in nothing else."""

from dataclasses import replace

import pytest

from reconciler.core.adoption import Adopted, AdoptedImage, Adoption, Compared
from reconciler.core.change import RemovalChange
from reconciler.core.consequence import (
    AbsenceDeclared,
    AdoptionMove,
    AliasMove,
    Consequence,
    DefinitionKept,
    ManifestGone,
    Named,
    PolicyMove,
)
from reconciler.core.desired import Absent, Desired, DesiredModel
from reconciler.core.fingerprint import dataset_fingerprint, declared_fingerprint
from reconciler.core.limit import Limits
from reconciler.core.look.consequences import Merge, consequences, forgotten, loosened
from reconciler.core.look.offline import assess_offline
from reconciler.core.planning.planner import plan
from reconciler.render.plan_report.consequence import consequence_reports
from tests.core.build import DATASET, HERE, MODEL, PROJECT, dataset, image, model, tree
from tests.render import sample

DATA = dataset(image("a", "text a."), image("b"))


def merged(before: Desired, after: Desired) -> tuple[Consequence, ...]:
    made = plan(assess_offline(after, before), subject=sample.subject(base="main"), limits=Limits())
    return consequences(Merge(before=before, after=after, plan=made))


def declared(**fields: object) -> Desired:
    return tree(DATA, model(**fields))


def words(*found: Consequence) -> list[str]:
    return [one.text for one in consequence_reports(found)]


OWN = declared_fingerprint(model(), declared())
OTHER = "a0123456789ab"


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ((), (("production", "current"),), f"production is new and names {OWN[:7]}"),
        ((("production", OTHER),), (), "production goes, and no longer names a012345"),
        ((("production", OTHER),), (("production", OWN),), f"production moves from a012345 to {OWN[:7]}"),
        ((("production", OWN[:7]),), (("production", OTHER),), f"production moves from {OWN[:7]} to a012345"),
        (
            (("production", "current"),),
            (("production", OWN[:7]),),
            f"production stays on {OWN[:7]} and no longer follows the manifest",
        ),
        (
            (("production", OWN),),
            (("production", "current"),),
            f"production stays on {OWN[:7]} and follows the manifest from now on",
        ),
        ((("production", "v1"),), (("production", OWN),), f"production moves from v1 to {OWN[:7]}"),
    ],
)
def test_an_alias_that_names_something_else_is_told(
    then: tuple[tuple[str, str], ...], now: tuple[tuple[str, str], ...], said: str
) -> None:
    """With what it named and what it names, by the fingerprints of the trees."""
    (one,) = merged(declared(aliases=then), declared(aliases=now))
    assert isinstance(one, AliasMove)
    assert words(one) == [said]


@pytest.mark.parametrize("now", [(("production", OWN[:9]),), (("production", OWN[:7]),)])
def test_other_words_for_the_same_version_move_nothing(now: tuple[tuple[str, str], ...]) -> None:
    """More digits of one fingerprint are no promotion."""
    assert merged(declared(aliases=(("production", OWN[:7]),)), declared(aliases=now)) == ()
    elsewhere = declared(aliases=(("production", OTHER[: len(now[0][1])]),))
    assert merged(declared(aliases=(("production", OTHER),)), elsewhere) == ()


def test_an_alias_that_follows_the_manifest_moves_with_it() -> None:
    """`current` on both sides, and another definition: programs get the new version once it is trained."""
    aliases = (("production", "current"),)
    after = declared(aliases=aliases, training_version="light")
    (one,) = merged(declared(aliases=aliases), after)
    new = declared_fingerprint(after.models[MODEL], after)
    assert words(one) == [f"production moves from {OWN[:7]} to {new[:7]} once it is trained"]
    assert merged(declared(aliases=aliases), declared(aliases=aliases)) == ()


def test_an_alias_stays_with_a_model_that_got_another_name() -> None:
    """`moved` is no new model, so its alias is no new one, and nothing is gone."""
    renamed = replace(MODEL, name="maxi")
    aliases = (("production", OWN),)
    after = tree(DATA, model(ref=renamed, moved_from="max", aliases=aliases))
    assert merged(declared(aliases=aliases), after) == ()


def test_the_live_side_gives_an_alias_its_version() -> None:
    """A fingerprint that is in force nowhere in the trees is still one that the account knows."""
    before = Named(target=OTHER, version=2, fingerprint=OTHER)
    move = AliasMove(ref=MODEL, alias="production", before=before, after=Named(target="v3", version=3))
    assert words(move) == ["production moves from v2 (a012345) to v3"]


def test_a_manifest_that_is_gone_takes_its_aliases_with_it() -> None:
    """What is live stays; programs that ask for the alias get no answer."""
    found = merged(declared(aliases=(("production", "current"),)), tree(DATA))
    assert found == (ManifestGone(ref=MODEL, aliases=("production",)),)
    assert words(*found) == [
        "is no longer declared: what is live of it stays, and its alias production answers to nothing"
    ]


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ({}, {"retrain": "never"}, "is not trained again, whatever changes (`retrain: never`)"),
        ({"retrain": "never"}, {}, "is trained again when it changes (no more `retrain: never`)"),
        ({}, {"start": False}, "gets new versions that are created and not trained (`start: false`)"),
        ({}, {"on_superseded": "stop"}, "has another training.on_superseded: wait -> stop"),
        (
            {},
            {"keep_checkpoints": (500, 1500)},
            "keeps of its checkpoints 500 and 1500 and the active one; `apply --prune` deletes the others",
        ),
        (
            {"keep_checkpoints": (500,)},
            {"keep_checkpoints": ()},
            "keeps of its checkpoints the active one; `apply --prune` deletes the others",
        ),
        ({"keep_checkpoints": (500,)}, {}, "keeps all its checkpoints (no more `keep_checkpoints`)"),
    ],
)
def test_a_training_policy_that_differs_is_told(then: dict[str, object], now: dict[str, object], said: str) -> None:
    """Nothing of it is ever sent, and it decides what later changes cost."""
    policies = [one for one in merged(declared(**then), declared(**now)) if isinstance(one, PolicyMove)]
    assert words(*policies) == [said]


def test_of_a_new_model_everything_is_new() -> None:
    """What it does stands in the plan, its aliases too."""
    assert merged(tree(DATA), declared(start=False, aliases=(("production", "current"),))) == ()


def test_a_definition_that_changes_nothing_live_is_told() -> None:
    """`retrain: never`: who edits the parameters and expects a training learns here that there is none."""
    after = declared(retrain="never", training_version="light")
    found = merged(declared(retrain="never"), after)
    new = declared_fingerprint(after.models[MODEL], after)
    assert found == (DefinitionKept(ref=MODEL, fingerprint=new),)


def absent(after: Desired) -> Desired:
    gone = Absent(ref=MODEL, location=HERE, project=PROJECT)
    return Desired(present=after.present, absent={MODEL: gone})


def test_an_absence_of_what_the_base_does_not_declare_is_told() -> None:
    """The plan shows no deletion, and after the merge there may be many. What the base declares is deleted in the plan."""
    assert merged(tree(DATA), absent(tree(DATA))) == (AbsenceDeclared(ref=MODEL),)
    found = assess_offline(absent(tree(DATA)), declared())
    assert [type(change) for change in found.changes] == [RemovalChange]
    assert merged(declared(), absent(tree(DATA))) == ()
    assert merged(absent(tree(DATA)), absent(tree(DATA))) == ()


def test_what_is_the_same_in_both_trees_is_nothing() -> None:
    """Also where an alias names what nothing in the trees is."""
    one: DesiredModel = model(aliases=(("old", "v4"), ("production", OTHER)), retrain="never")
    assert merged(tree(DATA, one), tree(DATA, one)) == ()
    assert DATASET in tree(DATA, one).refs


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Limits(), Limits(trainings=2), ["limits.trainings from 1 to 2"]),
        (Limits(trainings=2), Limits(), []),
        (Limits(uploads=5), Limits(), ["limits.uploads from 5 to no limit"]),
        (Limits(), Limits(uploads=5), []),
    ],
)
def test_a_looser_limit_is_told(before: Limits, after: Limits, said: list[str]) -> None:
    """A stricter one is not."""
    assert [text.removeprefix("this change loosens ") for text in words(*loosened(before, after))] == said


def test_an_expectation_that_went_is_told() -> None:
    """One that changed still binds."""
    found = forgotten({"trainings": 0, "uploads": 2}, {"uploads": 3})
    assert words(*found) == ["this change takes away expect.trainings, which was 0"]


def test_entries_of_what_is_adopted_are_told_when_they_come_differ_and_go() -> None:
    """How much nothing but a name or a caption stands for is part of it; that it cannot be made anew is seen offline."""
    tree_now = declared()
    rows = (
        AdoptedImage(name="1", file="a.png", digest="a" * 64, compared=Compared.PIXELS, distance=0.1),
        AdoptedImage(name="2", file="b.png", digest="b" * 64, compared=Compared.NAME),
    )
    fingerprint = dataset_fingerprint(tree_now.datasets[DATASET])
    entry = Adopted(ref=DATASET, account=1, project=1, id=20, fingerprint=fingerprint, images=rows)
    hero = Adopted(ref=MODEL, account=1, project=1, id=30, fingerprint=OWN, dataset=fingerprint)
    adopted = replace(tree_now, adopted=Adoption({DATASET: entry, MODEL: hero}))
    assert merged(tree_now, adopted) == (
        AdoptionMove(ref=DATASET, id=20, images=2, believed=1),
        AdoptionMove(ref=MODEL, id=30),
    )
    assert (
        merged(adopted, replace(adopted, adopted=Adoption({DATASET: replace(entry, location=HERE), MODEL: hero}))) == ()
    )
    (gone,) = words(*merged(adopted, replace(tree_now, adopted=Adoption({MODEL: hero}))))
    assert gone.startswith("is not adopted any more: what people made does not count as its version")
    (said,) = words(AdoptionMove(ref=DATASET, id=20, images=2, believed=1))
    assert said.startswith("is adopted: the live dataset 20, which people made, counts as its first version; ")
    assert said.endswith("of 2 images, 1 is known by name or caption only")
    assert assess_offline(adopted, Desired()).changes == ()
    other = replace(adopted, adopted=Adoption({DATASET: replace(entry, fingerprint=OTHER), MODEL: hero}))
    assert {change.ref for change in assess_offline(other, Desired()).changes} == {PROJECT, DATASET, MODEL}
