"""Every value, key and mark stands where the layout says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.strictjson import Value
from reconciler.files.yaml.layout import BLOCK, MAPPINGS, Form, Node, documents_of
from reconciler.files.yaml.reading import read_yaml
from reconciler.files.yaml.rendering import same
from tests.files.yaml.written import files


def check(text: str, node: Node, value: Value) -> None:
    """A value has the form that is said, and is read again from its own piece of text."""
    piece = text[node.start : node.end]
    if isinstance(value, dict):
        assert node.form in MAPPINGS
        assert [entry.key.text for entry in node.entries if entry.key is not None] == list(value)
        for entry, item in zip(node.entries, value.values(), strict=True):
            assert text[entry.mark_end - 1] == ":"
            check(text, entry.value, item)
    elif isinstance(value, list):
        for entry, item in zip(node.entries, value, strict=True):
            assert node.form not in BLOCK or text[entry.start : entry.mark_end] == "-"
            check(text, entry.value, item)
    elif node.form is Form.EMPTY:
        assert value is None
    elif node.form is Form.BLOCK_TEXT:
        assert piece[node.body - node.start] == node.style
    else:
        (document,) = read_yaml(f"- {piece}".encode(), "").documents
        assert same(document.value, [value])
    commas = [entry.comma for entry in node.entries if entry.comma is not None]
    assert all(text[comma] == "," for comma in commas)
    assert len(commas) >= len(node.entries) - 1 or node.form in BLOCK


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_every_value_stands_where_the_layout_says(data: st.DataObject) -> None:
    before = data.draw(files())
    text = before.decode("utf-8-sig")
    values = [document.value for document in read_yaml(before, "f.yaml").documents]
    for node, value in zip(documents_of(text), values, strict=True):
        check(text, node, value)
