"""The whole comment: verdict, costs, refusals, objects and notes, as much of it as the limit allows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.album import findings_told_once
from reconciler.render.alike import some_of
from reconciler.render.markdown.gate import cell, code, marker_line, prose
from reconciler.render.markdown.length import STEPS, Length
from reconciler.render.markdown.objects import folded, loud_bullets, names, section
from reconciler.render.plan_report.consequence import ConsequenceReport
from reconciler.render.plan_report.report import (
    FOLD_CONSEQUENCES,
    PlanReport,
    RefusalReport,
    notes_told_once,
    told_once,
)
from reconciler.render.words import digest_words, sentence

COMMENT_LIMIT = 65_000
"""Bytes of a comment: GitHub takes 65,536 characters."""
SUMMARY_LIMIT = 1_000_000
"""Bytes of a step summary (GitHub takes 1 MiB), and of a note on GitLab."""
ROOT = "manifests"
"""The folder that is meant where nobody names one."""
MARKER = f"reconciler:plan:{ROOT}"
IN_SYNC = "In sync now: merging this changes nothing on the live side."
SHORTENED = "Shortened; the whole: `reconciler show plan.json`."
"""Stands wherever something was left out."""
_Said = tuple[str, str, tuple[str, ...]]
"""A rule, a summary, the ways on."""


def render_markdown(
    report: PlanReport, *, marker: str = MARKER, root: str = ROOT, files: str = "", limit: int = COMMENT_LIMIT
) -> str:
    """The report in at most `limit` bytes of UTF-8, beginning with the marker; empty where there is nothing to say.

    `files` is the address, or the path from the top of the repository, under which a reader finds files of the root.

    What is too long is folded and then summed up, in steps. Rows that cost or destroy are never left out: where all
    else fails they are listed by name. A report that has no room even so says that in bold instead of looking complete.
    """
    if report.is_quiet:
        return ""
    comment = _Comment(report=report, marker=marker, heading=_heading(report, root), files=files)
    fitting = (comment.text(length, limit) for length in STEPS)
    return next(filter(None, fitting), None) or comment.too_long()


def render_markdown_nothing(report: PlanReport, marker: str = MARKER, root: str = ROOT) -> str:
    """What becomes of an earlier comment once the pull request changes nothing on the live side."""
    heading = _heading(report, root)
    return f"{marker_line(marker)}\n" + (f"{heading}\n\n" if heading else "") + f"**{_nothing(report)}**\n"


def _heading(report: PlanReport, root: str) -> str:
    """Of which root and account this comment is: a pull request may get one for each. Nothing where there is but one."""
    parts = [code(root)] if root != ROOT else []
    return " · ".join([*parts, *map(prose, report.stage)])


def _nothing(report: PlanReport) -> str:
    """A plan that was compared with git claims no more than it knows."""
    return prose(report.sentence) if report.compared else IN_SYNC


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comment:
    """The comment, which can be printed at several lengths."""

    report: PlanReport
    marker: str
    heading: str
    files: str

    def text(self, length: Length, limit: int) -> str | None:
        """None if it has more bytes. Of thousands of objects only those are printed that show this."""
        parts = (
            _head(self.report),
            _refusals(self.report, length),
            _besides(self.report, length),
            _galleries(self.report, self.files, length),
            *(part(self.report, length) for part in _PARTS),
        )
        blocks, left = [], limit
        for block in chain.from_iterable(parts):
            blocks.append(block)
            left -= len(block.encode())
            if left < 0:
                return None
        text = self._joined(*blocks, "" if length.is_whole else SHORTENED)
        return text if len(text.encode()) <= limit else None

    def too_long(self) -> str:
        """The comment if there is no room even for the names: it says so, and how many there are."""
        weighty = self.report.objects.loud
        rows = sum(len(loud.bullets) for one in weighty for loud in loud_bullets(one))
        what = f"{count(len(weighty), 'object')} that cost or destroy, with {count(rows, 'row')} of what goes or is overwritten"
        loud = f"**Not listed here, because no comment can hold it: {what}. Read the plan file or the report before merging.**"
        return self._joined(*_head(self.report), loud, SHORTENED)

    def _joined(self, *blocks: str) -> str:
        foot = _foot(self.report)
        return (
            f"{marker_line(self.marker)}\n"
            + "\n\n".join(block for block in (self.heading, *blocks, foot) if block)
            + "\n"
        )


def _head(report: PlanReport) -> Iterator[str]:
    yield from (f"**{prose(note.text)}**" for note in report.first)
    yield from (f"**{prose(f'warning: {one.sentence}')}**" for one in report.consequences if one.is_warning)
    yield f"**{_nothing(report) if report.is_quiet else prose(report.sentence)}**"
    if report.refusals and not report.is_empty:
        yield f"**Refused for {count(len(report.refusals), 'reason')}.**"
    if report.amounts:
        heads = " | ".join(prose(one.label) for one in report.amounts)
        cells = " | ".join(cell(one.words) for one in report.amounts)
        yield f"| {heads} |\n|{'---|' * len(report.amounts)}\n| {cells} |"


def _refusals(report: PlanReport, length: Length) -> Iterator[str]:
    if report.refusals:
        yield "Refused:"
        yield from _refused(report.refusals, length)


def _refused(found: Iterable[RefusalReport], length: Length) -> Iterator[str]:
    """None is ever left out; the shorter the comment, the less is said of each."""
    if length.is_terse:
        yield "\n".join(_by_rule(found, length))
    elif length.is_brief:
        yield "\n".join(_grouped(found, length))
    else:
        yield "\n".join(_listed(one.text, one.ways) for one in found)


def _listed(text: str, ways: Iterable[str]) -> str:
    return "\n".join([f"- {prose(text)}", *(f"  - {prose(way)}" for way in ways)])


def _grouped(found: Iterable[RefusalReport], length: Length) -> Iterator[str]:
    """One entry for all that say the same, then the objects that it is said of."""
    alike: dict[_Said, list[RefusalReport]] = defaultdict(list)
    for one in found:
        alike[one.rule, one.summary, one.ways].append(one)
    for (_, summary, ways), group in alike.items():
        if len(group) == 1:
            yield _listed(group[0].text, ways)
            continue
        names = _refs(group, length)
        said = _listed(sentence(None, f"{count(len(group), 'time')}: {summary}"), ways)
        yield said + (f"\n  - {names}" if names else "")


def _by_rule(found: Iterable[RefusalReport], length: Length) -> Iterator[str]:
    """`limit-image-removals-percent`, 6 times."""
    alike: dict[str, list[RefusalReport]] = defaultdict(list)
    for one in found:
        alike[one.rule].append(one)
    for rule, group in alike.items():
        names = _refs(group, length)
        number = f", {count(len(group), 'time')}" if len(group) > 1 else ""
        yield f"- {code(rule)}{number}" + (f": {names}" if names else "")


def _refs(group: Iterable[RefusalReport], length: Length) -> str:
    return ", ".join(code(str(one.ref), length.name) for one in group if one.ref is not None)


def _besides(report: PlanReport, length: Length) -> Iterator[str]:
    """What merging does without a call; warnings stand at the top. Of aliases that move none is left out."""
    rows = [one for one in report.consequences if not one.is_warning]
    moves = [one for one in rows if one.alias]
    others = [f"- {_consequence(one, length)}" for one in rows if not one.alias]
    if length.is_brief and moves:
        run = ", ".join(code(f"{one.ref} {one.alias}", length.name) for one in moves)
        yield f"**{count(len(moves), 'alias', 'aliases')} of which merging moves, adds or takes away each:** {run}"
    elif moves:
        yield "\n".join(f"- {_consequence(one, length)}" for one in moves)
    if len(others) > FOLD_CONSEQUENCES or length.is_brief:
        yield from folded(f"{count(len(others), 'thing')} that merging does without a call", others, length.asides)
    elif others:
        yield "\n".join(others)


def _galleries(report: PlanReport, files: str, length: Length) -> Iterator[str]:
    """What both versions of an alias drew. Few plans move one, so what prints it is loaded here."""
    if report.galleries:
        from reconciler.render.markdown.gallery import galleries

        yield from galleries(report.galleries, files, length)


def _consequence(one: ConsequenceReport, length: Length) -> str:
    return f"{code(str(one.ref), length.name)}{one.joint}{prose(one.text)}"


def _objects(report: PlanReport, length: Length) -> Iterator[str]:
    """Those that cost or destroy, all of them; of the others as many as there is room for."""
    weighty, light = report.objects.loud, report.objects.quiet
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


def _findings(report: PlanReport, length: Length) -> Iterator[str]:
    """What the doctor says about images and captions of this change; advice, which may be folded and cut."""
    lines = []
    for group in findings_told_once(report.findings):
        one, names = group[0], [one.name or str(one.ref) for one in group]
        shown, hidden = some_of(names)
        whose = ", ".join(code(name, length.name) for name in shown) + (f" and {hidden:,} more" if hidden else "")
        lines.append(f"- {whose} **{one.severity}** {prose(one.text)} ({code(one.rule)})")
    yield from folded(f"{count(len(report.findings), 'finding')} about images and captions", lines, length.asides)


def _standing(report: PlanReport, length: Length) -> Iterator[str]:
    """Objects that do not change: those in an unusual state, then how many others."""
    lines = [f"- {code(str(one.ref))} {prose(f'{one.version} {one.state}')}" for one in report.unusual]
    yield from folded(f"{count(len(lines), 'object')} under way or waiting", lines, length.asides)
    if quiet := report.in_sync + report.absent:
        yield f"{count(quiet, 'object')} unchanged."


def _notes(report: PlanReport, length: Length) -> Iterator[str]:
    """Take-overs and aliases that nothing answers to stay in sight; the other notes may be folded."""
    notes = notes_told_once(report.notes)
    weighty = [note.text for note in notes.loud]
    weighty += [f"warning: {one.text}" for one in told_once(report.warnings)]
    rows = [f"- {prose(text)}" for text in weighty]
    if length.is_brief:
        title = count(len(weighty), "take-over or unanswered alias", "take-overs and unanswered aliases")
        yield from folded(title, rows, length.asides)
    elif weighty:
        yield "\n".join(rows)
    lines = [f"- {prose(note.text)}" for note in notes.quiet]
    yield from folded(count(len(lines), "note"), lines, length.asides)


_PARTS = (_objects, _findings, _standing, _notes)
"""What follows refusals and what merging does without a call, in this order."""


def _foot(report: PlanReport) -> str:
    end = " `reconciler apply` refuses this plan." if report.refusals else ""
    return f"{prose(report.context)}. Digest {code(digest_words(report.digest))}.{end}"
