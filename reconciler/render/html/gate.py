"""The one gate between values and markup: what a person or the API wrote is shown as it is, and does nothing.

Escaping is Jinja2's, switched on for everything. This gate comes before it: characters that cannot be seen are spelled
out, and the query of an address, which may be signed, is cut off.
"""

from markupsafe import Markup

from reconciler.core.text import visible
from reconciler.render.address import unsigned


def gate(value: object) -> object:
    """What may be printed in place of a value; called by Jinja2 for every expression of the template.

    Markup is what a macro of the template made; a value cannot become it, for the filter `safe` is taken away.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool) or value is None:
        raise TypeError(f"{value!r} is no text")
    return value if isinstance(value, int) else visible(unsigned(str(value)))
