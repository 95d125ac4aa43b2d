"""What a screen says, before anyone decides how it is printed: words with roles, in blocks.

A view holds foreign text as it came: `render.text` prints it, and passes every span through its gate.
"""

from collections.abc import Iterable
from enum import StrEnum

from reconciler.core.value import dataclass


class Role(StrEnum):
    """What a piece of text stands for. It may be coloured by that, but the words and signs say all of it."""

    PLAIN = "plain"
    QUIET = "quiet"
    STRONG = "strong"
    CREATE = "create"
    CHANGE = "change"
    VERSION = "version"
    DELETE = "delete"
    TRAIN = "train"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    PROBLEM = "problem"
    WARNING = "warning"
    COST = "cost"
    GONE = "gone"
    COME = "come"


SIGNS = {
    Role.CREATE: "+",
    Role.CHANGE: "~",
    Role.VERSION: ">",
    Role.DELETE: "-",
    Role.TRAIN: "*",
    Role.UNCHANGED: ".",
}
"""The sign of each role that a person reads as a verb."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some words in one role."""

    text: str
    role: Role = Role.PLAIN


Text = tuple[Span, ...]


def say(text: str, role: Role = Role.PLAIN) -> Text:
    """One span as a text."""
    return (Span(text, role),)


def joined(parts: Iterable[Text], between: str = ", ") -> Text:
    """Texts one after the other, with something between them."""
    spans: list[Span] = []
    for part in parts:
        if spans:
            spans.append(Span(between))
        spans.extend(part)
    return tuple(spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line inside an object. `label` is empty where it continues the row above; `head` is the thing, if any."""

    text: Text
    label: str = ""
    sign: Role | None = None
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One object of a list: its sign, what it is, from which version to which, what happens, and the rows of it."""

    sign: Role | None
    name: str
    versions: str = ""
    text: Text = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Objects, one below the other, indented by `indent`."""

    items: tuple[Item, ...]
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One cost: what it is and how much."""

    label: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Costs, to be read at a glance."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence or line of its own. If it is too long, its further lines are indented by `hang`."""

    text: Text
    hang: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A fact, and the lines that belong to it, indented below."""

    lead: Text
    rest: tuple[Text, ...] = ()
    deep: bool = False
    """Indent the rest by four instead of two."""


Block = Line | Items | Figures | Paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A screen: sections, a blank line between them."""

    sections: tuple[tuple[Block, ...], ...]

    def __add__(self, other: "View") -> "View":
        return View(sections=self.sections + other.sections)


def screen(*sections: Iterable[Block]) -> View:
    """A view of these sections; empty ones are left out."""
    solid = (tuple(section) for section in sections)
    return View(sections=tuple(section for section in solid if section))


def folded(total: int, limit: int) -> tuple[int, int]:
    """How many of a long list are shown, and how many are folded away; one alone is never folded away."""
    return (total, 0) if total <= limit + 1 else (limit, total - limit)
