"""The course of a model, decided once in a comparison."""

from reconciler.core.desired import DesiredModel
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.training import Decision, decide
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.run_options import RunOptions


def course_of(
    model: DesiredModel, dataset: str, index: AccountIndex, project_id: int | None, asked: RunOptions
) -> tuple[str, Decision]:
    """The fingerprint of a model on a dataset of this fingerprint, and its course.

    It is asked for when the dataset is judged and again when its models are; the index keeps the answer.
    """
    kept = index.courses.get((model.ref, dataset))
    if kept is None:
        fingerprint = model_fingerprint(model, dataset)
        retry, start = model.ref in asked.retry, model.ref in asked.start
        made = decide(model, fingerprint, index.models(model.ref.name, project_id), retry=retry, start=start)
        kept = index.courses[model.ref, dataset] = (fingerprint, made)
    return kept
