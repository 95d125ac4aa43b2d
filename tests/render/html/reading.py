"""What a browser would make of a page, by Python's own parser: elements, attributes and text, nothing of ours."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "img", "br", "hr", "link", "input", "base", "embed"}
_SIGNS = {"del": "[-", "ins": "{+", "code": "`"}
_BLOCKS = {
    "title", "h1", "h2", "h3", "p", "li", "dt", "dd", "tr", "caption", "summary", "figure", "section", "nav", "header",
    "footer", "div", "dl", "details", "table", "ol", "ul", "figcaption",
}  # fmt: skip


@dataclass(slots=True)
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str | None]


@dataclass(slots=True)
class Reading:
    """A whole page, read."""

    elements: list[Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    """Comments, declarations beyond the first, and end tags that end nothing."""

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    @property
    def lines(self) -> str:
        """The text as a person reads it, a line for each block."""
        joined = "".join(self.text)
        lines = (re.sub(r"[ \n]+", " ", line).strip() for line in joined.split("\r"))
        return "\n".join(line for line in lines if line) + "\n"


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in <{tag}>"
        self.reading.elements.append(Element(tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
        if tag in _BLOCKS:
            self.reading.text.append("\r")
        if tag in {"td", "th"}:
            self.reading.text.append(" | ")
        self.reading.text.append(_SIGNS.get(tag, ""))
        if tag == "img":
            self.reading.text.append(f"[{dict(attrs)['alt']}]")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.reading.strays.append(f"</{tag}>")
        self.reading.text.append(_SIGNS.get(tag, "")[::-1].replace("[", "]").replace("{", "}"))
        if tag in _BLOCKS:
            self.reading.text.append("\r")

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.reading.text.append(data.replace("\r", " "))

    def handle_comment(self, data: str) -> None:
        self.reading.strays.append(data)

    def handle_decl(self, decl: str) -> None:
        if decl != "doctype html":
            self.reading.strays.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.reading.strays.append(data)

    def handle_pi(self, data: str) -> None:
        self.reading.strays.append(data)

    def close(self) -> None:
        super().close()
        self.reading.unclosed = self._open


def read(html: str) -> Reading:
    """Parse a page."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.reading
