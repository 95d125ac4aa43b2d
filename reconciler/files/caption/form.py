"""How captions stand in people's files: as texts in the prefix family, as JSON documents in the schema family."""

from collections.abc import Mapping
from typing import ClassVar, Final

from reconciler.core.guide import Family, canonical_json, compact_json
from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.text import normal
from reconciler.files.caption.reading import DOCUMENT_SUFFIX, SIDECAR_SUFFIXES
from reconciler.files.json_text import in_order_of, json_text

_BOM = "\ufeff"


class TextForm:
    """Captions are texts."""

    suffixes: ClassVar[tuple[str, ...]] = SIDECAR_SUFFIXES
    """Of the files beside images; the first one for a new file."""

    def takes(self, caption: str) -> bool:  # noqa: ARG002 - the question is the same for both families
        """Can a file hold this live caption?"""
        return True

    def told(self, value: Value) -> str:
        """The caption that a value in a file tells."""
        return normal(str(value))

    def is_same(self, one: str, other: str) -> bool:
        """Do two captions say the same?"""
        return one == other

    def value(self, caption: str, like: Value) -> Value:  # noqa: ARG002 - the question is the same for both families
        """What stands in a caption file for a caption, in the manner of what stands there."""
        return caption

    def line_value(self, caption: str, like: Value) -> Value:  # noqa: ARG002 - the question is the same for both families
        """The same in a `metadata.jsonl`."""
        return caption

    def sidecar(self, caption: str, like: str) -> bytes:  # noqa: ARG002 - the question is the same for both families
        """What a file beside an image holds for a caption."""
        return f"{caption}\n".encode()


class DocumentForm:
    """Captions are JSON documents: mappings in YAML, or JSON in a text."""

    suffixes: ClassVar[tuple[str, ...]] = (DOCUMENT_SUFFIX,)

    def takes(self, caption: str) -> bool:
        """Can a file hold this live caption?"""
        document = _parsed(caption)
        return isinstance(document, dict) and bool(document)

    def told(self, value: Value) -> str:
        """The caption that a value in a file tells."""
        return compact_json(value) if isinstance(value, dict) else normal(str(value))

    def is_same(self, one: str, other: str) -> bool:
        """Do two captions say the same?"""
        return canonical_json(one) == canonical_json(other)

    def value(self, caption: str, like: Value) -> Value:
        """What stands in a caption file for a caption: a mapping, unless JSON in a text stands there."""
        document = in_order_of(_parsed(like), loads(caption))
        return compact_json(document) if isinstance(like, str) else document

    def line_value(self, caption: str, like: Value) -> Value:
        """The same in a `metadata.jsonl`: JSON in a text, unless a mapping stands there."""
        return self.value(caption, like if isinstance(like, dict | str) else "")

    def sidecar(self, caption: str, like: str) -> bytes:
        """What a file beside an image holds for a caption."""
        mark = _BOM if like.startswith(_BOM) else ""
        return mark.encode() + json_text(in_order_of(_parsed(like), loads(caption)), like.removeprefix(_BOM))


CaptionForm = TextForm | DocumentForm

FORMS: Final[Mapping[Family, CaptionForm]] = {"prefix": TextForm(), "schema": DocumentForm()}


def _parsed(value: Value) -> Value:
    """A document, or the one that a text holds; None where there is none."""
    if not isinstance(value, str):
        return value
    try:
        return loads(value.removeprefix(_BOM))
    except BadJson:
        return None
