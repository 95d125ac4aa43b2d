"""Look before paying: is the same thing already live under another name?"""

from reconciler.core.change import Refusal
from reconciler.core.compare.case import Case
from reconciler.core.compare.census import Census
from reconciler.core.compare.election import ALIVE
from reconciler.core.desired import Desired, DesiredModel
from reconciler.core.name import parse_dataset_name, parse_model_name
from reconciler.core.ref import Kind, Ref
from reconciler.core.text import count, quoted


def dataset_elsewhere(case: Case) -> Refusal | None:
    """A dataset that would be made or cloned, although its content, its name or its model points to a live one."""
    return _same_content(case) or _stray_of_that_name(case) or _renamed_under_a_model(case)


def model_elsewhere(
    model: DesiredModel, fingerprint: str, desired: Desired, census: Census, project_id: int | None
) -> Refusal | None:
    """A model that would be trained, although its definition or its name points to a live one."""
    for holder in census.model_holders(fingerprint):
        other = Ref(Kind.MODEL, holder.name.base)
        if other not in desired.models and other not in desired.absent and holder.model.status in ALIVE:
            return Refusal(
                rule="model-renamed",
                ref=model.ref,
                summary=f"{model.ref} is new here, but {quoted(holder.model.name)} (id {holder.model.id}) was trained "
                "from exactly this definition",
                remedies=(
                    f"If it was renamed: rename it back, or declare `moved: {{from: {holder.name.base}}}`.",
                    f"If both shall exist: `--accept {model.ref}` (1 training).",
                ),
            )
    own = [m for m in census.models(model.ref.name, project_id) if m.model.status in ALIVE]
    if own or project_id is None:
        return None
    for stray in census.models_in_project(project_id):
        if parse_model_name(stray.name) is None and _begins(stray.name, model.ref.name):
            return _looks_like(model.ref, "model", stray.name, stray.id, "1 training")
    return None


def _same_content(case: Case) -> Refusal | None:
    for holder in case.census.dataset_holders(case.fingerprint):
        other = Ref(Kind.DATASET, holder.name.base)
        if other in case.desired.datasets or other in case.desired.absent or not holder.dataset.is_completed:
            continue
        images = len(case.dataset.images)
        return Refusal(
            rule="dataset-renamed",
            ref=case.ref,
            summary=f"{case.ref} is new here, but {quoted(holder.dataset.name)} (id {holder.dataset.id}) "
            "holds exactly its content",
            remedies=(
                f"If it was renamed: rename it back, or declare `moved: {{from: {holder.name.base}}}`.",
                f"If both shall exist: `--accept {case.ref}` ({count(images, 'upload')}{_trainings(case)}).",
            ),
        )
    return None


def _stray_of_that_name(case: Case) -> Refusal | None:
    if case.project_id is None or case.completed:
        return None
    for stray in case.census.in_project(case.project_id):
        if stray.is_completed and parse_dataset_name(stray.name) is None and _begins(stray.name, case.ref.name):
            spent = f"{count(len(case.dataset.images), 'upload')}{_trainings(case)}"
            return _looks_like(case.ref, "dataset", stray.name, stray.id, spent)
    return None


def _renamed_under_a_model(case: Case) -> Refusal | None:
    """The dataset of a living model of ours bears a name that is not ours: somebody renamed it in the console."""
    for model in case.desired.models_on(case.ref):
        for member in case.census.models(model.ref.name, case.project_id):
            if member.model.status not in ALIVE or member.model.dataset_id is None:
                continue
            live = case.census.observed.datasets.get(member.model.dataset_id)
            if live is None or parse_dataset_name(live.name) is not None:
                continue
            spent = f"{count(len(case.dataset.images), 'upload')}{_trainings(case)}"
            return Refusal(
                rule="dataset-renamed-live",
                ref=case.ref,
                summary=f"{quoted(member.model.name)} (id {member.model.id}) was trained on {quoted(live.name)} "
                f"(id {live.id}), which is named as no version of {case.ref.name}",
                remedies=(
                    f"If it was renamed in the console: declare `moved: {{from: {quoted(live.name)}}}`, or rename it back.",
                    f"If a new version shall be made: `--accept {case.ref}` ({spent}).",
                ),
            )
    return None


def _looks_like(ref: Ref, noun: str, name: str, id_: int, spent: str) -> Refusal:
    return Refusal(
        rule=f"{noun}-stray-name",
        ref=ref,
        summary=f"no version of {ref} is live, but the {noun} {quoted(name)} (id {id_}) bears its name",
        remedies=(
            f"If it is the same {noun}: declare `moved: {{from: {quoted(name)}}}`, or give it its former name back.",
            f"If it is another: `--accept {ref}` ({spent}).",
        ),
    )


def _begins(name: str, base: str) -> bool:
    return name.casefold().startswith(base.casefold())


def _trainings(case: Case) -> str:
    models = len(case.desired.models_on(case.ref))
    return f", {count(models, 'training')}" if models else ""
