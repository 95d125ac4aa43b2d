"""Nothing that a person or the API wrote becomes markup, hides itself, or leads anywhere."""

import dataclasses
import unicodedata
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

import reconciler.render.html
from reconciler.core.ref import Ref
from reconciler.render.album import Album, Thumbnails, data_uri
from reconciler.render.html.environment import gate
from tests.render.html import album
from tests.render.html.reading import Element, read
from tests.render.printed import render_html

KEYS = frozenset({"key", "replaces", "kind", "step", "severity"})
"""Fields that tie values together, and words of a closed alphabet."""
WORDS = {"del", "ins", "code"}
"""Elements whose number depends on how texts differ."""
FRAGMENTS = (
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    '" onerror="alert(1)',
    "' onmouseover='alert(1)",
    "</title></style></textarea>",
    "</details></figure></main>",
    "<!-- reconciler:plan",
    "-->",
    "]]>",
    "<![CDATA[",
    "<?php",
    "data:text/html,<b>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "![](http://evil.invalid/beacon.png)",
    "{{ page }}{% raw %}{# x #}",
    "${{ secrets.T }} $(id) `id`",
    "::error file=x::y",
    "##[set-output name=a]b",
    "\x1b[2J\x1b]0;x\x07\x9b31m",
    "\r\n\u2028\u2029\x00\x0b\x0c\x85",
    "\u202eevil\u2066\u200b\U000e0041\ufe00\ufeff",
    "&lt;script&gt;&#60;&amp;amp;",
    "\ud800",
    "=HYPERLINK(1)",
    "@team #1 GH-1 |",
)
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=12), min_size=1, max_size=4).map("".join)


def poisoned(value: Any, text: str) -> Any:  # noqa: ANN401 - any value, and the same kind of value
    """The value with every text in it replaced; enumerations, keys and numbers stay."""
    if isinstance(value, Ref):
        return Ref(value.kind, text)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            one.name: poisoned(getattr(value, one.name), text)
            for one in dataclasses.fields(value)
            if one.init and one.name not in KEYS
        }
        return dataclasses.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(poisoned(one, text) for one in value)
    return text if isinstance(value, str) and not isinstance(value, Enum) and value else value


def poisoned_page(text: str) -> str:
    pictures = album.thumbnails()
    return render_html(
        poisoned(album.plan(), text),
        digest=text,
        album=Album(
            thumbnails=dataclasses.replace(pictures, reasons=dict.fromkeys(pictures.reasons, text), reason=text),
            findings=poisoned(album.FINDINGS, text),
            renamed=poisoned(album.RENAMED, text),
        ),
        way=text,
    )


def skeleton(elements: list[Element]) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
    """Elements and attributes, without what may hold a name."""
    return [
        (one.tag, tuple((name, "" if name == "alt" else value) for name, value in one.attributes.items()))
        for one in elements
        if one.tag not in WORDS
    ]


BENIGN = read(poisoned_page("x"))


@given(HOSTILE.filter(lambda text: text.strip()))
@example("".join(FRAGMENTS))
@settings(max_examples=60)
def test_foreign_words_change_no_element_and_no_attribute(text: str) -> None:
    """The page of a hostile plan has the elements of a harmless one, in the same order, with the same attributes."""
    found = read(poisoned_page(text))
    assert skeleton(found.elements) == skeleton(BENIGN.elements)
    assert not found.strays
    assert not found.unclosed


@given(HOSTILE.filter(lambda text: text.strip()))
@example("".join(FRAGMENTS))
@settings(max_examples=40)
def test_every_invisible_character_is_spelled_out(text: str) -> None:
    """No control, format or surrogate character but the line feeds of the template reaches the file."""
    html = poisoned_page(text)
    assert not {char for char in html if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}} - {"\n"}
    html.encode("utf-8")


def test_what_is_hidden_is_shown() -> None:
    """A reviewer sees that a caption holds a direction mark, a command for a terminal, and a tag."""
    lines = read(poisoned_page("\u202ecat<b>\x1b[2J")).lines
    assert "<U+202E>cat<b><U+001B>[2J" in lines


def test_addresses_are_text_and_lose_their_query() -> None:
    """A signed address leaks no signature, and no address of a plan is ever followed."""
    html = poisoned_page("see https://b.invalid/x.png?X-Amz-Signature=abc&y=1 and ftp://h/?a#b javascript:x")
    assert "https://b.invalid/x.png?… and ftp://h/?… javascript:x" in html
    assert "Signature" not in html
    found = read(html)
    assert {one.attributes["href"] for one in found.all("a")} <= {
        f"#{one.attributes.get('id')}" for one in found.elements
    }
    assert {one.attributes["src"] for one in found.all("img")} == {album.DOT}
    assert not {"script", "iframe", "object", "embed", "form", "link", "base", "style"} - {"style"} & {
        one.tag for one in found.elements
    }


def test_only_text_and_numbers_are_printed() -> None:
    """A value that is nothing, or true, is a mistake of ours and is found at once."""
    assert gate(12) == 12
    assert gate(Markup("<b>")) == "<b>"
    for value in (None, True):
        with pytest.raises(TypeError):
            gate(value)


def test_the_template_cannot_mark_anything_as_safe() -> None:
    """Neither by a filter nor by switching the escaping off; it holds no script and no address either."""
    folder = Path(reconciler.render.html.__file__).parent / "template"
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not [
            word for word in ("|safe", "| safe", "autoescape", "<script", "http:", "https:", "url(") if word in text
        ]
        assert "javascript" not in text


@pytest.mark.parametrize(
    "uri",
    [
        "https://a/b.png",
        "data:text/html;base64,AAAA",
        "data:image/svg+xml;base64,AAAA",
        'data:image/webp;base64,AAAA" onerror="x',
        "data:image/webp;base64,",
        "data:image/png;base64,AAAA\n",
    ],
)
def test_a_picture_is_a_picture(uri: str) -> None:
    """Whatever else an address could be is refused before it comes near a page."""
    with pytest.raises(ValueError, match="data URI"):
        Thumbnails(pictures={"a": uri})
    assert Thumbnails(pictures={"a": data_uri(b"abc")}).uri("a") == "data:image/webp;base64,YWJj"
