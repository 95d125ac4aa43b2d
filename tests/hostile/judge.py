"""What a terminal, a CI runner, a forge and a browser would make of an output, judged by nothing of ours."""

import json
import re

from tests.render.html.reading import read
from tests.render.markdown.hostile import inlines, plain_words, tokens, types

HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""All that moves a cursor, turns the direction of text or cannot be seen; the line feed apart."""
LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Whatever any reader of a log takes for the end of a line."""
ANNOTATION = re.compile(r"::(error|warning|notice) [a-z]+=[^:\n]*::[^\n]*")
_SEQUENCE = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|2K|1A)|\r(?=\n)|\r")
"""What our own colours and the board on a terminal are made of."""
_TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "nav", "section", "figure", "figcaption", "h1",
    "h2", "h3", "p", "div", "span", "a", "b", "em", "q", "img", "ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "code", "del", "ins",
}  # fmt: skip
_ATTRIBUTES = {
    "alt", "aria-label", "aria-labelledby", "charset", "class", "content", "decoding", "height", "href", "http-equiv", "id", "lang",
    "loading", "name", "open", "scope", "src", "tabindex", "width",
}  # fmt: skip
_CLOSED = {"heading_open", "blockquote_open", "fence", "code_block", "hr", "ordered_list_open"}
_BLOCK = re.compile(r"<!-- [^\n<>]* -->\n.*|</details>\n?|<details><summary>[A-Za-z0-9 ,.-]+</summary>\n?", re.DOTALL)


def judge_characters(text: str) -> None:
    """Nothing but what can be seen, and line feeds."""
    hidden = [(found[0], text[max(found.start() - 60, 0) : found.end() + 20]) for found in HIDDEN.finditer(text)]
    assert not hidden, hidden


def judge_text(text: str) -> None:
    """Plain text for a terminal, a pipe or a log: nothing hidden, and no line a command to a runner."""
    judge_characters(text)
    judge_lines(text)
    assert not re.search(r"##\w*\[", text)


def judge_lines(text: str) -> None:
    """No line begins with a workflow command."""
    commands = [line for line in LINE_END.split(text) if line.lstrip().startswith(("::", "##["))]
    assert not commands, commands


def judge_screen(shown: str) -> None:
    """All that a terminal was sent: our colours and our board aside it is plain text."""
    judge_text(_SEQUENCE.sub("", shown))


def judge_json(text: str) -> None:
    """JSON in plain ASCII."""
    json.loads(text)
    assert text.isascii()
    judge_lines(text)
    assert not re.search(r"##\w*\[", text)


def judge_annotations(text: str) -> None:
    """Every line is a command of ours, and holds one only."""
    judge_characters(text)
    lines = [line for line in LINE_END.split(text) if line]
    assert lines
    for line in lines:
        assert ANNOTATION.fullmatch(line), line
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", line)
        assert not re.search(r"##\w*\[", line)


def judge_markdown(text: str, *, marker: str) -> None:
    """A comment: begun by its marker, and all that is not a table, a fold or strong text of ours is code or plain words."""
    judge_text(text)
    assert text.startswith(f"<!-- {marker} -->\n")
    assert text.count("<!--") == 1
    found = tokens(text)
    assert not {token.type for token in found} & _CLOSED
    for token in found:
        assert token.type != "html_block" or _BLOCK.fullmatch(token.content), token.content
    for block in inlines(text):
        kinds = {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
        assert set(types(block)) <= kinds, block.content
        assert plain_words(block), block.content
    heads, cells = (sum(token.type == kind for token in found) for kind in ("th_open", "td_open"))
    assert heads == cells


def judge_page(html: str) -> None:
    """A page: known elements, no address but its own, and the policy that forbids all else before anything it rules."""
    assert not HIDDEN.findall(html)
    judge_lines(html)
    page = read(html)
    assert not page.strays
    assert not page.unclosed
    assert {element.tag for element in page.elements} <= _TAGS
    assert {name for element in page.elements for name in element.attributes} <= _ATTRIBUTES
    start = [element.tag for element in page.elements[:4]]
    assert start == ["html", "head", "meta", "meta"]
    policy = page.elements[3].attributes
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert (policy["content"] or "").split("; ")[0] == "default-src 'none'"
    assert "script" not in (policy["content"] or "")
    for element in page.elements:
        assert (element.attributes.get("href") or "#").startswith("#")
        assert (element.attributes.get("src") or "data:image/webp;base64,").startswith("data:image/webp;base64,")
