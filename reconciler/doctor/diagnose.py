"""From a tree and the pixels of its images to a diagnosis of each dataset. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date

from reconciler.core.guide import LEGACY_END, LEGACY_END_WORDS
from reconciler.core.manifest.image_rules import FULL
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.resolve import problems_in
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.doctor.caption_rules import judge_captions, judge_prefix
from reconciler.doctor.dataset_context import DatasetContext, dataset_contexts, declared_captions, problems_about
from reconciler.doctor.finding import DatasetDiagnosis, DeclaredCaption, Diagnosis, Finding, breach, in_reading_order
from reconciler.doctor.image_rules import judge_image_set, judge_images, judge_shared_images, with_measured_transparency
from reconciler.doctor.json_caption_rules import judge_json_captions
from reconciler.doctor.pixels import Measured
from reconciler.doctor.rules import RULES, Grade
from reconciler.doctor.waivers import apply_waivers, is_waived, judge_waivers

ImageNames = tuple[str, ...]
"""Names below the image folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a diagnosis goes by besides the tree.

    `today` decides which waivers hold. `measured` holds the pixels of images by digest. `new_images` are digests: of two
    images that are alike, the finding is about the new one.
    """

    today: date
    measured: Mapping[str, Measured] = field(default_factory=dict)
    new_images: frozenset[str] = frozenset()


def diagnose(loaded: Loaded, evidence: Evidence, wanted: Collection[Ref] = ()) -> Diagnosis:
    """Judge the datasets in `wanted`, or all of them if it is empty.

    Problems of the tree that belong to no dataset are kept apart. With `wanted`, only those in the manifests of the
    wanted datasets are kept, unless one of these could not be read: then any problem may be the reason.
    """
    problems = problems_in(loaded, judge_waivers(loaded))
    contexts = dataset_contexts(loaded)
    problems_of = {context.ref: problems_about(context, problems) for context in contexts}
    of_datasets = {problem for own in problems_of.values() for problem in own}
    chosen = [context for context in contexts if not wanted or context.ref in wanted]
    held = {context.ref: context.digests for context in contexts} if chosen else {}
    is_narrow = bool(wanted) and not loaded.broken.intersection(wanted)
    files = {context.manifest.document.path for context in chosen}
    return Diagnosis(
        datasets=tuple(
            _diagnose_dataset(context, contexts, held, problems_of[context.ref], evidence) for context in chosen
        ),
        problems=tuple(
            problem
            for problem in problems
            if problem not in of_datasets and not (is_narrow and problem.location.path not in files)
        ),
    )


def without_waived(loaded: Loaded, problems: tuple[Problem, ...], today: date) -> tuple[Problem, ...]:
    """The problems that no manifest waives on this day. An error is never waived."""
    waived: set[Problem] = set()
    for context in dataset_contexts(loaded):
        if context.spec.waive:
            own = problems_about(context, problems)
            findings = _as_findings(context, declared_captions(context), own)
            waived.update(
                problem
                for problem, finding in zip(own, findings, strict=True)
                if is_waived(finding, context.spec.waive, today)
            )
    return tuple(problem for problem in problems if problem not in waived)


def _diagnose_dataset(
    context: DatasetContext,
    contexts: Sequence[DatasetContext],
    held: Mapping[Ref, frozenset[str]],
    problems: Sequence[Problem],
    evidence: Evidence,
) -> DatasetDiagnosis:
    """`held` are the digests of all datasets."""
    captions = declared_captions(context)
    measured = {
        image.name: evidence.measured[image.digest] for image in context.images if image.digest in evidence.measured
    }
    findings = [
        *with_measured_transparency(_as_findings(context, captions, problems), measured),
        *_own_findings(context, contexts, held, captions, evidence),
        *_uncaptioned(context, captions, problems),
    ]
    left, waived = apply_waivers(findings, context.manifest, context.spec.waive or (), evidence.today)
    return DatasetDiagnosis(
        ref=context.ref,
        location=context.manifest.location,
        prefix=context.guide.line if context.guide.family == "prefix" else "",
        images=context.images,
        captions=captions,
        findings=in_reading_order(left),
        waived=tuple(waived),
    )


def _own_findings(
    context: DatasetContext,
    contexts: Sequence[DatasetContext],
    held: Mapping[Ref, frozenset[str]],
    captions: Sequence[DeclaredCaption],
    evidence: Evidence,
) -> Iterator[Finding]:
    """What the doctor says and `validate` does not."""
    guide = context.guide
    yield from _announced_end(context, contexts)
    if guide.family == "prefix":
        yield from judge_prefix(guide.text, context.project, context.at(guide.field))
    if context.folder is None:
        return
    # The later of two images that are alike gets the finding. New images come last, so that it is about them.
    new_last = sorted(context.images, key=lambda image: image.digest in evidence.new_images)
    yield from judge_images(new_last, evidence.measured, context.folder.place)
    folder = context.at("images", "path")
    ip_type = context.project.ip_type if context.project else None
    yield from judge_image_set(context.images, evidence.measured, folder, are_icons=ip_type == "icons")
    siblings = {
        other.ref.name: held[other.ref]
        for other in contexts
        if other.ref != context.ref and other.spec.project == context.spec.project
    }
    yield from judge_shared_images(context.images, siblings, folder)
    if guide.family == "schema":
        yield from judge_json_captions(captions)
        return
    name = context.project.ip_name if context.project else None
    yield from judge_captions(captions, guide.text, name, context.at("captions", "source"))


def _announced_end(context: DatasetContext, contexts: Sequence[DatasetContext]) -> Iterator[Finding]:
    """Said of the first dataset with models of the prefix family that does not waive it, and of those that do."""
    concerned = [one for one in contexts if one.guide.family == "prefix" and one.models]
    unwaived = [one.ref for one in concerned if not _waives_end(one)]
    if context in concerned and (_waives_end(context) or context.ref == unwaived[0]):
        yield breach(
            "legacy-generation",
            context.at(context.guide.field),
            "its models may not generate any more",
            LEGACY_END_WORDS,
        )


def _waives_end(context: DatasetContext) -> bool:
    return any(waiver.rule == LEGACY_END for waiver in context.spec.waive or ())


def _uncaptioned(
    context: DatasetContext, captions: Sequence[DeclaredCaption], problems: Iterable[Problem]
) -> Iterator[Finding]:
    """Images without a caption where others have one. A caption file that cannot be read has a problem of its own."""
    if context.folder is None or context.source == "automatic" or not captions:
        return
    has_file = {caption.image for caption in captions}
    has_file |= {name for problem in problems if (name := context.image_beside(problem.location)) is not None}
    for image in context.images:
        if image.name not in has_file:
            place = context.folder.place(image)
            yield breach("caption-missing", place, "this image has no caption", images=[image.name])


def _as_findings(
    context: DatasetContext, captions: Sequence[DeclaredCaption], problems: Iterable[Problem]
) -> Iterator[Finding]:
    """Problems that `validate` reports as findings, one for each, with the images that it is about."""
    images_at = {caption.location: caption.image for caption in captions}
    if context.folder is not None:
        images_at |= {context.folder.place(image): image.name for image in context.images}
    for problem in problems:
        name = images_at.get(problem.location) or context.image_beside(problem.location)
        images = () if name is None else (name,)
        yield Finding(
            rule=problem.rule,
            grade=Grade.ERROR if problem.is_error else Grade.WARNING,
            location=problem.location,
            summary=problem.summary,
            detail=problem.detail,
            remedy=problem.remedy or _remedy(problem),
            images=_ABOUT_SEVERAL[problem.rule](context, images) if problem.rule in _ABOUT_SEVERAL else images,
        )


def _remedy(problem: Problem) -> str:
    """The advice of the table, unless the detail gives it already."""
    remedy = RULES[problem.rule].remedy if problem.rule in RULES else ""
    return "" if remedy.rstrip(".").casefold() in problem.detail.casefold() else remedy


def _scaled_up(context: DatasetContext, _: ImageNames) -> ImageNames:
    """The images that will be scaled up."""
    return tuple(
        image.name for image in context.images if image.facts and min(image.facts.width, image.facts.height) < FULL
    )


def _equal_files(context: DatasetContext, images: ImageNames) -> ImageNames:
    """All files that hold the same bytes as these."""
    digests = {image.digest for image in context.images if image.name in images}
    return tuple(image.name for image in context.images if image.digest in digests)


_ABOUT_SEVERAL: Mapping[str, Callable[[DatasetContext, ImageNames], ImageNames]] = {
    "images-scaled": _scaled_up,
    "image-double": _equal_files,
}
"""Problems that have one place and are about several images."""
