"""When two values of records are the same."""

from reconciler.core.strictjson import Value


def is_same(one: Value, other: Value) -> bool:
    """1 and 1.0 are one number, and true is none."""
    return isinstance(one, bool) is isinstance(other, bool) and one == other
