"""What one rule of the doctor is: its id, how grave a breach is, why it matters and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """An error stops the upload, a warning deserves a look, advice makes the training better."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Subject(StrEnum):
    """What a rule is about, in the order in which findings are read."""

    DATASET = "dataset"
    IMAGE = "image"
    PREFIX = "prefix"
    CAPTION = "caption"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `why` is a paragraph for a person who curates images, `remedy` what to do about a breach."""

    id: str
    title: str
    subject: Subject
    grade: Grade
    why: str
    remedy: str
    needs_pixels: bool = False
    """Can it be judged only where the image itself is here, not its Git LFS pointer?"""
    also: tuple[str, ...] = ()
    """Words by which people look for it; used to guess what an unknown id meant."""

    @property
    def can_be_waived(self) -> bool:
        """What the API would refuse is not for a manifest to allow."""
        return self.grade is not Grade.ERROR
