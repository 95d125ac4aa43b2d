"""The rules for aliases: names that commits move from one version of a model to another."""

import re
from collections.abc import Iterator, Mapping

from reconciler.core.manifest.loaded import Manifest
from reconciler.core.problem import Problem, Severity
from reconciler.core.text import quoted

CURRENT = "current"
_FINGERPRINT = re.compile(r"[a-z][0-9a-f]{6,12}")
_NUMBER = re.compile(r"v[1-9][0-9]{0,8}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def judge_aliases(manifest: Manifest, aliases: Mapping[str, str]) -> Iterator[Problem]:
    """Whether each label is one, and each version can be one; whether it is live is for the plan to say."""
    for label, version in aliases.items():
        yield from _judge_label(manifest, label)
        yield from _judge_version(manifest, label, version)


def _judge_label(manifest: Manifest, label: str) -> Iterator[Problem]:
    if _LABEL.fullmatch(label) and label != CURRENT:
        return
    yield Problem(
        rule="model-alias-name",
        location=manifest.document.at_key("spec", "aliases", label),
        summary=f"{quoted(label, 60)} is no name for an alias",
        detail="It means the version that the manifest asks for." if label == CURRENT else "",
        remedy="Use lower-case letters, digits and hyphens, at most 63, such as production.",
    )


def _judge_version(manifest: Manifest, label: str, version: str) -> Iterator[Problem]:
    place = manifest.document.at("spec", "aliases", label)
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
