"""Documents as people write them: every style, comments and blank lines anywhere, each line end, any indentation."""

import json
import re
from dataclasses import dataclass, field

from hypothesis import strategies as st

from reconciler.core.strictjson import Value

WORDS = ("two", "a drawing of Lora, waving", "é 🙂", "it's", 'say "hi"', "x_y.png", "a:b", "1.2.3", "-x", "o # p")
TRICKY = (
    "",
    "12",
    "null",
    "no",
    "true",
    "1e3",
    "a: b",
    " lead",
    "trail ",
    "- x",
    "{a}",
    "a, b",
    "#",
    "&x",
    "*x",
    "?",
    "%",
)
BROKEN = ("line\nbreak", "line\nend\n", "a\n\nb", "deep\n  er\n", "two\nempty\n\n", "\n", " lead\nx")
PLAIN = ("two", "é 🙂", "x_y.png")
"""Texts that need no quotes anywhere."""

KEYS = ("a", "b", "key", "name", "a.png", "p 1", "é", "x-y", "12", "it's")

texts = st.sampled_from(WORDS + TRICKY + BROKEN)
scalars = texts | st.booleans() | st.integers(-3, 2000) | st.sampled_from([0.5, 1.0]) | st.none()
keys = st.sampled_from(KEYS)
values: st.SearchStrategy[Value] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)
mappings: st.SearchStrategy[Value] = st.dictionaries(keys, values, min_size=1, max_size=5)
roots = mappings | mappings | st.lists(values, min_size=1, max_size=4)


@dataclass
class Writer:
    """Writes a value in styles that are drawn; each comment has a number of its own."""

    draw: st.DrawFn
    comments: int = 0
    anchors: list[str] = field(default_factory=list)

    def often(self) -> bool:
        return self.draw(st.booleans())

    def seldom(self) -> bool:
        return self.draw(st.integers(0, 7)) == 7

    def comment(self) -> str:
        """Behind a value, or nothing."""
        if not self.seldom():
            return ""
        self.comments += 1
        return f"{' ' * self.draw(st.integers(1, 3))}# c{self.comments}."

    def between(self, column: int) -> str:
        """Blank lines and lines with comments above a key or item."""
        text = ""
        while self.seldom():
            self.comments += 1
            text += self.draw(st.sampled_from(["\n", f"{' ' * column}# c{self.comments}.\n", f"# c{self.comments}.\n"]))
        return text

    def document(self, root: Value) -> str:
        head = self.between(0)
        if isinstance(root, dict | list) and root and self.often():
            return head + self.block(root, 0)
        return head + self.flow(root) + self.comment() + "\n"

    def block(self, value: Value, column: int) -> str:
        """A mapping or list below its parent, its first line indented like the others."""
        lines = ""
        if isinstance(value, dict):
            step = self.draw(st.integers(1, 4))
            for key, item in value.items():
                lines += f"{self.between(column)}{' ' * column}{self.key(key)}:{self.behind(item, column, step)}"
        elif isinstance(value, list):
            for item in value:
                lines += f"{self.between(column)}{' ' * column}-{self.behind(item, column, 2, is_item=True)}"
        return lines

    def behind(self, value: Value, column: int, step: int, *, is_item: bool = False) -> str:
        """What follows a colon or dash, to the end of its last line."""
        gap = " " * self.draw(st.sampled_from([1, 1, 1, 2, 4]))
        if isinstance(value, dict | list) and value and not self.seldom():
            if is_item and isinstance(value, dict) and self.often():
                inner = column + 1 + len(gap)
                return gap + self.hanging(value, inner)
            deeper = column if isinstance(value, list) and not is_item and self.often() else column + step
            return f"{self.anchor()}{self.comment()}\n{self.block(value, deeper)}"
        if isinstance(value, str) and self.is_block_text(value) and self.often():
            sign = "|" if value.endswith("\n") else "|-"
            if value.endswith("\n\n"):
                sign = "|+"
            body = "".join(
                f"{' ' * (column + step)}{line}\n" if line else "\n" for line in value.removesuffix("\n").split("\n")
            )
            return f"{self.anchor()}{gap}{sign}{self.comment()}\n{body}"
        if value is None and self.often():
            return f"{self.comment()}\n"
        return f"{self.anchor()}{gap}{self.flow(value)}{self.comment()}\n"

    def hanging(self, value: dict[str, Value], column: int) -> str:
        """A mapping whose first key stands behind a dash."""
        text, step = "", self.draw(st.integers(1, 4))
        for at, (key, item) in enumerate(value.items()):
            lead = f"{self.between(column)}{' ' * column}" if at else ""
            text += f"{lead}{self.key(key)}:{self.behind(item, column, step)}"
        return text

    def anchor(self) -> str:
        if not self.seldom():
            return ""
        self.anchors.append(f"n{len(self.anchors)}")
        return f" &{self.anchors[-1]}"

    def key(self, key: str) -> str:
        plain = [key] if re.fullmatch(r"[a-zé][\w. -]*", key) else []
        return self.draw(st.sampled_from([*plain, *plain, json.dumps(key, ensure_ascii=False), _single(key)]))

    def flow(self, value: Value) -> str:
        """In one line, or a list or mapping with a line for each item."""
        if isinstance(value, str):
            plain = [value] if value in PLAIN else []
            single = [] if "\n" in value else [_single(value)]
            return self.draw(st.sampled_from([*plain, *plain, json.dumps(value, ensure_ascii=False), *single]))
        if isinstance(value, dict):
            return self.bracketed("{}", [f"{self.key(key)}: {self.flow(item)}" for key, item in value.items()])
        if isinstance(value, list):
            return self.bracketed("[]", [self.flow(item) for item in value])
        return json.dumps(value)

    def bracketed(self, signs: str, items: list[str]) -> str:
        comma = "," if items and self.seldom() else ""
        if items and self.seldom():
            lines = [f"{item}{',' if at + 1 < len(items) else comma}{self.comment()}" for at, item in enumerate(items)]
            return f"{signs[0]}\n" + "".join(f"{' ' * 12}{line}\n" for line in lines) + " " * 10 + signs[1]
        pad = " " if items and self.seldom() else ""
        return f"{signs[0]}{pad}{', '.join(items)}{comma}{pad}{signs[1]}"

    @staticmethod
    def is_block_text(text: str) -> bool:
        return bool(text.strip("\n")) and text[0] not in " \n"


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@st.composite
def files(draw: st.DrawFn, *, with_aliases: bool = False) -> bytes:
    """A file of one to three documents."""
    parts = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        writer = Writer(draw)
        root = draw(roots)
        text = writer.document(root)
        if with_aliases and writer.anchors and isinstance(root, dict):
            text += f"alias: *{draw(st.sampled_from(writer.anchors))}\n"
        parts.append(text)
    text = draw(st.sampled_from(["", "", "---\n", "# head\n"])) + "---\n".join(parts)
    if draw(st.integers(0, 3)) == 3:
        text = text.removesuffix("\n")
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + text.encode()
