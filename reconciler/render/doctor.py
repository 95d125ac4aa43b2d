"""A diagnosis as text and as JSON: each dataset, its findings by rule, and how many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.strictjson import dumps
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.doctor.finding import DatasetDiagnosis, Diagnosis, Finding, Waived
from reconciler.doctor.rules import Grade
from reconciler.render.address import unsigned
from reconciler.render.alike import shape, some
from reconciler.render.problem import warnings_view
from reconciler.render.view import Block, Line, Paragraph, Role, Span, Text, View, folded, say, screen

_ROLES = {Grade.ERROR: Role.PROBLEM, Grade.WARNING: Role.WARNING, Grade.ADVICE: Role.STRONG}
_HOW_TO_WAIVE = "`waive` in the manifest of the dataset accepts a finding, with a reason; see docs/doctor.md."


SHARED = 5
"""So many datasets may say the same of themselves; what more of them say is told once for all."""
ROWS = 20
"""Places that are listed for findings with the same words."""
_ALL = "`reconciler doctor --format json` lists all"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFinding:
    """What was found in many datasets: each finding in the order of the datasets, and which datasets these are."""

    findings: tuple[Finding, ...]
    datasets: tuple[Ref, ...]

    @property
    def where(self) -> str:
        """`5,000 datasets: dataset/a, dataset/b, dataset/c and 4,997 more`."""
        return f"{count(len(self.datasets), 'dataset')}: {some(self.datasets)}"


def doctor_view(diagnosis: Diagnosis) -> View:
    """All findings, those that say the same once: problems of the tree, what many datasets share, each dataset, the sums."""
    shared = shared_findings(diagnosis.datasets)
    told = frozenset(finding for one in shared for finding in one.findings)
    end: list[Block] = [Line(text=say(f"{counted(diagnosis)}.", Role.STRONG))]
    if diagnosis.warnings or diagnosis.advice:
        end.append(Line(text=say(_HOW_TO_WAIVE)))
    quiet = [one for one in diagnosis.datasets if not one.waived and told.issuperset(one.findings)]
    hidden = set() if len(quiet) <= ROWS else {one.ref for one in quiet}
    remedies = Remedies()
    first = [[_shared(one, remedies)] for one in shared]
    listed = [one for one in diagnosis.datasets if one.ref not in hidden]
    sections = [section for one in listed for section in _dataset(one, told, remedies)]
    return warnings_view(diagnosis.problems) + screen(*first, *sections, _rest(hidden, is_shared=bool(shared)), end)


class Remedies:
    """What to do about each rule, which a report says once."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()

    def of(self, finding: Finding) -> tuple[str, ...]:
        """The remedy of a finding; nothing if it was said already."""
        key = (finding.rule, finding.remedy)
        if not finding.remedy or key in self._said:
            return ()
        self._said.add(key)
        return (finding.remedy,)


def shared_findings(datasets: Iterable[DatasetDiagnosis]) -> tuple[SharedFinding, ...]:
    """Findings that say the same in more than a few datasets. Numbers and names in them may differ."""
    found: dict[tuple[str, str, str], list[tuple[Ref, Finding]]] = defaultdict(list)
    for dataset in datasets:
        for finding in dataset.findings:
            found[finding.rule, shape(finding.summary), finding.remedy].append((dataset.ref, finding))
    groups = [(tuple(dict.fromkeys(ref for ref, _ in rows)), tuple(one for _, one in rows)) for rows in found.values()]
    return tuple(SharedFinding(findings=group, datasets=refs) for refs, group in groups if len(refs) > SHARED)


def _shared(one: SharedFinding, remedies: Remedies) -> Block:
    first = one.findings[0]
    rows = [say(f"in {one.where} ({_ALL})"), _row(first)]
    return _explained(first, rows, remedies)


def _rest(hidden: Collection[Ref], *, is_shared: bool) -> list[Block]:
    if not hidden:
        return []
    found = "nothing else found" if is_shared else "nothing found"
    return [Line(text=say(f"{count(len(hidden), 'further dataset')}: {found}.", Role.QUIET))]


def counted(diagnosis: Diagnosis) -> str:
    """`2 problems, 3 warnings, 1 piece of advice, 2 waived`, or that nothing was found."""
    parts = [
        count(diagnosis.errors, "problem") if diagnosis.errors else "",
        count(diagnosis.warnings, "warning") if diagnosis.warnings else "",
        count(diagnosis.advice, "piece of advice", "pieces of advice") if diagnosis.advice else "",
    ]
    said = ", ".join(filter(None, parts)) or "Nothing found"
    return f"{said}, {diagnosis.waived} waived" if diagnosis.waived else said


def title(dataset: DatasetDiagnosis) -> str:
    """`24 images, 3 findings, 1 waived`."""
    parts = [count(len(dataset.images), "image")]
    parts.append(count(len(dataset.findings), "finding") if dataset.findings else "nothing found")
    if dataset.waived:
        parts.append(f"{len(dataset.waived)} waived")
    return ", ".join(parts)


def doctor_json(diagnosis: Diagnosis) -> str:
    """`{"datasets": [{"ref", "images", "findings", "waived"}], "problems", "errors", "warnings", "advice"}`; ASCII."""
    value = {
        "datasets": [
            {
                "ref": str(dataset.ref),
                "images": len(dataset.images),
                "findings": [_finding_json(finding) for finding in dataset.findings],
                "waived": [_waived_json(waived) for waived in dataset.waived],
            }
            for dataset in diagnosis.datasets
        ],
        "problems": [_problem_json(problem) for problem in diagnosis.problems],
        "errors": diagnosis.errors,
        "warnings": diagnosis.warnings,
        "advice": diagnosis.advice,
    }
    return dumps(value)


def _dataset(dataset: DatasetDiagnosis, told: Collection[Finding], remedies: Remedies) -> Iterator[list[Block]]:
    """A dataset without the findings that are told already."""
    yield [Line(text=(Span(str(dataset.ref), Role.STRONG), Span(f"  {title(dataset)}")))]
    mine: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in dataset.findings:
        if finding not in told:
            mine[finding.rule, finding.summary, finding.remedy].append(finding)
    for group in mine.values():
        yield [_group(group, remedies)]
    if dataset.waived:
        yield [_waivers(dataset.waived)]


def _group(findings: Sequence[Finding], remedies: Remedies) -> Block:
    """Findings with the same words: the words once, the first places with their details, and what to do."""
    shown, hidden = folded(len(findings), ROWS)
    rows = [_row(finding) for finding in findings[:shown]]
    if hidden:
        rows.append(say(f"… and {hidden:,} more ({_ALL})", Role.QUIET))
    return _explained(findings[0], rows, remedies)


def _explained(first: Finding, rows: Iterable[Text], remedies: Remedies) -> Block:
    lead = (Span(f"{first.grade.value}: {first.summary}", _ROLES[first.grade]), Span(f"  [{first.rule}]", Role.QUIET))
    return Paragraph(lead=lead, rest=(*rows, *map(say, remedies.of(first))), deep=True)


def _row(finding: Finding) -> Text:
    words = [str(finding.location), unsigned(finding.detail)]
    if finding.images and finding.is_about_the_whole:
        words.append(f"({', '.join(finding.images)})")
    return say("  ".join(filter(None, words)))


def _waivers(waived: Iterable[Waived]) -> Block:
    rows = []
    ordered = sorted(waived, key=lambda one: (one.finding.rule, one.reason, one.until or "", one.finding.location))
    for (rule, reason, until), group in groupby(ordered, key=lambda one: (one.finding.rule, one.reason, one.until)):
        places = some(tuple(dict.fromkeys(str(one.finding.location) for one in group)), ROWS)
        rows.append(say(f"{rule}  {places}: {reason}{f' (until {until})' if until else ''}"))
    return Paragraph(lead=say("waived:", Role.QUIET), rest=tuple(rows), deep=True)


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.grade.value,
        **_place_json(finding.location),
        "images": list(finding.images),
        "summary": finding.summary,
        "detail": finding.detail,
        "remedy": finding.remedy,
    }


def _waived_json(waived: Waived) -> dict[str, object]:
    return {**_finding_json(waived.finding), "reason": waived.reason, "until": waived.until}


def _problem_json(problem: Problem) -> dict[str, object]:
    said = {"summary": problem.summary, "detail": problem.detail, "remedy": problem.remedy}
    return {"rule": problem.rule, "severity": problem.severity.value, **_place_json(problem.location), **said}


def _place_json(location: Location) -> dict[str, object]:
    return {"path": location.path, "line": location.line or None, "column": location.column or None}
