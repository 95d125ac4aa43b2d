import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.problem import Location, Problem, Severity
from reconciler.render.ci import (
    command_data,
    command_property,
    problems_github,
    problems_gitlab,
    problems_junit,
    problems_sarif,
)

ANYTHING = st.text() | st.lists(
    st.sampled_from(
        ["::error file=x::", "##[set-output]", "##[", "\n", "\r", "\u2028", "\x85", "\x0b", "%0A", ",", ":", " "]
    )
).map("".join)


def problem(**changed: object) -> Problem:
    values: dict[str, object] = {
        "rule": "manifest-key",
        "location": Location("manifests/lora.yaml", 14, 3),
        "summary": 'unknown key "caption_prefx" in Dataset',
        "remedy": 'Did you mean "caption_prefix"?',
    }
    return Problem(**(values | changed))  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any problem, whatever a file is called or holds."""
    location = Location(draw(ANYTHING), draw(st.integers(0, 99)), draw(st.integers(0, 99)))
    severity = draw(st.sampled_from(Severity))
    rule, summary, detail, remedy = (draw(ANYTHING) for _ in range(4))
    return Problem(rule=rule, location=location, summary=summary, detail=detail, remedy=remedy, severity=severity)


def test_an_annotation_names_file_line_column_rule_and_remedy() -> None:
    """Exactly the command that the runner reads."""
    assert problems_github([problem()]) == (
        "::error file=manifests/lora.yaml,line=14,col=3,title=manifest-key::"
        'unknown key "caption_prefx" in Dataset%0ADid you mean "caption_prefix"?\n'
    )


def test_a_file_without_a_line_is_named_alone() -> None:
    """An image has no lines."""
    image = problem(rule="image-cut", location=Location("a,b:c%.png"), summary="cut short", severity=Severity.WARNING)
    assert problems_github([image]) == (
        '::warning file=a%2Cb%3Ac%25.png,title=image-cut::cut short%0ADid you mean "caption_prefix"?\n'
    )


def test_ten_of_a_kind_are_shown_and_the_rest_is_counted() -> None:
    """Errors first; GitHub would drop the eleventh without a word."""
    many = [problem(location=Location("a.yaml", line, 1)) for line in range(1, 13)]
    few = [
        problem(rule=f"rule-{line}", location=Location("b.yaml", line, 1), severity=Severity.WARNING)
        for line in range(1, 12)
    ]
    lines = problems_github([*few, *many]).splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"]
    assert (
        lines[-1]
        == "::notice title=reconciler::2 more errors and 1 more warning: `reconciler validate` lists all of them"
    )
    only = problems_github(many).splitlines()[-1]
    assert "::2 more errors:" in only


def test_no_problem_is_no_output() -> None:
    """Nothing to annotate."""
    assert problems_github([]) == ""
    assert json.loads(problems_gitlab([])) == []


@given(found=st.lists(problems(), max_size=4))
def test_no_text_begins_a_command_of_its_own(found: list[Problem]) -> None:
    """H38: every line is one of ours, whatever a runner takes for the end of a line."""
    text = problems_github(found)
    for line in re.split(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", text.removesuffix("\n")):
        if found:
            assert re.fullmatch(r"::(error|warning) file=[^:]*,title=[^:,]*::.*", line)
    assert not re.search(r"##\w*\[", text)
    assert len(text.splitlines()) == len({*found})


@given(text=ANYTHING)
def test_what_is_escaped_reads_back_as_it_is_seen(text: str) -> None:
    """The runner undoes exactly this."""
    data, prop = command_data(text), command_property(text)
    assert not re.search(r"[\r\n]", data)
    assert not re.search(r"[\r\n:,]", prop)
    for escape, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        prop = prop.replace(escape, char)
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        data = data.replace(escape, char)
    assert data == prop


def test_a_code_quality_report_has_what_gitlab_reads() -> None:
    """Relative paths without `./`, a line even where there is none, two severities."""
    image = problem(rule="image-cut", location=Location("./a.png"), severity=Severity.WARNING)
    first, second = json.loads(problems_gitlab([problem(), image]))
    assert first["location"] == {"path": "a.png", "lines": {"begin": 1}}
    assert (first["severity"], second["severity"]) == ("minor", "major")
    assert second["check_name"] == "manifest-key"
    assert second["location"] == {"path": "manifests/lora.yaml", "lines": {"begin": 14}}
    assert second["description"] == 'unknown key "caption_prefx" in Dataset Did you mean "caption_prefix"?'


def test_a_fingerprint_survives_lines_written_above_and_tells_twins_apart() -> None:
    """Else GitLab would call every problem new after each edit."""
    twins = [problem(location=Location("a.yaml", 3, 1)), problem(location=Location("a.yaml", 9, 1))]
    moved = [problem(location=Location("a.yaml", 4, 1)), problem(location=Location("a.yaml", 20, 1))]
    before = [one["fingerprint"] for one in json.loads(problems_gitlab(twins))]
    assert before == [one["fingerprint"] for one in json.loads(problems_gitlab(moved))]
    assert len(set(before)) == 2


@given(found=st.lists(problems(), max_size=3))
def test_every_report_can_be_read_back_whatever_is_in_it(found: list[Problem]) -> None:
    """JSON in ASCII, XML that parses."""
    assert len(json.loads(problems_gitlab(found))) == len({*found})
    assert problems_gitlab(found).isascii()
    sarif = problems_sarif(found, version="1")
    assert sarif.isascii()
    assert len(json.loads(sarif)["runs"][0]["results"]) == len({*found})
    cases = ET.fromstring(problems_junit(found)).findall("testsuite/testcase")
    assert len(cases) == max(len({*found}), 1)


def test_junit_counts_errors_as_failures_and_lets_warnings_pass() -> None:
    """A CI system shows the one in red, the other as output."""
    image = problem(rule="image-small", location=Location("a.png"), severity=Severity.WARNING, detail="90 by 90")
    (suite,) = ET.fromstring(problems_junit([problem(), image]))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    warning, error = suite
    assert warning.find("failure") is None
    assert "90 by 90" in (warning.findtext("system-out") or "")
    failure = error.find("failure")
    assert failure is not None
    assert failure.get("type") == "manifest-key"
    assert (error.get("file"), error.get("line")) == ("manifests/lora.yaml", "14")


def test_junit_without_problems_passes() -> None:
    """An empty suite looks like one that did not run."""
    (suite,) = ET.fromstring(problems_junit([]))
    assert [case.get("name") for case in suite] == ["no problems"]


def test_sarif_names_each_rule_once_and_each_place() -> None:
    """What code scanning needs: rules with help, relative addresses, places from 1."""
    odd = problem(rule="image-cut", location=Location("ä b.png"), severity=Severity.WARNING)
    run = json.loads(problems_sarif([problem(), odd, odd], version="0.1.0"))["runs"][0]
    driver = run["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["image-cut", "manifest-key"]
    assert all(rule["help"]["text"] and rule["fullDescription"]["text"] for rule in driver["rules"])
    error, warning = run["results"]
    assert (error["level"], warning["level"]) == ("error", "warning")
    place = warning["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "%C3%A4%20b.png", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 1, "startColumn": 1}
    assert warning["ruleIndex"] == 0


@pytest.mark.parametrize("char", ["\n", "\r", "\u2028", "\x1b", "\0"])
def test_a_line_end_in_a_summary_is_spelled_out(char: str) -> None:
    """Only the parts of a problem are lines of their own."""
    text = problems_github([problem(summary=f"a{char}::add-mask::b", remedy="")])
    assert len(re.split(r"[\r\n\u2028]", text)) == 2
    assert "%0A" not in text
