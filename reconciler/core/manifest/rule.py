"""The API's rules for the fields of projects and models, as far as they can be checked without asking it."""

from collections.abc import Iterator

from reconciler.core.manifest.alias_rule import judge_aliases
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.message import NAME_ADVISED, judge_name, judge_words
from reconciler.core.manifest.spec import POLICIES, ModelSpec, ProjectSpec, Training
from reconciler.core.manifest.suggestion import listed
from reconciler.core.problem import Problem, Severity
from reconciler.core.text import quoted

ILLUSTRATION_ONLY = ("object_variants", "multi_object_set", "icons", "character_variants")
NEEDS_NAME = ("defined_character",)
NEEDS_DESCRIPTION = ("defined_character", "object_variants")
VERSIONS = {"fully_automated": ("light", "max"), "expert": ("bria-2.3", "bria-3.2")}
DEFAULT_VERSION = {"fully_automated": "max", "expert": "bria-3.2"}
RANGES: dict[str, tuple[float, float]] = {
    "rank": (4, 256),
    "learning_rate": (1e-6, 1e-3),
    "total_training_steps": (1, 5000),
    "checkpoint_interval": (100, 5000),
    "lr_warmup_steps": (0, 1000),
}
"""From the API's newer documents; the ones in force name none, so a breach is a warning."""

NAME_WORDS, DESCRIPTION_WORDS = 3, 6


def judge_project(manifest: Manifest, spec: ProjectSpec) -> Iterator[Problem]:
    """The rules for a project's fields."""
    at, key = manifest.document.at, manifest.document.at_key
    for field, types, text in (
        ("ip_name", NEEDS_NAME, spec.ip_name),
        ("ip_description", NEEDS_DESCRIPTION, spec.ip_description),
    ):
        if spec.ip_type in types and not (text or "").strip():
            yield Problem(
                rule="project-field-required",
                location=at("spec", field) if text is not None else key("spec"),
                summary=f"{quoted(field)} is required for ip_type {spec.ip_type}",
                remedy="Add it: a short name, such as Lora." if field == "ip_name" else "Add it, in a few words.",
            )
    if spec.ip_type in ILLUSTRATION_ONLY and spec.ip_medium != "illustration":
        yield Problem(
            rule="project-medium",
            location=at("spec", "ip_medium"),
            summary=f"ip_type {spec.ip_type} is for illustrations only",
            detail=f"Found ip_medium {spec.ip_medium}.",
            remedy="Write ip_medium: illustration, or choose defined_character, stylized_scene or other.",
        )
    for field, text in (
        ("project_name", spec.project_name),
        ("ip_name", spec.ip_name),
        ("ip_description", spec.ip_description),
    ):
        if text:
            yield from judge_name(text, at("spec", field), field)
    if spec.project_name == "":
        yield from judge_name("", at("spec", "project_name"), "project_name")
    if NAME_ADVISED < len(spec.project_name or "") <= 200:
        yield _warning(
            manifest,
            "text-long",
            ("spec", "project_name"),
            f'"project_name" has more than {NAME_ADVISED} characters',
            "Bria may refuse it.",
        )
    yield from judge_words(spec.ip_name, at("spec", "ip_name"), "ip_name", NAME_WORDS)
    yield from judge_words(spec.ip_description, at("spec", "ip_description"), "ip_description", DESCRIPTION_WORDS)


def judge_model(manifest: Manifest, spec: ModelSpec) -> Iterator[Problem]:
    """The rules for a model's fields."""
    versions = VERSIONS[spec.training_mode]
    if spec.training_version is not None and spec.training_version not in versions:
        other = "expert" if spec.training_mode == "fully_automated" else "fully_automated"
        yield Problem(
            rule="model-version",
            location=manifest.document.at("spec", "training_version"),
            summary=f"training_version {spec.training_version} does not go with training_mode {spec.training_mode}",
            detail=f"With {spec.training_mode} it is {listed(versions)}.",
            remedy=f"Change one of the two; {spec.training_version} needs training_mode: {other}.",
        )
    if spec.training is not None:
        yield from _judge_policies(manifest, spec.training)
        yield from _judge_training(manifest, spec, spec.training)
    yield from judge_aliases(manifest, spec.aliases or {})


def parameters(training: Training) -> tuple[tuple[str, int | float | str], ...]:
    """The declared training parameters, sorted by name; what says whether and when to train is none of them."""
    values = ((name, getattr(training, name)) for name in sorted(Training.model_fields) if name not in POLICIES)
    return tuple((name, value) for name, value in values if value is not None)


def _judge_policies(manifest: Manifest, training: Training) -> Iterator[Problem]:
    if "retries" in training.model_fields_set and training.on_failure != "retrain":
        yield _warning(
            manifest,
            "model-retries",
            ("spec", "training", "retries"),
            '"retries" has no effect here',
            "A failed training is left alone unless the manifest says `on_failure: retrain`.",
        )


def _judge_training(manifest: Manifest, spec: ModelSpec, training: Training) -> Iterator[Problem]:
    declared = parameters(training)
    if spec.training_mode != "expert":
        for name, _ in declared:
            yield Problem(
                rule="model-expert-only",
                location=manifest.document.at_key("spec", "training", name),
                summary=f"{quoted(name)} is for training_mode expert only",
                detail="With fully_automated, Bria chooses all training parameters.",
                remedy="Remove it, or write training_mode: expert.",
            )
        return
    for name, value in declared:
        low, high = RANGES.get(name, (0, 0))
        if not isinstance(value, str) and not low <= value <= high:
            yield _warning(
                manifest,
                "model-range",
                ("spec", "training", name),
                f"{quoted(name)} is outside the range that Bria documents",
                f"{value:g} is not from {low:g} to {high:g}.",
            )
    steps, interval = training.total_training_steps, training.checkpoint_interval
    if steps is not None and interval is not None and interval > steps:
        yield Problem(
            rule="model-checkpoint",
            location=manifest.document.at("spec", "training", "checkpoint_interval"),
            summary='"checkpoint_interval" is larger than "total_training_steps"',
            detail=f"{interval:,} is more than {steps:,}.",
            remedy="Make it smaller, or leave it out.",
        )


def _warning(manifest: Manifest, rule: str, steps: tuple[str, ...], summary: str, detail: str) -> Problem:
    return Problem(
        rule=rule,
        location=manifest.document.at(*steps),
        summary=summary,
        detail=detail,
        severity=Severity.WARNING,
    )
