"""Captions and prefixes as texts."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.simulator.body import IP_TYPES, MEDIA
from reconciler.simulator.captioner import caption, default_prefix, label_of

DIGESTS = st.binary(min_size=1, max_size=4).map(lambda data: hashlib.sha256(data).hexdigest())


@given(prefix=st.text(), digest=DIGESTS, name=st.none() | st.text())
def test_caption_is_a_continuation(prefix: str, digest: str, name: str | None) -> None:
    """A caption begins without a capital, ends with a full stop, is one line, and always the same."""
    text = caption(prefix.encode(errors="replace").decode(), name, digest)
    assert text == caption(prefix.encode(errors="replace").decode(), name, digest)
    assert not text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text


@given(digest=DIGESTS)
@pytest.mark.parametrize("prefix", ["A photo of a cat, ", "waving", "in a library, ", "standing"])
def test_caption_never_repeats_the_prefix(prefix: str, digest: str) -> None:
    """A caption does not contain the prefix, not even one made of its own words."""
    assert prefix.strip(" ,").lower() not in caption(prefix, "waving.png", digest)


@given(digest=DIGESTS)
def test_other_prefix_other_caption(digest: str) -> None:
    """Almost always another prefix gives another text."""
    texts = {caption(f"A photo of cat number {number}, ", None, digest) for number in range(8)}
    assert len(texts) >= 6


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (None, ""),
        ("waving.0123456789ab.png", "waving"),
        ("Sitting_Down-2.png", "sitting down"),
        ("poses/jump.png", "jump"),
        ("C:\\poses\\jump.png", "jump"),
        ("0123456789abcdef.png", ""),
        ("42.png", ""),
        (".png", ""),
        ("象.png", "象"),
    ],
)
def test_label(name: str | None, label: str) -> None:
    """The label of an image is what its name says before the first dot, without digests and numbers."""
    assert label_of(name) == label


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("kind", IP_TYPES)
def test_default_prefixes(medium: str, kind: str) -> None:
    """Every type and medium has a prefix that ends with a comma and a space."""
    prefix = default_prefix(medium, kind, "BriaPhant", "grey, with wings")
    assert prefix.endswith("grey, with wings, ")
    assert "Briaphant" in prefix
    assert default_prefix(medium, kind, None, None).endswith(", ")
