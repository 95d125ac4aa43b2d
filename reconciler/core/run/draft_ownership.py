"""Whose draft it is that was just read, which of several is elected, and what its name must be: decided here alone."""

from collections.abc import Iterable
from enum import StrEnum

from reconciler.core.change import DatasetChange, Origin
from reconciler.core.diff.election import Member, members, open_drafts
from reconciler.core.guide import Guide, same_guide
from reconciler.core.live import DatasetStatus, RemoteDataset
from reconciler.core.name import DraftName, FinalName, LiveName, parse_dataset_name
from reconciler.core.run.ending import Ending, another_apply, failed
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish


class DraftOwnership(StrEnum):
    """Whose a dataset is at the moment of a read, as its name and status tell."""

    OWN = "own"
    OTHER_RUN = "other run"
    RENAMED = "renamed"
    COMPLETED = "completed"
    UNSETTLED = "unsettled"
    GONE = "gone"


def ownership(dataset: RemoteDataset | None, wish: DatasetWish, mark: str) -> DraftOwnership:
    """Is this the open draft that the run with this mark fills for this wish?

    A final name carries no mark. It is the run's own as long as it says the wished fingerprint: it was given by the
    commit of this wish, by whichever run, and that commit may be done again.
    """
    if dataset is None:
        return DraftOwnership.GONE
    if dataset.status is not DatasetStatus.DRAFT:
        return DraftOwnership.COMPLETED if dataset.is_completed else DraftOwnership.UNSETTLED
    match parse_dataset_name(dataset.name):
        case DraftName(base=wish.ref.name, version=wish.version) as name:
            own = (name.fingerprint, name.mark) == (wish.fingerprint, mark)
        case FinalName(base=wish.ref.name, version=wish.version) as name:
            own = name.fingerprint == wish.fingerprint
        case _:
            return DraftOwnership.RENAMED
    return DraftOwnership.OWN if own else DraftOwnership.OTHER_RUN


def left_alone(found: DraftOwnership, dataset: RemoteDataset | None, live_id: int) -> Ending:
    """How a branch ends whose draft is not its own any more."""
    name = quoted(dataset.name if dataset else "")
    match found:
        case DraftOwnership.OTHER_RUN:
            return another_apply(f"it fills draft {name} (id {live_id}) now; this run left it alone", live_id)
        case DraftOwnership.RENAMED:
            return failed(f"draft {live_id} was renamed to {name} meanwhile; rename it back, or plan again", live_id)
        case DraftOwnership.COMPLETED:
            return _completed(dataset, live_id)
        case DraftOwnership.UNSETTLED:
            return failed(
                f"dataset {name} (id {live_id}) has a status that this release does not know; left alone", live_id
            )
        case _:
            return failed(f"dataset {live_id} is gone: it was deleted since the plan was made; plan again", live_id)


def _completed(dataset: RemoteDataset | None, live_id: int) -> Ending:
    """Under its final name another run completed it; under a draft's, a person pressed the button."""
    name = dataset.name if dataset else ""
    if isinstance(parse_dataset_name(name), FinalName):
        return another_apply(
            f"it completed {quoted(name)} (id {live_id}) meanwhile; plan again to see what is left", live_id
        )
    detail = f"dataset {quoted(name)} (id {live_id}) was completed by hand meanwhile; plan again to see what it holds"
    return failed(detail, live_id)


def claimable(dataset: RemoteDataset | None, wish: DatasetWish) -> DraftOwnership:
    """Whose a draft is that this run wants to claim: OWN says that nothing speaks against it."""
    if dataset is None or not dataset.is_draft:
        return ownership(dataset, wish, "")
    name = parse_dataset_name(dataset.name)
    fits = name is not None and (name.base, name.version) == (wish.ref.name, wish.version)
    return DraftOwnership.OWN if fits else DraftOwnership.RENAMED


def claimed_name(name: LiveName, wish: DatasetWish, mark: str) -> DraftName:
    """The name by which a run takes a draft over: its own fingerprint and mark, every phase kept."""
    of, stale = (name.of, name.stale) if isinstance(name, DraftName) else (None, False)
    return draft_name(wish, mark, of=of, stale=stale)


def draft_name(wish: DatasetWish, mark: str, *, of: int | None = None, stale: bool = False) -> DraftName:
    """The name of the draft that a run fills for a wish."""
    return DraftName(
        base=wish.ref.name, version=wish.version, fingerprint=wish.fingerprint, mark=mark, of=of, stale=stale
    )


def set_aside_name(name: LiveName, mark: str) -> DraftName:
    """The name of a draft that took its one archive in vain; the run that fills it finds another mark, and stops."""
    return DraftName(base=name.base, version=name.version, fingerprint=name.fingerprint, mark=mark, spent=True)


def final_name(wish: DatasetWish) -> FinalName:
    """The name that a completed version of a wish bears."""
    return FinalName(base=wish.ref.name, version=wish.version, fingerprint=wish.fingerprint)


def moved_since(before: RemoteDataset, after: RemoteDataset) -> bool:
    """Did images or captions of a draft move between two reads, or may they have?"""
    return before.is_regenerating or after.is_regenerating or _content(before) != _content(after)


def _content(dataset: RemoteDataset) -> list[tuple[int, str, str | None, str | None]]:
    images = dataset.images or ()
    return sorted((image.id, image.image_name, image.caption, image.caption_source) for image in images)


def is_stale_after_claim(name: DraftName, before: RemoteDataset, after: RemoteDataset) -> bool:
    """Must a draft be marked ` stale` because somebody worked on it while it was claimed?

    Captions that changed meanwhile may follow the guide of the other run. A phase in the name covers that already: the
    check of a clone compares every caption, and ` stale` regenerates them.
    """
    return not name.is_marked and bool(after.images) and moved_since(before, after)


def guided_name(draft: RemoteDataset, wish: DatasetWish, mark: str) -> DraftName:
    """The name that goes with a new guide: captions that are there do not follow it yet."""
    return draft_name(wish, mark, stale=bool(draft.images))


def fills_ahead(change: DatasetChange) -> bool:
    """Do images go into a new draft next, so that they may while its election is open?

    All else waits for the election: captions that are regenerated or written, and an archive, which cannot be stopped.
    """
    regenerates = change.origin is not Origin.CREATE and (bool(change.guide) or change.stale)
    return bool(change.coming) and not change.wish.uploads.is_once and not regenerates


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a list shows of an object that was just made: whether it is there, and which one is elected."""

    seen: bool
    elected: Member | None


def sight_draft(listed: Iterable[RemoteDataset], own: int, wish: DatasetWish, project_id: int) -> Sighting:
    """Look for an own draft among all datasets of its project, and hold the election."""
    listed = tuple(listed)
    drafts = open_drafts(members(listed, wish.ref.name, project_id), wish.uploads)
    elected = next((draft for draft in drafts if not _was_passed_by(draft, wish)), None)
    return Sighting(seen=any(dataset.id == own for dataset in listed), elected=elected)


def _was_passed_by(draft: Member, wish: DatasetWish) -> bool:
    """Is this a clone that the plan saw and would not use (`clone: never`)? It took the next number because of it."""
    return isinstance(draft.name, DraftName) and draft.name.of is not None and draft.name.version < wish.version


def not_elected(sighting: Sighting, own: int, wish: DatasetWish) -> Ending | None:
    """Why an own draft may not be filled; None where it is the elected one."""
    if not sighting.seen:
        return failed(f"draft {own} was made but is in no list; nothing was filled, plan again", own)
    if sighting.elected is None:
        return another_apply(f"version {wish.version} was completed meanwhile; draft {own} was not filled", own)
    if sighting.elected.dataset.id == own:
        return None
    other = sighting.elected.dataset
    return another_apply(f"draft {quoted(other.name)} (id {other.id}) is elected; nothing was filled", own)


def stored_differently(sent: LiveName, guide: Guide | None, dataset: RemoteDataset) -> str | None:
    """What the API made of a name and a guide that were sent; None where both read back as they were."""
    if dataset.name != str(sent):
        return f"the API stores the name {quoted(str(sent))} as {quoted(dataset.name)}"
    if guide is not None and not same_guide(dataset.guide, guide):
        return f"the API stores the {guide.field} as {quoted(dataset.guide.line if dataset.guide else '')}"
    return None
