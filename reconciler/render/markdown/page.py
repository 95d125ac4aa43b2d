"""The comment as a whole: verdict, costs, refusals, objects, what is said aloud; as much of it as its limit allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.core.plan import Plan, Subject
from reconciler.core.text import count
from reconciler.render.alias import no_answer, unanswered
from reconciler.render.change import rank
from reconciler.render.cost import figures
from reconciler.render.finding import Finding
from reconciler.render.markdown.entry import Entry, entry
from reconciler.render.markdown.fold import folded
from reconciler.render.markdown.gate import cell, code, marker_line, prose
from reconciler.render.markdown.length import STEPS, Length
from reconciler.render.markdown.object import names, section
from reconciler.render.markdown.refusal import refusals
from reconciler.render.plan import FIRST, LOOSENING, about, compared, context, grouped
from reconciler.render.state import QUIET, state_words, version_words
from reconciler.render.verdict import verdict

COMMENT_LIMIT = 65_000
"""Bytes of a comment: GitHub takes 65,536 characters."""
SUMMARY_LIMIT = 1_000_000
"""Bytes of a step summary (GitHub takes 1 MiB), and of a note on GitLab."""
ALIAS_MOVED = "alias-moved"
"""The note of a promotion: nothing is sent, and still it must be seen."""
MARKER = "reconciler:plan:manifests"
IN_SYNC = "In sync now: merging this changes nothing on the live side."
SHORTENED = "Shortened; the whole: `reconciler show plan.json`."
"""Stands wherever something was left out."""


def render_markdown(
    plan: Plan, *, digest: str, marker: str = MARKER, findings: Sequence[Finding] = (), limit: int = COMMENT_LIMIT
) -> str:
    """The plan in at most `limit` bytes of UTF-8, beginning with the marker; empty where there is nothing to say.

    What is too long is folded and then summed up, in steps. Rows that cost or destroy are never left out: where all
    else fails they are listed by name. A plan that has no room even so says that in bold instead of looking complete.
    """
    if _is_quiet(plan) and not any(note.rule in {*LOOSENING, ALIAS_MOVED} for note in plan.notes):
        return ""
    entries = [entry(change, plan) for change in sorted(plan.changes, key=rank)]
    comment = _Comment(plan=plan, entries=entries, findings=findings, digest=digest, marker=marker)
    for length in STEPS:
        text = comment.text(length)
        if len(text.encode()) <= limit:
            return text
    return comment.too_long()


def render_markdown_nothing(marker: str = MARKER, subject: Subject | None = None) -> str:
    """What becomes of an earlier comment once the pull request changes nothing on the live side.

    `subject` is that of the plan: one that was compared with git claims no more than it knows.
    """
    return f"{marker_line(marker)}\n**{_nothing(subject)}**\n"


def _nothing(subject: Subject | None) -> str:
    if subject is None or not subject.base:
        return IN_SYNC
    return prose(f"This change does nothing on the live side: {compared(subject)}.")


def _is_quiet(plan: Plan) -> bool:
    return plan.is_empty and not plan.refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comment:
    """All that a comment says, at whatever length."""

    plan: Plan
    entries: list[Entry]
    findings: Sequence[Finding]
    digest: str
    marker: str

    def text(self, length: Length) -> str:
        return self._joined(
            *_head(self.plan),
            *_refusals(self.plan, length),
            *_objects(self.entries, length),
            *_findings(self.findings, length),
            *_standing(self.plan, length),
            *_notes(self.plan, length),
            "" if length.is_whole else SHORTENED,
        )

    def too_long(self) -> str:
        """No room for the names alone: say so, and how many there are."""
        heavy = sum(len(listing.facts) for one in self.entries for listing in one.heavy)
        weighty = sum(one.is_weighty for one in self.entries)
        what = f"{count(weighty, 'object')} that cost or destroy, with {count(heavy, 'row')} of what goes or is overwritten"
        loud = f"**Not listed here, because no comment can hold it: {what}. Read the plan file or the report before merging.**"
        return self._joined(*_head(self.plan), loud, SHORTENED)

    def _joined(self, *blocks: str) -> str:
        foot = _foot(self.plan, self.digest)
        return f"{marker_line(self.marker)}\n" + "\n\n".join(block for block in (*blocks, foot) if block) + "\n"


def _head(plan: Plan) -> Iterator[str]:
    for note in plan.notes:
        if note.rule == FIRST:
            yield f"**{prose(f'{note.text.capitalize()}.')}**"
        if note.rule in LOOSENING:
            yield f"**{prose(f'warning: {about(None, note.text)}')}**"
    yield f"**{_nothing(plan.subject) if _is_quiet(plan) else prose(verdict(plan))}**"
    for note in plan.notes:
        if note.rule == ALIAS_MOVED:
            yield f"**{prose(about(note.ref, note.text))}**"
    if plan.refusals and not plan.is_empty:
        yield f"**Refused for {count(len(plan.refusals), 'reason')}.**"
    if not plan.is_empty:
        found = figures(plan).figures
        heads = " | ".join(prose(figure.label) for figure in found)
        yield f"| {heads} |\n|{'---|' * len(found)}\n| {' | '.join(cell(figure.text) for figure in found)} |"


def _refusals(plan: Plan, length: Length) -> Iterator[str]:
    if plan.refusals:
        yield "Refused:"
        yield from refusals(plan.refusals, length)


def _objects(entries: list[Entry], length: Length) -> Iterator[str]:
    """Those that cost or destroy, all of them; of the others as many as there is room for."""
    weighty = [one for one in entries if one.is_weighty]
    light = [one for one in entries if not one.is_weighty]
    if length.is_brief:
        yield from names(weighty, length)
    else:
        for one in weighty:
            yield from section(one, length)
    shown = light if length.rows is None else light[: length.rows]
    for one in shown:
        yield from section(one, length)
    if len(shown) < len(light):
        rest = count(len(light) - len(shown), "more object")
        yield f"… and {rest}, with no training and nothing destroyed."


def _findings(findings: Sequence[Finding], length: Length) -> Iterator[str]:
    """What the doctor says about images and captions of this change; advice, which may be folded and cut."""
    lines = [
        f"- {code(one.name or str(one.ref), length.name)} **{one.severity}** {prose(one.text)} ({code(one.rule)})"
        for one in findings
    ]
    yield from folded(f"{count(len(lines), 'finding')} about images and captions", lines, length.asides)


def _standing(plan: Plan, length: Length) -> Iterator[str]:
    """Objects that do not change: those in an unusual state, then how many others."""
    unusual = [one for one in plan.unchanged if one.state not in QUIET]
    lines = [f"- {code(str(one.ref))} {prose(f'{version_words(one)} {state_words(one)}')}" for one in unusual]
    yield from folded(f"{count(len(unusual), 'object')} under way or waiting", lines, length.asides)
    changed = {change.ref for change in plan.changes}
    quiet = sum(one.state in QUIET and one.ref not in changed for one in plan.unchanged)
    if quiet:
        yield f"{count(quiet, 'object')} unchanged."


def _notes(plan: Plan, length: Length) -> Iterator[str]:
    """Take-overs and aliases that nothing answers to stay in sight; the other notes may be folded."""
    weighty = [about(note.ref, note.text) for note in plan.notes if note.rule == "take-over"]
    weighty += [f"warning: {about(None, no_answer(state))}" for state in unanswered(plan)]
    rows = [f"- {prose(text)}" for text in weighty]
    if length.is_brief:
        title = count(len(weighty), "take-over or unanswered alias", "take-overs and unanswered aliases")
        yield from folded(title, rows, length.asides)
    elif weighty:
        yield "\n".join(rows)
    light = [note for note in plan.notes if note.rule not in {"take-over", FIRST, ALIAS_MOVED, *LOOSENING}]
    lines = [f"- {prose(about(note.ref, note.text))}" for note in light]
    yield from folded(count(len(light), "note"), lines, length.asides)


def _foot(plan: Plan, digest: str) -> str:
    end = " `reconciler apply` refuses this plan." if plan.refusals else ""
    return f"{prose(context(plan.subject))}. Digest {code(grouped(digest))}.{end}"
