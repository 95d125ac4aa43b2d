"""What guides captions, in both families: a prefix in words, or a visual schema, which is JSON in a string.

Captions of the schema family are JSON in a string too. The API's documents publish no inner schema for either, so any JSON
object is taken. Small faults are those that can be mended without asking: a comma too many, a bracket that is missing
at the end.
"""

import hashlib
import json
import re
from dataclasses import replace
from typing import Final

from reconciler.simulator.captioner import caption
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import Dataset, Image, World

Structure = dict[str, object]

_STYLES: Final = ("flat shapes", "watercolour", "ink outlines", "soft shading", "collage", "line drawing")
_COLOURS: Final = (
    "muted earth tones",
    "primary colours",
    "pastel colours",
    "black and white",
    "cold blues",
    "warm reds",
)
_LIGHTS: Final = ("even light", "light from the left", "back light", "low contrast", "strong shadows")
_MOODS: Final = ("calm", "playful", "solemn", "lively", "plain")


def read_structure(text: str) -> Structure | None:
    """The JSON object in a text, or None where there is none; a constant that JSON does not have is none."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _refuse_constant(text: str) -> object:
    raise ValueError(f"{text} is not JSON")


def mended(text: str) -> Structure | None:
    """The JSON object in a text, small faults mended; None where it is beyond that."""
    document = read_structure(text)
    if document is None:
        shorter = re.sub(r",(\s*)(?=[}\]]|\Z)", r"\1", text.strip())
        missing = "".join({"{": "}", "[": "]"}[letter] for letter in reversed(_left_open(shorter)))
        document = read_structure(re.sub(r",(\s*)(?=[}\]])", r"\1", shorter + missing))
    return document


def _left_open(text: str) -> list[str]:
    """The brackets that are opened outside of strings and never closed."""
    opened: list[str] = []
    for letter in re.sub(r'"(?:\\.|[^"\\])*"', "", text):
        if letter in "{[":
            opened.append(letter)
        elif letter in "}]" and opened:
            opened.pop()
    return opened


def canonical(document: Structure) -> str:
    """A document as text: keys sorted, no blanks."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stored_schema(text: str, rule: str) -> str | None:
    """A visual schema as it is stored under a value of `schema_roundtrip`; None where it is not JSON."""
    document = mended(text) if rule == "autocorrected" else read_structure(text)
    if document is None or rule == "verbatim":
        return None if document is None else text
    return canonical(document) if rule == "canonical_json" else json.dumps(document, ensure_ascii=False, indent=2)


def stored_caption(text: str, *, mend: bool) -> str | None:
    """A caption as it is stored: verbatim where it is JSON, written anew where it was mended, None beyond that."""
    if read_structure(text) is not None:
        return text
    document = mended(text) if mend else None
    return None if document is None else json.dumps(document, ensure_ascii=False)


def structured_caption(schema: str, image_name: str | None, sha256: str) -> str:
    """The automatic caption for a schema and a picture; spelling the same schema otherwise does not change it."""
    document = read_structure(schema)
    sentence = caption(schema if document is None else canonical(document), image_name, sha256)
    action, _, light = sentence.rstrip(".").rpartition(", ")
    return json.dumps({"short_description": sentence, "action": action, "lighting": light}, ensure_ascii=False)


def suggested_schema(pictures: list[str]) -> str:
    """The visual schema suggested for some pictures, given as digests."""
    digest = hashlib.sha256("\0".join(sorted(pictures)).encode()).digest()
    chosen = {"style": _STYLES, "colors": _COLOURS, "lighting": _LIGHTS, "mood": _MOODS}
    return json.dumps({key: words[digest[at] % len(words)] for at, (key, words) in enumerate(chosen.items())})


def refined(document: Structure, instruction: str) -> str:
    """A document with an instruction worked in: here, added to a list of its own."""
    before = document.get("refinements")
    kept = before if isinstance(before, list) else []
    return json.dumps({**document, "refinements": [*kept, instruction]}, ensure_ascii=False)


def with_automatic_caption(dataset: Dataset, image: Image, guide: str | None, now: float) -> Image:
    """An image with the caption that the API writes for a guide; with none where there is no visual schema yet."""
    text: str | None
    if guide is None:
        text = None
    elif dataset.family == "schema":
        text = structured_caption(guide, image.image_name, image.sha256)
    else:
        text = caption(guide, image.image_name, image.sha256)
    return replace(image, caption=text, caption_source=None if text is None else "automatic", updated=now)


def with_captions_source(world: World, switches: Switches, dataset: Dataset) -> Dataset:
    """An advanced dataset after its captions changed; `captions_source` may follow them."""
    if dataset.captions_source is None or switches["captions_source_after_edit"] == "unchanged":
        return dataset
    manual = any(image.caption_source == "manual" for image in world.images.of(dataset.id))
    return replace(dataset, captions_source="manual" if manual else "automatic")
