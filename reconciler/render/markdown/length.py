"""How long a comment may get: steps from everything to names alone, tried in turn until one fits."""

from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """What one step shows: light rows of each list (None: all), characters of a text and of a name.

    A brief one gives what costs or destroys by name alone, and refusals that say the same once; `asides` are the rows of
    findings, take-overs and notes that it has left. A terse one gives refusals by rule and object.
    """

    rows: int | None = None
    words: int = 160
    name: int = 120
    asides: int | None = None
    is_brief: bool = False
    is_terse: bool = False

    @property
    def is_whole(self) -> bool:
        """Is nothing left out?"""
        return self.rows is None


STEPS = (
    Length(),
    Length(rows=200, asides=200),
    Length(rows=50, asides=50, words=80),
    Length(rows=10, asides=10, words=60),
    Length(rows=0, asides=10, words=60),
    Length(rows=0, asides=0, words=60),
    Length(rows=0, asides=0, words=20, name=60),
    Length(rows=0, asides=50, name=120, is_brief=True),
    Length(rows=0, asides=10, name=120, is_brief=True),
    Length(rows=0, asides=0, name=120, is_brief=True),
    Length(rows=0, asides=10, name=40, is_brief=True),
    Length(rows=0, asides=0, name=40, is_brief=True),
    Length(rows=0, asides=0, name=24, is_brief=True),
    Length(rows=0, asides=0, name=120, is_brief=True, is_terse=True),
    Length(rows=0, asides=0, name=40, is_brief=True, is_terse=True),
    Length(rows=0, asides=0, name=24, is_brief=True, is_terse=True),
    Length(rows=0, asides=0, name=14, is_brief=True, is_terse=True),
)
