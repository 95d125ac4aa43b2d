"""From a tree and the pixels of its images to a diagnosis of each dataset; pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from reconciler.core.declare.image_rule import FULL
from reconciler.core.declare.loaded import Loaded
from reconciler.core.declare.resolve import problems_in
from reconciler.core.doctor.caption import judge_captions
from reconciler.core.doctor.case import Case, belongs, captions_of, cases_in, judged
from reconciler.core.doctor.excuse import apply_waivers
from reconciler.core.doctor.finding import Caption, Diagnosis, Finding, Portrait, found, in_reading_order
from reconciler.core.doctor.picture import judge_pictures, with_clear_parts
from reconciler.core.doctor.pixels import Measured
from reconciler.core.doctor.prefix import judge_prefix
from reconciler.core.doctor.rule import Grade
from reconciler.core.doctor.rules import RULES
from reconciler.core.doctor.whole import judge_shared, judge_whole
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref


def diagnose(loaded: Loaded, measured: Mapping[str, Measured], today: date, wanted: Collection[Ref] = ()) -> Diagnosis:
    """Judge the datasets in `wanted`, or all; `measured` holds pixels by digest, `today` decides which waivers hold.

    Problems of the tree that belong to no dataset are kept apart; with `wanted`, only those in the manifests of these,
    unless one of these is broken.
    """
    problems = problems_in(loaded)
    cases = cases_in(loaded)
    owned = {case.ref: _owned(case, problems) for case in cases}
    of_datasets = {problem for own in owned.values() for problem in own}
    chosen = [case for case in cases if not wanted or case.ref in wanted]
    is_narrow = bool(wanted) and not loaded.broken.intersection(wanted)
    files = {case.manifest.document.path for case in chosen}
    return Diagnosis(
        portraits=tuple(_portrait(case, cases, owned[case.ref], measured, today) for case in chosen),
        problems=tuple(
            problem
            for problem in problems
            if problem not in of_datasets and not (is_narrow and problem.location.path not in files)
        ),
    )


def _owned(case: Case, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of the tree that are about this dataset."""
    own = set(judged(case))
    return [problem for problem in problems if problem in own or belongs(case, problem)]


def _portrait(
    case: Case, cases: Sequence[Case], problems: Iterable[Problem], measured: Mapping[str, Measured], today: date
) -> Portrait:
    captions = captions_of(case)
    by_name = {image.name: measured[image.digest] for image in case.images if image.digest in measured}
    known = with_clear_parts(_as_findings(case, captions, problems), by_name)
    findings = [*known, *_own_findings(case, cases, captions, measured)]
    left, waived = apply_waivers(findings, case.manifest, case.spec.waive or (), today)
    return Portrait(
        ref=case.ref,
        location=case.manifest.location,
        prefix=case.spec.caption_prefix or "",
        images=case.images,
        captions=captions,
        findings=in_reading_order(left),
        waived=tuple(waived),
    )


def _own_findings(
    case: Case, cases: Sequence[Case], captions: Sequence[Caption], measured: Mapping[str, Measured]
) -> Iterator[Finding]:
    """What only the doctor says."""
    yield from judge_prefix(case.spec.caption_prefix or "", case.project, case.at("caption_prefix"))
    if case.folder is None:
        return
    folder, source = case.at("images", "path"), case.at("captions", "source")
    ip_type = case.project.ip_type if case.project else None
    yield from judge_pictures(case.images, measured, case.folder.place)
    yield from judge_whole(case.images, measured, folder, are_icons=ip_type == "icons")
    siblings = {
        other.ref.name: other.digests
        for other in cases
        if other.ref != case.ref and other.spec.project == case.spec.project
    }
    yield from judge_shared(case.images, siblings, folder)
    name = case.project.ip_name if case.project else None
    yield from judge_captions(captions, case.spec.caption_prefix or "", name, source)
    if case.source != "automatic" and captions:
        told = {caption.image for caption in captions}
        for image in case.images:
            if image.name not in told:
                yield found(
                    "caption-missing", case.folder.place(image), "this image has no caption", images=[image.name]
                )


def _as_findings(case: Case, captions: Sequence[Caption], problems: Iterable[Problem]) -> Iterator[Finding]:
    """Problems of the tree as findings, each with the images that it is about."""
    places = {caption.location: caption.image for caption in captions}
    if case.folder is not None:
        places |= {case.folder.place(image): image.name for image in case.images}
    for problem in problems:
        images = (places[problem.location],) if problem.location in places else ()
        yield Finding(
            rule=problem.rule,
            grade=Grade.ERROR if problem.is_error else Grade.WARNING,
            location=problem.location,
            summary=problem.summary,
            detail=problem.detail,
            remedy=problem.remedy or _remedy(problem),
            images=_small(case) if problem.rule == "images-scaled" else images,
        )


def _remedy(problem: Problem) -> str:
    """What the table advises, unless the detail says so already."""
    remedy = RULES[problem.rule].remedy if problem.rule in RULES else ""
    return "" if remedy.rstrip(".").casefold() in problem.detail.casefold() else remedy


def _small(case: Case) -> tuple[str, ...]:
    """The images that will be scaled up."""
    return tuple(
        image.name for image in case.images if image.facts and min(image.facts.width, image.facts.height) < FULL
    )
