"""A promotion sends nothing, and still must be seen."""

from reconciler.core.kind import Kind
from reconciler.core.plan import Plan, Subject
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from tests.render.printed import render_markdown

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=1, models=1)


def test_a_moved_alias_is_said_at_the_top() -> None:
    """A plan that does nothing but move an alias has a comment, and the alias stands in it in bold."""
    note = Note(rule="alias-moved", ref=Ref(Kind.MODEL, "max"), text="the alias production: a51be07 -> a77d0e1")
    text = render_markdown(Plan(tool="0", subject=SUBJECT, notes=(note,)), digest="0" * 64)
    head = text.splitlines()[3]
    assert head.startswith("**")
    assert "a51be07" in head
    assert text.count("a77d0e1") == 1
