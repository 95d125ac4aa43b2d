"""The keys of version management: what is to be absent, what was moved, when to train again, what to keep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.desired import Absent
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.resolve import problems_in, resolve
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.training import DEFAULT_POLICY, TrainingPolicy
from tests.core.manifest.test_resolve import dataset, desired, everything, loaded, model, problems, project, the_problem

LORA, POSES, MAX = Ref(Kind.PROJECT, "lora"), Ref(Kind.DATASET, "poses"), Ref(Kind.MODEL, "lora-max")


def absent(text: str, metadata: str = "") -> str:
    """The same manifest with one word more."""
    return with_metadata(text, f"ensure: absent{metadata}")


def with_metadata(text: str, metadata: str) -> str:
    return text.replace("}\nspec:", f", {metadata}}}\nspec:", 1)


def moved(text: str, former: str) -> str:
    return with_metadata(text, f"moved: {{from: {former}}}")


# ---------------------------------------------------------------- absent


def test_what_is_absent_is_kept_apart_and_knows_its_project() -> None:
    found = desired(
        project(),
        absent(project("old", project_name="Old One"), ", id: 7"),
        dataset(),
        absent(dataset("gone", project="old")),
        absent(model("lost", dataset="gone")),
        absent(model()),
    )
    old = Ref(Kind.PROJECT, "old")
    assert found.absent == {
        old: Absent(ref=old, location=Location("m/1.yaml", 1, 1), project=old, project_name="Old One", id=7),
        Ref(Kind.DATASET, "gone"): Absent(
            ref=Ref(Kind.DATASET, "gone"), location=Location("m/3.yaml", 1, 1), project=old
        ),
        MAX: Absent(ref=MAX, location=Location("m/5.yaml", 1, 1), project=LORA),
        Ref(Kind.MODEL, "lost"): Absent(ref=Ref(Kind.MODEL, "lost"), location=Location("m/4.yaml", 1, 1), project=old),
    }
    assert list(found.absent) == sorted(found.absent)
    assert (list(found.projects), list(found.datasets), list(found.models)) == ([LORA], [POSES], [])
    assert found.warnings == ()


def test_an_absent_project_is_found_by_the_name_of_its_manifest_where_no_other_is_given() -> None:
    found = desired(absent(project(project_name="")))
    assert found.absent[LORA].project_name == "lora"


def test_a_tree_of_absent_manifests_is_not_empty() -> None:
    assert problems(absent(project()), absent(dataset()), absent(model())) == []


def test_nothing_but_the_form_of_an_absent_manifest_is_judged() -> None:
    assert (
        problems(
            absent(project(ip_name="", ip_medium="photography", ip_type="icons")),
            absent(dataset(caption_prefix="")),
            absent(model(training_version="bria-3.2", aliases="{A: b}", training="{rank: 3, retries: 2}")),
        )
        == []
    )


def test_models_that_are_to_go_advise_nothing_on_images() -> None:
    assert problems(project(), dataset(), absent(model(training_version="light"))) == []


def test_what_is_to_be_there_cannot_stand_on_what_is_to_go() -> None:
    problem = the_problem(absent(project()), dataset())
    assert f"{problem.location} {problem.rule}" == "m/1.yaml:5:12 absent-parent"
    assert problem.summary == "dataset/poses stands in project/lora, which is to be deleted"
    assert problem.detail == "project/lora says `ensure: absent` (at m/0.yaml:3:32)."
    assert (
        problem.remedy
        == "Write `ensure: absent` into dataset/poses and its models too, or remove it from project/lora."
    )
    problem = the_problem(project(), absent(dataset()), model())
    assert f"{problem.location} {problem.rule}" == "m/2.yaml:5:12 absent-parent"
    assert problem.summary == "model/lora-max stands on dataset/poses, which is to be deleted"
    assert problem.remedy == "Write `ensure: absent` into model/lora-max too, or remove it from dataset/poses."


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((absent(dataset()),), "m/0.yaml:5:12 manifest-reference"),
        ((project(), absent(model())), "m/1.yaml:5:12 manifest-reference"),
        ((absent(dataset()), absent(model())), "m/0.yaml:5:12 manifest-reference"),
        ((project(ip_type="nonsense"), absent(dataset())), "m/0.yaml:9:12 manifest-value"),
    ],
)
def test_what_an_absent_manifest_refers_to_must_be_declared(texts: tuple[str, ...], expected: str) -> None:
    assert problems(*texts) == [expected]


def test_an_absent_manifest_says_why_its_project_is_needed() -> None:
    assert the_problem(absent(dataset())).detail == "What is to be deleted is looked for below it."


def test_present_and_absent_at_once() -> None:
    assert problems(project(), absent(project())) == ["m/1.yaml:3:18 manifest-double"]


def test_one_live_project_is_not_kept_and_deleted() -> None:
    problem = the_problem(absent(project("a", project_name="Lora")), project("b", project_name="Lora"))
    assert f"{problem.location} {problem.rule}" == "m/0.yaml:5:17 project-name-double"
    assert (
        problem.detail
        == 'project/b (at m/1.yaml:1:1) and project/a are both "Lora" there, and project/a is to be deleted.'
    )
    ids = [absent(project("a"), ", id: 7"), with_metadata(project("b"), "id: 7")]
    assert problems(*ids) == ["m/0.yaml:3:41 project-id-double"]
    both = (absent(project("a", project_name="Lora")), absent(project("b", project_name="Lora")))
    assert the_problem(*both).remedy == "Give one of them another project_name."


# ---------------------------------------------------------------- moved


def test_a_former_name_is_carried() -> None:
    found = desired(
        moved(project(), "' Old  Project '"), moved(dataset(), "Poses (final)"), moved(model(), "'[my] mo\\del '")
    )
    assert found.projects[LORA].moved_from == "Old  Project"
    assert found.datasets[POSES].moved_from == "Poses (final)"
    assert found.models[MAX].moved_from == "[my] mo\\del "
    assert desired(project()).projects[LORA].moved_from is None


MOVES = [
    (moved(project(), "lora"), "m/0.yaml:3:38 moved-itself"),
    (moved(project(project_name="Lora Bond"), "Lora Bond"), "m/0.yaml:3:38 moved-itself"),
    (moved(project(project_name="Lora Bond"), "lora"), None),
    (moved(project("a", project_name="New"), "lora"), "m/0.yaml:3:35 moved-declared"),
    (moved(project("a", project_name="New"), "a"), None),
    (moved(dataset("a", caption_prefix="b,"), "a"), "m/0.yaml:3:35 moved-itself"),
    (moved(dataset("a", caption_prefix="b,"), "poses"), "m/0.yaml:3:35 moved-declared"),
    (moved(dataset("a", caption_prefix="b,"), "lora"), None),
    (moved(dataset("a", caption_prefix="b,"), "lora-max"), None),
    (moved(model("a", training_mode="expert"), "lora-max"), "m/0.yaml:3:35 moved-declared"),
    (moved(model("a", training_mode="expert"), "poses"), None),
    (moved(model("a", training_mode="expert"), "Lora-Max"), None),
    (moved(dataset("a", caption_prefix="b,"), "b v3 (a9f3c1a2b7d40)"), "m/0.yaml:3:35 moved-version"),
    (moved(dataset("a", caption_prefix="b,"), "b v3 draft a9f3c1a2b7d40 3f2a"), "m/0.yaml:3:35 moved-version"),
    (moved(project("a", project_name="New"), "b v3 (a9f3c1a2b7d40)"), None),
    (moved(project("a", project_name="New"), "''"), "m/0.yaml:3:35 moved-name"),
    (moved(dataset("a", caption_prefix="b,"), "' '"), "m/0.yaml:3:35 moved-name"),
    (moved(dataset("a", caption_prefix="b,"), "x" * 200), None),
    (moved(dataset("a", caption_prefix="b,"), "x" * 201), "m/0.yaml:3:35 moved-name"),
    (moved(dataset("a", caption_prefix="b,"), '"a\\tb"'), "m/0.yaml:3:35 moved-name"),
    (moved(dataset("a", caption_prefix="b,"), '"a\\u200bb"'), None),
]


@pytest.mark.parametrize(("text", "expected"), MOVES)
def test_rules_of_former_names(text: str, expected: str | None) -> None:
    others = () if "name: lora," in text else (project(),)
    assert problems(text, *others, dataset(), model()) == ([expected] if expected else [])


def test_what_a_former_name_is_told() -> None:
    took = the_problem(project(), dataset(), moved(dataset("a", caption_prefix="b,"), "poses"))
    assert took.summary == 'dataset/a is moved from "poses", which another manifest declares'
    assert took.detail == "dataset/poses (at m/1.yaml:1:1) has that name now."
    gone = the_problem(project(), absent(dataset()), moved(dataset("a", caption_prefix="b,"), "poses"))
    assert (gone.rule, gone.detail) == (
        "moved-declared",
        "dataset/poses (at m/1.yaml:1:1) says that it is to be deleted, so it cannot be taken over.",
    )
    version = the_problem(project(), moved(dataset(), "old v2 (a9f3c1a2b7d40)"))
    assert version.remedy == "Write the name that they share: from: old"
    own = the_problem(project(), moved(dataset(), "poses v2 (a9f3c1a2b7d40)"))
    assert own.remedy == "Remove `moved`: they bear this manifest's name."
    assert the_problem(project(), moved(dataset(), '"a\\nb"')).detail == "It holds a control character, \\n."
    assert the_problem(project(), moved(dataset(), "''")).detail == "It has 0 characters; a name has 1 to 200."


def test_only_one_manifest_is_moved_from_a_name() -> None:
    problem = the_problem(project(), moved(dataset(), "old"), moved(dataset("a", caption_prefix="b,"), "old"))
    assert f"{problem.location} {problem.rule}" == "m/1.yaml:3:39 moved-double"
    assert problem.detail == "dataset/a (at m/2.yaml:3:35) and dataset/poses."
    assert problems(project(), moved(dataset(), "old"), moved(model(), "old")) == []


# ---------------------------------------------------------------- policies


def test_policies_of_training_are_carried_and_are_no_parameters() -> None:
    told = desired(
        project(),
        dataset(history_limit="3"),
        model(
            training="{retrain: never, on_failure: retrain, retries: 3, on_superseded: stop, start: false}",
            history_limit="5",
        ),
    )
    wanted = told.models[MAX]
    policy = TrainingPolicy(start=False, retrain="never", on_failure="retrain", retries=3, on_superseded="stop")
    assert (wanted.policy, wanted.parameters, wanted.history_limit) == (policy, (), 5)
    assert told.datasets[POSES].history_limit == 3


def test_policies_are_not_in_the_fingerprint() -> None:
    silent = desired(project(), dataset(), model()).models[MAX]
    told = desired(project(), dataset(), model(training="{retrain: never, on_failure: retrain}")).models[MAX]
    assert model_fingerprint(silent, "a0") == model_fingerprint(told, "a0")
    assert (silent.policy, silent.history_limit) == (DEFAULT_POLICY, None)
    assert (
        TrainingPolicy(start=True, retrain="always", on_failure="keep", retries=1, on_superseded="wait")
        == DEFAULT_POLICY
    )


def test_an_alias_by_number_says_why_not() -> None:
    (warning,) = desired(project(), dataset(), model(aliases="{production: v2}")).warnings
    assert warning.summary == 'the alias "production" names a version by its number'
    assert warning.detail == "v2 is another version in another account; a fingerprint is the same everywhere."


# ---------------------------------------------------------------- together


def test_problems_can_be_had_without_an_exception() -> None:
    assert problems_in(loaded(project(), dataset(), model())) == ()
    assert [problem.rule for problem in problems_in(loaded(dataset()))] == ["manifest-reference"]
    assert [problem.rule for problem in problems_in(Loaded(location=Location("m")))] == ["manifest-none"]
    tree = loaded(project(), dataset(), model(aliases="{a: v2}"))
    assert problems_in(tree) == resolve(tree).warnings


TREE = [
    project(),
    absent(project("old", project_name="lora")),
    moved(dataset(), "old"),
    moved(dataset("a", caption_prefix="b,"), "old"),
    moved(dataset("c", caption_prefix="d,", project="old"), "a"),
    absent(model()),
    absent(model("m", dataset="gone")),
]


@given(st.permutations(range(len(TREE))))
def test_the_order_of_loading_changes_nothing(order: list[int]) -> None:
    assert everything(TREE, order) == everything(TREE, sorted(order))
    assert {problem.rule for problem in everything(TREE, order)[1]} == {
        "project-name-double",
        "moved-double",
        "moved-declared",
        "absent-parent",
        "manifest-reference",
    }
