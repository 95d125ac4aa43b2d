"""Manifests of models: the API's rules for their fields, the training parameters, and the aliases of their versions."""

from collections.abc import Collection, Iterator

from reconciler.core.desired import CURRENT, Desired, DesiredModel
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.guide import Family
from reconciler.core.kind import Kind
from reconciler.core.manifest import dataset
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.mismatch import Vocabulary
from reconciler.core.manifest.spec import ModelBody, ModelSpec
from reconciler.core.manifest.suggestion import one_of
from reconciler.core.manifest.training_spec import Bounds, Training
from reconciler.core.manifest.tree import KindRules, ManifestTree
from reconciler.core.pattern import pattern
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.text import quoted
from reconciler.core.training import ParameterValue
from reconciler.core.typed import read

VERSIONS = {"fully_automated": ("light", "max"), "expert": ("bria-2.3", "bria-3.2")}
_UNTOLD = read(Training, {})
_FINGERPRINT = pattern(r"[a-z][0-9a-f]{6,12}")
_NUMBER = pattern(r"v[1-9][0-9]{0,8}")
_LABEL = pattern(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _declare(manifest: Manifest, tree: ManifestTree, problems: list[Problem]) -> DesiredModel:
    body = manifest.body
    assert isinstance(body, ModelBody)
    family = tree.family_of(body.spec.dataset) or "prefix"
    problems += _judge(manifest, body.spec, family)
    spec, training = body.spec, body.spec.training or _UNTOLD
    return DesiredModel(
        ref=manifest.ref,
        location=manifest.location,
        dataset=Ref(Kind.DATASET, spec.dataset),
        description=spec.description,
        training_mode=spec.training_mode,
        training_version=spec.version_for(family),
        parameters=training.parameters,
        policy=training.policy,
        aliases=tuple(sorted((spec.aliases or {}).items())),
        mirror_aliases=spec.mirror_aliases,
        promotion=None if spec.promotion is None else spec.promotion.promotion,
        history_limit=spec.history_limit,
        moved_from=manifest.moved_from,
    )


def _beside(manifest: Manifest, tree: ManifestTree) -> tuple[object, ...]:
    body = manifest.body
    assert isinstance(body, ModelBody)
    return (tree.family_of(body.spec.dataset),)


def _judge(manifest: Manifest, spec: ModelSpec, family: Family) -> Iterator[Problem]:
    """The rules for a model's fields. `family` is that of its dataset."""
    versions = VERSIONS[spec.training_mode]
    if family == "schema" and spec.training_version is not None:
        yield Problem(
            rule="model-version-family",
            location=manifest.document.at_key("spec", "training_version"),
            summary="a model on a dataset with a visual_schema has no training_version",
            detail="The API's documents have no such field in the schema family.",
            remedy="Remove the line.",
        )
    elif spec.training_version is not None and spec.training_version not in versions:
        other = "expert" if spec.training_mode == "fully_automated" else "fully_automated"
        yield Problem(
            rule="model-version",
            location=manifest.document.at("spec", "training_version"),
            summary=f"training_version {spec.training_version} does not go with training_mode {spec.training_mode}",
            detail=f"With {spec.training_mode} it is {one_of(versions)}.",
            remedy=f"Change one of the two; {spec.training_version} needs training_mode: {other}.",
        )
    if spec.training is not None:
        yield from _judge_policies(manifest, spec.training)
        yield from _judge_checkpoints(manifest, spec, spec.training, family)
        yield from _judge_training(manifest, spec, spec.training)
    yield from _judge_aliases(manifest, () if spec.promotion is None else spec.promotion.aliases)


def _judge_policies(manifest: Manifest, training: Training) -> Iterator[Problem]:
    if "retries" in training.written and training.on_failure != "retrain":
        yield _warning(
            manifest,
            "model-retries",
            ("spec", "training", "retries"),
            '"retries" has no effect here',
            "A failed training is left alone unless the manifest says `on_failure: retrain`.",
        )


def _judge_checkpoints(manifest: Manifest, spec: ModelSpec, training: Training, family: Family) -> Iterator[Problem]:
    """Steps that no training of today leaves a checkpoint after are a warning: older versions may have been trained otherwise."""
    steps, place = training.keep_checkpoints, ("spec", "training", "keep_checkpoints")
    if steps is None:
        return
    if spec.training_mode != "expert":
        yield Problem(
            rule="model-checkpoints",
            location=manifest.document.at_key(*place),
            summary='"keep_checkpoints" is for training_mode expert only',
            detail="No other training leaves checkpoints that the API deletes.",
            remedy="Remove it, or write training_mode: expert.",
        )
        return
    if family == "schema":
        yield Problem(
            rule="model-checkpoints",
            location=manifest.document.at_key(*place),
            summary='"keep_checkpoints" is for models of the prefix family only',
            detail="In the schema family no operation draws with another checkpoint than the active one.",
            remedy="Remove the line.",
        )
        return
    for at, step in enumerate(steps):
        if detail := training.leaves_no_checkpoint_after(step):
            summary = f"no training as declared leaves a checkpoint after {step} steps"
            yield _warning(manifest, "model-checkpoints", (*place, at), summary, detail)


def _judge_training(manifest: Manifest, spec: ModelSpec, training: Training) -> Iterator[Problem]:
    declared = dict(training.parameters)
    if spec.training_mode != "expert":
        for name in declared:
            yield Problem(
                rule="model-expert-only",
                location=manifest.document.at_key("spec", "training", name),
                summary=f"{quoted(name)} is for training_mode expert only",
                detail="With fully_automated, Bria chooses all training parameters.",
                remedy="Remove it, or write training_mode: expert.",
            )
        return
    for name, value in declared.items():
        bounds = training.bounds_of(name)
        if bounds is not None and not isinstance(value, str):
            yield from _judge_bounds(manifest, name, value, bounds, declared.get(bounds.below))


def _judge_bounds(
    manifest: Manifest, name: str, value: float, bounds: Bounds, most: ParameterValue | None
) -> Iterator[Problem]:
    """`most` is the declared value of the parameter that this one may not exceed."""
    if not bounds.low <= value <= bounds.high:
        yield _warning(
            manifest,
            "model-range",
            ("spec", "training", name),
            f"{quoted(name)} is outside the range that Bria documents",
            f"{value:g} is not from {bounds.low:g} to {bounds.high:g}.",
        )
    if isinstance(most, int | float) and value > most:
        yield Problem(
            rule="model-checkpoint",
            location=manifest.document.at("spec", "training", name),
            summary=f"{quoted(name)} is larger than {quoted(bounds.below)}",
            detail=f"{value:,} is more than {most:,}.",
            remedy="Make it smaller, or leave it out.",
        )


def _warning(manifest: Manifest, rule: str, steps: tuple[str | int, ...], summary: str, detail: str) -> Problem:
    return Problem(
        rule=rule,
        location=manifest.document.at(*steps),
        summary=summary,
        detail=detail,
        severity=Severity.WARNING,
    )


def _judge_aliases(manifest: Manifest, guarded: Collection[str]) -> Iterator[Problem]:
    """Those that stand in the manifest: an overlay's are judged where they stand."""
    assert isinstance(manifest.body, ModelBody)
    if manifest.body.spec.aliases is None:
        return
    written = manifest.document.value_at("spec", "aliases")
    doubtful = {
        label: version
        for label, version in (written.items() if isinstance(written, dict) else ())
        if isinstance(version, str) and (label in guarded or not _is_plain(label, version))
    }
    places = manifest.document.places("spec", "aliases") if doubtful else {}
    for label, version in doubtful.items():
        key, place = places[label]
        wrong = tuple(wrong_guarded(label, version, place)) if label in guarded else ()
        yield from wrong or judge_alias(label, version, key, place)


def _is_plain(label: str, version: str) -> bool:
    """Is there nothing to say of an alias? Then nobody looks for its place."""
    is_version = version == CURRENT or _FINGERPRINT.fullmatch(version) is not None
    return is_version and label != CURRENT and _LABEL.fullmatch(label) is not None


def judge_alias(label: str, version: str, key: Location, place: Location) -> Iterator[Problem]:
    """Is the label a label, and can the version be one? The plan says whether it is live."""
    yield from judge_label(label, key)
    yield from _judge_version(label, version, place)


def judge_label(label: str, place: Location) -> Iterator[Problem]:
    """Can an alias have this name?"""
    if _LABEL.fullmatch(label) and label != CURRENT:
        return
    yield Problem(
        rule="model-alias-name",
        location=place,
        summary=f"{quoted(label, 60)} is no name for an alias",
        detail="It means the version that the manifest asks for." if label == CURRENT else "",
        remedy="Use lower-case letters, digits and hyphens, at most 63, such as production.",
    )


def wrong_guarded(label: str, version: str, place: Location) -> Iterator[Problem]:
    """A guarded alias names a fingerprint: people approve one version, and it stays that one."""
    if version == CURRENT:
        detail = "It would move to another version with each change of what the manifest describes."
    elif _NUMBER.fullmatch(version):
        detail = f"{version} is another version in another account; a fingerprint is the same everywhere."
    else:
        return
    yield Problem(
        rule="promotion-target",
        location=place,
        summary=f"the guarded alias {quoted(label, 63)} must name a fingerprint",
        detail=detail,
        remedy="Copy the fingerprint from `reconciler status`, or take the alias out of promotion.aliases.",
    )


def _judge_version(label: str, version: str, place: Location) -> Iterator[Problem]:
    if _NUMBER.fullmatch(version):
        yield Problem(
            rule="model-alias-number",
            location=place,
            summary=f"the alias {quoted(label, 63)} names a version by its number",
            detail=f"{version} is another version in another account; a fingerprint is the same everywhere.",
            remedy="Copy the fingerprint from `reconciler status`.",
            severity=Severity.WARNING,
        )
    elif version != CURRENT and not _FINGERPRINT.fullmatch(version):
        yield Problem(
            rule="model-alias",
            location=place,
            summary=f"{quoted(version, 60)} names no version",
            detail='A version is "current", or at least 7 characters of a fingerprint, such as a51be07.',
            remedy="Copy the fingerprint from `reconciler status`.",
        )


def _content(ref: Ref, desired: Desired) -> object:
    """All that a model's fingerprint is made of; None if its dataset is not declared."""
    model = desired.models[ref]
    if model.dataset not in desired.datasets:
        return None
    behind = dataset.content(model.dataset, desired)
    return behind, model.training_mode, model.training_version, model.parameters


def _fingerprint(ref: Ref, desired: Desired) -> str:
    model = desired.models[ref]
    return model_fingerprint(model, dataset.fingerprint(model.dataset, desired))


ALIAS_TEXT = "A fingerprint begins with a letter, such as a51be07; the second version is v2. See `reconciler status`."
"""What to write instead of a number that stands for a version."""

_WORDS = Vocabulary(
    title="Model",
    rule="manifest",
    model=ModelBody,
    later_words=frozenset({("spec", "training_version", "fibo")}),
    remedies={
        ("metadata", "id"): dataset.NO_ID,
        ("spec", "training", "max_train_steps"): "It is an old word for total_training_steps.",
    },
    texts={("spec", "aliases"): ALIAS_TEXT},
)
RULES = KindRules(
    body=ModelBody,
    vocabulary=_WORDS,
    declare=_declare,
    beside=_beside,
    content=_content,
    fingerprint=_fingerprint,
)
