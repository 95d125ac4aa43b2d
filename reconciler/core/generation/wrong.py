"""What is wrong with an order: a clause, and the flag that it is about, so that a file can be shown the place."""

from collections.abc import Callable
from typing import Final

from reconciler.core.value import dataclass

Say = Callable[[str], str]
"""How a flag is called where a person wrote it: `--aspect-ratio` on the command line, `aspect_ratio` in a manifest."""

_KEYS: Final = {
    "guide": "guidance",
    "image-prompt-mode": "image_prompt.mode",
    "image-prompt-scale": "image_prompt.scale",
    "structure-influence": "structure.influence",
    "id-strength": "person.id_strength",
    "checkpoint": "a checkpoint",
    "slow": "fast: false",
    "fast": "fast: true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One fact about a flag."""

    flag: str
    words: str


def as_option(flag: str) -> str:
    """As the command line has it."""
    return f"--{flag}"


def as_key(flag: str) -> str:
    """As a case of a gallery has it: `image_prompt.mode`, `kind: portrait`."""
    name, _, value = flag.partition(" ")
    key = _KEYS.get(name, name.replace("-", "_"))
    return f"{key}: {value}" if value else key


def steps_of(flag: str) -> tuple[str, ...]:
    """The steps from a case to the value of a flag."""
    return tuple(as_key(flag).partition(":")[0].split("."))
