"""From a tree and the pixels of its images to a diagnosis of each dataset; pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.resolve import problems_in
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.doctor.caption import judge_captions
from reconciler.doctor.dataset_context import Case, captions_of, cases_in
from reconciler.doctor.dataset_rules import judge_shared, judge_whole
from reconciler.doctor.finding import Caption, Diagnosis, Finding, Portrait, found, in_reading_order
from reconciler.doctor.picture import judge_pictures, with_clear_parts
from reconciler.doctor.pixels import Measured
from reconciler.doctor.prefix import judge_prefix
from reconciler.doctor.validate_bridge import as_findings, image_beside, owned
from reconciler.doctor.waiver import judge_waivers
from reconciler.doctor.waivers import apply_waivers


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a diagnosis goes by besides the tree.

    `measured` holds pixels by digest, `today` decides which waivers hold. Of two images that are alike the one in `fresh`,
    a digest of what is new, is told of.
    """

    today: date
    measured: Mapping[str, Measured] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()


def diagnose(loaded: Loaded, look: Look, wanted: Collection[Ref] = ()) -> Diagnosis:
    """Judge the datasets in `wanted`, or all.

    Problems of the tree that belong to no dataset are kept apart; with `wanted`, only those in the manifests of these,
    unless one of these is broken.
    """
    problems = problems_in(loaded, judge_waivers(loaded))
    cases = cases_in(loaded)
    problems_of = {case.ref: owned(case, problems) for case in cases}
    of_datasets = {problem for own in problems_of.values() for problem in own}
    chosen = [case for case in cases if not wanted or case.ref in wanted]
    is_narrow = bool(wanted) and not loaded.broken.intersection(wanted)
    files = {case.manifest.document.path for case in chosen}
    return Diagnosis(
        portraits=tuple(_portrait(case, cases, problems_of[case.ref], look) for case in chosen),
        problems=tuple(
            problem
            for problem in problems
            if problem not in of_datasets and not (is_narrow and problem.location.path not in files)
        ),
    )


def _portrait(case: Case, cases: Sequence[Case], problems: Sequence[Problem], look: Look) -> Portrait:
    captions = captions_of(case)
    by_name = {image.name: look.measured[image.digest] for image in case.images if image.digest in look.measured}
    known = with_clear_parts(as_findings(case, captions, problems), by_name)
    findings = [*known, *_own_findings(case, cases, captions, look), *_uncaptioned(case, captions, problems)]
    left, waived = apply_waivers(findings, case.manifest, case.spec.waive or (), look.today)
    return Portrait(
        ref=case.ref,
        location=case.manifest.location,
        prefix=case.spec.caption_prefix or "",
        images=case.images,
        captions=captions,
        findings=in_reading_order(left),
        waived=tuple(waived),
    )


def _own_findings(case: Case, cases: Sequence[Case], captions: Sequence[Caption], look: Look) -> Iterator[Finding]:
    """What only the doctor says."""
    yield from judge_prefix(case.spec.caption_prefix or "", case.project, case.at("caption_prefix"))
    if case.folder is None:
        return
    folder, source = case.at("images", "path"), case.at("captions", "source")
    ip_type = case.project.ip_type if case.project else None
    fresh_last = sorted(case.images, key=lambda image: image.digest in look.fresh)
    yield from judge_pictures(fresh_last, look.measured, case.folder.place)
    yield from judge_whole(case.images, look.measured, folder, are_icons=ip_type == "icons")
    siblings = {
        other.ref.name: other.digests
        for other in cases
        if other.ref != case.ref and other.spec.project == case.spec.project
    }
    yield from judge_shared(case.images, siblings, folder)
    name = case.project.ip_name if case.project else None
    yield from judge_captions(captions, case.spec.caption_prefix or "", name, source)


def _uncaptioned(case: Case, captions: Sequence[Caption], problems: Iterable[Problem]) -> Iterator[Finding]:
    """Images without a text where others have one; of a caption file that cannot be read its own problem tells."""
    if case.folder is None or case.source == "automatic" or not captions:
        return
    told = {caption.image for caption in captions} | {image_beside(case, problem.location) for problem in problems}
    for image in case.images:
        if image.name not in told:
            yield found("caption-missing", case.folder.place(image), "this image has no caption", images=[image.name])
