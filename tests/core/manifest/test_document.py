"""Places of a document: one by one, and all of a mapping in one pass."""

from reconciler.core.manifest.document import Document
from reconciler.files.yaml.reading import read_yaml

TEXT = b"""\
before: [1, {a: 2}]
spec:
  aliases:
    deep: {x: [1, 2], y: {z: 3}}
    production: a51be07
    last: current
  none:
"""


def document() -> Document:
    """The only one of the file."""
    (found,) = read_yaml(TEXT, "x.yaml").documents
    return found


def test_places_of_a_mapping_are_those_of_its_keys() -> None:
    """As a search for each key finds them."""
    found = document()
    places = found.places("spec", "aliases")
    assert list(places) == ["deep", "production", "last"]
    assert places["production"][0].line == 5
    for key, pair in places.items():
        assert pair == (found.at_key("spec", "aliases", key), found.at("spec", "aliases", key))


def test_what_is_no_mapping_has_no_places() -> None:
    """A list, a text, and what is not there."""
    found = document()
    assert found.places("before") == {}
    assert found.places("spec", "aliases", "production") == {}
    assert found.places("spec", "missing", "deeper") == {}
