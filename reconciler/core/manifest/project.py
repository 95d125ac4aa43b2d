"""Manifests of projects: the API's rules for their fields, as far as they can be checked without asking the API."""

from collections.abc import Iterator

from reconciler.core.desired import DesiredProject
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.mismatch import Vocabulary
from reconciler.core.manifest.spec import ProjectBody, ProjectSpec
from reconciler.core.manifest.text_rules import NAME_ADVISED, judge_name, judge_words
from reconciler.core.manifest.tree import KindRules, ManifestTree
from reconciler.core.problem import Problem, Severity
from reconciler.core.text import quoted

ILLUSTRATION_ONLY = ("object_variants", "multi_object_set", "icons", "character_variants")
NEEDS_NAME = ("defined_character",)
NEEDS_DESCRIPTION = ("defined_character", "object_variants")
NAME_WORDS, DESCRIPTION_WORDS = 3, 6


def _declare(manifest: Manifest, _: ManifestTree, problems: list[Problem]) -> DesiredProject:
    body = manifest.body
    assert isinstance(body, ProjectBody)
    problems += _judge(manifest, body.spec)
    spec = body.spec
    return DesiredProject(
        ref=manifest.ref,
        location=manifest.location,
        id=body.metadata.id,
        project_name=manifest.live_name,
        project_description=spec.project_description,
        ip_name=spec.ip_name,
        ip_description=spec.ip_description,
        ip_medium=spec.ip_medium,
        ip_type=spec.ip_type,
        family=spec.family,
        moved_from=manifest.moved_from,
    )


def _judge(manifest: Manifest, spec: ProjectSpec) -> Iterator[Problem]:
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
        yield Problem(
            rule="text-long",
            location=at("spec", "project_name"),
            summary=f'"project_name" has more than {NAME_ADVISED} characters',
            detail="Bria may refuse it.",
            severity=Severity.WARNING,
        )
    yield from judge_words(spec.ip_name, at("spec", "ip_name"), "ip_name", NAME_WORDS)
    yield from judge_words(spec.ip_description, at("spec", "ip_description"), "ip_description", DESCRIPTION_WORDS)


RULES = KindRules(
    body=ProjectBody,
    vocabulary=Vocabulary(title="Project", rule="manifest", model=ProjectBody),
    declare=_declare,
    beside=lambda _, __: (),
)
