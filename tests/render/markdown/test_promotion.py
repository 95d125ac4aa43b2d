"""A promotion sends nothing, and still must be seen."""

from dataclasses import replace

from reconciler.core.consequence import AliasMove, ManifestGone
from reconciler.core.kind import Kind
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from tests.render import sample
from tests.render.html.reading import read
from tests.render.printed import render_html, render_markdown, render_report_json, render_screen

DIGEST = "0" * 64
MOVED = "production moves from v2 (a51be07) to v3 (af43611)"


def plan(*found: AliasMove | ManifestGone) -> Plan:
    return Plan(tool="0", subject=sample.subject(), consequences=found)


def test_a_moved_alias_is_the_headline_in_every_form() -> None:
    """From which version to which, on the screen, in the comment and on the page; JSON has the values apart."""
    made = plan(sample.MOVE)
    assert f"\n{MOVED}, nothing is sent.\n" in render_screen(made, digest=DIGEST)
    comment = render_markdown(made, digest=DIGEST)
    assert comment.splitlines()[1] == "**production moves from v2 (`a51be07`) to v3 (`af43611`), nothing is sent.**"
    page = read(render_html(made, digest=DIGEST)).lines
    assert f"\n{MOVED}, nothing is sent.\n" in page
    assert "What merging does without a call" in page
    assert '"after": "v3 (af43611)"' in render_report_json(made, digest=DIGEST)


def test_the_headline_names_the_model_where_several_move_aliases() -> None:
    """Two are told one by one, three are counted; each is listed with its model below."""
    other = replace(sample.MOVE, ref=Ref(Kind.MODEL, "hero"))
    two = render_markdown(plan(sample.MOVE, other), digest=DIGEST)
    assert "production of `model/hero` moves from" in two.splitlines()[1]
    three = render_markdown(plan(sample.MOVE, other, replace(other, alias="candidate")), digest=DIGEST)
    assert three.splitlines()[1] == "**3 aliases move, nothing is sent.**"
    assert three.count("moves from v2") == 3


def test_thousands_of_moves_are_named_and_thousands_of_gone_manifests_are_counted() -> None:
    """No alias that moves is left out of a comment that has room for its name."""
    moves = [replace(sample.MOVE, ref=Ref(Kind.MODEL, f"m{number}")) for number in range(1500)]
    gone = [ManifestGone(ref=Ref(Kind.DATASET, f"d{number}")) for number in range(1500)]
    text = render_markdown(plan(*moves, *gone), digest=DIGEST)
    assert len(text.encode()) <= 65_000
    assert all(f"`model/m{number} production`" in text for number in range(1500))
    assert "1,500 manifests are gone, and what is live of them stays" in text
    screen = render_screen(plan(*gone), digest=DIGEST)
    assert "… and 1,490 more" in screen
    assert "1,490 more" in read(render_html(plan(*gone), digest=DIGEST)).lines
