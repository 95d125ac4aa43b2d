"""Change categories: the kind of a change decides what it costs."""

from dataclasses import replace

from reconciler.core.category import Category, categories
from reconciler.core.change import ProjectChange, RemovalChange, RenameChange
from reconciler.core.diff.diff import diff
from reconciler.core.guide import PrefixGuide
from reconciler.core.reason import Reason, Why
from tests.core.build import (
    DATASET,
    PROJECT,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_project,
    model,
    print_of,
    tree,
)

TWO = dataset(image("a", "text a."), image("b"))
LIVE = live_dataset(10, f"poses v1 ({print_of(TWO)})", live_image(1, "a", "text a.", "manual"), live_image(2, "b"))


def test_a_dataset_change_names_all_its_kinds() -> None:
    """Captions, style and content, in this order; a first version has none."""
    wanted = replace(dataset(image("a", "new."), image("c")), guide=PrefixGuide(text="Other,"))
    (change,) = diff(tree(wanted), account(live_project(), LIVE)).changes
    assert categories(change) == (Category.CAPTIONS, Category.STYLE, Category.CONTENT)
    (first,) = diff(tree(TWO), account(live_project())).changes
    assert categories(first) == ()


def test_what_changes_in_place_is_cosmetic() -> None:
    """A project's words and a rename cost nothing; creating and deleting are no category."""
    body = (("project_name", "x"),)
    updated = ProjectChange(
        ref=PROJECT, id=1, takes_over=False, reason=Reason(why=Why.CHANGED_IN_GIT), fields=(), body=body
    )
    assert categories(updated) == (Category.COSMETIC,)
    assert categories(replace(updated, id=None)) == ()
    assert categories(replace(updated, takes_over=True)) == ()
    assert categories(RenameChange(ref=DATASET, reason=Reason(why=Why.CHANGED_IN_GIT), objects=())) == (
        Category.COSMETIC,
    )
    assert categories(RemovalChange(ref=DATASET, reason=Reason(why=Why.CHANGED_IN_GIT), objects=())) == ()


def test_a_model_change_is_training_where_its_definition_differs() -> None:
    """Another version of the training: a new model on the same dataset."""
    found = diff(tree(TWO, model()), account(live_project(), LIVE))
    (change,) = found.changes
    assert categories(change) == ()
