"""`validate`: read a tree of manifests into what it asks for. Nothing is sent."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from reconciler.app.settings import Settings
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.resolve import NO_MANIFESTS, Judged, judge, resolve
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.files.known_tree import KnownTree
from reconciler.files.load import load
from reconciler.files.missing_root import NO_ROOT
from reconciler.render.fingerprint import ModelFingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTree:
    """The working tree as it was read, for a revision that is compared with it: what git knows to be equal is read once."""

    loaded: Loaded
    desired: Desired
    judged: Judged
    known: KnownTree


def validate(settings: Settings, today: date, *, believes_cache: bool = False) -> Desired:
    """What the manifests ask for. ProblemsFound carries everything that is wrong with them.

    Warnings that a manifest waives on this day are left out. `believes_cache` is for a command that only shows (`files.load`).
    """
    loaded = load(settings.root, overlay=settings.overlay_name, believes_cache=believes_cache)
    return _validated(loaded, today)[0]


def read_tree(settings: Settings, today: date, known: KnownTree | None = None) -> ReadTree:
    """The same, for a command that only shows, with what is kept for a revision. `known` may cut the tree (`files.touched_tree`)."""
    known = KnownTree() if known is None else known
    loaded = load(settings.root, overlay=settings.overlay_name, believes_cache=True, known=known)
    known.require_apart(loaded)
    desired, judged = _validated(loaded, today)
    return ReadTree(loaded=loaded, desired=desired, judged=judged, known=known)


def _validated(loaded: Loaded, today: date) -> tuple[Desired, Judged]:
    if not _has_waivers(loaded):
        judged = judge(loaded)
        return replace(judged.desired, warnings=judged.problems), judged
    from reconciler.doctor.diagnose import without_waived
    from reconciler.doctor.waivers import waived_rules

    try:
        judged = judge_tree(loaded)
    except ProblemsFound as found:
        raise ProblemsFound(without_waived(loaded, found.problems, today)) from None
    warnings = without_waived(loaded, judged.problems, today)
    return replace(judged.desired, warnings=warnings, waived=waived_rules(loaded, today)), judged


def judge_tree(loaded: Loaded, known: Judged | None = None) -> Judged:
    """What a loaded tree asks for, with its manifests. ProblemsFound carries all problems, also those of waivers."""
    return judge(loaded, further=_waiver_problems(loaded), known=known)


def resolve_tree(loaded: Loaded, *, without_guide_of: Collection[Ref] = ()) -> Desired:
    """What a loaded tree asks for. ProblemsFound carries all problems, also those of waivers."""
    return resolve(loaded, without_guide_of=without_guide_of, further=_waiver_problems(loaded))


def _has_waivers(loaded: Loaded) -> bool:
    """Does any dataset waive anything? What waivers need is imported only then."""
    return any(isinstance(one.body, DatasetBody) and one.body.spec.waive for one in loaded.manifests)


def _waiver_problems(loaded: Loaded) -> Iterable[Problem]:
    if not _has_waivers(loaded):
        return ()
    from reconciler.doctor.waivers import judge_waivers

    return judge_waivers(loaded)


def declares_nothing(problems: Iterable[Problem]) -> bool:
    """Do these problems say only that there is no manifest, and not that one is wrong?"""
    return all(problem.rule in {NO_MANIFESTS, NO_ROOT} for problem in problems if problem.is_error)


def fingerprints_of(desired: Desired) -> tuple[ModelFingerprint, ...]:
    """The fingerprint of each declared model. It is the same on every machine and in every account."""
    datasets = {ref: dataset_fingerprint(dataset) for ref, dataset in desired.datasets.items()}
    return tuple(
        ModelFingerprint(
            ref=model.ref,
            fingerprint=model_fingerprint(model, datasets[model.dataset]),
            dataset=model.dataset,
            dataset_fingerprint=datasets[model.dataset],
        )
        for model in desired.models.values()
    )
