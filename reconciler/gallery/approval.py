"""Approvals: that people looked at what a version draws, case by case. A file in git, which names what they saw by digest.

An approval counts only while each case is defined as it was, and its picture is the one that was looked at.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum

from reconciler.core.gallery import CaseResult, CaseState, DesiredGallery, GalleryCase
from reconciler.core.strictjson import BadJson, Value, dumps, loads
from reconciler.core.text import quoted
from reconciler.core.value import dataclass

SUFFIX = ".approved.json"
"""`looks/a51be07aa9c13.approved.json`, beside the folder of that version: one pattern for the owners of such files."""
MOST_BYTES = 1_000_000
"""Of a file that is read. A case takes some 200."""
_KEYS = ("gallery", "model", "fingerprint", "cases")
_CASE_KEYS = ("definition", "picture")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedCase:
    """What people saw of one case: the digest of its definition, and that of its picture."""

    definition: str
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The content of an approval file. `model` is for people: the fingerprint says which model it is, whatever it is called."""

    gallery: str
    model: str
    fingerprint: str
    cases: Mapping[str, ApprovedCase] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadApproval:
    """An approval file that says nothing; `reason` completes "it ..."."""

    reason: str


class Approved(StrEnum):
    """How a version stands in a gallery. The first that fits."""

    INCOMPLETE = "incomplete"
    """A case that is asked for is not there."""
    DAMAGED = "damaged"
    """There is a file, and it is no approval of this version."""
    WITHOUT = "not approved"
    VOID = "void"
    """There is an approval, and a case is not what was looked at."""
    YES = "approved"


class Differs(StrEnum):
    """Why an approval does not count for a case."""

    NEW = "new"
    """The approval does not name the case."""
    DEFINITION = "definition"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a version stands in a gallery: what is not there, and what is not as it was approved.

    `void` says by which cases an approval does not count, also where the gallery is not complete.
    """

    fingerprint: str
    approved: Approved
    incomplete: Mapping[str, CaseState] = field(default_factory=dict)
    void: Mapping[str, Differs] = field(default_factory=dict)
    reason: str = ""
    """What is wrong with a damaged file, to complete "it ..."."""

    @property
    def may_be_named(self) -> bool:
        """May a guarded alias name this version?"""
        return self.approved is Approved.YES


def standing(
    gallery: DesiredGallery,
    fingerprint: str,
    results: Iterable[CaseResult],
    approval: Approval | BadApproval | None,
    cases: Iterable[str] | None = None,
) -> Standing:
    """How a version stands. `results` are those of its own column; `cases` are the names that count, None for all of them."""
    asked = [case for case in gallery.cases if cases is None or case.name in set(cases)]
    found = {result.case: result for result in results if result.column.checkpoint is None}
    states = {case.name: found[case.name].state if case.name in found else CaseState.MISSING for case in asked}
    incomplete = {name: state for name, state in states.items() if state is not CaseState.PRESENT}
    bad = unfit(approval, gallery.name, fingerprint)
    void: dict[str, Differs] = {}
    if isinstance(approval, Approval) and bad is None:
        pictures = {name: result.digest for name, result in found.items() if name not in incomplete}
        void = differing(approval, asked, pictures)
    return Standing(
        fingerprint=fingerprint,
        approved=_approved(incomplete, bad, void, has_file=approval is not None),
        incomplete=incomplete,
        void=void,
        reason="" if bad is None else bad.reason,
    )


def _approved(
    incomplete: Mapping[str, CaseState], bad: BadApproval | None, void: Mapping[str, Differs], *, has_file: bool
) -> Approved:
    if incomplete:
        return Approved.INCOMPLETE
    if bad is not None:
        return Approved.DAMAGED
    if not has_file:
        return Approved.WITHOUT
    return Approved.VOID if void else Approved.YES


def unfit(approval: Approval | BadApproval | None, gallery: str, fingerprint: str) -> BadApproval | None:
    """Why a file is no approval of this version in this gallery; None where it is one, and where there is none."""
    if not isinstance(approval, Approval):
        return approval
    if approval.gallery != gallery:
        return BadApproval(reason=f"is for the gallery {quoted(approval.gallery, 60)}")
    if approval.fingerprint != fingerprint:
        return BadApproval(reason=f"is for the version {quoted(approval.fingerprint, 60)}")
    return None


def differing(
    approval: Approval, asked: Iterable[GalleryCase], pictures: Mapping[str, str] | None = None
) -> dict[str, Differs]:
    """By which cases an approval does not count. Without `pictures` only definitions are compared."""
    found: dict[str, Differs] = {}
    for case in asked:
        told = approval.cases.get(case.name)
        if told is None:
            found[case.name] = Differs.NEW
        elif told.definition != case.definition:
            found[case.name] = Differs.DEFINITION
        elif pictures is not None and case.name in pictures and told.picture != pictures[case.name]:
            found[case.name] = Differs.PICTURE
    return found


def approval_of(gallery: DesiredGallery, fingerprint: str, results: Iterable[CaseResult]) -> Approval:
    """The approval of all cases that are there, as they are there."""
    found = {one.case: one for one in results if one.column.checkpoint is None and one.state is CaseState.PRESENT}
    return Approval(
        gallery=gallery.name,
        model=gallery.model.name,
        fingerprint=fingerprint,
        cases={
            case.name: ApprovedCase(definition=case.definition, picture=found[case.name].digest)
            for case in gallery.cases
            if case.name in found
        },
    )


def approval_file(folder: str, fingerprint: str) -> str:
    """The path of an approval file below the manifest root; `folder` is that of the gallery."""
    return f"{folder}/{fingerprint}{SUFFIX}"


def approval_text(approval: Approval) -> str:
    """The file of an approval: the same approval, the same bytes."""
    cases = {
        name: {"definition": case.definition, "picture": case.picture} for name, case in sorted(approval.cases.items())
    }
    return dumps(
        {"gallery": approval.gallery, "model": approval.model, "fingerprint": approval.fingerprint, "cases": cases}
    )


def read_approval(text: str) -> Approval | BadApproval:
    """What a file says. It says nothing where it holds anything but an approval: nobody can tell what was meant."""
    try:
        value = loads(text)
    except BadJson as error:
        return BadApproval(reason=f"is no JSON that can be read: {error}")
    if not isinstance(value, dict):
        return BadApproval(reason="holds no approval")
    wrong = _keys(value, _KEYS, "")
    if wrong is not None:
        return wrong
    gallery, model, fingerprint, cases = (value[key] for key in _KEYS)
    if not (isinstance(gallery, str) and isinstance(model, str) and isinstance(fingerprint, str)):
        return BadApproval(reason="names gallery, model or fingerprint by something that is no text")
    if not isinstance(cases, dict):
        return BadApproval(reason="has cases that are no keys with values")
    found: dict[str, ApprovedCase] = {}
    for name, told in cases.items():
        case = _case(name, told)
        if isinstance(case, BadApproval):
            return case
        found[name] = case
    return Approval(gallery=gallery, model=model, fingerprint=fingerprint, cases=found)


def _case(name: str, told: Value) -> ApprovedCase | BadApproval:
    where = f" in the case {quoted(name, 60)}"
    if not isinstance(told, dict):
        return BadApproval(reason=f"has no digests{where}")
    wrong = _keys(told, _CASE_KEYS, where)
    if wrong is not None:
        return wrong
    definition, picture = (told[key] for key in _CASE_KEYS)
    for digest in (definition, picture):
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            return BadApproval(reason=f"has something that is no SHA-256{where}")
    return ApprovedCase(definition=str(definition), picture=str(picture))


def _keys(value: Mapping[str, Value], known: Iterable[str], where: str) -> BadApproval | None:
    unknown = sorted(set(value) - set(known))
    if unknown:
        return BadApproval(reason=f"has the unknown key {quoted(unknown[0], 60)}{where}")
    missing = [key for key in known if key not in value]
    return BadApproval(reason=f"lacks {quoted(missing[0])}{where}") if missing else None
