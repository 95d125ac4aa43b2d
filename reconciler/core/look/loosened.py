"""What a change of `reconciler.yaml` allows that was not allowed before.

A report says it, because this is how somebody could get around a limit: raise it in the request that goes over it.
"""

from collections.abc import Iterator, Mapping

from reconciler.core.account import Account
from reconciler.core.limit import LIMIT_NAMES, Limits
from reconciler.core.refusal import Note

LOOSER = "limit-looser"
NO_EXPECT = "expect-gone"
OTHER_ACCOUNT = "account-changed"


def loosened(before: Limits, after: Limits) -> Iterator[Note]:
    """A note for each limit that lets more through."""
    for name in LIMIT_NAMES:
        then, now = getattr(before, name), getattr(after, name)
        if then is not None and (now is None or now > then):
            text = f"this change loosens limits.{name} from {then:,} to {'no limit' if now is None else f'{now:,}'}"
            yield Note(rule=LOOSER, ref=None, text=text)


def forgotten(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Note]:
    """A note for each number that the tree no longer says it expects."""
    for name in sorted(before.keys() - after.keys()):
        text = f"this change takes away expect.{name}, which was {before[name]:,}"
        yield Note(rule=NO_EXPECT, ref=None, text=text)


def repinned(before: Account | None, after: Account | None) -> Iterator[Note]:
    """A note where another account is pinned, or none any more."""
    if before is not None and before != after:
        now = "no account is pinned" if after is None else f"the account is {after}"
        yield Note(rule=OTHER_ACCOUNT, ref=None, text=f"with this change {now}; it was {before}")
