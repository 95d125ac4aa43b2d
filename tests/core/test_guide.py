"""Guides of both families: what is sent, what is equal, what counts in a fingerprint, and how captions compare."""

import hashlib
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.fingerprint import content_fingerprint
from reconciler.core.guide import (
    Guide,
    PrefixGuide,
    SchemaGuide,
    canonical_json,
    same_caption,
    same_guide,
    schema_guide,
)
from reconciler.core.strictjson import BadJson, Value
from reconciler.core.uploads import ONE_BY_ONE, Archive

PREFIX = PrefixGuide(text="An illustration of Lora, ")
SCHEMA = schema_guide({"style": "flat", "colors": ["red", "blue"], "weight": 1})

JSON: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize("guide", [PREFIX, SCHEMA])
def test_what_is_sent_is_the_field_with_the_text_as_it_is(guide: Guide) -> None:
    """The API takes both as a text; nothing is normalised on the way out."""
    assert guide.body == {guide.field: guide.text}


def test_the_families_differ_in_five_facts() -> None:
    """Field, noun, least number of images, family, and what a caption is."""
    assert (PREFIX.family, PREFIX.field, PREFIX.noun, PREFIX.least_images) == ("prefix", "caption_prefix", "prefix", 1)
    assert (SCHEMA.family, SCHEMA.field, SCHEMA.noun, SCHEMA.least_images) == ("schema", "visual_schema", "schema", 5)


def test_a_schema_keeps_its_keys_in_their_order_and_gives_the_document_back() -> None:
    """People see in the console what they wrote."""
    assert SCHEMA.text == '{"style":"flat","colors":["red","blue"],"weight":1}'
    assert SCHEMA.document == {"style": "flat", "colors": ["red", "blue"], "weight": 1}
    assert SCHEMA.line == '{"colors":["red","blue"],"style":"flat","weight":1}'
    assert PREFIX.line == PREFIX.text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_has_not_is_refused(number: float) -> None:
    """YAML knows `.nan`, the API does not."""
    with pytest.raises(ValueError, match="JSON compliant"):
        schema_guide({"weight": number})


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('{"weight": 1.0, "colors": ["red", "blue"], "style": " flat "}', True),
        ('{"style":"fl\\u0061t","colors":["red","blue"],"weight":1e0}', True),
        ('{"style":"flat","colors":["blue","red"],"weight":1}', False),
        ('{"style":"flat","colors":["red","blue"],"weight":true}', False),
        ('{"style":"flat","colors":["red","blue"],"weight":"1"}', False),
        ('{"style":"flat","colors":["red","blue"]}', False),
        ('{"style":"flat","colors":["red","blue"],"weight":1', False),
    ],
)
def test_schemas_are_compared_as_documents(text: str, same: bool) -> None:
    """Form does not count; the order of a list, the type of a value and every key do."""
    other = SchemaGuide(text=text)
    assert same_guide(SCHEMA, other) is same
    assert same_caption(SCHEMA, SCHEMA.text, text) is same
    prints = {content_fingerprint(guide, ONE_BY_ONE, [("k", guide.text)]) for guide in (SCHEMA, other)}
    assert len(prints) == (1 if same else 2)


def test_a_live_text_that_is_no_json_equals_only_itself() -> None:
    """Nothing fails on it, and no document is taken for it."""
    broken = SchemaGuide(text="no json ")
    assert same_guide(broken, SchemaGuide(text="no json"))
    assert not same_guide(broken, SchemaGuide(text='"no json"'))
    with pytest.raises(BadJson):
        _ = broken.document


def test_prefixes_are_compared_in_their_normal_form() -> None:
    """NFC, LF, outer white space."""
    assert same_guide(PREFIX, PrefixGuide(text="An illustration of Lora,\n"))
    assert not same_guide(PREFIX, PrefixGuide(text="An illustration of lora,"))
    assert same_caption(PREFIX, "é", unicodedata.normalize("NFD", "é"))
    assert not same_caption(PREFIX, '{"a":1}', '{"a": 1}')


def test_guides_of_two_families_are_never_the_same() -> None:
    """Whatever their texts say, and in the fingerprint too."""
    text = SCHEMA.text
    assert not same_guide(SCHEMA, PrefixGuide(text=text))
    assert content_fingerprint(SCHEMA, ONE_BY_ONE, ()) != content_fingerprint(PrefixGuide(text=text), ONE_BY_ONE, ())
    assert content_fingerprint(SCHEMA, ONE_BY_ONE, ()) != content_fingerprint(SCHEMA, Archive(), ())


def test_the_schema_vector() -> None:
    """The fingerprint of a schema, so that no release changes it unseen."""
    rows = [("a0000000000000001", '{"b": 1.0, "a": "x"}'), ("a0000000000000002", None)]
    schema = '{"colors":["red","blue"],"style":"flat","weight":1}'
    counted = ["dataset", "schema", schema, "basic", [[rows[0][0], '{"a":"x","b":1}'], [rows[1][0], None]]]
    text = json.dumps(counted, separators=(",", ":"))
    made = content_fingerprint(SCHEMA, ONE_BY_ONE, rows)
    assert made == "a" + hashlib.sha256(text.encode()).hexdigest()[:12]
    assert made == "a29f49eba5769"


def test_what_is_not_set_equals_only_what_is_not_set() -> None:
    """An empty prefix is a prefix; a guide that nobody has read is none."""
    assert same_guide(None, None)
    assert not same_guide(PrefixGuide(text=""), None)
    assert not same_guide(None, SCHEMA)
    assert same_caption(PREFIX, None, None)
    assert not same_caption(PREFIX, "", None)
    assert not same_caption(SCHEMA, None, "null")


@pytest.mark.parametrize(
    ("caption", "own", "repeats"),
    [
        ("waving.", "waving.", False),
        (" An illustration of Lora, waving.", "waving.", True),
        ("An illustration of Lora,", "", True),
    ],
)
def test_the_words_of_a_caption_after_the_prefix(caption: str, own: str, repeats: bool) -> None:
    """Should the API give the prefix along, it is cut off; where git declares it, that is said."""
    assert PREFIX.own_words(caption) == own
    assert PREFIX.is_repeated_by(caption) is repeats
    assert PrefixGuide(text=" ").own_words(caption) == caption.strip()
    assert not PrefixGuide(text=" ").is_repeated_by(caption)


def test_a_json_caption_stands_by_itself() -> None:
    """It is made by the schema and holds its keys; nothing is cut off."""
    assert SCHEMA.own_words(f" {SCHEMA.text}") == SCHEMA.text
    assert not SCHEMA.is_repeated_by(SCHEMA.text)


@given(JSON)
def test_the_canonical_form_is_json_that_means_the_same_and_is_its_own_form(value: Value) -> None:
    """However a document is written: one text, and writing it again changes nothing."""
    spaced = json.dumps(value, indent=2, ensure_ascii=True)
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert canonical_json(spaced) == canonical_json(compact)
    assert canonical_json(canonical_json(compact)) == canonical_json(compact)


FIELDS = ("caption_prefix", "visual_schema")
NAMED_IN = {
    "api/client.py": "the wire",
    "api/operation.py": "the wire",
    "api/payload.py": "the wire",
    "api/translate.py": "the wire",
    "app/guide_proposal.py": "the command that asks for a guide",
    "cli/": "the same, and the help of others",
    "core/diff/content_match.py": "an example of a path",
    "core/diff/project.py": "words for people",
    "core/guide.py": "the guides",
    "core/manifest/": "the manifest types and their rules",
    "doctor/": "words for people",
    "files/first_manifests.py": "an example",
    "files/guide_file.py": "the file that a manifest names",
    "files/load.py": "the file that a manifest names",
    "files/yaml/builder.py": "words for people",
    "simulator/": "an independent reading of the documents",
}


def test_nothing_else_names_the_field_of_a_family() -> None:
    """A second family touches no module outside these: all others hold a guide and ask it."""
    root = Path(__file__).parents[2] / "reconciler"
    modules = {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.py")}
    found = {name for name, text in modules.items() if any(field in text for field in FIELDS)}
    assert {name for name in found if not name.startswith(tuple(NAMED_IN))} == set()
