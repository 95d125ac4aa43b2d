"""What `validate` says about a dataset, seen with the doctor's eyes: whose it is, and which images it is about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath

from reconciler.core.manifest.image_rule import FULL
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.problem import Location, Problem
from reconciler.doctor.dataset_context import Case, belongs, captions_of, cases_in, judged
from reconciler.doctor.finding import Caption, Finding
from reconciler.doctor.rule import Grade
from reconciler.doctor.rules import RULES
from reconciler.doctor.waivers import is_waived

Images = tuple[str, ...]
"""Names below the image folder."""

_SIDECARS = frozenset({".txt", ".caption"})


def owned(case: Case, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of the tree that are about this dataset."""
    own = set(judged(case))
    return [problem for problem in problems if problem in own or belongs(case, problem)]


def as_findings(case: Case, captions: Sequence[Caption], problems: Iterable[Problem]) -> Iterator[Finding]:
    """Problems of the tree as findings, one for each, with the images that it is about."""
    places = {caption.location: caption.image for caption in captions}
    if case.folder is not None:
        places |= {case.folder.place(image): image.name for image in case.images}
    for problem in problems:
        name = places.get(problem.location) or image_beside(case, problem.location)
        images = () if name is None else (name,)
        yield Finding(
            rule=problem.rule,
            grade=Grade.ERROR if problem.is_error else Grade.WARNING,
            location=problem.location,
            summary=problem.summary,
            detail=problem.detail,
            remedy=problem.remedy or _remedy(problem),
            images=_MANY[problem.rule](case, images) if problem.rule in _MANY else images,
        )


def image_beside(case: Case, place: Location) -> str | None:
    """The image whose caption file a problem is about, as one that cannot be read; None where it is no such file."""
    path = PurePosixPath(place.path)
    if case.folder is None or path.suffix.lower() not in _SIDECARS:
        return None
    stem = path.with_suffix("")
    places = ((image.name, PurePosixPath(case.folder.place(image).path)) for image in case.images)
    return next((name for name, its in places if its.with_suffix("") == stem), None)


def without_waived(loaded: Loaded, problems: tuple[Problem, ...], today: date) -> tuple[Problem, ...]:
    """The problems that no manifest waives on this day; an error is never waived."""
    waived: set[Problem] = set()
    for case in cases_in(loaded):
        if case.spec.waive:
            own = owned(case, problems)
            found = as_findings(case, captions_of(case), own)
            waived.update(
                problem
                for problem, finding in zip(own, found, strict=True)
                if is_waived(finding, case.spec.waive, today)
            )
    return tuple(problem for problem in problems if problem not in waived)


def _remedy(problem: Problem) -> str:
    """What the table advises, unless the detail says so already."""
    remedy = RULES[problem.rule].remedy if problem.rule in RULES else ""
    return "" if remedy.rstrip(".").casefold() in problem.detail.casefold() else remedy


def _small(case: Case, _: Images) -> Images:
    """The images that will be scaled up."""
    return tuple(
        image.name for image in case.images if image.facts and min(image.facts.width, image.facts.height) < FULL
    )


def _equal(case: Case, images: Images) -> Images:
    """All files that hold the same image as this one."""
    digests = {image.digest for image in case.images if image.name in images}
    return tuple(image.name for image in case.images if image.digest in digests)


_MANY: Mapping[str, Callable[[Case, Images], Images]] = {"images-scaled": _small, "image-double": _equal}
"""Problems that are said at one place and are about several images."""
