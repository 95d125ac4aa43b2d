"""A diagnosis as text and as JSON: each dataset, its findings by rule, and how many there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import dumps
from reconciler.core.text import count
from reconciler.doctor.finding import DatasetDiagnosis, Diagnosis, Finding, Waived
from reconciler.doctor.rules import Grade
from reconciler.render.address import unsigned
from reconciler.render.problem import warnings_view
from reconciler.render.view import Block, Line, Paragraph, Role, Span, Text, View, say, screen

_ROLES = {Grade.ERROR: Role.PROBLEM, Grade.WARNING: Role.WARNING, Grade.ADVICE: Role.STRONG}
_HOW_TO_WAIVE = "`waive` in the manifest of the dataset accepts a finding, with a reason; see docs/doctor.md."


def doctor_view(diagnosis: Diagnosis) -> View:
    """All findings, none left out: problems of the tree, each dataset, and a last line that counts them."""
    end: list[Block] = [Line(text=say(f"{counted(diagnosis)}.", Role.STRONG))]
    if diagnosis.warnings or diagnosis.advice:
        end.append(Line(text=say(_HOW_TO_WAIVE)))
    sections = [section for dataset in diagnosis.datasets for section in _dataset(dataset)]
    return warnings_view(diagnosis.problems) + screen(*sections, end)


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


def _dataset(dataset: DatasetDiagnosis) -> Iterator[list[Block]]:
    yield [Line(text=(Span(str(dataset.ref), Role.STRONG), Span(f"  {title(dataset)}")))]
    alike: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in dataset.findings:
        alike[finding.rule, finding.summary, finding.remedy].append(finding)
    for group in alike.values():
        yield [_group(group)]
    if dataset.waived:
        yield [_waivers(dataset.waived)]


def _group(findings: Sequence[Finding]) -> Block:
    """Findings with the same words: the words once, each place with its detail, and once what to do."""
    first = findings[0]
    lead = (Span(f"{first.grade.value}: {first.summary}", _ROLES[first.grade]), Span(f"  [{first.rule}]", Role.QUIET))
    rows = [_row(finding) for finding in findings]
    return Paragraph(lead=lead, rest=(*rows, *([say(first.remedy)] if first.remedy else [])), deep=True)


def _row(finding: Finding) -> Text:
    words = [str(finding.location), unsigned(finding.detail)]
    if finding.images and finding.is_about_the_whole:
        words.append(f"({', '.join(finding.images)})")
    return say("  ".join(filter(None, words)))


def _waivers(waived: Iterable[Waived]) -> Block:
    rows = []
    ordered = sorted(waived, key=lambda one: (one.finding.rule, one.reason, one.until or "", one.finding.location))
    for (rule, reason, until), group in groupby(ordered, key=lambda one: (one.finding.rule, one.reason, one.until)):
        places = ", ".join(dict.fromkeys(str(one.finding.location) for one in group))
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
