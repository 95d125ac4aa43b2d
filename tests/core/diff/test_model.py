"""What comparing says about a model: in force, to be started, to be trained anew, held, or refused."""

import pytest

from reconciler.core.change import FieldChange, ModelChange
from reconciler.core.desired import DesiredModel
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.live import ModelStatus, RemoteModel
from reconciler.core.reason import Reason, Why
from reconciler.core.refusal import Refusal
from reconciler.core.run_options import RunOptions
from tests.core.build import (
    DATASET,
    MODEL,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    live_project,
    model,
    print_of,
    tree,
)

ONE = dataset(image("a"))
PRINT = model_fingerprint(model(), print_of(ONE))
NAME = f"max v1 ({PRINT})"


def changes(*models: RemoteModel, wanted: DesiredModel | None = None) -> tuple[ModelChange, ...]:
    """The model changes against a live side with the dataset complete and these models."""
    live = live_dataset(10, f"poses v1 ({print_of(ONE)})", live_image(1, "a"))
    found = diff(tree(ONE, wanted or model()), account(live_project(), live, *models))
    assert not found.refusals
    return tuple(change for change in found.changes if isinstance(change, ModelChange))


def test_a_completed_model_of_the_fingerprint_is_in_sync() -> None:
    """Completed: nothing to do."""
    assert not changes(live_model(20, NAME))


def test_no_model_is_created_and_trained() -> None:
    """A first version is created on the completed dataset, and the reason names the suspicion."""
    (change,) = changes()
    assert (change.creates, change.starts, change.version, change.dataset_id) == (True, True, 1, 10)
    assert change.reason == Reason(why=Why.NO_MODEL_YET, ref=DATASET)


def test_start_false_creates_only() -> None:
    """`training: {start: false}` spends nothing."""
    (change,) = changes(wanted=model(start=False))
    assert change.creates
    assert not change.starts
    assert not changes(live_model(20, NAME, ModelStatus.CREATED), wanted=model(start=False))


def test_a_created_model_is_started_and_not_created_again() -> None:
    """A run that was cut off between create and start: the model is started."""
    (change,) = changes(live_model(20, NAME, ModelStatus.CREATED))
    assert (change.creates, change.starts, change.id) == (False, True, 20)


def test_in_progress_is_not_drift() -> None:
    """A training that runs is left alone."""
    assert not changes(live_model(20, NAME, ModelStatus.IN_PROGRESS))


@pytest.mark.parametrize("status", [ModelStatus.FAILED, ModelStatus.STOPPED, ModelStatus.STOPPING])
def test_failed_and_stopped_are_never_retried_by_themselves(status: ModelStatus) -> None:
    """A failure is kept and a person's decision respected: no new training, said aloud."""
    assert not changes(live_model(20, NAME, status))


def test_a_deleted_model_is_trained_anew_under_the_next_number() -> None:
    """I20: a version number is never given twice, Deleted ones included."""
    (change,) = changes(live_model(20, NAME, ModelStatus.DELETED))
    assert change.version == 2
    assert change.reason.why is Why.LAST_VERSION_DELETED


def test_an_alias_holds_its_number() -> None:
    """I20: a number that an alias names is not given to other content."""
    (change,) = changes(wanted=model(aliases=(("production", "v4"),)))
    assert change.version == 5


def test_changed_parameters_make_a_new_version_and_say_which() -> None:
    """The training definition changed: before and after of each declared parameter."""
    wanted = model(training_mode="expert", training_version="bria-3.2", parameters=(("rank", 64),))
    live = live_model(
        20,
        "max v1 (a111111111111)",
        training_mode="expert",
        training_version="bria-3.2",
        parameters=(("rank", 128), ("learning_rate", 0.1)),
    )
    (change,) = changes(live, wanted=wanted)
    assert change.version == 2
    assert change.fields == (FieldChange(path="training.rank", before=128, after=64),)
    assert change.reason.why is Why.DEFINITION_CHANGED


def test_a_description_is_updated_in_place() -> None:
    """A description costs no training."""
    (change,) = changes(live_model(20, NAME), wanted=model(description="The hero"))
    assert (change.creates, change.starts) == (False, False)
    assert change.fields == (FieldChange(path="description", before="", after="The hero"),)


def test_a_changing_dataset_means_a_new_model_version() -> None:
    """The cascade: dataset v2, so model v2."""
    live = live_dataset(10, "poses v1 (a000000000000)", live_image(1, "a"), live_image(2, "z"))
    world = account(live_project(), live, live_model(20, "max v1 (a111111111111)"))
    found = diff(tree(ONE, model()), world)
    change = next(change for change in found.changes if isinstance(change, ModelChange))
    assert (change.version, change.dataset_id, change.dataset_version) == (2, None, 2)
    assert change.reason == Reason(why=Why.DATASET_CHANGES, ref=DATASET)


def test_duplicates_are_named_and_never_trained() -> None:
    """Of two created models of one name the lower id is started; the other is a duplicate."""
    live = live_dataset(10, f"poses v1 ({print_of(ONE)})", live_image(1, "a"))
    twins = [live_model(id_, NAME, ModelStatus.CREATED) for id_ in (21, 20)]
    found = diff(tree(ONE, model()), account(live_project(), live, *twins))
    (change,) = found.changes
    assert isinstance(change, ModelChange)
    assert change.id == 20
    assert [note.rule for note in found.notes if note.ref == MODEL] == ["duplicate"]


def refused(*models: RemoteModel) -> Refusal:
    """The one refusal against a live side with the dataset complete and these models."""
    live = live_dataset(10, f"poses v1 ({print_of(ONE)})", live_image(1, "a"))
    (refusal,) = diff(tree(ONE, model()), account(live_project(), live, *models)).refusals
    return refusal


def test_an_unknown_status_is_not_spent_on() -> None:
    """F24: a status this release does not know is not settled."""
    assert refused(live_model(20, NAME, ModelStatus.UNKNOWN)).rule == "model-status-unknown"


def test_a_renamed_manifest_is_never_answered_by_training() -> None:
    """The same definition is live under a name that no manifest declares."""
    refusal = refused(live_model(20, f"old-name v3 ({PRINT})"))
    assert refusal.rule == "model-renamed"
    assert "old-name v3" in refusal.summary


def test_a_stray_model_of_that_name_is_never_answered_by_training() -> None:
    """Somebody renamed the model in the console: its name, letter case aside, begins with ours."""
    assert refused(live_model(20, "MAX final version")).rule == "model-stray-name"


def test_accept_lifts_a_rename_refusal() -> None:
    """`--accept model/max` says that both shall exist."""
    live = live_dataset(10, f"poses v1 ({print_of(ONE)})", live_image(1, "a"))
    world = account(live_project(), live, live_model(20, f"old-name v3 ({PRINT})"))
    assert not diff(tree(ONE, model()), world, RunOptions(accepted=(MODEL,))).refusals


def test_a_renamed_dataset_is_never_answered_by_uploading() -> None:
    """The desired content is live under a name that no manifest declares."""
    live = live_dataset(10, f"old-poses v1 ({print_of(ONE)})", live_image(1, "a"))
    world = account(live_project(), live, live_model(20, NAME))
    found = diff(tree(ONE, model()), world)
    assert [refusal.rule for refusal in found.refusals] == ["dataset-renamed"]
    assert not found.changes
    assert not diff(tree(ONE), world, RunOptions(accepted=(DATASET,))).refusals


def test_a_stray_dataset_of_that_name_is_refused() -> None:
    """Our dataset was renamed in the console to something that begins with its name."""
    live = live_dataset(10, "Poses final", live_image(1, "a"))
    found = diff(tree(ONE, model()), account(live_project(), live, live_model(20, "max v1 (a111111111111)")))
    assert [refusal.rule for refusal in found.refusals if refusal.ref == DATASET] == ["dataset-stray-name"]


def test_the_dataset_of_a_living_model_under_a_foreign_name_is_refused() -> None:
    """The console renamed the completed dataset to anything; its model still points to it."""
    live = live_dataset(10, "Lora final", live_image(1, "a"))
    found = diff(tree(ONE, model()), account(live_project(), live, live_model(20, "max v1 (a111111111111)")))
    assert [refusal.rule for refusal in found.refusals if refusal.ref == DATASET] == ["dataset-renamed-live"]


def test_a_training_that_git_no_longer_wants_is_told() -> None:
    """After a change that was taken back: nothing is done about it, and somebody pays for it."""
    live = live_dataset(10, f"poses v1 ({print_of(ONE)})", live_image(1, "a"))
    other = live_model(21, "max v2 (a51be07aa9c13)", ModelStatus.IN_PROGRESS)
    found = diff(tree(ONE, model()), account(live_project(), live, live_model(20, NAME), other))
    (note,) = [note for note in found.notes if note.rule == "training-unwanted"]
    assert note.text.startswith('"max v2 (a51be07aa9c13)" (id 21) is still in training')
    assert not found.changes
    alone = diff(tree(ONE, model(retrain="never")), account(live_project(), live, other))
    assert not [note for note in alone.notes if note.rule == "training-unwanted"]
