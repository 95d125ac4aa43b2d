"""What the doctor found: one fact about a dataset, and the images that it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.core.manifest.image import ImageFile
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.doctor.rule import Grade, Subject
from reconciler.doctor.rules import RULES

_GRADES = tuple(Grade)
_POSITIONS = {rule: position for position, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact. `images` names those that it concerns, below the image folder; none where it is about the whole."""

    rule: str
    grade: Grade
    location: Location
    summary: str
    detail: str = ""
    remedy: str = ""
    images: tuple[str, ...] = ()

    @property
    def is_about_the_whole(self) -> bool:
        """Is it about the dataset, even where it names a single image? Two files that are equal concern each of them."""
        rule = RULES.get(self.rule)
        subject = Subject.DATASET if rule is None else rule.subject
        return not self.images or subject is Subject.DATASET or (len(self.images) > 1 and subject is not Subject.IMAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A finding that the manifest waives, why, and the last day on which it does."""

    finding: Finding
    reason: str
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """The declared text of one image, in normal form, and where it stands."""

    image: str
    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One dataset as the doctor saw it."""

    ref: Ref
    location: Location
    prefix: str
    images: tuple[ImageFile, ...] = ()
    captions: tuple[Caption, ...] = ()
    findings: tuple[Finding, ...] = ()
    waived: tuple[Waived, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All datasets that were asked for, and the problems of the tree that belong to none of them."""

    portraits: tuple[Portrait, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> int:
        """How many findings stop an upload."""
        return sum(problem.is_error for problem in self.problems) + self._graded(Grade.ERROR)

    @property
    def warnings(self) -> int:
        """How many findings deserve a look."""
        return sum(not problem.is_error for problem in self.problems) + self._graded(Grade.WARNING)

    @property
    def advice(self) -> int:
        """How many findings would make the training better."""
        return self._graded(Grade.ADVICE)

    @property
    def waived(self) -> int:
        """How many findings a manifest waives."""
        return sum(len(portrait.waived) for portrait in self.portraits)

    def _graded(self, grade: Grade) -> int:
        return sum(found.grade is grade for portrait in self.portraits for found in portrait.findings)


def found(rule: str, location: Location, summary: str, detail: str = "", *, images: Iterable[str] = ()) -> Finding:
    """A breach of one of our own rules; grade and remedy are the table's."""
    known = RULES[rule]
    return Finding(
        rule=rule,
        grade=known.grade,
        location=location,
        summary=summary,
        detail=detail,
        remedy=known.remedy,
        images=tuple(images),
    )


def in_reading_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then advice; in the order of the rules, and by place."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=_order))


def _order(finding: Finding) -> tuple[int, int, Location, str]:
    position = _POSITIONS.get(finding.rule, len(_POSITIONS))
    return _GRADES.index(finding.grade), position, finding.location, finding.detail
