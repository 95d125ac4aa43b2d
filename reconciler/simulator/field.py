"""One field of a request body, as the documents describe it."""

from dataclasses import dataclass
from typing import Final, Literal

from reconciler.simulator.answer_keys import ERAS

LEGACY: Final = ("legacy",)
MIXED: Final = ("mixed",)
CURRENT: Final = ("current",)
WITH_PREFIX: Final = ("legacy", "mixed")
WITH_SCHEMA: Final = ("mixed", "current")

FieldKind = Literal["text", "flag", "id", "integer", "number", "texts", "object"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One documented field: its type, whether it must be there, which values it takes, and which eras know it.

    `switch` decides what becomes of the field in `switch_eras`, which do not know it: with the value `honoured` it is
    taken as if it were documented, with `400_message` it is refused. `span` are the least and the greatest number that
    the documents of generation name; `lax` is for a flag that may be sent as 0 or 1.
    """

    name: str
    kind: FieldKind = "text"
    required: bool = False
    values: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    filled: bool = False
    span: tuple[float, float] | None = None
    lax: bool = False
    eras: tuple[str, ...] = ERAS
    switch: str = ""
    switch_eras: tuple[str, ...] = ()
