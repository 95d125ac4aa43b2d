"""`moved: {from: …}`: live objects under a former name are renamed in place; no upload, no training."""

from collections.abc import Iterable

from reconciler.core.change import RenameChange, RenamedObject
from reconciler.core.diff.assessment import Verdict
from reconciler.core.live import Live, called, shown_name
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import quoted


def renamed(live: Live, after: str, *, description: str = "") -> RenamedObject:
    """A live object and its next name. `description` is a model's own: it is sent with the name, so that it stays."""
    return RenamedObject(kind=live.kind, id=live.id, before=shown_name(live), after=after, description=description)


def move_all(ref: Ref, source: str, objects: Iterable[RenamedObject], *, clashes: bool) -> Verdict:
    """Every version under a former manifest name takes the new one.

    Refused if two versions would get one number. A run that was cut off leaves some of them under each name; these are
    not refused, and neither is an adopted version, which git knows by the new name before it bears it.
    """
    if clashes:
        return _refused(
            Refusal(
                rule="moved-both",
                ref=ref,
                summary=f"versions of both {ref.name} and {quoted(source)} are live: numbers would clash",
                remedies=("Remove `moved` from the manifest; the versions under the former name stay as they are.",),
            )
        )
    return move_these(ref, source, tuple(objects))


def move_these(ref: Ref, source: str, objects: tuple[RenamedObject, ...]) -> Verdict:
    """The renames of one manifest's objects."""
    change = RenameChange(ref=ref, reason=Reason(why=Why.CALLED_BEFORE, name=source), objects=objects)
    facts = tuple(f"{item.kind.value} {item.id} {quoted(item.before)}" for item in objects)
    return Verdict(changes=(change,), basis=(Basis(ref=ref, facts=facts),))


def several_named(ref: Ref, source: str, found: Iterable[Live]) -> Verdict:
    """The refusal of a name from the console that several live objects have."""
    listed = ", ".join(str(live.id) for live in found)
    return _refused(
        Refusal(
            rule="moved-ambiguous",
            ref=ref,
            summary=f"several live objects are named {quoted(source)} (ids {listed})",
            remedies=("Rename all but the one that is meant in the console.",),
        )
    )


def another_thing(ref: Ref, live: Live, why: str) -> Verdict:
    """The refusal of a live object that is not what the manifest declares."""
    return _refused(
        Refusal(
            rule="moved-differs",
            ref=ref,
            summary=f"{called(live)} cannot become {ref}: {why}",
            remedies=("Make the manifest what that object is, or remove `moved` to have a new version made.",),
        )
    )


def _refused(refusal: Refusal) -> Verdict:
    return Verdict(refusals=(refusal,))
