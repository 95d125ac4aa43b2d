"""What differs from git and who changed it, as a screen and as JSON; what does not serve stands apart."""

from collections.abc import Iterable

from reconciler.core.look.drift_report import Cause, Drift, DriftReport, Ill
from reconciler.core.look.ignore import Ignore
from reconciler.core.reason import Reason
from reconciler.core.strictjson import dumps
from reconciler.core.text import count
from reconciler.render.reason import reason_words
from reconciler.render.state import detail_words
from reconciler.render.view import Block, Item, Items, Line, Role, View, say, screen

_TITLES = {
    Cause.CONSOLE: "Changed in the console:",
    Cause.DELETED: "Deleted since, in the console or by this tool:",
    Cause.EITHER: "Changed in the console, or in git since the last apply:",
    Cause.GIT: "Changed in git since:",
    Cause.PROGRESS: "In progress:",
    Cause.HELD: "Waits for another object:",
}
_ROLES = {
    Cause.CONSOLE: Role.WARNING,
    Cause.DELETED: Role.WARNING,
    Cause.EITHER: Role.WARNING,
    Cause.GIT: Role.STRONG,
    Cause.PROGRESS: Role.QUIET,
    Cause.HELD: Role.REFUSED,
}


def drift_view(found: DriftReport) -> View:
    """The verdict, then each cause with its objects, then what is ignored, then health."""
    sections = [_section(cause, [one for one in found.drifts if one.cause is cause]) for cause in Cause]
    return screen([Line(text=say(_verdict(found), Role.STRONG))], *sections, *_rules(found), _health(found.ills))


def _verdict(found: DriftReport) -> str:
    number = len({one.ref for one in found.drifts if one.differs})
    if not number:
        return f"The live side is as git declares it{', but for what is ignored' if found.ignored else ''}."
    verb = "differs" if number == 1 else "differ"
    return f"{count(number, 'object')} {verb} from what git declares."


def _section(cause: Cause, drifts: list[Drift]) -> list[Block]:
    if not drifts:
        return []
    return [Line(text=say(_TITLES[cause], _ROLES[cause])), _items(drifts)]


def _rules(found: DriftReport) -> list[list[Block]]:
    """What rules of reconciler.yaml leave out, which rules are over, and which are about nothing."""
    ignored = [(str(one.drift.ref), f"{_words(one.drift)} ({one.rule.why})") for one in found.ignored]
    expired = [(str(rule.ref), f"{rule.field} ({rule.why})") for rule in found.expired]
    idle = [(str(rule.ref), f"{rule.field} ({rule.why}): correct `object`, or remove the rule") for rule in found.idle]
    return [
        _listed("Ignored, as reconciler.yaml says:", Role.QUIET, ignored),
        _listed("Over, and no longer ignored:", Role.WARNING, expired),
        _listed("Rules about an object that no manifest declares:", Role.WARNING, idle),
    ]


def _listed(title: str, role: Role, rows: list[tuple[str, str]]) -> list[Block]:
    if not rows:
        return []
    items = tuple(Item(sign=None, name=name, text=say(text)) for name, text in rows)
    return [Line(text=say(title, role)), Items(items=items, indent=2)]


def _health(ills: tuple[Ill, ...]) -> list[Block]:
    if not ills:
        return []
    return [Line(text=say("Does not serve, though git and the live side agree:", Role.PROBLEM)), _items(ills)]


def _items(rows: Iterable[Drift | Ill]) -> Block:
    return Items(items=tuple(Item(sign=None, name=str(one.ref), text=say(_words(one))) for one in rows), indent=2)


def _words(one: Drift | Ill) -> str:
    if isinstance(one, Ill) or one.rest is None:
        return one.text
    if isinstance(one.rest, Reason):
        return f"{one.text}: {reason_words(one.rest)}"
    return ", ".join(part for part in (one.text, detail_words(one.rest)) if part)


def drift_json(found: DriftReport) -> str:
    """`{"differs", "drift": [{"ref", "cause", "text", "differs", "field"}], "ignored", "expired", "idle", "health"}`.

    `ignored` has rows as `drift`, with `reason` and `until`; `expired` and `idle` hold rules, `health` `{"ref", "text"}`.
    """
    rows = {
        "differs": found.differs,
        "drift": [_row(one) for one in found.drifts],
        "ignored": [{**_row(one.drift), **_bounds(one.rule)} for one in found.ignored],
        "expired": [_rule(rule) for rule in found.expired],
        "idle": [_rule(rule) for rule in found.idle],
        "health": [{"ref": str(one.ref), "text": one.text} for one in found.ills],
    }
    return dumps(rows)


def _row(one: Drift) -> dict[str, str | bool]:
    return {
        "ref": str(one.ref),
        "cause": one.cause.value,
        "text": _words(one),
        "differs": one.differs,
        "field": one.field,
    }


def _rule(rule: Ignore) -> dict[str, str]:
    return {"ref": str(rule.ref), "field": rule.field, **_bounds(rule)}


def _bounds(rule: Ignore) -> dict[str, str]:
    return {"reason": rule.reason, "until": "" if rule.until is None else str(rule.until)}
