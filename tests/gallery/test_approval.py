"""Approvals as values: what a file says, which are refused, and by which case one is void."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.core.gallery import CaseResult, CaseState, Column, DesiredGallery, GalleryCase
from reconciler.core.kind import Kind
from reconciler.core.order import Order
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.strictjson import Value
from reconciler.gallery.approval import (
    Approval,
    Approved,
    BadApproval,
    Differs,
    approval_file,
    approval_of,
    approval_text,
    read_approval,
    standing,
)

PRINT = "a51be07aa9c13"
HERE = Column(PRINT)


def case(name: str, prompt: str = "") -> GalleryCase:
    return GalleryCase(name=name, order=Order(prompt=prompt or name, given={"seed": 7}), location=Location("g.yaml"))


def gallery(*names: str) -> DesiredGallery:
    cases = tuple(map(case, names or ("reading", "waving")))
    return DesiredGallery(
        name="looks", location=Location("g.yaml"), model=Ref(Kind.MODEL, "lora-max"), folder="looks", cases=cases
    )


def result(name: str, state: CaseState = CaseState.PRESENT, digest: str = "", column: Column = HERE) -> CaseResult:
    return CaseResult(case=name, column=column, state=state, digest=digest or f"{sum(map(ord, name)):064x}")


ALL = (result("reading"), result("waving"))


def test_what_is_written_is_read_again() -> None:
    """The same approval, the same bytes; a name that is no word of ours does no harm in a log."""
    made = approval_of(gallery(), PRINT, ALL)
    assert read_approval(approval_text(made)) == made
    assert list(made.cases) == ["reading", "waving"]
    turned = replace(made, cases=dict(sorted(made.cases.items(), reverse=True)))
    assert approval_text(turned) == approval_text(made)
    assert approval_file("brand/looks", PRINT) == f"brand/looks/{PRINT}.approved.json"
    assert "##[" not in approval_text(replace(made, model="##[error]x"))


def test_only_what_is_there_is_approved() -> None:
    """Not what another checkpoint drew, and not what was drawn of another definition."""
    results = (result("reading", CaseState.STALE), result("waving", column=Column(PRINT, 500)))
    assert approval_of(gallery(), PRINT, results).cases == {}


def test_a_version_may_be_named_while_all_is_as_it_was_approved() -> None:
    """Each other state has its name."""
    approval = approval_of(gallery(), PRINT, ALL)
    found = standing(gallery(), PRINT, ALL, approval)
    assert (found.approved, found.may_be_named, found.void) == (Approved.YES, True, {})
    assert standing(gallery(), PRINT, ALL, None).approved is Approved.WITHOUT
    assert standing(gallery(), PRINT, ALL, BadApproval(reason="is broken")).approved is Approved.DAMAGED
    other = standing(gallery(), PRINT, (ALL[0], result("waving", digest="1" * 64)), approval)
    assert (other.approved, other.void) == (Approved.VOID, {"waving": Differs.PICTURE})
    edited = replace(gallery(), cases=(case("reading", "reading a book"), case("waving")))
    assert standing(edited, PRINT, ALL, approval).void == {"reading": Differs.DEFINITION}
    grown = gallery("reading", "sitting", "waving")
    assert standing(grown, PRINT, (*ALL, result("sitting")), approval).void == {"sitting": Differs.NEW}
    assert not any(
        one.may_be_named
        for one in (other, standing(edited, PRINT, ALL, approval), standing(gallery(), PRINT, ALL, None))
    )


@pytest.mark.parametrize("state", [one for one in CaseState if one is not CaseState.PRESENT])
def test_whatever_is_not_present_is_not_complete(state: CaseState) -> None:
    """An approval of then does not help, and what it says of other cases is told all the same."""
    approval = approval_of(gallery(), PRINT, ALL)
    found = standing(gallery(), PRINT, (ALL[0], result("waving", state)), approval)
    assert (found.approved, found.incomplete) == (Approved.INCOMPLETE, {"waving": state})


def test_a_case_without_a_result_is_missing() -> None:
    """That of another checkpoint is none."""
    found = standing(gallery(), PRINT, (ALL[0], result("waving", column=Column(PRINT, 500))), None)
    assert found.incomplete == {"waving": CaseState.MISSING}


def test_a_guard_may_ask_for_some_cases() -> None:
    """Of the others neither the state nor the approval counts. A case that was taken away since does no harm."""
    approval = approval_of(gallery(), PRINT, (ALL[0],))
    found = standing(gallery(), PRINT, (ALL[0],), approval, ["reading"])
    assert found.approved is Approved.YES
    assert standing(gallery("reading"), PRINT, ALL, approval_of(gallery(), PRINT, ALL)).approved is Approved.YES


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"gallery": "others"}, 'is for the gallery "others"'),
        ({"fingerprint": "a" * 13}, f'is for the version "{"a" * 13}"'),
    ],
)
def test_an_approval_of_something_else_is_none(fields: dict[str, str], reason: str) -> None:
    """However it came beside this version. The name of the model is not held against it: models are renamed."""
    approval = replace(approval_of(gallery(), PRINT, ALL), **fields)  # type: ignore[arg-type]
    found = standing(gallery(), PRINT, ALL, approval)
    assert (found.approved, found.reason) == (Approved.DAMAGED, reason)
    renamed = replace(approval_of(gallery(), PRINT, ALL), model="lora-best")
    assert standing(gallery(), PRINT, ALL, renamed).may_be_named


def good() -> dict[str, Value]:
    digests: dict[str, Value] = {"definition": "a" * 64, "picture": "b" * 64}
    return {"gallery": "looks", "model": "lora-max", "fingerprint": PRINT, "cases": {"waving": digests}}


def without(key: str) -> Callable[[dict[str, Value]], object]:
    return lambda value: {name: one for name, one in value.items() if name != key}


def with_case(told: Value) -> Callable[[dict[str, Value]], object]:
    return lambda value: {**value, "cases": {"waving": told}}


BAD: list[tuple[Callable[[dict[str, Value]], object], str]] = [
    (without("gallery"), 'lacks "gallery"'),
    (without("cases"), 'lacks "cases"'),
    (lambda value: {**value, "approved": True}, 'has the unknown key "approved"'),
    (lambda value: {**value, "\u202e\x1b[2J": True}, 'has the unknown key "<U+202E><U+001B>[2J"'),
    (lambda value: {**value, "gallery": 7}, "names gallery, model or fingerprint by something that is no text"),
    (lambda value: {**value, "cases": []}, "has cases that are no keys with values"),
    (lambda value: [value], "holds no approval"),
    (with_case(None), 'has no digests in the case "waving"'),
    (with_case({"definition": "a" * 64}), 'lacks "picture" in the case "waving"'),
    (
        with_case({"definition": "a" * 64, "picture": "b" * 64, "by": "me"}),
        'has the unknown key "by" in the case "waving"',
    ),
    (with_case({"definition": "a" * 63, "picture": "b" * 64}), 'has something that is no SHA-256 in the case "waving"'),
    (with_case({"definition": "a" * 64, "picture": "B" * 64}), 'has something that is no SHA-256 in the case "waving"'),
    (with_case({"definition": 7, "picture": "b" * 64}), 'has something that is no SHA-256 in the case "waving"'),
]


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_a_file_that_holds_anything_else_says_nothing(
    change: Callable[[dict[str, Value]], object], reason: str
) -> None:
    """Nobody can tell what was meant by it."""
    assert isinstance(read_approval(json.dumps(good())), Approval)
    assert read_approval(json.dumps(change(good()))) == BadApproval(reason=reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no JSON that can be read: it is no JSON from character 1 on"),
        ('{"gallery": "a", "gallery": "b"}', 'is no JSON that can be read: "gallery" is given twice'),
        ("[" * 100, "is no JSON that can be read: values are nested more than 64 deep"),
        ('{"gallery": NaN}', "is no JSON that can be read: NaN is no number"),
    ],
)
def test_a_file_that_is_no_json_says_nothing(text: str, reason: str) -> None:
    assert read_approval(text) == BadApproval(reason=reason)
