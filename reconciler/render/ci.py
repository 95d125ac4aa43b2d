"""Problems for CI: annotations on GitHub, a code quality report on GitLab, SARIF and JUnit for all others.

Each format has its own way to be broken by foreign words, and its own gate beside the functions that print it.
"""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.core.problem import Problem, in_order
from reconciler.core.strictjson import dumps
from reconciler.core.text import COMMAND, count, visible
from reconciler.render.address import percent_encoded
from reconciler.render.problem import further_places, told_once

SHOWN = 10
"""Annotations of one kind that GitHub shows for a step; it drops the rest without a word."""

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold even escaped."""


def problems_github(problems: Iterable[Problem]) -> str:
    """`::error file=manifests/lora.yaml,line=14,col=3,title=manifest-key::unknown key "caption_prefx" in Dataset`.

    Errors first, ten of a kind at most, warnings that say the same once, and a notice that counts the others; empty if there
    is no problem.
    """
    groups = told_once(problems)
    errors = [group for group in groups if group[0].is_error]
    warnings = [group for group in groups if not group[0].is_error]
    lines = [_annotation("error", group) for group in errors[:SHOWN]]
    lines += [_annotation("warning", group) for group in warnings[:SHOWN]]
    hidden = ((sum(map(len, errors[SHOWN:])), "error"), (sum(map(len, warnings[SHOWN:])), "warning"))
    more = " and ".join(count(number, f"more {noun}") for number, noun in hidden if number > 0)
    if more:
        lines.append(f"::notice title=reconciler::{more}: `reconciler validate` lists all of them")
    return "".join(f"{line}\n" for line in lines)


def command_data(text: str) -> str:
    """Text as the message of a command. It can neither end the line nor begin a command of the older form."""
    safe = COMMAND.sub("#<U+0023>", visible(text, keep_newlines=True))
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Text as a property of a command (`file`, `title`)."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def _annotation(kind: str, group: Sequence[Problem]) -> str:
    problem = group[0]
    place = problem.location
    found: list[tuple[str, str]] = [("file", place.path)]
    if place.line:
        found.append(("line", str(place.line)))
    if place.column:
        found.append(("col", str(place.column)))
    found.append(("title", problem.rule))
    properties = ",".join(f"{name}={command_property(value)}" for name, value in found)
    further = further_places(group)
    parts = (problem.summary, problem.detail, problem.remedy, f"{further}." if further else "")
    text = "\n".join(visible(part) for part in parts if part)
    return f"::{kind} {properties}::{command_data(text)}"


def problems_gitlab(problems: Iterable[Problem]) -> str:
    """`[{"description", "check_name", "fingerprint", "severity", "location": {"path", "lines": {"begin"}}}]`."""
    found = [
        {
            "description": visible(" ".join(part for part in (one.summary, one.detail, one.remedy) if part)),
            "check_name": one.rule,
            "fingerprint": fingerprint,
            "severity": "major" if one.is_error else "minor",
            "location": {"path": relative(one.location.path), "lines": {"begin": max(one.location.line, 1)}},
        }
        for one, fingerprint in fingerprints(problems)
    ]
    return dumps(found, indent=1)


def fingerprints(problems: Iterable[Problem]) -> Iterator[tuple[Problem, str]]:
    """Each problem with an id that stays the same from run to run.

    It is made from rule, file, summary, and the number among equal ones. The line is no part of it, because it moves with
    every line that is written above.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for one in in_order(problems):
        facts = (one.rule, relative(one.location.path), one.summary)
        seen[facts] += 1
        text = json.dumps([*facts, seen[facts]])
        yield one, hashlib.sha256(text.encode()).hexdigest()


def relative(path: str) -> str:
    """The path as machines compare it: without `./` before it."""
    return path.removeprefix("./")


def problems_sarif(problems: Iterable[Problem], *, version: str) -> str:
    """The results of one run of `reconciler validate`; `version` is that of the program."""
    found = list(fingerprints(problems))
    rules = sorted({one.rule for one, _ in found})
    place = {rule: index for index, rule in enumerate(rules)}
    driver = {"name": "reconciler", "version": version, "rules": [_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "reconciler/validate/"},
        "results": [_result(one, place[one.rule], fingerprint) for one, fingerprint in found],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(rule: str) -> dict[str, object]:
    """The description of a rule. Its id can be read by itself, and each finding says what to do."""
    words = {"text": rule.replace("-", " ").capitalize() + "."}
    help_ = {"text": "Each finding says what was found and what to do about it; `reconciler validate` lists them all."}
    return {"id": rule, "name": rule, "shortDescription": words, "fullDescription": words, "help": help_}


def _result(problem: Problem, index: int, fingerprint: str) -> dict[str, object]:
    location = problem.location
    physical: dict[str, object] = {
        "artifactLocation": {"uri": percent_encoded(relative(location.path)), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": max(location.line, 1), "startColumn": max(location.column, 1)},
    }
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": "error" if problem.is_error else "warning",
        "message": {"text": visible("\n".join(_parts(problem)), keep_newlines=True)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"reconciler/v1": fingerprint},
    }


def _parts(problem: Problem) -> list[str]:
    return [visible(part) for part in (problem.summary, problem.detail, problem.remedy) if part]


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
