"""What the doctor reports: findings, each with the images that it is about, and the diagnosis of each dataset."""

from collections.abc import Iterable

from reconciler.core.manifest.image import ImageFile
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.doctor.rules import RULES, Grade, Subject

_GRADES = tuple(Grade)
_POSITIONS = {rule: position for position, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact. `images` names the images that it is about, below the image folder; empty if it is about the dataset."""

    rule: str
    grade: Grade
    location: Location
    summary: str
    detail: str = ""
    remedy: str = ""
    images: tuple[str, ...] = ()

    @property
    def is_about_the_whole(self) -> bool:
        """Is it about the dataset, even if it names a single image?

        Two files that are equal are a fact about each of the two, so a rule about images is never about the whole.
        """
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
class DeclaredCaption:
    """The caption that the tree declares for one image, in normal form, and where it is written."""

    image: str
    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDiagnosis:
    """One dataset: its images, its captions, and what was found and waived."""

    ref: Ref
    location: Location
    prefix: str
    images: tuple[ImageFile, ...] = ()
    captions: tuple[DeclaredCaption, ...] = ()
    findings: tuple[Finding, ...] = ()
    waived: tuple[Waived, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All datasets that were asked for, and the problems of the tree that belong to none of them."""

    datasets: tuple[DatasetDiagnosis, ...] = ()
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
        return sum(len(dataset.waived) for dataset in self.datasets)

    def _graded(self, grade: Grade) -> int:
        return sum(finding.grade is grade for dataset in self.datasets for finding in dataset.findings)


def breach(rule: str, location: Location, summary: str, detail: str = "", *, images: Iterable[str] = ()) -> Finding:
    """A finding of the doctor's own: grade and remedy are those of the table."""
    broken = RULES[rule]
    return Finding(
        rule=rule,
        grade=broken.grade,
        location=location,
        summary=summary,
        detail=detail,
        remedy=broken.remedy,
        images=tuple(images),
    )


def in_reading_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once: errors first, then warnings, then advice; in the order of the table, and by place."""
    return tuple(sorted(dict.fromkeys(findings), key=_reading_order))


def _reading_order(finding: Finding) -> tuple[int, int, Location, str]:
    position = _POSITIONS.get(finding.rule, len(_POSITIONS))
    return _GRADES.index(finding.grade), position, finding.location, finding.detail
