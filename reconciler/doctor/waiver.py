"""Waivers as they are written: what a manifest may waive, with a reason and until a day."""

import re
from collections.abc import Iterator
from datetime import date

from reconciler.core.manifest.glob import BadPattern, compile_pattern
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.manifest.spec import DatasetBody, DatasetSpec
from reconciler.core.manifest.suggestion import nearest
from reconciler.core.problem import Location, Problem
from reconciler.core.text import normal, quoted
from reconciler.doctor.rules import RULES

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WRONG = "waiver-wrong"


def judge_waivers(loaded: Loaded) -> Iterator[Problem]:
    """What is wrong with the waivers of all datasets of a tree, each fault at its place."""
    for manifest in loaded.manifests:
        if isinstance(manifest.body, DatasetBody):
            yield from waivers_of(manifest, manifest.body.spec)


def waivers_of(manifest: Manifest, spec: DatasetSpec) -> Iterator[Problem]:
    """What is wrong with the waivers of one dataset."""
    for index, waiver in enumerate(spec.waive or ()):
        at = manifest.document.at
        yield from _judge_rule(waiver.rule, at("spec", "waive", index, "rule"))
        if not normal(waiver.reason):
            yield _wrong(
                at("spec", "waive", index, "reason"), "this waiver has no reason", "", "Say why, in a few words."
            )
        if waiver.until is not None and day(waiver.until) is None:
            detail = f"Found {quoted(waiver.until, 40)}."
            place = at("spec", "waive", index, "until")
            yield _wrong(place, '"until" is no date', detail, "Write it as 2027-01-31: the last day.")
        for position, text in enumerate(waiver.images or ()):
            try:
                compile_pattern(text)
            except BadPattern as bad:
                place = at("spec", "waive", index, "images", position)
                summary = f"the pattern {quoted(text, 60)} cannot be used"
                yield _wrong(place, summary, f"{str(bad)[0].upper()}{str(bad)[1:]}.", 'For example: "beach/*.png".')


def _judge_rule(rule: str, place: Location) -> Iterator[Problem]:
    known = RULES.get(rule)
    if known is None:
        guess = _guess(rule)
        remedy = f"Did you mean {quoted(guess)}? " if guess else ""
        summary = f"there is no rule {quoted(rule, 60)}"
        yield _wrong(place, summary, "", f"{remedy}`reconciler doctor` prints the id of each rule.")
    elif not known.can_be_waived:
        detail = f"{known.title[0].upper()}{known.title[1:]}: Bria would refuse it, or something else would be trained."
        yield _wrong(place, f"{quoted(rule)} cannot be waived", detail, known.remedy)


def _guess(rule: str) -> str | None:
    """The id that was meant: one like it, or the one that is looked for by this word."""
    near = nearest(rule, RULES)
    words = {word: known.id for known in RULES.values() if known.can_be_waived for word in known.also}
    for word in (rule, rule.rpartition("-")[2]):
        if word.casefold() in words:
            return words[word.casefold()]
    return near


def day(text: str) -> date | None:
    """The calendar day that is written as 2027-01-31; None where it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _wrong(place: Location, summary: str, detail: str, remedy: str) -> Problem:
    return Problem(rule=_WRONG, location=place, summary=summary, detail=detail, remedy=remedy)
