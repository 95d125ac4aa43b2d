"""Before anything is paid for: is the same thing live already, under another name?"""

from reconciler.core.desired import Desired, DesiredModel
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.election import ALIVE
from reconciler.core.kind import Kind
from reconciler.core.live import Live, called
from reconciler.core.name import parse_dataset_name, parse_model_name
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import count, quoted


def dataset_elsewhere(context: DatasetContext) -> Refusal | None:
    """The refusal of a dataset that would be made although its content, its name or its model points to a live one."""
    return _same_content(context) or _stray_of_that_name(context) or _renamed_under_a_model(context)


def model_elsewhere(
    model: DesiredModel, fingerprint: str, desired: Desired, index: AccountIndex, project_id: int | None
) -> Refusal | None:
    """The refusal of a model that would be trained although its definition or its name points to a live one."""
    for holder in index.model_holders(fingerprint):
        other = Ref(Kind.MODEL, holder.name.base)
        if other not in desired.models and other not in desired.absent and holder.model.status in ALIVE:
            return Refusal(
                rule="model-renamed",
                ref=model.ref,
                summary=f"{model.ref} is new here, but {called(holder.model)} was trained from exactly this definition",
                remedies=(
                    f"If it was renamed: rename it back, or declare `moved: {{from: {holder.name.base}}}`.",
                    f"If both shall exist: `--accept {model.ref}` (1 training).",
                ),
            )
    own = [m for m in index.models(model.ref.name, project_id) if m.model.status in ALIVE]
    if own or project_id is None:
        return None
    for stray in index.models_inside(project_id):
        if parse_model_name(stray.name) is None and _begins(stray.name, model.ref.name):
            return _looks_like(model.ref, stray, "1 training")
    return None


def _same_content(context: DatasetContext) -> Refusal | None:
    for holder in context.index.dataset_holders(context.fingerprint):
        other = Ref(Kind.DATASET, holder.name.base)
        if other in context.desired.datasets or other in context.desired.absent or not holder.dataset.is_completed:
            continue
        images = len(context.dataset.images)
        return Refusal(
            rule="dataset-renamed",
            ref=context.ref,
            summary=f"{context.ref} is new here, but {called(holder.dataset)} holds exactly its content",
            remedies=(
                f"If it was renamed: rename it back, or declare `moved: {{from: {holder.name.base}}}`.",
                f"If both shall exist: `--accept {context.ref}` ({count(images, 'upload')}{_trainings(context)}).",
            ),
        )
    return None


def _stray_of_that_name(context: DatasetContext) -> Refusal | None:
    if context.project_id is None or context.completed:
        return None
    for stray in context.index.datasets_inside(context.project_id):
        if stray.is_completed and parse_dataset_name(stray.name) is None and _begins(stray.name, context.ref.name):
            spent = f"{count(len(context.dataset.images), 'upload')}{_trainings(context)}"
            return _looks_like(context.ref, stray, spent)
    return None


def _renamed_under_a_model(context: DatasetContext) -> Refusal | None:
    """The dataset of a living model of ours has a name that a person chose: somebody renamed it in the console."""
    for model in context.desired.models_on(context.ref):
        for member in context.index.models(model.ref.name, context.project_id):
            if member.model.status not in ALIVE or member.model.dataset_id is None:
                continue
            live = context.index.observed.datasets.get(member.model.dataset_id)
            if live is None or parse_dataset_name(live.name) is not None:
                continue
            spent = f"{count(len(context.dataset.images), 'upload')}{_trainings(context)}"
            return Refusal(
                rule="dataset-renamed-live",
                ref=context.ref,
                summary=f"{called(member.model)} was trained on {called(live)}, "
                f"which is named as no version of {context.ref.name}",
                remedies=(
                    f"If it was renamed in the console: declare `moved: {{from: {quoted(live.name)}}}`, or rename it back.",
                    f"If a new version shall be made: `--accept {context.ref}` ({spent}).",
                ),
            )
    return None


def _looks_like(ref: Ref, stray: Live, spent: str) -> Refusal:
    noun = stray.kind.value
    return Refusal(
        rule=f"{noun}-stray-name",
        ref=ref,
        summary=f"no version of {ref} is live, but the {noun} {called(stray)} bears its name",
        remedies=(
            f"If people made it, and git declares just that: `reconciler adopt {ref} {stray.id}`.",
            f"If it is the same {noun}: declare `moved: {{from: {quoted(stray.name)}}}`, or give it its former name back.",
            f"If it is another: `--accept {ref}` ({spent}).",
        ),
    )


def _begins(name: str, base: str) -> bool:
    return name.casefold().startswith(base.casefold())


def _trainings(context: DatasetContext) -> str:
    models = len(context.desired.models_on(context.ref))
    return f", {count(models, 'training')}" if models else ""
