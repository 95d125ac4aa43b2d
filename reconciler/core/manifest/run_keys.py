"""Keys that `reconciler.yaml` and the overlays share: how a run goes, and for which account."""

from typing import Annotated

from reconciler.core.account import Account
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.strict import Strict
from reconciler.core.problem import Problem
from reconciler.core.ref import NAME_LIMIT, is_name
from reconciler.core.text import quoted
from reconciler.core.typed import Key, keys_of
from reconciler.core.value import dataclass

Number = Annotated[int | None, Key(ge=0, le=1_000_000)]
Percent = Annotated[int | None, Key(ge=0, le=100)]
LiveId = Annotated[int, Key(ge=1, lt=2**63)]


def numbers_in(file: Strict) -> dict[str, int]:
    """The numbers that a part of a file says, by name."""
    told = ((name, getattr(file, name)) for name, _ in keys_of(type(file)).values())
    return {name: number for name, number in told if number is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsFile(Strict):
    """What one apply may do without being asked."""

    trainings: Annotated[int | None, Key(ge=0, le=10_000)] = None
    caption_rewrites: Number = None
    image_removals_percent: Percent = None
    uploads: Number = None
    image_removals: Number = None
    deletions: Number = None
    deletions_percent: Percent = None
    generations: Annotated[int | None, Key(ge=0, le=10_000)] = None

    @property
    def said(self) -> dict[str, int]:
        """The limits that are there, by name."""
        return numbers_in(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFile(Strict):
    """Which account the token must be of."""

    name: Annotated[
        str,
        Key(
            description="What the account is called in plans, reviews and CI.",
            schema={"pattern": "^[a-z0-9]([a-z0-9-]{0,26}[a-z0-9])?$"},
        ),
    ]
    project: Annotated[LiveId, Key(description="The id of a live project that the account must hold.")]


def account_of(found: AccountFile | None) -> Account | None:
    """The account as a value; None where none is pinned."""
    return None if found is None else Account(name=found.name, project=found.project)


def account_problems(found: AccountFile | None, document: Document, rule: str) -> tuple[Problem, ...]:
    """What the types let pass: a name that could not stand in the names of CI."""
    if found is None or is_name(found.name):
        return ()
    return (
        Problem(
            rule=f"{rule}-account",
            location=document.at("account", "name"),
            summary=f"{quoted(found.name, 60)} is no name for an account",
            detail="Groups, artifacts and comments of CI bear it.",
            remedy=f"Use lower-case letters, digits and hyphens, at most {NAME_LIMIT}, such as brand.",
        ),
    )
