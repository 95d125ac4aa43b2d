"""What the doctor says about the images and captions that a plan touches, for whoever reviews it."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from reconciler.app.doctor import decodable, measure_all
from reconciler.app.pictures import ImageTree
from reconciler.core.change import DatasetChange
from reconciler.core.content_change import ImageEffect
from reconciler.core.guide import LEGACY_END
from reconciler.core.name import image_key
from reconciler.core.plan import Plan
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.doctor.diagnose import Evidence, diagnose
from reconciler.doctor.finding import DatasetDiagnosis, Finding
from reconciler.render.album import ReportedFinding

LOOKED_AT = 400
"""Images of which the pixels are read for one report, new ones first; `reconciler doctor` reads them all."""

NAMED = 5
"""Images that a finding about the whole names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found, and how many images of this tree were too many to look at."""

    told: tuple[ReportedFinding, ...] = ()
    unseen: int = 0


def findings_of(plan: Plan, tree: ImageTree, today: date, shown: Collection[str] = ()) -> Findings:
    """The findings about what a plan changes: each image or caption that comes or changes, and each changed dataset.

    Nothing is told of what stays as it is, since that was reviewed when it came. `shown` are keys of images of which a thumbnail
    will be asked for.
    """
    changes = {change.ref: change for change in plan.changes if isinstance(change, DatasetChange)}
    if not changes:
        return Findings()
    touched = frozenset(key for change in changes.values() for key in _touched(change))
    images = sorted(decodable(tree.loaded, changes), key=lambda image: image_key(image.digest) not in touched)
    new_images = frozenset(image.digest for image in images if image_key(image.digest) in touched)
    pictured = frozenset(image.digest for image in images if image_key(image.digest) in shown)
    measured = measure_all(tree.root, images[:LOOKED_AT], shown=pictured)
    evidence = Evidence(today=today, measured=measured, new_images=new_images)
    diagnosis = diagnose(tree.loaded, evidence, changes)
    told = (one for dataset in diagnosis.datasets for one in _of(dataset, touched))
    return Findings(told=tuple(dict.fromkeys(told)), unseen=max(len(images) - LOOKED_AT, 0))


def _touched(change: DatasetChange) -> Iterator[str]:
    """Keys of the images that come, and of those whose caption changes or is judged again under another guide."""
    yield from (image.key for image in change.images if image.effect in {ImageEffect.ADDED, ImageEffect.REPLACED})
    yield from (caption.key for caption in change.captions)
    if change.guide:
        yield from (image.key for image in change.wish.images)


def _of(dataset: DatasetDiagnosis, touched: frozenset[str]) -> Iterator[ReportedFinding]:
    """The findings of one dataset that touch what changes, or that name no image."""
    keys = {image.name: image_key(image.digest) for image in dataset.images}
    for finding in dataset.findings:
        if finding.rule == LEGACY_END:
            continue  # the plan says it itself, once
        names = [name for name in finding.images if keys.get(name) in touched]
        if finding.is_about_the_whole and (names or not finding.images):
            yield _told(dataset, finding, f" ({_listed(names)})" if names else "")
        elif names:
            yield replace(_told(dataset, finding), key=keys[names[0]], name=names[0])


def _told(dataset: DatasetDiagnosis, finding: Finding, names: str = "") -> ReportedFinding:
    text = f"{finding.summary}: {finding.detail}".rstrip(".: ")
    return ReportedFinding(ref=dataset.ref, rule=finding.rule, severity=finding.grade.value, text=text + names)


def _listed(names: list[str]) -> str:
    """The names in quotes, so that no printer takes them for our own words."""
    more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(map(quoted, names[:NAMED])) + more
