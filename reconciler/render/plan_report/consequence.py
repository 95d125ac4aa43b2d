"""What merging does without a call, in words: each as a clause for the headline and as a sentence with its object."""

from collections.abc import Iterable, Iterator, Sequence

from reconciler.core.change import Scalar
from reconciler.core.consequence import (
    AbsenceDeclared,
    AccountRepinned,
    AdoptionMove,
    AliasMove,
    Consequence,
    DefinitionKept,
    ExpectationGone,
    GuardMove,
    LimitLoosened,
    ManifestGone,
    Named,
    PolicyMove,
)
from reconciler.core.desired import CURRENT
from reconciler.core.ref import Ref
from reconciler.core.text import count, in_words
from reconciler.core.value import dataclass
from reconciler.render.plan_report.effect import Tone
from reconciler.render.words import short

MOST_NAMED = 2
"""Consequences of one sort that the headline tells one by one; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequenceReport:
    """One consequence. `clause` is its part of the headline, `text` a clause about `ref`."""

    kind: str
    ref: Ref | None
    clause: str
    text: str
    tone: Tone = Tone.PLAIN
    is_notable: bool = True
    """Does it belong into the headline beside what an apply does?"""
    alias: str = ""
    before: str = ""
    """What an alias that moves names before, in words, and after; empty for anything else."""
    after: str = ""
    aside: str = ""
    """What else there is to say of a move."""

    @property
    def sentence(self) -> str:
        """The whole of it: `model/lora-max: production moves from v2 (a51be07) to v3 (af43611).`"""
        return f"{self.text}." if self.ref is None else f"{self.ref}{self.joint}{self.text}."

    @property
    def joint(self) -> str:
        """What stands between the object and the text: an alias is the subject of its clause, else the object is."""
        return ": " if self.alias else " "

    @property
    def is_warning(self) -> bool:
        """Does it let more through than before, or delete what nobody looked at?"""
        return self.tone is not Tone.PLAIN


def consequence_reports(found: Iterable[Consequence]) -> tuple[ConsequenceReport, ...]:
    """The consequences in their order; the headline names the model of an alias where several move aliases."""
    found = tuple(found)
    owners = {one.ref for one in found if isinstance(one, AliasMove)}
    return tuple(_report(one, is_alone=len(owners) < 2) for one in found)


def clauses(found: Iterable[ConsequenceReport]) -> Iterator[tuple[str, Tone]]:
    """Parts of the headline: of each sort a few by themselves, or how many there are."""
    found = tuple(found)
    for kind in dict.fromkeys(one.kind for one in found):
        alike = [one for one in found if one.kind == kind]
        if len(alike) <= MOST_NAMED:
            yield from ((one.clause, one.tone) for one in alike)
        else:
            yield _COUNTED[kind].format(number=f"{len(alike):,}"), alike[0].tone


_COUNTED = {
    "alias": "{number} aliases move",
    "manifest-gone": "{number} manifests are gone, and what is live of them stays",
    "absence": "whatever is live of {number} objects is deleted",
    "policy": "{number} training policies change",
    "guard": "{number} aliases are guarded otherwise",
    "kept": "{number} models keep what is live",
    "limit": "{number} limits are loosened",
    "account": "{number} accounts are pinned anew",
    "adopted": "{number} entries of what is adopted change",
    "expect": "{number} expectations are taken away",
}


def _report(one: Consequence, *, is_alone: bool) -> ConsequenceReport:
    match one:
        case AliasMove():
            return _alias(one, is_alone=is_alone)
        case ManifestGone():
            return _gone(one)
        case AbsenceDeclared():
            return ConsequenceReport(
                kind=one.kind,
                ref=one.ref,
                clause=f"whatever is live of {one.ref} is deleted",
                text="is declared absent, and whatever is live of it is deleted. The base does not declare it, so nobody "
                "knows here what that is",
                tone=Tone.DESTROYS,
            )
        case PolicyMove():
            words = _policy(one)
            return ConsequenceReport(kind=one.kind, ref=one.ref, clause=f"{one.ref} {words}", text=words)
        case AdoptionMove():
            return _adoption(one)
        case GuardMove():
            return _guard(one)
        case DefinitionKept():
            words = f"keeps the version that is live, although its definition changes ({short(one.fingerprint)})"
            return ConsequenceReport(
                kind=one.kind, ref=one.ref, clause=f"{one.ref} keeps what is live", text=f"{words}: `retrain: never`"
            )
        case LimitLoosened() | AccountRepinned() | ExpectationGone():
            return _of_the_root(one)


def _of_the_root(one: LimitLoosened | AccountRepinned | ExpectationGone) -> ConsequenceReport:
    """What `reconciler.yaml` or an overlay lets through now."""
    match one:
        case LimitLoosened():
            after = "no limit" if one.after is None else f"{one.after:,}"
            words = f"this change loosens limits.{one.limit} from {one.before:,} to {after}"
            clause = f"limits.{one.limit} goes from {one.before:,} to {after}"
            return ConsequenceReport(kind=one.kind, ref=None, clause=clause, text=words, tone=Tone.COSTS)
        case AccountRepinned():
            clause = "no account is pinned" if one.after is None else f"the account is {one.after}"
            words = f"with this change {clause}; it was {one.before}"
            return ConsequenceReport(kind=one.kind, ref=None, clause=clause, text=words, tone=Tone.COSTS)
        case ExpectationGone():
            words = f"this change takes away expect.{one.name}, which was {one.before:,}"
            clause = f"expect.{one.name} is taken away"
            return ConsequenceReport(kind=one.kind, ref=None, clause=clause, text=words, tone=Tone.COSTS)


def _gone(one: ManifestGone) -> ConsequenceReport:
    if one.to:
        clause = f"{one.ref} is declared in {one.to} now"
        text = f"is declared in {one.to} now: what is live of it stays"
    else:
        clause = f"{one.ref} is no longer declared"
        ends = f", and {_listed(one.aliases)} to nothing" if one.aliases else ""
        text = f"is no longer declared: what is live of it stays{ends}"
    return ConsequenceReport(kind=one.kind, ref=one.ref, clause=clause, text=text)


def _listed(aliases: Sequence[str]) -> str:
    if len(aliases) == 1:
        return f"its alias {aliases[0]} answers"
    return f"its aliases {', '.join(aliases)} answer"


def _adoption(one: AdoptionMove) -> ConsequenceReport:
    """What is trusted from then on, and how much of it nothing but words stand for."""
    if one.id is None:
        text = (
            "is not adopted any more: what people made does not count as its version, and unless it bears the name of one "
            "by now, the next apply makes all of it anew"
        )
        clause = f"{one.ref} is not adopted any more"
        return ConsequenceReport(kind=one.kind, ref=one.ref, clause=clause, text=text, tone=Tone.COSTS)
    what = f"{one.ref.kind.value} {one.id}"
    text = f"is adopted: the live {what}, which people made, counts as its first version"
    if one.believed:
        text += f"; of {count(one.images, 'image')}, {one.believed} {'is' if one.believed == 1 else 'are'} known by name or caption only"
    return ConsequenceReport(kind=one.kind, ref=one.ref, clause=f"{what} is adopted as {one.ref}", text=text)


def _alias(one: AliasMove, *, is_alone: bool) -> ConsequenceReport:
    before, after = _words(one.before), _words(one.after)
    aside = "once it is trained" if one.is_pending else ""
    does = " ".join(filter(None, [_does(one, before, after), aside if one.after and one.moves else ""]))
    whose = one.alias if is_alone else f"{one.alias} of {one.ref}"
    return ConsequenceReport(
        kind=one.kind,
        ref=one.ref,
        clause=f"{whose} {does}",
        text=f"{one.alias} {does}",
        is_notable=one.before is not None and one.moves,
        alias=one.alias,
        before=(before or "nothing") if one.moves else "",
        after=(after or "nothing") if one.moves else "",
        aside=aside,
    )


def _does(one: AliasMove, before: str, after: str) -> str:
    if one.before is None or one.after is None:
        return f"is new and names {after}" if one.after else f"goes, and no longer names {before}"
    if one.moves:
        return f"moves from {before} to {after}"
    follows = "follows the manifest from now on" if one.after.target == CURRENT else "no longer follows the manifest"
    return f"stays on {after} and {follows}"


def _words(named: Named | None) -> str:
    """`v2 (a51be07)`, or the fingerprint alone where no account was asked."""
    if named is None:
        return ""
    if named.version is None:
        return short(named.fingerprint or named.target)
    return f"v{named.version}" + (f" ({short(named.fingerprint)})" if named.fingerprint else "")


def _guard(one: GuardMove) -> ConsequenceReport:
    """How an alias is guarded from now on, and what that lets through."""
    tone = Tone.COSTS if one.loosens else Tone.PLAIN
    if one.after is None:
        text = f"no longer guards {one.alias}: it may move to a version that nobody approved"
        clause = f"{one.alias} is no longer guarded"
    elif one.before is None:
        text = f"guards {one.alias} from now on: it moves only to a version that is approved in gallery/{one.after}"
        clause = f"{one.alias} is guarded by gallery/{one.after}"
    elif one.before != one.after:
        text = f"guards {one.alias} by gallery/{one.after}, and no longer by gallery/{one.before}"
        clause = f"{one.alias} is guarded by another gallery"
    else:
        now = "as it is defined now" if len(one.changed) == 1 else "as they are defined now"
        does = (("no longer asks for", one.gone, ""), ("asks for", one.new, ""), ("asks for", one.changed, f" {now}"))
        said = (f"{verb} {_cases(names)}{aside}" for verb, names, aside in does if names)
        text = f"{in_words(said, 'and')} before {one.alias} moves"
        clause = f"the guard of {one.alias} {'asks for less' if one.gone else 'asks for other cases'}"
    return ConsequenceReport(kind=one.kind, ref=one.ref, clause=clause, text=text, tone=tone)


def _cases(names: Sequence[str]) -> str:
    return f"the {'case' if len(names) == 1 else 'cases'} {in_words(names, 'and')}"


_POLICIES = {
    ("training.retrain", "never"): "is not trained again, whatever changes (`retrain: never`)",
    ("training.retrain", "always"): "is trained again when it changes (no more `retrain: never`)",
    ("training.start", False): "gets new versions that are created and not trained (`start: false`)",
    ("training.start", True): "is trained where it was only created before (no more `start: false`)",
}


def _policy(one: PolicyMove) -> str:
    if one.path == "training.keep_checkpoints":
        return _kept_checkpoints(one.after)
    known = _POLICIES.get((one.path, one.after))
    return known or f"has another {one.path}: {_value(one.before)} -> {_value(one.after)}"


def _kept_checkpoints(steps: Scalar) -> str:
    if steps is None:
        return "keeps all its checkpoints (no more `keep_checkpoints`)"
    listed = f"{steps} and the active one" if steps else "the active one"
    return f"keeps of its checkpoints {listed}; `apply --prune` deletes the others"


def _value(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
