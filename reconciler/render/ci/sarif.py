"""Problems as SARIF 2.1.0, the form in which code scanning takes findings from any tool."""

from collections.abc import Iterable
from string import ascii_letters, digits

from reconciler.core.problem import Problem
from reconciler.core.strictjson import dumps
from reconciler.core.text import visible
from reconciler.render.ci.gitlab import fingerprints, relative

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_UNRESERVED = frozenset(f"{ascii_letters}{digits}-._~/".encode())


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
        "artifactLocation": {"uri": _address(relative(location.path)), "uriBaseId": "%SRCROOT%"},
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


def _address(path: str) -> str:
    """The path as a relative address."""
    octets = path.encode(errors="backslashreplace")
    return "".join(chr(octet) if octet in _UNRESERVED else f"%{octet:02X}" for octet in octets)
