"""Entries of what was adopted that do not fit: each is refused, and nothing is made anew."""

from dataclasses import replace

import pytest

from reconciler.core.adoption import Adopted, AdoptedImage, Adoption, Compared
from reconciler.core.desired import Desired
from reconciler.core.diff.assessment import Assessment
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.live import ModelStatus, RemoteDataset, RemoteImage, RemoteModel, RemoteProject
from reconciler.core.run_options import RunOptions
from tests.core.build import (
    DATASET,
    MODEL,
    account,
    dataset,
    image,
    live_dataset,
    live_model,
    live_project,
    model,
    print_of,
    tree,
)

DATA = dataset(image("a"), image("b"))
PRINT = print_of(DATA)
TREE = tree(DATA, model())
ENTRY = Adopted(
    ref=DATASET,
    account=1,
    project=1,
    id=10,
    fingerprint=PRINT,
    images=tuple(
        AdoptedImage(name=f"{one.name} by hand", file=one.name, digest=one.digest, compared=Compared.NAME)
        for one in DATA.images
    ),
)
HERO = Adopted(ref=MODEL, account=1, project=1, id=55, fingerprint=model_fingerprint(model(), PRINT), dataset=PRINT)
IMAGES = tuple(
    RemoteImage(id=number, image_name=one.name, caption="a thing.", caption_source="automatic")
    for number, one in enumerate(ENTRY.images, 81)
)
MINE = live_dataset(10, "Mine", *IMAGES)
TRAINED = live_model(55, "My model", ModelStatus.COMPLETED, training_mode="fully_automated", training_version="max")


def compared(
    *live: RemoteProject | RemoteDataset | RemoteModel,
    entries: tuple[Adopted, ...] = (ENTRY, HERO),
    desired: Desired = TREE,
    full: bool = False,
) -> Assessment:
    """The comparison with an account that holds a project and these objects, as a client shows them."""
    adoption = Adoption({entry.ref: entry for entry in entries})
    observed = account(live_project(), *live)
    known = adoption.in_account(observed.projects).account(observed)
    return diff(replace(desired, adopted=adoption), known, RunOptions(reads_all=full))


def refused(found: Assessment) -> str:
    """The one refusal; nothing is uploaded or trained beside it."""
    (refusal,) = found.refusals
    assert {change.kind for change in found.changes} <= {"rename"}
    return f"{refusal.rule}: {refusal.summary}"


def test_what_fits_gets_its_name_and_nothing_else() -> None:
    found = compared(MINE, TRAINED, full=True)
    assert not found.refusals
    assert [change.kind for change in found.changes] == ["rename", "rename"]


@pytest.mark.parametrize("keeps", [True, False])
def test_a_name_that_is_kept_is_not_listed(keeps: bool) -> None:
    found = compared(MINE, TRAINED, entries=(replace(ENTRY, keeps_name=keeps), replace(HERO, keeps_name=True)))
    assert len(found.changes) == (0 if keeps else 1)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a.png by hand", "c.png"), 'holds 1 image that its entry does not name, first "c.png"'),
        (("a.png by hand",), "holds 1 image, and its entry names 2"),
    ],
)
def test_other_images_are_another_dataset(names: tuple[str, ...], said: str) -> None:
    images = tuple(replace(IMAGES[0], id=number, image_name=name) for number, name in enumerate(names, 1))
    shown = live_dataset(10, "Mine", *images)
    listed = replace(shown, images=None)
    assert said in refused(compared(shown if "not name" in said else listed, TRAINED))


def test_an_image_that_is_not_there_is_told() -> None:
    images = (IMAGES[0], replace(IMAGES[0], id=99))
    said = refused(compared(live_dataset(10, "Mine", *images), TRAINED))
    assert f'lacks 1 image that its entry names, first "{IMAGES[1].image_name}"' in said


def test_what_is_gone_is_not_made_anew_unless_a_later_version_is_there() -> None:
    assert refused(compared(entries=(ENTRY,), desired=tree(DATA))).startswith("adopted-gone")
    later = live_dataset(20, f"poses v2 ({PRINT})", *IMAGES)
    assert not compared(later, entries=(ENTRY,), desired=tree(DATA), full=True).refusals


def test_it_must_lie_in_the_project_that_git_declares() -> None:
    """Else the next version would be made in another project than this one."""
    elsewhere = replace(MINE, project_id=2)
    other = live_project(2, project_name="Another")
    said = refused(compared(elsewhere, other, entries=(replace(ENTRY, project=2),), desired=tree(DATA)))
    assert "lies in project 2, and project/lora is project 1" in said
    said = refused(compared(elsewhere, other, entries=(ENTRY,), desired=tree(DATA)))
    assert "lies in project 2, and its entry" in said


def test_a_model_counts_only_with_the_content_that_it_was_adopted_with() -> None:
    """The dataset was adopted anew since, with other words of git's; or it is no version of the declared one at all."""
    other = replace(ENTRY, fingerprint="a0123456789ab")
    found = compared(MINE, TRAINED, entries=(other, HERO))
    assert f"was {PRINT} when the model was adopted, and is a0123456789ab now" in refused(found)
    found = compared(MINE, TRAINED, entries=(HERO,))
    assert [one.rule for one in found.refusals] == ["dataset-renamed-live"]
    assert all(change.kind == "rename" for change in found.changes)


def test_entries_of_another_account_are_no_entries() -> None:
    found = compared(MINE, TRAINED, entries=(replace(ENTRY, account=9), replace(HERO, account=9)))
    (note,) = [note for note in found.notes if note.rule == "adopted-elsewhere"]
    assert note.text == (
        "adopted in another account, which is known by project 9, and ignored here: dataset/poses and model/max"
    )
    assert not [change for change in found.changes if change.kind == "rename"]
