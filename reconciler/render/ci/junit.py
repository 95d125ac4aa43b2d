"""Problems as JUnit XML, which most CI systems can show: a test case for each problem, or one that passed."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from reconciler.core.problem import Problem, in_order
from reconciler.core.text import visible

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold even escaped."""


def problems_junit(problems: Iterable[Problem], *, suite: str = "reconciler validate") -> str:
    """Errors are failures; a warning passes, with its text as output."""
    ordered = in_order(problems)
    failures = str(sum(one.is_error for one in ordered))
    counts = {"tests": str(max(len(ordered), 1)), "failures": failures, "errors": "0", "skipped": "0"}
    root = ET.Element("testsuites")
    cases = ET.SubElement(root, "testsuite", {"name": suite, **counts})
    if not ordered:
        ET.SubElement(cases, "testcase", {"classname": "manifests", "name": "no problems"})
    for one in ordered:
        _case(cases, one)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _case(cases: ET.Element, problem: Problem) -> None:
    name = _legal(f"{problem.location} {problem.summary}")
    facts = {"classname": _legal(problem.rule), "name": name, "file": _legal(problem.location.path)}
    if problem.location.line:
        facts["line"] = str(problem.location.line)
    case = ET.SubElement(cases, "testcase", facts)
    text = "\n".join(_legal(part) for part in (problem.summary, problem.detail, problem.remedy) if part)
    if problem.is_error:
        failure = ET.SubElement(case, "failure", {"message": _legal(problem.summary), "type": _legal(problem.rule)})
        failure.text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", visible(text))
