"""The doctor's rules about the prefix: whether it names the subject and lets captions go on."""

from collections.abc import Iterator

from reconciler.core.manifest.spec import ProjectSpec
from reconciler.core.problem import Location
from reconciler.core.text import count, normal, quoted
from reconciler.doctor.finding import Finding, found
from reconciler.doctor.words import missing, words

DESCRIBED = ("defined_character", "object_variants")
"""Values of `ip_type` for which a description is required, and written into the prefix by Bria."""


def judge_prefix(prefix: str, project: ProjectSpec | None, place: Location) -> Iterator[Finding]:
    """What a prefix says beside its project; nothing where there is none."""
    text = normal(prefix)
    if not text:
        return
    if project is not None:
        yield from _judge_subject(text, project, place)
    if text.endswith((".", "!", "?", "。")):
        yield found("prefix-end", place, "the prefix ends a sentence that captions continue", f"{quoted(text[-40:])}.")


def _judge_subject(text: str, project: ProjectSpec, place: Location) -> Iterator[Finding]:
    name = normal(project.ip_name or "")
    if project.ip_type == "defined_character" and not set(words(name)) <= set(words(text)):
        detail = f"{quoted(name)} (ip_name) is not in it."
        yield found("prefix-name", place, "the prefix does not hold the character's name", detail)
    lacking = missing(project.ip_description or "", text) if project.ip_type in DESCRIBED else []
    if lacking:
        listed = ", ".join(quoted(word, 40) for word in lacking)
        summary = f"the prefix lacks {count(len(lacking), 'word')} of ip_description"
        yield found("prefix-description", place, summary, f"{listed}.")
