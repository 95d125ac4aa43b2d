"""Compare a declared dataset with its live versions: in force, to be filled, to be cloned, to be made, or refused."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.core.change import (
    DatasetChange,
    DatasetWish,
    Note,
    Origin,
    Refusal,
    Unchanged,
)
from reconciler.core.compare.assessment import Standing, Verdict
from reconciler.core.compare.authorship import is_disproved
from reconciler.core.compare.carry import carry, written_by_git
from reconciler.core.compare.case import Case, stays
from reconciler.core.compare.draft import unfit, unkeyed
from reconciler.core.compare.election import Member, next_version, open_drafts
from reconciler.core.compare.fact import basis, reason_for
from reconciler.core.compare.rename import dataset_elsewhere
from reconciler.core.compare.work import Content, Work, work
from reconciler.core.name import DraftName
from reconciler.core.observed import DatasetStatus
from reconciler.core.text import count, quoted


def assess_dataset(case: Case) -> tuple[Verdict, Standing | None]:
    """The verdict, and the version that models stand on (None: held, refused or not known yet)."""
    if refusal := _unsettled(case):
        return Verdict(refusals=(refusal,), basis=(basis(case),)), None
    verdict, standing = _committed(case)
    if verdict is None:
        verdict, standing = _in_force(case)
    if verdict is None:
        verdict, standing = _to_make(case)
    if verdict.unread:
        return verdict, None
    notes = (*verdict.notes, *_duplicates(case, verdict))
    return replace(verdict, notes=notes, basis=(basis(case),)), standing


def _unsettled(case: Case) -> Refusal | None:
    for member in case.family:
        if member.dataset.status is DatasetStatus.UNKNOWN:
            return Refusal(
                rule="dataset-status-unknown",
                ref=case.ref,
                summary=f"{quoted(member.dataset.name)} (id {member.dataset.id}) has a status this release does not know",
                remedies=("Wait until it is draft or completed, or look at it in the console.",),
            )
    return None


def _committed(case: Case) -> tuple[Verdict | None, Standing | None]:
    """A completed version whose final name says the desired fingerprint, and whose content does not disagree."""
    found = [m for m in case.completed if not isinstance(m.name, DraftName) and m.name.fingerprint == case.fingerprint]
    found.sort(key=lambda m: (not case.census.models_on(m.dataset.id), -m.name.version, m.dataset.id))
    agreeing = []
    for member in found:
        if case.agrees_cheaply(member):
            agreeing.append(member)
        elif case.census.models_on(member.dataset.id):
            return Verdict(refusals=(_disagrees(case, member, ()),)), None
    for member in agreeing:
        if case.mandate.reads_all or case.spends(case.fingerprint):
            if member.dataset.images is None:
                return Verdict(unread=frozenset({member.dataset.id})), None
            reasons = unfit(member.dataset, case.wish(member.name.version))
            if reasons and case.census.models_on(member.dataset.id):
                return Verdict(refusals=(_disagrees(case, member, reasons),)), None
            if reasons:
                continue
        return _stands(case, member, case.fingerprint)
    return None, None


def _in_force(case: Case) -> tuple[Verdict | None, Standing | None]:
    """The newest completed version, where it equals what is desired although its name says another fingerprint."""
    base = case.base
    if base is None:
        return None, None
    if base.dataset.images is None:
        return Verdict(unread=frozenset({base.dataset.id})), None
    if unfit(base.dataset, case.wish(base.name.version)) or _is_lying(base):
        return None, None
    own = base.name.fingerprint
    return _stands(case, base, own if case.has_living_model(own) else case.fingerprint)


def _is_lying(member: Member) -> bool:
    """Is a final name disproved by the content under it? Then it is no base for spending."""
    live = member.dataset
    print_, prefix, kind = member.name.fingerprint, live.caption_prefix or "", live.upload_type or "basic"
    return not isinstance(member.name, DraftName) and is_disproved(print_, prefix, kind, live.images or ())


def _stands(case: Case, member: Member, fingerprint: str) -> tuple[Verdict, Standing]:
    live = member.dataset
    standing = Standing(
        id=live.id,
        version=member.name.version,
        named=member.name.fingerprint,
        fingerprint=fingerprint,
        live_name=live.name,
    )
    unchanged = Unchanged(
        ref=case.ref,
        id=live.id,
        version=member.name.version,
        fingerprint=member.name.fingerprint,
        state="in sync",
        detail=count(len(case.dataset.images), "image"),
    )
    return Verdict(unchanged=(unchanged,), notes=tuple(_leftover(case))), standing


def _to_make(case: Case) -> tuple[Verdict, Standing | None]:
    if case.ref not in case.mandate.accepted and (refusal := dataset_elsewhere(case)):
        return Verdict(refusals=(refusal,)), None
    draft = _elected(case)
    if draft is not None:
        return _fill(case, draft)
    base = case.base
    version = next_version(case.family)
    wish = case.wish(version)
    if base is not None and case.dataset.clone == "auto" and stays(base, wish):
        content = Content(caption_prefix=base.dataset.caption_prefix, images=base.dataset.images or ())
        return _change(case, wish, Origin.CLONE, base.dataset.id, base, content)
    return _change(case, wish, Origin.CREATE, None, None, Content())


def _elected(case: Case) -> Member | None:
    drafts = open_drafts(case.family)
    if case.dataset.clone == "never":
        drafts = tuple(m for m in drafts if not (isinstance(m.name, DraftName) and m.name.of is not None))
    return drafts[0] if drafts else None


def _fill(case: Case, draft: Member) -> tuple[Verdict, Standing | None]:
    live, name = draft.dataset, draft.name
    if live.images is None:
        return Verdict(unread=frozenset({live.id})), None
    of = name.of if isinstance(name, DraftName) else None
    source = next((m for m in case.completed if m.name.version == of), None)
    if refusal := _unusable(case, draft, of, source):
        return Verdict(refusals=(refusal,)), None
    if source is not None and source.dataset.images is None:
        return Verdict(unread=frozenset({source.dataset.id})), None
    content = Content(
        caption_prefix=live.caption_prefix,
        images=live.images,
        stale=isinstance(name, DraftName) and name.stale,
        regenerating=live.is_regenerating,
    )
    return _change(case, case.wish(name.version), Origin.RESUME, live.id, source, content, draft)


def _change(
    case: Case,
    wish: DatasetWish,
    origin: Origin,
    origin_id: int | None,
    source: Member | None,
    content: Content,
    draft: Member | None = None,
) -> tuple[Verdict, Standing | None]:
    carried = carry(case, wish, content)
    if isinstance(carried, frozenset):
        return Verdict(unread=carried), None
    by_git = written_by_git(case, content, draft)
    todo = work(content, wish, carried=carried, by_git=by_git)
    if draft is not None and _is_done(case, draft, todo):
        return _resting(case, draft)
    change = DatasetChange(
        ref=case.ref,
        version=wish.version,
        fingerprint=case.fingerprint,
        origin=origin,
        origin_id=origin_id,
        source_id=None if source is None else source.dataset.id,
        source_version=None if source is None else source.name.version,
        base_version=None if case.base is None else case.base.name.version,
        reason=reason_for(case, origin, draft),
        guide=todo.guide,
        images=todo.images,
        captions=todo.captions,
        kept=todo.kept,
        stale=todo.stale,
        regenerated=todo.regenerated,
        declared=sum(image.caption is not None for image in wish.images),
        live_images=len(content.images),
        wish=wish,
    )
    standing = Standing(
        id=None, version=wish.version, named=case.fingerprint, fingerprint=case.fingerprint, live_name=None
    )
    return Verdict(changes=(change,), wishes=(wish,)), standing if case.dataset.completed else None


def _is_done(case: Case, draft: Member, todo: Work) -> bool:
    """Is an open draft all that is asked for? Only where `status: draft` asks for no more.

    The fingerprint in its name may be an older wish (captions pulled into git since): the content decides.
    """
    named = isinstance(draft.name, DraftName) and not draft.is_marked
    return named and todo.is_none and not case.dataset.completed


def _resting(case: Case, draft: Member) -> tuple[Verdict, None]:
    unchanged = Unchanged(
        ref=case.ref,
        id=draft.dataset.id,
        version=draft.name.version,
        fingerprint=case.fingerprint,
        state="draft",
        detail=f"{count(len(case.dataset.images), 'image')}, kept open for review",
    )
    return Verdict(unchanged=(unchanged,)), None


def _unusable(case: Case, draft: Member, of: int | None, source: Member | None) -> Refusal | None:
    live = draft.dataset
    who = f"draft {quoted(live.name)} (id {live.id})"
    if strange := unkeyed(live.images or ()):
        cloned = of is not None
        way = (
            "Write `clone: never` in the manifest: the next version is then uploaded afresh."
            if cloned
            else "Remove that image in the console, or add its file to git and remove it there."
        )
        return Refusal(
            rule="draft-foreign-image",
            ref=case.ref,
            summary=f"{who} holds {count(len(strange), 'image')} that carry no digest, first "
            f"{quoted(strange[0].image_name)} (id {strange[0].id}): "
            + ("the clone did not keep the names" if cloned else "somebody else put them there"),
            remedies=(way,),
        )
    if of is not None and source is None:
        return Refusal(
            rule="clone-source-gone",
            ref=case.ref,
            summary=f"{who} is a clone of v{of}, which is not live any more, and was never checked against it",
            remedies=("Delete that draft in the console, or write `clone: never` in the manifest.",),
        )
    return None


def _disagrees(case: Case, member: Member, reasons: tuple[str, ...]) -> Refusal:
    live = member.dataset
    if not reasons:
        reasons = tuple(_cheap_reasons(case, member))
    models = ", ".join(str(m.model.id) for m in case.census.models_on(live.id))
    return Refusal(
        rule="dataset-disagrees",
        ref=case.ref,
        summary=f"{quoted(live.name)} (id {live.id}) is not what its name says: {'; '.join(reasons)}; "
        f"model {models} was trained on it",
        remedies=("Find out who changed or named it; rename it in the console, and a new version is made.",),
    )


def _cheap_reasons(case: Case, member: Member) -> Iterable[str]:
    live, wanted = member.dataset, case.dataset
    if live.images_count not in (None, len(wanted.images)):
        yield f"it holds {live.images_count} images, git declares {len(wanted.images)}"
    if live.caption_prefix is not None and not case.agrees_cheaply(member):
        yield f"its caption_prefix is {quoted(live.caption_prefix)}, git declares {quoted(wanted.caption_prefix)}"


def _duplicates(case: Case, verdict: Verdict) -> Iterable[Note]:
    """Twins of what counts: left as they are, never filled, never trained."""
    used = {change.origin_id for change in verdict.changes if isinstance(change, DatasetChange)}
    resting = {item.id for item in verdict.unchanged}
    leftovers = {draft.dataset.id for draft in open_drafts(case.family)[:1]}
    seen: dict[tuple[int, str], int] = {}
    for member in case.family:
        live, name = member.dataset, member.name
        if live.is_draft and live.id not in used | resting | leftovers:
            text = f"{quoted(live.name)} (id {live.id}) is a duplicate draft: never used, safe to delete in the console"
            yield Note(rule="duplicate", ref=case.ref, text=text)
        elif live.is_completed and not member.is_marked:
            first = seen.setdefault((name.version, name.fingerprint), live.id)
            if first != live.id:
                text = f"{quoted(live.name)} (id {live.id}) is a duplicate of id {first}, which counts"
                yield Note(rule="duplicate", ref=case.ref, text=text)


def _leftover(case: Case) -> Iterable[Note]:
    drafts = open_drafts(case.family)
    if drafts:
        live = drafts[0].dataset
        text = f"draft {quoted(live.name)} (id {live.id}) is left over: nothing asks for it"
        yield Note(rule="leftover-draft", ref=case.ref, text=text)
