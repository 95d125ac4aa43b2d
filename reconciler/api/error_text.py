"""What an error answer says, as one safe line, from any of the shapes that it may have (D03)."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from reconciler.core.strictjson import loads
from reconciler.core.text import shown

LIMIT: Final = 200
"""Characters of foreign text in a message."""

_BYTES_READ: Final = 16 * 1024
_LOOKED_AT: Final = 4 * 1024
"""Characters that patterns are applied to. On hostile text their time grows with the square of its length."""

_WORDS = ("message", "msg", "detail", "details", "error", "errors", "title", "description")
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_SIGNED = re.compile(r"(https?://[^\s\"'<>?#]+)[?#][^\s\"'<>]*", re.IGNORECASE)


def error_text(body: bytes, mask: Callable[[str], str]) -> str:
    """The words of an error body, masked, without queries of URLs, on one line of at most 200 characters.

    Empty if the body says nothing.
    """
    # Masked twice: first the raw text, so that nothing later works on a token; then again in `safe`, because reading
    # JSON may have unescaped a token that the first pass could not see.
    text = mask(body[:_BYTES_READ].decode("utf-8", "replace"))
    try:
        document = loads(text)
    except ValueError:
        found = _plain(text)
    else:
        found = "; ".join(dict.fromkeys(_sentences(document)))
    return safe(found, mask)


def safe(text: str, mask: Callable[[str], str]) -> str:
    """Foreign text for a message: masked, without queries of URLs, visible, one line, at most 200 characters."""
    line = shown(_SIGNED.sub(r"\1", " ".join(mask(text)[:_LOOKED_AT].split())), LIMIT)
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"


def _plain(text: str) -> str:
    """The text of a page, or of a body that is not JSON."""
    text = text[:_LOOKED_AT]
    bare = _TAG.sub(" ", text)
    return f"an HTML page: {bare.strip() or 'without text'}" if bare != text else text


def _sentences(document: object, depth: int = 0) -> Iterator[str]:
    """The sentences of a JSON error body, wherever a documented shape has them."""
    if depth > 4:
        return
    if isinstance(document, str):
        yield document
    elif isinstance(document, list):
        for item in document[:5]:
            yield from _sentences(item, depth + 1)
    elif isinstance(document, Mapping):
        field = document.get("field_name")
        for word in _WORDS:
            for sentence in _sentences(document.get(word), depth + 1):
                yield f"{field}: {sentence}" if isinstance(field, str) and field else sentence
