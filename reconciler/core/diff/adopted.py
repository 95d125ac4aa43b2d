"""What git adopted, held against the account: entries that do not fit are refused, and names that differ are given.

An adopted object that is not found would otherwise be made anew, with every upload and a training. So whatever does not fit
is a refusal that says what to do, and never a change.
"""

from collections.abc import Iterable, Iterator

from reconciler.core.adoption import Adopted
from reconciler.core.change import RemovalChange, RenameChange, RenamedObject
from reconciler.core.diff.assessment import Verdict
from reconciler.core.diff.comparison import Comparison
from reconciler.core.live import Live, RemoteDataset, RemoteModel, called
from reconciler.core.name import parse_dataset_name
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.text import count, in_words, quoted

_AGAIN = "`reconciler adopt REF ID` compares again and writes the entry anew."


def misfit(comparison: Comparison, ref: Ref) -> Refusal | None:
    """Why the entry of a declared object cannot be believed; None where it fits, or where there is none for this account."""
    entry = entry_here(comparison, ref)
    if entry is None:
        return None
    live = comparison.index.observed.live.get(entry.key)
    if live is None or live.is_gone:
        others = (one for one in comparison.index.named(ref) if not one.is_gone and one.project_id == entry.project)
        return None if any(others) else _gone(entry)
    return _owned(entry, live) or _misplaced(comparison, entry, live) or _of_its_kind(comparison, entry, live)


def _of_its_kind(comparison: Comparison, entry: Adopted, live: Live) -> Refusal | None:
    if isinstance(live, RemoteDataset):
        return _other_images(entry, live)
    return _other_dataset(comparison, entry, live) if isinstance(live, RemoteModel) else None


def entry_here(comparison: Comparison, ref: Ref) -> Adopted | None:
    """The entry of an object, if it is about this account."""
    entry = comparison.desired.adopted.of(ref)
    return entry if entry is not None and entry.account in comparison.index.observed.projects else None


def new_names(comparison: Comparison) -> Iterator[Verdict]:
    """The renames of adopted objects: the one thing that adopting changes on the live side.

    An open draft gets its name from the run that fills it.
    """
    for ref in comparison.desired.present:
        entry = entry_here(comparison, ref)
        live = None if entry is None else comparison.index.observed.live.get(entry.key)
        if entry is None or entry.keeps_name or live is None or live.is_gone or ref in comparison.waits:
            continue
        if live.adopted_from in {None, live.name} or (isinstance(live, RemoteDataset) and live.is_draft):
            continue
        before = live.adopted_from or ""
        description = (live.description or "") if isinstance(live, RemoteModel) else ""
        item = RenamedObject(kind=live.kind, id=live.id, before=before, after=live.name, description=description)
        reason = Reason(why=Why.ADOPTED)
        if live.kind.parse_name(before) is not None:  # it was renamed in git since
            reason = Reason(why=Why.CALLED_BEFORE, name=entry.former)
        change = RenameChange(ref=ref, reason=reason, objects=(item,))
        facts = (f"{live.kind.value} {live.id} {quoted(before)}",)
        yield Verdict(changes=(change,), basis=(Basis(ref=ref, facts=facts),))


def adoption_notes(comparison: Comparison) -> Iterator[Verdict]:
    """How much is trusted and not proved, and which entries are about another account; said once."""
    desired, index = comparison.desired, comparison.index
    here = [entry for entry in desired.adopted if entry.account in index.observed.projects]
    elsewhere = [entry for entry in desired.adopted if entry.account not in index.observed.projects]
    if standing := [entry for entry in here if entry.key in index.observed.live]:
        kinds = {entry.ref.kind: 0 for entry in standing}
        for entry in standing:
            kinds[entry.ref.kind] += 1
        what = in_words((count(number, kind.value, kind.plural) for kind, number in sorted(kinds.items())), "and")
        text = f"{what} adopted: what they hold was not verified by bytes (docs/adoption.md)"
        yield Verdict(notes=(Note(rule="adopted", ref=None, text=text),))
    if elsewhere:
        refs = in_words((str(entry.ref) for entry in sorted(elsewhere, key=lambda one: one.ref)), "and")
        projects = in_words(sorted({str(entry.account) for entry in elsewhere}, key=int), "and")
        text = f"adopted in another account, which is known by project {projects}, and ignored here: {refs}"
        yield Verdict(notes=(Note(rule="adopted-elsewhere", ref=None, text=text),))


def removal_notes(comparison: Comparison, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Adopted objects that are deleted: people made them, so nothing in git makes the same again."""
    keys = {entry.key for entry in comparison.desired.adopted if entry_here(comparison, entry.ref) is not None}
    for verdict in verdicts:
        for change in verdict.changes:
            going = change.objects if isinstance(change, RemovalChange) else ()
            for item in going:
                if (item.kind, item.id) in keys:
                    text = f"{quoted(item.name)} (id {item.id}) was made by people and adopted: nothing makes just that again"
                    yield Verdict(notes=(Note(rule="adopted-removed", ref=change.ref, text=text),))


def _gone(entry: Adopted) -> Refusal:
    return Refusal(
        rule="adopted-gone",
        ref=entry.ref,
        summary=f"{entry.ref} was adopted as {entry.ref.kind.value} {entry.id}, which is not live, and no other version of it is",
        remedies=(
            f"If it shall be made anew, with what that costs: remove its entry at {entry.location}.",
            f"If another {entry.ref.kind.value} takes its place: `reconciler adopt {entry.ref} ID`.",
        ),
    )


def _owned(entry: Adopted, live: Live) -> Refusal | None:
    """By its name it is a version of another manifest, which keeps it."""
    name = entry.ref.kind.parse_name(live.name)
    if name is None or not entry.bears_other_name(live.name):
        return None
    return Refusal(
        rule="adopted-owned",
        ref=entry.ref,
        summary=f"{called(live)} is adopted as {entry.ref}, and by its name it is a version of {name.base}",
        remedies=(f"Remove its entry at {entry.location}; if it was renamed in git: `moved: {{from: {name.base}}}`.",),
    )


def _misplaced(comparison: Comparison, entry: Adopted, live: Live) -> Refusal | None:
    """It must lie in the project that git declares, or the next version would be made elsewhere."""
    project = comparison.desired.project_of(entry.ref)
    wanted, found = comparison.project_id(entry.ref), comparison.index.project_of(live)
    if found == wanted == entry.project:
        return None
    if found != entry.project:
        way = _AGAIN
        summary = (
            f"{called(live)} lies in project {found}, and its entry at {entry.location} says project {entry.project}"
        )
    elif wanted is None:
        way = f"Take that project over: `reconciler adopt {project} {entry.project}`."
        summary = f"{called(live)} is adopted as {entry.ref}, and its project {entry.project} is not {project} yet"
    else:
        way = f"Declare {entry.ref} in the project that holds it, or remove its entry at {entry.location}."
        summary = (
            f"{called(live)} is adopted as {entry.ref}, but lies in project {found}, and {project} is project {wanted}"
        )
    return Refusal(rule="adopted-elsewhere", ref=entry.ref, summary=summary, remedies=(way,))


def _other_images(entry: Adopted, live: RemoteDataset) -> Refusal | None:
    """A frozen dataset holds what it held; where it shows other images, the entry is about something else."""
    if live.is_draft:
        return None
    keys = {image.key for image in entry.images}
    if live.images is None:
        if live.images_count in {None, len(keys)}:
            return None
        held = f"holds {count((live.images_count or 0) + entry.doubles, 'image')}"
        return _differs(entry, live, f"{held}, and its entry names {len(entry.images)}")
    found = live.content
    missing, strange = (
        keys - found.keyed.keys(),
        [*found.unkeyed, *(found.keyed[key] for key in found.keyed.keys() - keys)],
    )
    if strange:
        first = quoted(strange[0].image_name)
        return _differs(
            entry, live, f"holds {count(len(strange), 'image')} that its entry does not name, first {first}"
        )
    if missing:
        first = quoted(next(image.name for image in entry.images if image.key in missing))
        return _differs(entry, live, f"lacks {count(len(missing), 'image')} that its entry names, first {first}")
    return None


def _differs(entry: Adopted, live: RemoteDataset, what: str) -> Refusal:
    return Refusal(
        rule="adopted-images",
        ref=entry.ref,
        summary=f"{called(live)} is adopted as {entry.ref}, but {what} ({entry.location})",
        remedies=(_AGAIN.replace("REF ID", f"{entry.ref} {entry.id}"),),
    )


def _other_dataset(comparison: Comparison, entry: Adopted, live: RemoteModel) -> Refusal | None:
    """A model counts with the content that it was trained on; the entry says which that was."""
    dataset = comparison.index.observed.datasets.get(live.dataset_id or 0)
    if dataset is None:
        return None
    declared = comparison.desired.models[entry.ref].dataset
    name = parse_dataset_name(dataset.name)
    if name is None or Ref(dataset.kind, name.base) != declared:
        what = f"it was trained on {called(dataset)}, which is no version of {declared}"
        ways = (f"Adopt that dataset first: `reconciler adopt {declared} {dataset.id}`.",)
    elif name.fingerprint != entry.dataset:
        what = f"{called(dataset)} was {entry.dataset} when the model was adopted, and is {name.fingerprint} now"
        ways = (_AGAIN.replace("REF ID", f"{entry.ref} {entry.id}"),)
    else:
        return None
    summary = f"{called(live)} is adopted as {entry.ref}, but {what}"
    return Refusal(rule="adopted-dataset", ref=entry.ref, summary=summary, remedies=ways)
