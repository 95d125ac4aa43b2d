"""The templates of all HTML pages, set up so that nothing a person or the API wrote becomes markup."""

from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from reconciler.render.html.gate import gate


@cache
def page_template(name: str) -> Template:
    """One template. Values are escaped, and the filter that would undo this is taken away."""
    environment = Environment(
        loader=PackageLoader("reconciler.render.html", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=gate,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    del environment.filters["safe"]
    environment.filters["coded"] = coded
    return environment.get_template(name)


def coded(text: str) -> Iterator[tuple[bool, str]]:
    """A sentence of ours cut at its backticks, as `(is_code, text)`. A last backtick without a partner is text."""
    parts = text.split("`")
    for place, piece in enumerate(parts):
        is_code = place % 2 == 1 and place < len(parts) - 1
        yield is_code, piece if is_code or place % 2 == 0 else f"`{piece}"
