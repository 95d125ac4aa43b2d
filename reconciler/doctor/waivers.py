"""Waivers: what a manifest may waive, with a reason and until a day; which findings are waived, and which waivers do nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from reconciler.core.manifest.glob import BadPattern, Pattern, compile_pattern
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.manifest.spec import DatasetBody, DatasetSpec, Waiver
from reconciler.core.manifest.suggestion import nearest
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.text import calendar_day, normal, quoted, shown
from reconciler.core.value import dataclass
from reconciler.doctor.finding import Finding, Waived, breach
from reconciler.doctor.rules import RULES


def judge_waivers(loaded: Loaded) -> Iterator[Problem]:
    """What is wrong with the waivers of all datasets of a tree, each fault at its place."""
    for manifest in loaded.manifests:
        if isinstance(manifest.body, DatasetBody):
            yield from waiver_problems(manifest, manifest.body.spec)


def waiver_problems(manifest: Manifest, spec: DatasetSpec) -> Iterator[Problem]:
    """What is wrong with the waivers of one dataset."""
    for index, waiver in enumerate(spec.waive or ()):
        at = manifest.document.at
        yield from _judge_rule(waiver.rule, at("spec", "waive", index, "rule"))
        if not normal(waiver.reason):
            place = at("spec", "waive", index, "reason")
            yield _unusable(place, "this waiver has no reason", "", "Say why, in a few words.")
        if waiver.until is not None and calendar_day(waiver.until) is None:
            detail = f"Found {quoted(waiver.until, 40)}."
            place = at("spec", "waive", index, "until")
            yield _unusable(place, '"until" is no date', detail, "Write it as 2027-01-31: the last day.")
        for position, text in enumerate(waiver.images or ()):
            try:
                compile_pattern(text)
            except BadPattern as bad:
                place = at("spec", "waive", index, "images", position)
                summary = f"the pattern {quoted(text, 60)} cannot be used"
                yield _unusable(place, summary, f"{str(bad)[0].upper()}{str(bad)[1:]}.", 'For example: "beach/*.png".')


def apply_waivers(
    findings: Iterable[Finding], manifest: Manifest, waivers: Sequence[Waiver], today: date
) -> tuple[list[Finding], list[Waived]]:
    """The findings that are left and those that are waived; a waiver that is over or waives nothing adds a finding."""
    usable = [_UsableWaiver.of(waiver) for waiver in waivers]
    left: list[Finding] = []
    waived: list[Waived] = []
    used: set[int] = set()
    for finding in findings:
        fitting = [index for index, one in enumerate(usable) if one is not None and one.fits(finding)]
        in_force = [index for index in fitting if not _is_over(waivers[index], today)]
        used.update(fitting)
        if in_force:
            waiver = waivers[in_force[0]]
            waived.append(Waived(finding=finding, reason=normal(waiver.reason), until=waiver.until))
        else:
            left.append(finding)
    for index, waiver in enumerate(waivers):
        if usable[index] is not None:
            place = manifest.document.at("spec", "waive", index)
            left += _idle(waiver, place, is_used=index in used, is_over=_is_over(waiver, today))
    return left, waived


def waived_rules(loaded: Loaded, today: date) -> frozenset[tuple[Ref, str]]:
    """What each dataset waives as a whole on a day: waivers for some images do not count."""
    return frozenset(
        (manifest.ref, waiver.rule)
        for manifest in loaded.manifests
        if isinstance(manifest.body, DatasetBody)
        for waiver in manifest.body.spec.waive or ()
        if not waiver.images and not _is_over(waiver, today)
    )


def is_waived(finding: Finding, waivers: Sequence[Waiver], today: date) -> bool:
    """Does one of these waive the finding on this day?"""
    usable = [(_UsableWaiver.of(waiver), waiver) for waiver in waivers]
    return any(one is not None and one.fits(finding) and not _is_over(waiver, today) for one, waiver in usable)


@dataclass(frozen=True, slots=True)
class _UsableWaiver:
    """A waiver without faults, with its patterns compiled."""

    rule: str
    patterns: tuple[Pattern, ...] | None

    @classmethod
    def of(cls, waiver: Waiver) -> "_UsableWaiver | None":
        """None if the waiver has a fault: `waiver_problems` reports it."""
        rule = RULES.get(waiver.rule)
        if rule is None or not rule.can_be_waived or not normal(waiver.reason):
            return None
        if waiver.until is not None and calendar_day(waiver.until) is None:
            return None
        if waiver.images is None:
            return cls(waiver.rule, None)
        try:
            return cls(waiver.rule, tuple(map(compile_pattern, waiver.images)))
        except BadPattern:
            return None

    def fits(self, finding: Finding) -> bool:
        """Is this the rule, and are all images of the finding among those of the waiver?"""
        if finding.rule != self.rule:
            return False
        if self.patterns is None:
            return True
        patterns = self.patterns
        return bool(finding.images) and all(any(p.matches(name) for p in patterns) for name in finding.images)


def _idle(waiver: Waiver, place: Location, *, is_used: bool, is_over: bool) -> Iterator[Finding]:
    """A finding about a usable waiver that does nothing."""
    if not is_used:
        yield breach("waiver-unused", place, f"nothing was found that this waiver of {waiver.rule} waives")
    elif is_over:
        detail = f"Until {waiver.until}: {shown(normal(waiver.reason))}"
        yield breach("waiver-expired", place, f"this waiver of {waiver.rule} is over", detail)


def _is_over(waiver: Waiver, today: date) -> bool:
    last = calendar_day(waiver.until or "")
    return last is not None and today > last


def _judge_rule(id_: str, place: Location) -> Iterator[Problem]:
    rule = RULES.get(id_)
    if rule is None:
        guess = _guess(id_)
        remedy = f"Did you mean {quoted(guess)}? " if guess else ""
        summary = f"there is no rule {quoted(id_, 60)}"
        yield _unusable(place, summary, "", f"{remedy}`reconciler doctor` prints the id of each rule.")
    elif not rule.can_be_waived:
        detail = f"{rule.title[0].upper()}{rule.title[1:]}: Bria would refuse it, or something else would be trained."
        yield _unusable(place, f"{quoted(id_)} cannot be waived", detail, rule.remedy)


def _guess(id_: str) -> str | None:
    """The id that was probably meant: one that people search for by this word, or else one that is spelled like it."""
    by_word = {word: rule.id for rule in RULES.values() if rule.can_be_waived for word in rule.search_words}
    for word in (id_, id_.rpartition("-")[2]):
        if word.casefold() in by_word:
            return by_word[word.casefold()]
    return nearest(id_, RULES)


def _unusable(place: Location, summary: str, detail: str, remedy: str) -> Problem:
    return Problem(rule="waiver-wrong", location=place, summary=summary, detail=detail, remedy=remedy)
