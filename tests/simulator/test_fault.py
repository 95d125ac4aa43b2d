"""Scripted faults: how they are written, which exchange they hit, and what they do to it."""

import json

import pytest

from reconciler.simulator import Dropped, FaultError, Request, parse_fault
from tests.simulator.outsider import CHARACTER, Account

PROJECTS = "/tailored-gen/projects"
POST = Request(
    method="POST",
    path="/v1" + PROJECTS,
    headers={"api_token": "t", "content-type": "application/json"},
    body=json.dumps(CHARACTER).encode(),
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write a fault as"),
        ("POST", "write a fault as"),
        ("POST tailored-gen/models:500", "write a fault as"),
        ("POST /models", "write a fault as"),
        ("POST /models:explode", "there is no fault 'explode'"),
        ("POST /models:slow", "needs a number of seconds"),
        ("POST /models:slow:1.2.3", "not a number"),
        ("POST /models:500:3", "takes no number"),
        ("POST /models#0:500", "write which request"),
        ("POST /models#every:0:500", "write which request"),
        ("POST /models#first:500", "write which request"),
    ],
)
def test_faults_that_make_no_sense(text: str, words: str) -> None:
    """A fault that cannot be understood is refused with a sentence that says why."""
    with pytest.raises(FaultError, match=words):
        parse_fault(text)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/tailored-gen/projects", "/v1/tailored-gen/projects", True),
        ("/v1/tailored-gen/projects", "/v1/tailored-gen/projects", True),
        ("/tailored-gen/projects", "/v1/tailored-gen/projects/", True),
        ("/tailored-gen/projects", "/v1/tailored-gen/projects/7", False),
        ("/tailored-gen/projects/{project_id}", "/v1/tailored-gen/projects/7", True),
        ("/tailored-gen/*/7", "/v1/tailored-gen/projects/7", True),
        ("/tailored-gen/*", "/v1/tailored-gen/projects/7", False),
        ("/tailored-gen/**", "/v1/tailored-gen/projects/7", True),
        ("/**/images", "/v1/tailored-gen/datasets/7/images", True),
    ],
)
def test_paths(pattern: str, path: str, matches: bool) -> None:
    """A star or a name in braces is one part of a path, two stars are any number; `/v1` may be left out."""
    assert parse_fault(f"* {pattern}:500").matches(Request(method="GET", path=path)) == matches


@pytest.mark.parametrize(
    ("turns", "hit"),
    [
        ("", [1]),
        ("#3", [3]),
        ("#2-4", [2, 3, 4]),
        ("#*", [1, 2, 3, 4, 5, 6]),
        ("#every:2", [2, 4, 6]),
    ],
)
def test_turns(turns: str, hit: list[int]) -> None:
    """The first, another, a range, all, or every so manieth matching request is hit."""
    api = Account(faults=(f"get {PROJECTS}{turns}:503",))
    statuses = []
    for _ in range(6):
        api.post("/tailored-gen/datasets", {})
        statuses.append(api.get(PROJECTS).status_code)
    assert [number for number, status in enumerate(statuses, 1) if status == 503] == hit


@pytest.mark.parametrize(("kind", "committed"), [("lost_request", False), ("lost_answer", True), ("late:60", False)])
def test_lost(kind: str, committed: bool) -> None:
    """A lost request has no effect, a lost answer has; both are a dropped connection, and the log tells them apart."""
    api = Account(faults=(f"POST {PROJECTS}:{kind}",))
    with pytest.raises(Dropped) as dropped:
        api.simulator.handle(POST)
    assert dropped.value.committed == committed
    assert len(api.get(PROJECTS).json()) == committed
    entry = api.simulator.log[0]
    assert (entry.status, entry.committed) == ((201, True) if committed else (0, False))


def test_late_request_takes_effect_in_the_end() -> None:
    """A request that is queued on its way arrives later, at its own time, without an answer."""
    api = Account(faults=(f"POST {PROJECTS}#1-2:late:60",))
    for _ in range(2):
        with pytest.raises(Dropped):
            api.simulator.handle(POST)
    api.wait(59)
    assert api.get(PROJECTS).json() == []
    api.wait(10)
    assert [row["created_at"] for row in api.get(PROJECTS).json()] == ["2025-03-11T09:01:00.000000"] * 2


@pytest.mark.parametrize("kind", ["500", "502", "503", "504", "429", "429:7"])
def test_refused_before_the_commit(kind: str) -> None:
    """The status comes without the request taking effect; 503 is empty, 502 and 504 are pages."""
    api = Account(faults=(f"POST {PROJECTS}:{kind}",))
    answer = api.post(PROJECTS, CHARACTER)
    assert answer.status_code == int(kind[:3])
    assert answer.headers.get("retry-after") == ("7" if kind == "429:7" else None)
    assert ("text/html" in answer.headers.get("content-type", "")) == (kind in ("502", "504"))
    assert (answer.content == b"") == (kind == "503")
    assert api.get(PROJECTS).json() == []
    assert (api.simulator.log[0].status, api.simulator.log[0].committed) == (int(kind[:3]), False)


@pytest.mark.parametrize("kind", ["500_after", "502_after", "503_after", "504_after"])
def test_failed_after_the_commit(kind: str) -> None:
    """The status says failure, and the request took effect all the same."""
    api = Account(faults=(f"POST {PROJECTS}:{kind}",))
    assert api.post(PROJECTS, CHARACTER).status_code == int(kind[:3])
    assert len(api.get(PROJECTS).json()) == 1


def test_delivered_twice() -> None:
    """A request delivered twice takes effect twice and is answered once."""
    api = Account(faults=(f"POST {PROJECTS}:twice",))
    assert api.post(PROJECTS, CHARACTER).json()["id"] == 1001
    assert [row["id"] for row in api.get(PROJECTS).json()] == [1001, 1002]


def test_answers_that_are_no_answers() -> None:
    """A page with 200, an empty body with 200, a truncated body, and a slow one."""
    kinds = ("html", "empty", "truncated", "slow:8")
    api = Account(faults=tuple(f"POST {PROJECTS}#{number}:{kind}" for number, kind in enumerate(kinds, 1)))
    html, empty, cut, slow = (api.simulator.handle(POST) for _ in kinds)
    assert (html.status, html.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (empty.status, empty.body) == (200, b"")
    assert int(cut.headers["content-length"]) > len(cut.body) > 0
    assert not cut.complete
    assert (slow.status, slow.delay) == (201, 8)
    assert len(api.get(PROJECTS).json()) == 4


def test_first_fault_in_the_list_wins() -> None:
    """Of two faults that hit the same request the first is played, and both have counted it."""
    api = Account(faults=(f"GET {PROJECTS}#1:502", f"GET {PROJECTS}#1-2:503"))
    assert [api.get(PROJECTS).status_code for _ in range(3)] == [502, 503, 200]
