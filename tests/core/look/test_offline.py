"""A tree against an earlier one of its own: nothing of an account gets in, and nothing that costs is hidden."""

import re
from dataclasses import replace

import pytest

from reconciler.core.change import DatasetChange, ModelChange, ProjectChange
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import called
from reconciler.core.look.offline import assess_offline, edited
from reconciler.core.look.tree_as_live import tree_as_live
from reconciler.core.reason import Why
from reconciler.core.refusal import Note
from reconciler.render.reason import reason_words
from reconciler.render.state import detail_words
from tests.core.build import DATASET, MODEL, PROJECT, dataset, image, model, project, tree

DATA = dataset(image("a", "text a."), image("b"))
TREES = [
    tree(DATA, model()),
    tree(replace(DATA, completed=False), model()),
    tree(DATA, model(start=False)),
    tree(DATA, model(mirror_aliases=True, aliases=(("production", "current"), ("old", "v4")))),
    tree(DATA, model(), project(id=1)),
    tree(DATA, model(), project(id=2)),
    tree(),
    Desired(),
]


@pytest.mark.parametrize("one", TREES)
def test_a_tree_differs_in_nothing_from_itself(one: Desired) -> None:
    """Whatever it declares: drafts, models that are not to be started, pinned ids, mirrored aliases."""
    found = assess_offline(one, one)
    assert (found.changes, found.refusals, found.unread, found.aliases) == ((), (), frozenset(), ())


@pytest.mark.parametrize("one", TREES[:6])
@pytest.mark.parametrize("other", TREES[:6])
def test_no_id_and_no_version_is_told(one: Desired, other: Desired) -> None:
    """In no sentence of the assessment."""
    found = assess_offline(one, other)
    texts = [note.text for note in found.notes] + [refusal.summary for refusal in found.refusals]
    texts += [reason_words(change.reason) for change in found.changes]
    texts += [detail_words(item) for item in found.unchanged]
    assert not [text for text in texts if re.search(r"\bid \d|\bdraft \d|\bv\d+ \(|dataset/\S+ v\d", text)]


def test_a_declared_id_is_no_other_objects() -> None:
    """A project that pins the id 1 shares it with nobody, and its datasets are in it."""
    observed = tree_as_live(tree(DATA, model(), project(id=1)))
    assert list(observed.projects) == [1]
    assert {one.project_id for one in observed.datasets.values()} == {1}


def test_a_place_or_a_pointer_is_no_edit() -> None:
    """A manifest that moved to another file, and bytes that are not here, mean the same."""
    moved = replace(DATA, images=tuple(replace(one, has_content=False) for one in DATA.images))
    assert edited(tree(moved), tree(DATA)) == frozenset()
    assert edited(tree(dataset(image("a", "text a."))), tree(DATA)) == {DATASET}


def test_what_depends_on_an_edit_is_told_in_one_note() -> None:
    """The model is trained because its dataset changes."""
    found = assess_offline(tree(dataset(image("a", "new."), image("b")), model()), tree(DATA, model()))
    assert [type(change) for change in found.changes] == [DatasetChange, ModelChange]
    note = Note(rule="dependents", ref=None, text=f"not edited, but built on what this change edits: {MODEL}")
    assert found.notes == (note,)


def test_a_new_model_on_a_dataset_that_stands_is_new() -> None:
    """Nobody deleted it in a console."""
    (change,) = assess_offline(tree(DATA, model()), tree(DATA)).changes
    assert change.reason.why is Why.NEW


def test_the_only_dataset_of_a_project_may_be_replaced() -> None:
    """No take-over of a project that both trees declare."""
    other = replace(DATA, ref=replace(DATASET, name="hero"))
    found = assess_offline(
        tree(replace(other, guide=PrefixGuide(text="Other,")), None, project(ip_description="x")), tree(DATA)
    )
    assert found.refusals == ()
    assert [change.takes_over for change in found.changes if isinstance(change, ProjectChange)] == [False]


def test_a_project_under_another_name_is_refused_unless_it_moved() -> None:
    """As it would be live."""
    found = assess_offline(tree(DATA, None, project(project_name="New")), tree(DATA))
    assert [refusal.rule for refusal in found.refusals] == ["project-renamed"]
    moved = project(project_name="New", moved_from="Branded Character")
    assert assess_offline(tree(DATA, None, moved), tree(DATA)).refusals == ()
    assert found.refusals[0].ref == PROJECT


def test_what_only_an_account_knows_is_not_told_of_an_assumed_object() -> None:
    """Its id, and the version in a name of ours; a name that a person gave stays."""
    (live,) = tree_as_live(tree(DATA)).datasets.values()
    print_ = dataset_fingerprint(DATA)
    assert called(live) == f'"poses ({print_})"'
    assert called(replace(live, is_assumed=False)) == f'"poses v1 ({print_})" (id {live.id})'
    assert called(replace(live, name=f"poses v1 draft {print_} abcd")) == f'"poses draft {print_} abcd"'
    assert called(replace(live, name="v1 of v2")) == '"v1 of v2"'
