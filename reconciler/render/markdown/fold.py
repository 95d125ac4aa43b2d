"""A list behind a line that counts it."""

from collections.abc import Sequence


def folded(title: str, lines: Sequence[str], rows: int | None) -> tuple[str, ...]:
    """Blocks of a list that can be opened, its first `rows` (None: all). `title` is our own words: it stands in HTML."""
    shown = lines if rows is None else lines[:rows]
    if not lines:
        return ()
    if not shown:
        return (f"{title}.",)
    rest = [f"- … and {len(lines) - len(shown):,} more"] if len(shown) < len(lines) else []
    return (f"<details><summary>{title}</summary>", "\n".join([*shown, *rest]), "</details>")
