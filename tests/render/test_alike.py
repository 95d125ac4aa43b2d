"""Thousands of findings that say the same are told once, in every form that people read."""

import json
from collections.abc import Callable

import pytest

from reconciler.core.kind import Kind
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.core.state import AliasState
from reconciler.render.album import NO_THUMBNAILS, Album, ReportedFinding
from reconciler.render.alike import alike, said_of_all, shape, some
from reconciler.render.html.page import render_html
from reconciler.render.markdown import render_markdown
from reconciler.render.plan_json import plan_report_json
from reconciler.render.plan_report.report import PlanReport, plan_report
from reconciler.render.plan_text import plan_view
from reconciler.render.status import status_view
from reconciler.render.text import render_text
from tests.render import sample

MANY = 5000
FORMS: dict[str, Callable[[PlanReport], str]] = {
    "text": lambda report: render_text(plan_view(report)),
    "markdown": render_markdown,
    "html": render_html,
}


def crowd() -> Plan:
    """A duplicate draft of each dataset, and an alias of each model that nothing answers to; one note is another."""
    datasets = [Ref(Kind.DATASET, f"d{number}") for number in range(MANY)]
    drafts = [
        Note(rule="duplicate", ref=ref, text=f'"{ref.name} v{number} draft" is a duplicate draft')
        for number, ref in enumerate(datasets)
    ]
    aliases = [
        AliasState(
            ref=Ref(Kind.MODEL, f"m{number}"), alias="production", target=f"a{number:07}", problem="no trained version"
        )
        for number in range(MANY)
    ]
    other = Note(rule="held", ref=datasets[0], text="it waits")
    return sample.plan(notes=(*drafts, other), aliases=tuple(aliases))


def findings() -> tuple[ReportedFinding, ...]:
    return tuple(
        ReportedFinding(
            ref=sample.DATASET, key=f"k{number}", name=f"{number}.png", rule="blurred", severity="warning", text="soft"
        )
        for number in range(MANY)
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_crowd_is_told_once_with_its_number_and_first_places(form: str) -> None:
    """What is different is still seen."""
    album = Album(thumbnails=NO_THUMBNAILS, findings=findings())
    said = FORMS[form](plan_report(crowd(), digest="0" * 64, album=album)).replace("`", "")
    words = " ".join(said.split())
    assert words.count("is a duplicate draft") == 1
    assert "The same of 4,999 more: dataset/d1, dataset/d2, dataset/d3 and 4,996 more." in words
    assert words.count("answers to nothing") == 1
    assert "The same of 4,999 more: model/m1, model/m2, model/m3 and 4,996 more." in words
    assert "dataset/d0: it waits." in words
    if form != "text":
        assert "0.png, 1.png, 2.png and 4,997 more" in words
    assert len(said.encode()) < 64_000, "nothing had to be left out"


def test_status_tells_it_once_too_and_json_keeps_all() -> None:
    shown = render_text(status_view(crowd(), strays=True))
    assert shown.count("is a duplicate draft") == 1
    assert shown.count("answers to nothing") == 1
    told = json.loads(plan_report_json(plan_report(crowd(), digest="0" * 64)))
    assert len(told["notes"]["quiet"]) == MANY + 1
    assert len(told["warnings"]) == MANY


def test_two_are_told_one_by_one() -> None:
    """A pair is no crowd, and a group stands where its first member stood."""
    assert alike("abab", str) == [("a",), ("a",), ("b",), ("b",)]
    assert alike("abaab", str) == [("a", "a", "a"), ("b",), ("b",)]


def test_what_differs_from_object_to_object_is_no_part_of_the_shape() -> None:
    assert shape('"a b" in dataset/x has 8 images') == shape('"c" in dataset/y has 5,000 images')
    assert shape("soft") != shape("hard")


def test_one_place_alone_is_never_left_out() -> None:
    assert some("abcd") == "a, b, c, d"
    assert some("abcde") == "a, b, c and 2 more"
    assert said_of_all("It waits.", [None, None, None]) == "It waits. The same of 2 more."
