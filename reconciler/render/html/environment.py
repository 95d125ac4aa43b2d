"""The templates of all HTML pages, and the one gate between values and markup.

What a person or the API wrote is shown as it is and does nothing. Escaping is Jinja2's, switched on for everything. The gate
comes before it: characters that cannot be seen are spelled out, and the query of an address, which may be signed, is cut off.
"""

from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from reconciler.core.text import visible
from reconciler.render.address import unsigned


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


def gate(value: object) -> object:
    """What may be printed in place of a value. Jinja2 calls it for every expression of a template.

    Markup is what a macro of a template made. A value cannot become it, since the filter `safe` is taken away.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool) or value is None:
        raise TypeError(f"{value!r} is no text")
    return value if isinstance(value, int) else visible(unsigned(str(value)))
