"""Whatever people made and git declares: once it is adopted, a plan changes names alone; once it is named, nothing."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.adoption import Adopted, Adoption
from reconciler.core.change import RenameChange
from reconciler.core.desired import Desired, DesiredDataset, DesiredImage
from reconciler.core.diff.assessment import Assessment
from reconciler.core.diff.diff import diff
from reconciler.core.live import Observed, RemoteImage
from reconciler.core.look.adopting import Finding, Place, find_dataset, find_model
from reconciler.core.look.likeness import likenesses
from reconciler.core.look.offline import assess_offline
from reconciler.core.look.tree_as_live import SOME_TEXT, tree_as_live
from reconciler.core.name import parse_image_key
from reconciler.core.ref import Ref
from reconciler.core.run_options import RunOptions
from tests.laws.test_laws import trees

NAMES = st.sampled_from(["1", "1.png", "2.png", "image.png", "Image.PNG", "", "a/b.png", "人物.png", "poses v1"])
"""Few of them, so that many images share one."""


@st.composite
def made_by_hand(draw: st.DrawFn) -> tuple[Desired, Observed, dict[int, str]]:
    """A tree, an account in which people made just that, and the key of the content of each live image by its id."""
    tree = draw(trees())
    live, contents, number = tree_as_live(tree), dict[int, str](), 1000
    for dataset in live.datasets.values():
        images: list[RemoteImage] = []
        for image in dataset.images or ():
            for _ in range(draw(st.sampled_from([1, 1, 1, 2]))):
                number += 1
                contents[number] = parse_image_key(image.image_name) or ""
                source = draw(st.sampled_from(["automatic", "manual"]))
                images.append(replace(image, id=number, image_name=draw(NAMES), caption_source=source))
        shown = replace(dataset, name=draw(NAMES), images=tuple(images), images_count=len(images), is_assumed=False)
        live = live.updated(shown)
    models = (replace(model, name=draw(NAMES), is_assumed=False) for model in live.models.values())
    projects = (replace(project, is_assumed=False) for project in live.projects.values())
    return tree, live.updated(*models, *projects), contents


def adopted(tree: Desired, live: Observed, contents: dict[int, str]) -> Adoption:
    """All of it adopted by one who sees the pictures; datasets first."""
    entries: dict[Ref, Adopted] = {}
    for dataset in tree.datasets.values():
        found = _looked_at(tree, live, contents, entries, dataset.ref.name)
        entries[found.ref] = found.entry
    for model in tree.models.values():
        known = Adoption(entries).account(live)
        shown = next(one for one in live.models.values() if one.id == _ids(tree)[model.ref])
        found_model = find_model(
            model, shown, tree, known, Place(account=shown.project_id or 0, project=shown.project_id or 0)
        )
        assert isinstance(found_model, Finding)
        entries[model.ref] = found_model.entry
    return Adoption(entries)


def _ids(tree: Desired) -> dict[Ref, int]:
    return {ref: number for number, ref in enumerate(sorted(tree.refs), 1)}


def _looked_at(
    tree: Desired, live: Observed, contents: dict[int, str], entries: dict[Ref, Adopted], name: str
) -> Finding:
    dataset = next(one for one in tree.datasets.values() if one.ref.name == name)
    shown = live.datasets[_ids(tree)[dataset.ref]]

    def distance(image: RemoteImage, file: DesiredImage) -> float:
        return 0.0 if contents[image.id] == "a" + file.digest[:16] else 50.0

    images = likenesses(shown.images or (), dataset.images, guide=shown.guide, distance=distance, seen=tuple(contents))
    project = shown.project_id or 0
    return find_dataset(dataset, shown, images, Place(account=project, project=project))


def named(live: Observed, assessment: Assessment) -> Observed:
    """The account after the renames of a plan."""
    items = [item for change in assessment.changes if isinstance(change, RenameChange) for item in change.objects]
    return live.updated(*(live.live[item.kind, item.id].renamed(item.after) for item in items))


@settings(max_examples=100)
@given(made_by_hand())
def test_adopting_all_of_it_is_in_sync(world: tuple[Desired, Observed, dict[int, str]]) -> None:
    """No upload, no training, no refusal, however much is read; and offline the same."""
    tree, live, contents = world
    adoption = adopted(tree, live, contents)
    wanted = replace(tree, adopted=adoption)
    for asked in (RunOptions(), RunOptions(reads_all=True)):
        first = diff(wanted, adoption.account(live), asked)
        assert not first.refusals, [one.summary for one in first.refusals]
        assert all(isinstance(change, RenameChange) for change in first.changes), first.changes
        second = diff(wanted, adoption.account(named(live, first)), asked)
        assert (second.changes, second.refusals) == ((), ())
    offline = assess_offline(wanted, Desired())
    assert {change.ref.kind for change in offline.changes} <= {"project"}


@settings(max_examples=100)
@given(made_by_hand(), st.booleans())
def test_captions_that_git_takes_or_leaves_train_nothing(
    world: tuple[Desired, Observed, dict[int, str]], are_taken: bool
) -> None:
    """As after `captions pull`, and as after the manifest says `automatic` again: what is live is what is declared."""
    tree, live, contents = world
    adoption = adopted(tree, live, contents)
    wanted = replace(tree, adopted=adoption).updated(*(_recaptioned(one, are_taken) for one in tree.datasets.values()))
    found = diff(wanted, adoption.account(live))
    assert not found.refusals, [one.summary for one in found.refusals]
    assert all(isinstance(change, RenameChange) for change in found.changes), found.changes


def _recaptioned(dataset: DesiredDataset, are_taken: bool) -> DesiredDataset:
    """All captions declared as they are live, or none."""
    images = (replace(one, caption=(one.caption or SOME_TEXT) if are_taken else None) for one in dataset.images)
    return replace(dataset, images=tuple(images))
