"""What guides the captions of a dataset: a text that each caption continues, or a JSON document that each follows.

This module alone knows how the two families differ. All others hold a `Guide` and ask it.
"""

import json
from collections.abc import Mapping
from typing import ClassVar, Literal

from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.text import normal, same_text
from reconciler.core.value import dataclass

Family = Literal["prefix", "schema"]
"""How a dataset guides its captions, a property of its project: families never mix in one."""

BOTH: frozenset[Family] = frozenset({"prefix", "schema"})

LEGACY_END = "legacy-generation"
"""The rule by which doctor and plan say, and a manifest waives, that models of the prefix family have an announced end."""
LEGACY_END_WORDS = "Bria's page on legacy models: generating with them ends on 2026-07-01"

VERSIONS: Mapping[Family, str] = {"prefix": "max", "schema": "fibo"}
"""The `training_version` that asks for a project or dataset of a family. Versions of the prefix family are alike here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixGuide:
    """The text that every caption continues. A caption is the text after it, so it never holds the prefix itself."""

    family: Literal["prefix"] = "prefix"
    text: str

    field: ClassVar[str] = "caption_prefix"
    """What the API and the manifest call it."""
    noun: ClassVar[str] = "prefix"
    """What a message to people calls it."""
    least_images: ClassVar[int] = 1
    """Images that a dataset needs to be completed."""
    reads_zipped_captions: ClassVar[bool] = True
    """Does the API take captions from texts beside the images of an archive?"""

    @property
    def body(self) -> dict[str, str]:
        """The field as the API takes it."""
        return {self.field: self.text}

    @property
    def line(self) -> str:
        """One line for people, not yet made safe to print."""
        return self.text

    @property
    def canonical(self) -> str:
        """The form in which guides are compared and counted in fingerprints."""
        return normal(self.text)

    @property
    def content(self) -> Value:
        """What is compared with another guide, part by part: here the text as a whole, as it was written."""
        return self.text

    def canonical_caption(self, caption: str) -> str:
        """The form in which captions are compared and counted in fingerprints."""
        return normal(caption)

    def declared_caption(self, text: str) -> str:
        """A caption as git declares it, in the form in which it is sent."""
        return normal(text)

    def own_words(self, caption: str) -> str:
        """A caption without the guide: should the API give the prefix along, it is cut off."""
        text, head = normal(caption), self.canonical
        return text.removeprefix(head).lstrip() if head else text

    def captioning(self, *, is_automatic: bool) -> dict[str, bool]:
        """What the API is told about the captions of an archive; always said, for nobody knows what else holds (V62)."""
        return {"automatic_captioning": is_automatic}

    def is_repeated_by(self, caption: str) -> bool:
        """Does a caption say again what the guide says already?"""
        head = self.canonical
        return bool(head) and normal(caption).startswith(head)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaGuide:
    """The JSON document that every caption follows; captions are JSON documents themselves.

    `text` is the JSON, as the API takes and gives it: a document in a string. Its form does not count: white space, the
    order of keys, and how a number or a character is spelled make no difference.
    """

    family: Literal["schema"] = "schema"
    text: str

    field: ClassVar[str] = "visual_schema"
    noun: ClassVar[str] = "schema"
    least_images: ClassVar[int] = 5
    reads_zipped_captions: ClassVar[bool] = False

    @property
    def document(self) -> Value:
        """The parsed document; BadJson where a live text is none."""
        return loads(self.text)

    @property
    def body(self) -> dict[str, str]:
        """The field as the API takes it."""
        return {self.field: self.text}

    @property
    def line(self) -> str:
        """One line for people, not yet made safe to print."""
        return self.canonical

    @property
    def canonical(self) -> str:
        """The form in which guides are compared and counted in fingerprints."""
        return canonical_json(self.text)

    @property
    def content(self) -> Value:
        """What is compared with another guide, part by part; the text itself where it is no JSON."""
        try:
            return loads(self.canonical)
        except BadJson:
            return self.text

    def canonical_caption(self, caption: str) -> str:
        """The form in which captions are compared and counted in fingerprints."""
        return canonical_json(caption)

    def declared_caption(self, text: str) -> str:
        """A caption as git declares it, in the form in which it is sent: compact JSON, its keys in their order."""
        try:
            return compact_json(loads(text))
        except BadJson:
            return normal(text)

    def own_words(self, caption: str) -> str:
        """A caption without the guide: a JSON caption stands by itself."""
        return normal(caption)

    def captioning(self, *, is_automatic: bool) -> dict[str, bool]:  # noqa: ARG002 - the question is the same for both families
        """What the API is told about the captions of an archive: nothing, it writes each of them."""
        return {}

    def is_repeated_by(self, caption: str) -> bool:  # noqa: ARG002 - the question is the same for both families
        """Does a caption say again what the guide says already? It has to: the schema is what it is made by."""
        return False


Guide = PrefixGuide | SchemaGuide


def family_of_version(version: str | None) -> Family | None:
    """The family that a `training_version` stands for; None where there is none, as at a project that is not bound yet."""
    if not version:
        return None
    return "schema" if version == VERSIONS["schema"] else "prefix"


def field_of(family: Family) -> str:
    """What the API and the manifest call the guide of a family."""
    return PrefixGuide.field if family == "prefix" else SchemaGuide.field


def schema_guide(document: Mapping[str, Value]) -> SchemaGuide:
    """The guide of a document, with its keys in their order; ValueError where it holds a number that JSON has not."""
    return SchemaGuide(text=compact_json(dict(document)))


def compact_json(value: Value) -> str:
    """A JSON text on one line, with keys in their order; ValueError where it holds a number that JSON has not."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def same_guide(one: Guide | None, other: Guide | None) -> bool:
    """Do two guides say the same? One that is not known, or not set yet, equals none but another such."""
    if one is None or other is None:
        return one is other
    return one == other or (one.family == other.family and one.canonical == other.canonical)


def same_caption(guide: Guide | None, one: str | None, other: str | None) -> bool:
    """Do two captions under a guide say the same? Where no guide is known, they are compared as texts.

    A caption that is missing equals none but another such.
    """
    if guide is None or one is None or other is None:
        return same_text(one, other)
    return one == other or guide.canonical_caption(one) == guide.canonical_caption(other)


def canonical_json(text: str) -> str:
    """One text for all JSON texts that mean the same: keys sorted, no spaces, texts in their normal form.

    A number without a fraction is written as an integer, since `1.0` and `1` are one number in JSON. What is no JSON
    keeps its normal form as a text, and so equals no JSON.
    """
    try:
        value = loads(text)
    except BadJson:
        return normal(text)
    return json.dumps(_canonical(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _canonical(value: Value) -> Value:
    match value:
        case str():
            return normal(value)
        case float():
            return int(value) if value.is_integer() else value
        case list():
            return [_canonical(item) for item in value]
        case dict():
            return {key: _canonical(item) for key, item in value.items()}
        case _:
            return value


def default_prefix(ip_medium: str, ip_type: str, ip_name: str | None, ip_description: str | None) -> str | None:
    """The prefix that the API writes for a character, as far as its wording is known; None where it is not.

    Observed for photography: `A photo of a character named Briaphant, a purple skinned elephant, ` (the name re-cased,
    comma and space at the end); the documented illustration form ends with the bare comma.
    """
    if ip_type != "defined_character" or not ip_name or not ip_description:
        return None
    name = " ".join(word.capitalize() for word in ip_name.split())
    if ip_medium == "photography":
        return f"A photo of a character named {name}, {ip_description.strip()}, "
    return f"An illustration of a character named {name}, {ip_description.strip()},"
