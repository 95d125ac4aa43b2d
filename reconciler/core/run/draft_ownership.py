"""What a run may do with what it has just read: whose draft it is, which one is elected, how an action ends."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.core.change import DatasetWish
from reconciler.core.diff.election import Member, members, open_drafts
from reconciler.core.event import Outcome
from reconciler.core.guide import Guide, same_guide
from reconciler.core.live import DatasetStatus, RemoteDataset
from reconciler.core.name import DraftName, FinalName, LiveName, parse_dataset_name
from reconciler.core.text import quoted

ANOTHER_APPLY = "another apply is at work"
INTERRUPTED = "interrupted"
WAITS_FOR_CAPTIONS = "waits for captions"
NO_CAPACITY = "no capacity at the API: the next apply goes on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an action ended, before it is told: what `Finished` will carry."""

    outcome: Outcome
    detail: str = ""
    id: int | None = None
    exit_code: int = 0


def succeeded(detail: str, live_id: int | None = None, exit_code: int = 0) -> Ending:
    """The effect is live."""
    return Ending(outcome=Outcome.SUCCEEDED, detail=detail, id=live_id, exit_code=exit_code)


def failed(detail: str, live_id: int | None = None, exit_code: int = 1) -> Ending:
    """The effect is not live, or not as it must be."""
    return Ending(outcome=Outcome.FAILED, detail=detail, id=live_id, exit_code=exit_code)


def skipped(detail: str, exit_code: int = 0) -> Ending:
    """Nothing was done, and a later run will do it."""
    return Ending(outcome=Outcome.SKIPPED, detail=detail, exit_code=exit_code)


def unknown(detail: str, live_id: int | None = None) -> Ending:
    """A request may or may not have been done, and looking could not tell."""
    return Ending(outcome=Outcome.UNKNOWN, detail=detail, id=live_id, exit_code=1)


def skip_for(need: str, ending: Ending) -> Ending:
    """The ending of an action one of whose needs did not succeed; a skipped need passes its own reason on."""
    if ending.outcome is Outcome.SKIPPED:
        return replace(ending, id=None)
    if ending.outcome is Outcome.UNKNOWN:
        return skipped(f"it is unknown whether a need was done: {need}")
    return skipped(f"a need failed: {need}")


class Standing(StrEnum):
    """Whose a dataset is at the moment of a read, as its name and status tell."""

    OWN = "own"
    OTHER_RUN = "other run"
    RENAMED = "renamed"
    COMPLETED = "completed"
    UNSETTLED = "unsettled"
    GONE = "gone"


def standing(dataset: RemoteDataset | None, wish: DatasetWish, mark: str) -> Standing:
    """Is this the open draft that the run with this mark fills for this wish?"""
    if dataset is None:
        return Standing.GONE
    if dataset.status is not DatasetStatus.DRAFT:
        return Standing.COMPLETED if dataset.is_completed else Standing.UNSETTLED
    match parse_dataset_name(dataset.name):
        case DraftName(base=wish.ref.name, version=wish.version) as name:
            own = (name.fingerprint, name.mark) == (wish.fingerprint, mark)
        case FinalName(base=wish.ref.name, version=wish.version) as name:
            own = name.fingerprint == wish.fingerprint
        case _:
            return Standing.RENAMED
    return Standing.OWN if own else Standing.OTHER_RUN


def left_alone(found: Standing, dataset: RemoteDataset | None, live_id: int) -> Ending:
    """How a branch ends that found its draft in another standing than its own."""
    name = quoted(dataset.name if dataset else "")
    match found:
        case Standing.OTHER_RUN:
            detail = f"{ANOTHER_APPLY}: it fills draft {name} (id {live_id}) now; this run left it alone"
            return failed(detail, live_id, exit_code=4)
        case Standing.RENAMED:
            return failed(f"draft {live_id} was renamed to {name} meanwhile; rename it back, or plan again", live_id)
        case Standing.COMPLETED:
            return _completed(dataset, live_id)
        case Standing.UNSETTLED:
            return failed(
                f"dataset {name} (id {live_id}) has a status that this release does not know; left alone", live_id
            )
        case _:
            return failed(f"dataset {live_id} is gone: it was deleted since the plan was made; plan again", live_id)


def _completed(dataset: RemoteDataset | None, live_id: int) -> Ending:
    """Under its final name another run completed it; under a draft's, a person pressed the button."""
    name = dataset.name if dataset else ""
    if isinstance(parse_dataset_name(name), FinalName):
        detail = (
            f"{ANOTHER_APPLY}: it completed {quoted(name)} (id {live_id}) meanwhile; plan again to see what is left"
        )
        return failed(detail, live_id, exit_code=4)
    detail = f"dataset {quoted(name)} (id {live_id}) was completed by hand meanwhile; plan again to see what it holds"
    return failed(detail, live_id)


def claimable(dataset: RemoteDataset | None, wish: DatasetWish) -> Standing:
    """Whose a draft is that this run wants to claim: OWN says that nothing speaks against it."""
    if dataset is None or not dataset.is_draft:
        return standing(dataset, wish, "")
    name = parse_dataset_name(dataset.name)
    fits = name is not None and (name.base, name.version) == (wish.ref.name, wish.version)
    return Standing.OWN if fits else Standing.RENAMED


def claimed_name(name: LiveName, wish: DatasetWish, mark: str) -> DraftName:
    """The name by which a run takes a draft over: its own fingerprint and mark, every phase kept."""
    of, stale = (name.of, name.stale) if isinstance(name, DraftName) else (None, False)
    return draft_name(wish, mark, of=of, stale=stale)


def draft_name(wish: DatasetWish, mark: str, *, of: int | None = None, stale: bool = False) -> DraftName:
    """The name of the draft that a run fills for a wish."""
    return DraftName(
        base=wish.ref.name, version=wish.version, fingerprint=wish.fingerprint, mark=mark, of=of, stale=stale
    )


def final_name(wish: DatasetWish) -> FinalName:
    """The name that a completed version of a wish bears."""
    return FinalName(base=wish.ref.name, version=wish.version, fingerprint=wish.fingerprint)


def moved_since(before: RemoteDataset, after: RemoteDataset) -> bool:
    """Did images or captions of a draft move between two reads, or may they have?"""
    return before.is_regenerating or after.is_regenerating or _content(before) != _content(after)


def _content(dataset: RemoteDataset) -> list[tuple[int, str, str | None, str | None]]:
    images = dataset.images or ()
    return sorted((image.id, image.image_name, image.caption, image.caption_source) for image in images)


def lags_after_claim(name: DraftName, before: RemoteDataset, after: RemoteDataset) -> bool:
    """Must a draft be marked ` stale` because somebody worked on it while it was claimed?

    A phase that is on already covers it: the check of a clone compares every caption, ` stale` regenerates them.
    """
    return not name.is_marked and bool(after.images) and moved_since(before, after)


def guided_name(draft: RemoteDataset, wish: DatasetWish, mark: str) -> DraftName:
    """The name that goes with a new prefix: captions that are there lag behind it."""
    return draft_name(wish, mark, stale=bool(draft.images))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a list shows of an object that was just made: whether it is there, and which one is elected."""

    seen: bool
    elected: Member | None


def sight_draft(listed: Iterable[RemoteDataset], own: int, wish: DatasetWish, project_id: int) -> Sighting:
    """Look for an own draft among all datasets of its project, and hold the election."""
    listed = tuple(listed)
    drafts = open_drafts(members(listed, wish.ref.name, project_id))
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
        detail = f"{ANOTHER_APPLY}: version {wish.version} was completed meanwhile; draft {own} was not filled"
        return failed(detail, own, exit_code=4)
    if sighting.elected.dataset.id == own:
        return None
    other = sighting.elected.dataset
    detail = f"{ANOTHER_APPLY}: draft {quoted(other.name)} (id {other.id}) is elected; nothing was filled"
    return failed(detail, own, exit_code=4)


def stored_differently(sent: LiveName, guide: Guide | None, dataset: RemoteDataset) -> str | None:
    """What the API made of a name and a guide that were sent; None where both read back as they were."""
    if dataset.name != str(sent):
        return f"the API stores the name {quoted(str(sent))} as {quoted(dataset.name)}"
    if guide is not None and not same_guide(dataset.guide, guide):
        return f"the API stores the {guide.field} as {quoted(dataset.guide.line if dataset.guide else '')}"
    return None
