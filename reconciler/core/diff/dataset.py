"""Compare a declared dataset with its live versions: in force, to be filled, to be cloned, to be made, or refused."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.core.change import DatasetChange, Origin
from reconciler.core.diff.adopted_base import copies_left_out, unkeyed_base
from reconciler.core.diff.archive_draft import DraftUse, draft_use, held_content
from reconciler.core.diff.assessment import TrainingData, Verdict
from reconciler.core.diff.authorship import is_disproved
from reconciler.core.diff.basis import basis
from reconciler.core.diff.content_diff import ContentDiff, DraftContent, content_diff
from reconciler.core.diff.content_match import guide_reasons, unfit
from reconciler.core.diff.dataset_change import Begin, dataset_change
from reconciler.core.diff.dataset_context import DatasetContext, why_afresh
from reconciler.core.diff.election import Member, next_version, open_drafts
from reconciler.core.diff.family import draft_of_another_family, is_of_another_family
from reconciler.core.diff.kept_captions import carried_captions, left_drafts
from reconciler.core.diff.live_elsewhere import dataset_elsewhere
from reconciler.core.live import NOTHING_LIVE, DatasetStatus, called
from reconciler.core.name import DraftName
from reconciler.core.reason import Reason, Why
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import State, Unchanged
from reconciler.core.text import count, quoted
from reconciler.core.wish import DatasetWish


def assess_dataset(context: DatasetContext) -> tuple[Verdict, TrainingData | None]:
    """The verdict, and the version that models stand on (None: held, refused or not known yet)."""
    if refusal := _unsettled(context):
        return Verdict(refusals=(refusal,), basis=(basis(context),)), None
    verdict, training_data = _committed(context)
    if verdict is None:
        verdict, training_data = _in_force(context)
    if verdict is None:
        verdict, training_data = _to_make(context)
    if verdict.unread or verdict.unasked:
        return verdict, None
    notes = (*verdict.notes, *_duplicates(context, verdict))
    return replace(verdict, notes=notes, basis=(basis(context),)), training_data


def _unsettled(context: DatasetContext) -> Refusal | None:
    for member in context.versions:
        if member.dataset.status is DatasetStatus.UNKNOWN:
            return Refusal(
                rule="dataset-status-unknown",
                ref=context.ref,
                summary=f"{called(member.dataset)} has a status this release does not know",
                remedies=("Wait until it is draft or completed, or look at it in the console.",),
            )
    return None


def _committed(context: DatasetContext) -> tuple[Verdict | None, TrainingData | None]:
    """A completed version whose final name says the desired fingerprint, and whose content does not disagree."""
    found = [
        m for m in context.completed if not isinstance(m.name, DraftName) and m.name.fingerprint == context.fingerprint
    ]
    found.sort(key=lambda m: (not context.index.models_on(m.dataset.id), -m.name.version, m.dataset.id))
    agreeing = []
    for member in found:
        if context.agrees_cheaply(member):
            agreeing.append(member)
        elif context.index.models_on(member.dataset.id):
            return Verdict(refusals=(_disagrees(context, member, ()),)), None
    for member in agreeing:
        if context.asked.reads_all or context.spends(context.fingerprint):
            if member.dataset.images is None:
                return Verdict(unread=frozenset({member.dataset.id})), None
            reasons = unfit(member.dataset, context.wish(member.name.version))
            if reasons and context.index.models_on(member.dataset.id):
                return Verdict(refusals=(_disagrees(context, member, reasons),)), None
            if reasons:
                continue
        return _stands(context, member, context.fingerprint)
    return None, None


def _in_force(context: DatasetContext) -> tuple[Verdict | None, TrainingData | None]:
    """The newest completed version, where it equals what is desired although its name says another fingerprint."""
    base = context.base
    if base is None:
        return None, None
    if base.dataset.images is None:
        return Verdict(unread=frozenset({base.dataset.id})), None
    if unfit(base.dataset, context.wish(base.name.version)) or _is_lying(base):
        return None, None
    own = base.name.fingerprint
    return _stands(context, base, own if context.has_living_model(own) else context.fingerprint)


def _is_lying(member: Member) -> bool:
    """Is a final name disproved by the content under it? Then it is no base for spending."""
    return not isinstance(member.name, DraftName) and is_disproved(member.name.fingerprint, member.dataset.content)


def _stands(context: DatasetContext, member: Member, fingerprint: str) -> tuple[Verdict, TrainingData]:
    live = member.dataset
    training_data = TrainingData(
        id=live.id,
        version=member.name.version,
        named=member.name.fingerprint,
        fingerprint=fingerprint,
        live_name=live.name,
    )
    unchanged = Unchanged(
        ref=context.ref,
        id=live.id,
        version=member.name.version,
        fingerprint=member.name.fingerprint,
        state=State.IN_SYNC,
        images=len(context.dataset.images),
        reason=None if live.adopted_from is None else Reason(why=Why.ADOPTED),
    )
    return Verdict(unchanged=(unchanged,), notes=tuple(_leftover(context))), training_data


def _to_make(context: DatasetContext) -> tuple[Verdict, TrainingData | None]:
    if context.ref not in context.asked.accepted and (refusal := dataset_elsewhere(context)):
        return Verdict(refusals=(refusal,)), None
    if context.ref not in context.asked.accepted and (refusal := unkeyed_base(context)):
        return Verdict(refusals=(refusal,)), None
    draft = _elected(context)
    return _begin(context) if draft is None else _fill(context, draft)


def _begin(context: DatasetContext, aside: Member | None = None) -> tuple[Verdict, TrainingData | None]:
    """A new draft: a clone of the base, or an empty one. `aside` is an open draft that cannot be filled."""
    base = context.base
    wish = context.wish(next_version(context.versions))
    if base is not None and why_afresh(context, wish) is None:
        copy = DraftContent(content=base.dataset.content)
        begin = Begin(origin=Origin.CLONE, live_id=base.dataset.id, source=base, held=copy, aside=aside)
    else:
        begin = Begin(origin=Origin.CREATE, held=DraftContent(content=NOTHING_LIVE), aside=aside)
    return _change(context, wish, begin)


def _elected(context: DatasetContext) -> Member | None:
    drafts = open_drafts(context.versions, context.dataset.uploads)
    if context.dataset.clone == "never":
        drafts = tuple(m for m in drafts if not (isinstance(m.name, DraftName) and m.name.of is not None))
    return drafts[0] if drafts else None


def _fill(context: DatasetContext, draft: Member) -> tuple[Verdict, TrainingData | None]:
    live, name = draft.dataset, draft.name
    if live.images is None:
        return Verdict(unread=frozenset({live.id})), None
    of = name.of if isinstance(name, DraftName) else None
    source = next((m for m in context.completed if m.name.version == of), None)
    if refusal := _unusable(context, draft, of, source):
        return Verdict(refusals=(refusal,)), None
    if source is not None and source.dataset.images is None:
        return Verdict(unread=frozenset({source.dataset.id})), None
    wish = context.wish(name.version)
    held = held_content(live.content, source, wish)
    use = draft_use(context, draft, held, wish)
    if use is None:
        return Verdict(unasked=frozenset({live.id})), None
    if isinstance(use, Refusal):
        return Verdict(refusals=(use,)), None
    if use is DraftUse.SET_ASIDE:
        return _begin(context, draft)
    stale = isinstance(name, DraftName) and name.stale
    begin = Begin(
        origin=Origin.RESUME,
        live_id=live.id,
        source=source,
        held=DraftContent(content=held, stale=stale, regenerating=live.is_regenerating),
        draft=draft,
        awaits_archive=use is DraftUse.AWAIT,
    )
    return _change(context, wish, begin)


def _change(context: DatasetContext, wish: DatasetWish, begin: Begin) -> tuple[Verdict, TrainingData | None]:
    left = left_drafts(context, begin.aside) if begin.draft is None else ()
    carried = carried_captions(context, wish, begin.held.content, left)
    if isinstance(carried, frozenset):
        return Verdict(unread=carried), None
    if left and left[0].dataset.images is None:
        return Verdict(unread=frozenset({left[0].dataset.id})), None
    todo = content_diff(begin.held, wish, carried=carried)
    if begin.draft is not None and _is_done(context, begin.draft, todo):
        return _resting(context, begin.draft)
    change = dataset_change(context, wish, begin, todo, next(iter(left), None))
    training_data = TrainingData(
        id=None, version=wish.version, named=context.fingerprint, fingerprint=context.fingerprint, live_name=None
    )
    notes = tuple(copies_left_out(context)) if begin.origin is Origin.CLONE else ()
    verdict = Verdict(changes=(change,), wishes=(wish,), notes=notes)
    return verdict, training_data if context.dataset.completed else None


def _is_done(context: DatasetContext, draft: Member, todo: ContentDiff) -> bool:
    """Is an open draft all that is asked for? Only where `status: draft` asks for no more.

    The fingerprint in its name may be an older wish (captions pulled into git since): the content decides.
    """
    named = isinstance(draft.name, DraftName) and not draft.is_marked
    return named and todo.is_none and not context.dataset.completed


def _resting(context: DatasetContext, draft: Member) -> tuple[Verdict, None]:
    unchanged = Unchanged(
        ref=context.ref,
        id=draft.dataset.id,
        version=draft.name.version,
        fingerprint=context.fingerprint,
        state=State.DRAFT,
        images=len(context.dataset.images),
    )
    return Verdict(unchanged=(unchanged,)), None


def _unusable(context: DatasetContext, draft: Member, of: int | None, source: Member | None) -> Refusal | None:
    live = draft.dataset
    who = f"draft {called(live)}"
    if is_of_another_family(live, context.dataset.guide):
        return draft_of_another_family(context.ref, live, context.dataset.guide, is_clone=of is not None)
    if strange := live.content.unkeyed:
        cloned, zipped = of is not None, context.dataset.uploads.is_once
        if cloned:
            way = "Write `clone: never` in the manifest: the next version is then uploaded afresh."
        elif zipped:
            way = "Where archives lose the names here, only `upload_type: basic` can be verified; delete the draft."
        else:
            way = "Remove that image in the console, or add its file to git and remove it there."
        return Refusal(
            rule="draft-foreign-image",
            ref=context.ref,
            summary=f"{who} holds {count(len(strange), 'image')} that carry no digest, first "
            f"{quoted(strange[0].image_name)} (id {strange[0].id}): "
            + ("the clone did not keep the names" if cloned else "somebody else put them there"),
            remedies=(way,),
        )
    if of is not None and source is None:
        return Refusal(
            rule="clone-source-gone",
            ref=context.ref,
            summary=f"{who} is a clone of v{of}, which is not live any more, and was never checked against it",
            remedies=("Delete that draft in the console, or write `clone: never` in the manifest.",),
        )
    return None


def _disagrees(context: DatasetContext, member: Member, reasons: tuple[str, ...]) -> Refusal:
    live = member.dataset
    if not reasons:
        reasons = tuple(_cheap_reasons(context, member))
    models = ", ".join(str(m.model.id) for m in context.index.models_on(live.id))
    return Refusal(
        rule="dataset-disagrees",
        ref=context.ref,
        summary=f"{called(live)} is not what its name says: {'; '.join(reasons)}; model {models} was trained on it",
        remedies=("Find out who changed or named it; rename it in the console, and a new version is made.",),
    )


def _cheap_reasons(context: DatasetContext, member: Member) -> Iterable[str]:
    live, wanted = member.dataset, context.dataset
    if live.images_count not in (None, len(wanted.images)):
        yield f"it holds {live.images_count} images, git declares {len(wanted.images)}"
    if live.guide is not None:
        yield from guide_reasons(live.guide, wanted.guide)


def _duplicates(context: DatasetContext, verdict: Verdict) -> Iterable[Note]:
    """Twins of what counts: left as they are, never filled, never trained."""
    if len(context.versions) == 1 and _is_plain(context.versions[0]):
        return
    used = {change.origin_id for change in verdict.changes if isinstance(change, DatasetChange)}
    resting = {item.id for item in verdict.unchanged}
    leftovers = {draft.dataset.id for draft in open_drafts(context.versions, context.dataset.uploads)[:1]}
    seen: dict[tuple[int, str], int] = {}
    for member in context.versions:
        live, name = member.dataset, member.name
        if member.is_spent:
            text = f"{called(live)} took its one archive and is set aside: nothing uses it, `reconciler apply --prune` deletes it"
            yield Note(rule="spent-draft", ref=context.ref, text=text)
        elif live.is_draft and live.id not in used | resting | leftovers:
            text = f"{called(live)} is a duplicate draft: never used, `reconciler apply --prune` deletes it"
            yield Note(rule="duplicate", ref=context.ref, text=text)
        elif live.is_completed and not member.is_marked:
            first = seen.setdefault((name.version, name.fingerprint), live.id)
            if first != live.id:
                text = f"{called(live)} is a duplicate of id {first}, which counts"
                yield Note(rule="duplicate", ref=context.ref, text=text)


def _is_plain(member: Member) -> bool:
    """Is it completed under a final name? Most versions are, and there is nothing to say of one alone."""
    return member.dataset.is_completed and not isinstance(member.name, DraftName)


def _leftover(context: DatasetContext) -> Iterable[Note]:
    drafts = open_drafts(context.versions, context.dataset.uploads)
    if drafts:
        live = drafts[0].dataset
        text = f"draft {called(live)} is left over: nothing asks for it"
        yield Note(rule="leftover-draft", ref=context.ref, text=text)
