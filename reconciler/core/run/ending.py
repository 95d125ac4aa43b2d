"""How an action ends: its outcome, the words for people, and the reason that the report needs to know."""

from dataclasses import replace

from reconciler.core.event import EndReason, Outcome
from reconciler.core.value import dataclass

ANOTHER_APPLY = "another apply is at work"
INTERRUPTED = "interrupted"
WAITS_FOR_CAPTIONS = "waits for captions"
NO_CAPACITY = "no capacity at the API: the next apply goes on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an action ended, before it is told: what `Finished` will carry. `detail` is for people and never read back."""

    outcome: Outcome
    detail: str = ""
    id: int | None = None
    exit_code: int = 0
    reason: EndReason | None = None


def succeeded(detail: str, live_id: int | None = None, exit_code: int = 0) -> Ending:
    """The effect is live."""
    return Ending(outcome=Outcome.SUCCEEDED, detail=detail, id=live_id, exit_code=exit_code)


def already(detail: str, live_id: int | None = None) -> Ending:
    """The effect was live before, and nothing was sent."""
    return replace(succeeded(detail, live_id), reason=EndReason.NOTHING_TO_DO)


def name_kept(detail: str, live_id: int) -> Ending:
    """An adopted object keeps the name that people gave it. Nothing depends on it."""
    return replace(succeeded(detail, live_id), reason=EndReason.NAME_KEPT)


def failed(detail: str, live_id: int | None = None, exit_code: int = 1) -> Ending:
    """The effect is not live, or not as it must be."""
    return Ending(outcome=Outcome.FAILED, detail=detail, id=live_id, exit_code=exit_code)


def skipped(detail: str, exit_code: int = 0) -> Ending:
    """Nothing was done, and a later run will do it."""
    return Ending(outcome=Outcome.SKIPPED, detail=detail, exit_code=exit_code)


def unknown(detail: str, live_id: int | None = None) -> Ending:
    """A request may or may not have been done, and looking could not tell."""
    return Ending(outcome=Outcome.UNKNOWN, detail=detail, id=live_id, exit_code=1)


def trained(live_id: int) -> Ending:
    """The training of a model has ended well."""
    return replace(succeeded(f"trained (id {live_id})", live_id), reason=EndReason.TRAINED)


def waits_for_captions() -> Ending:
    """Captions have not arrived, and this run was told not to wait for them."""
    return replace(skipped(WAITS_FOR_CAPTIONS), reason=EndReason.WAITS_FOR_CAPTIONS)


def no_capacity(message: str) -> Ending:
    """The API takes no training now; `message` is what it said."""
    return replace(skipped(f"{NO_CAPACITY} ({message})" if message else NO_CAPACITY), reason=EndReason.NO_CAPACITY)


def another_apply(detail: str, live_id: int) -> Ending:
    """Somebody else works on the same draft; which apply goes on is decided, and this one does not."""
    ending = failed(f"{ANOTHER_APPLY}: {detail}", live_id, exit_code=4)
    return replace(ending, reason=EndReason.ANOTHER_APPLY)


def other_family(detail: str, live_id: int) -> Ending:
    """What was just made is of another family than the manifests declare: nothing more is sent."""
    return replace(failed(detail, live_id, exit_code=4), reason=EndReason.OTHER_FAMILY)


def interrupted(*, under_way: bool = False, sent: bool = False) -> Ending:
    """A person stopped the run: while a request was under way, between two requests, or before the first."""
    if under_way:
        ending = unknown(f"{INTERRUPTED} while a request was under way; the next apply looks what became of it")
    elif sent:
        ending = failed(f"{INTERRUPTED} half-way; the next apply goes on from there")
    else:
        ending = skipped(INTERRUPTED, exit_code=1)
    return replace(ending, reason=EndReason.INTERRUPTED)


def left_by(need: str, ending: Ending, *, has_begun: bool) -> Ending:
    """The ending of an action that ran ahead of the election that `need` waited for, and lost."""
    if not has_begun:
        return skip_for(need, ending)
    return failed(f"stopped half-way: a need failed: {need}", exit_code=ending.exit_code)


def skip_for(need: str, ending: Ending) -> Ending:
    """The ending of an action one of whose needs did not succeed; a skipped need passes its own reason on."""
    if ending.outcome is Outcome.SKIPPED:
        return replace(ending, id=None)
    if ending.outcome is Outcome.UNKNOWN:
        return skipped(f"it is unknown whether a need was done: {need}")
    return skipped(f"a need failed: {need}")
