"""How long a comment may get: steps from everything to names alone, tried in turn until one fits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """What one step shows: light rows of each list (None: all), characters of a text and of a name.

    A brief one gives what costs or destroys by name alone, and what is refused by rule.
    """

    rows: int | None = None
    words: int = 160
    name: int = 120
    is_brief: bool = False


STEPS = (
    Length(),
    Length(rows=200),
    Length(rows=50, words=80),
    Length(rows=10, words=60),
    Length(rows=0, words=60),
    Length(rows=0, words=20, name=60),
    Length(rows=0, name=120, is_brief=True),
    Length(rows=0, name=40, is_brief=True),
    Length(rows=0, name=24, is_brief=True),
    Length(rows=0, name=14, is_brief=True),
)
