"""JSON texts in files of people: a new value keeps the order of keys, the indentation and the line ends of the old text."""

import json
import re

from reconciler.core.strictjson import Value


def json_text(value: Value, like: str) -> bytes:
    """A JSON text in the manner of another one: its indentation, its line ends, its last line end."""
    indent = re.search(r"\n([ \t]+)\S", like)
    is_flat = bool(like.strip()) and indent is None
    text = json.dumps(value, ensure_ascii=False, indent=None if is_flat else indent[1] if indent else 2)
    if not like or like.endswith("\n"):
        text += "\n"
    return text.replace("\n", "\r\n" if "\r\n" in like else "\n").encode()


def in_order_of(before: Value, after: Value) -> Value:
    """The value `after`, with the keys that it shares with `before` in the order that they have there."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    keys = [*(key for key in before if key in after), *(key for key in after if key not in before)]
    return {key: in_order_of(before.get(key), after[key]) for key in keys}
