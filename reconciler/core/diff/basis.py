"""What a verdict on a dataset relied on, and the reason that it gives."""

import hashlib
import json

from reconciler.core.diff.dataset_context import DatasetContext, why_afresh
from reconciler.core.diff.election import Member
from reconciler.core.live import RemoteDataset
from reconciler.core.name import DraftName
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason, Why
from reconciler.core.text import quoted
from reconciler.core.wish import DatasetWish


def basis(context: DatasetContext) -> Basis:
    """Every live version, a line each; that there is none is a fact too."""
    facts = tuple(_fact(member.dataset) for member in context.versions)
    where = "yet" if context.project_id is None else f"in project {context.project_id}"
    return Basis(ref=context.ref, facts=facts or (f"no dataset is a version of {context.ref.name} {where}",))


def reason_for(
    context: DatasetContext,
    wish: DatasetWish,
    draft: Member | None,
    aside: Member | None = None,
    *,
    awaits_archive: bool = False,
) -> Reason:
    """Why a version is made or filled; `aside` is an open draft in whose place it is made."""
    if draft is not None and awaits_archive:
        return Reason(why=Why.ARCHIVE_UNDER_WAY, id=draft.dataset.id)
    if draft is not None:
        return _of_draft(context, draft)
    if aside is not None:
        why = Why.DRAFT_TAKES_NO_IMAGE if aside.dataset.images else Why.ARCHIVE_FAILED
        return Reason(why=why, id=aside.dataset.id)
    return _of_base(context, wish)


def _of_base(context: DatasetContext, wish: DatasetWish) -> Reason:
    why = why_afresh(context, wish) or Why.CLONED
    if why is Why.TAKES_NO_IMAGE:
        return Reason(why=why, number=len(wish.images))
    if why is Why.UPLOAD_TYPE_CHANGED and context.base is not None:
        return Reason(why=why, before=context.base.dataset.upload_type, after=wish.uploads.upload_type)
    return Reason(why=why)


def _of_draft(context: DatasetContext, draft: Member) -> Reason:
    name, id_ = draft.name, draft.dataset.id
    if not isinstance(name, DraftName):
        return Reason(why=Why.DRAFT_UNVERIFIED, id=id_)
    if name.fingerprint != context.fingerprint:
        return Reason(why=Why.DRAFT_OF_ANOTHER_CONTENT, id=id_, before=name.fingerprint, after=context.fingerprint)
    is_filled = context.dataset.completed and not name.is_marked
    return Reason(why=Why.DRAFT_TO_COMPLETE if is_filled else Why.DRAFT_UNFINISHED, id=id_)


def _fact(dataset: RemoteDataset) -> str:
    """One line that changes whenever the dataset does, as far as it was read."""
    parts = [
        f"dataset {dataset.id} {quoted(dataset.name)}",
        dataset.status.value,
        f"{dataset.images_count if dataset.images_count is not None else 'uncounted'} images",
        "no guide" if dataset.guide is None else f"{dataset.guide.family} {_short(dataset.guide.text)}",
    ]
    if dataset.bulk_upload is not None:
        parts.append(f"archive {dataset.bulk_upload.state.value}")
    if dataset.images is not None:
        rows = [(image.id, image.image_name, image.caption, image.caption_source) for image in dataset.images]
        parts.append(f"content {_short(json.dumps(sorted(rows, key=lambda row: row[0])))}")
    return ", ".join(parts)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
