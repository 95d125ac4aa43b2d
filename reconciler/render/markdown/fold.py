"""A list behind a line that counts it."""

from collections.abc import Sequence

from reconciler.render.markdown.length import Length


def folded(title: str, lines: Sequence[str], length: Length) -> tuple[str, ...]:
    """Blocks of a list that can be opened, as far as there is room. `title` is our own words: it stands in HTML."""
    shown = lines if length.rows is None else lines[: length.rows]
    if not lines:
        return ()
    if not shown:
        return (f"{title}.",)
    rest = [f"- … and {len(lines) - len(shown):,} more"] if len(shown) < len(lines) else []
    return (f"<details><summary>{title}</summary>", "\n".join([*shown, *rest]), "</details>")
