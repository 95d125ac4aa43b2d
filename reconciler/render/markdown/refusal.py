"""What is refused, and the ways on: one by one, grouped where several say the same, or by rule and object."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.core.text import count
from reconciler.render.markdown.gate import code, prose
from reconciler.render.markdown.length import Length
from reconciler.render.plan_report.report import RefusalReport
from reconciler.render.words import sentence

_Said = tuple[str, str, tuple[str, ...]]
"""A rule, a summary, the ways on."""


def refusals(found: Iterable[RefusalReport], length: Length) -> Iterator[str]:
    """None is ever left out; the shorter the comment, the less is said of each."""
    if length.is_terse:
        yield "\n".join(_by_rule(found, length))
    elif length.is_brief:
        yield "\n".join(_grouped(found, length))
    else:
        yield "\n".join(_listed(one.text, one.ways) for one in found)


def _listed(text: str, ways: Iterable[str]) -> str:
    return "\n".join([f"- {prose(text)}", *(f"  - {prose(way)}" for way in ways)])


def _grouped(found: Iterable[RefusalReport], length: Length) -> Iterator[str]:
    """One entry for all that say the same, then the objects that it is said of."""
    alike: dict[_Said, list[RefusalReport]] = defaultdict(list)
    for one in found:
        alike[one.rule, one.summary, one.ways].append(one)
    for (_, summary, ways), group in alike.items():
        if len(group) == 1:
            yield _listed(group[0].text, ways)
            continue
        names = _names(group, length)
        said = _listed(sentence(None, f"{count(len(group), 'time')}: {summary}"), ways)
        yield said + (f"\n  - {names}" if names else "")


def _by_rule(found: Iterable[RefusalReport], length: Length) -> Iterator[str]:
    """`limit-image-removals-percent`, 6 times."""
    alike: dict[str, list[RefusalReport]] = defaultdict(list)
    for one in found:
        alike[one.rule].append(one)
    for rule, group in alike.items():
        names = _names(group, length)
        number = f", {count(len(group), 'time')}" if len(group) > 1 else ""
        yield f"- {code(rule)}{number}" + (f": {names}" if names else "")


def _names(group: Iterable[RefusalReport], length: Length) -> str:
    return ", ".join(code(str(one.ref), length.name) for one in group if one.ref is not None)
