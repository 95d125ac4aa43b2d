"""Waivers applied: which findings a manifest accepts today, and which waivers do nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reconciler.core.manifest.glob import BadPattern, Pattern, compile_pattern
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.spec import Waiver
from reconciler.core.problem import Location
from reconciler.core.text import normal, shown
from reconciler.doctor.finding import Finding, Waived, found
from reconciler.doctor.rules import RULES
from reconciler.doctor.waiver import day


def apply_waivers(
    findings: Iterable[Finding], manifest: Manifest, waivers: Sequence[Waiver], today: date
) -> tuple[list[Finding], list[Waived]]:
    """What is left of the findings and what is waived, with a word about waivers that are over or waive nothing."""
    sound = [_Sound.of(waiver) for waiver in waivers]
    left: list[Finding] = []
    waived: list[Waived] = []
    used: set[int] = set()
    for finding in findings:
        fitting = [index for index, one in enumerate(sound) if one is not None and one.fits(finding)]
        in_force = [index for index in fitting if not _is_over(waivers[index], today)]
        used.update(fitting)
        if in_force:
            waiver = waivers[in_force[0]]
            waived.append(Waived(finding=finding, reason=normal(waiver.reason), until=waiver.until))
        else:
            left.append(finding)
    for index, waiver in enumerate(waivers):
        if sound[index] is not None:
            place = manifest.document.at("spec", "waive", index)
            left += _idle(waiver, place, is_used=index in used, is_over=_is_over(waiver, today))
    return left, waived


def is_waived(finding: Finding, waivers: Sequence[Waiver], today: date) -> bool:
    """Does one of these accept the finding on this day?"""
    sound = [(_Sound.of(waiver), waiver) for waiver in waivers]
    return any(one is not None and one.fits(finding) and not _is_over(waiver, today) for one, waiver in sound)


def _idle(waiver: Waiver, place: Location, *, is_used: bool, is_over: bool) -> Iterator[Finding]:
    """A word about a sound waiver that does nothing."""
    if not is_used:
        yield found("waiver-unused", place, f"nothing was found that this waiver of {waiver.rule} waives")
    elif is_over:
        detail = f"Until {waiver.until}: {shown(normal(waiver.reason))}"
        yield found("waiver-expired", place, f"this waiver of {waiver.rule} is over", detail)


@dataclass(frozen=True, slots=True)
class _Sound:
    """A waiver without faults, ready to be compared."""

    rule: str
    patterns: tuple[Pattern, ...] | None

    @classmethod
    def of(cls, waiver: Waiver) -> "_Sound | None":
        """None where the waiver has a fault, which is a problem of the tree."""
        rule = RULES.get(waiver.rule)
        if rule is None or not rule.can_be_waived or not normal(waiver.reason):
            return None
        if waiver.until is not None and day(waiver.until) is None:
            return None
        if waiver.images is None:
            return cls(waiver.rule, None)
        try:
            return cls(waiver.rule, tuple(map(compile_pattern, waiver.images)))
        except BadPattern:
            return None

    def fits(self, finding: Finding) -> bool:
        """Is this the rule, and are all images that the finding names among those of the waiver?"""
        if finding.rule != self.rule:
            return False
        if self.patterns is None:
            return True
        patterns = self.patterns
        return bool(finding.images) and all(any(p.matches(name) for p in patterns) for name in finding.images)


def _is_over(waiver: Waiver, today: date) -> bool:
    last = day(waiver.until or "")
    return last is not None and today > last
