"""What a verdict on a dataset relied on, and the reason it gives, in words."""

import hashlib
import json

from reconciler.core.change import Origin
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.election import Member
from reconciler.core.live import RemoteDataset
from reconciler.core.name import DraftName
from reconciler.core.plan import Basis
from reconciler.core.text import quoted


def basis(context: DatasetContext) -> Basis:
    """Every live version, a line each; that there is none is a fact too."""
    facts = tuple(_fact(member.dataset) for member in context.family)
    where = "yet" if context.project_id is None else f"in project {context.project_id}"
    return Basis(ref=context.ref, facts=facts or (f"no dataset is a version of {context.ref.name} {where}",))


def reason_for(context: DatasetContext, origin: Origin, draft: Member | None) -> str:
    """Why a version is made or filled, a clause."""
    if draft is not None:
        return _resume_reason(context, draft)
    if context.base is None:
        return "no version of it is live"
    if origin is Origin.CLONE:
        return "completed datasets are frozen, so its next version starts as a clone"
    if context.dataset.clone == "never":
        return "completed datasets are frozen, and `clone: never` asks for a fresh upload"
    return "no image of the newest version stays, so the next one is uploaded afresh"


def _resume_reason(context: DatasetContext, draft: Member) -> str:
    name = draft.name
    if not isinstance(name, DraftName):
        return f"draft {draft.dataset.id} has its final name and was not completed: it is verified again"
    if name.fingerprint != context.fingerprint:
        return (
            f"draft {draft.dataset.id} was begun for {name.fingerprint}: it is filled for {context.fingerprint} instead"
        )
    if context.dataset.completed and not name.is_marked:
        return f"draft {draft.dataset.id} is open and can be completed"
    return f"draft {draft.dataset.id} was begun and not finished: it goes on from there"


def _fact(dataset: RemoteDataset) -> str:
    """One line that changes whenever the dataset does, as far as it was read."""
    parts = [
        f"dataset {dataset.id} {quoted(dataset.name)}",
        dataset.status.value,
        f"{dataset.images_count if dataset.images_count is not None else 'uncounted'} images",
        "no guide" if dataset.guide is None else f"{dataset.guide.family} {_short(dataset.guide.text)}",
    ]
    if dataset.images is not None:
        rows = [(image.id, image.image_name, image.caption, image.caption_source) for image in dataset.images]
        parts.append(f"content {_short(json.dumps(sorted(rows, key=lambda row: row[0])))}")
    return ", ".join(parts)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
