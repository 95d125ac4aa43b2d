"""Keys that `reconciler.yaml` and the overlays share: how a run goes, and for which account."""

# mypy: disable-error-code="explicit-any"
# Pydantic gives every model a signature of its own, with Any in it; no Any is written here.

from typing import Annotated

from pydantic import Field

from reconciler.core.account import Account
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.strict import Strict
from reconciler.core.problem import Problem
from reconciler.core.ref import NAME_LIMIT, is_name
from reconciler.core.text import quoted

Number = Annotated[int | None, Field(ge=0, le=1_000_000)]
Percent = Annotated[int | None, Field(ge=0, le=100)]
LiveId = Annotated[int, Field(ge=1, lt=2**63)]


class LimitsFile(Strict):
    """What one apply may do without being asked."""

    trainings: Annotated[int | None, Field(ge=0, le=10_000)] = None
    caption_rewrites: Number = None
    image_removals_percent: Percent = None
    uploads: Number = None
    image_removals: Number = None
    deletions: Number = None
    deletions_percent: Percent = None
    generations: Annotated[int | None, Field(ge=0, le=10_000)] = None

    @property
    def said(self) -> dict[str, int]:
        """The limits that are there, by name."""
        return self.model_dump(exclude_none=True)


class AccountFile(Strict):
    """Which account the token must be of."""

    name: str = Field(
        description="What the account is called in plans, reviews and CI.",
        json_schema_extra={"pattern": "^[a-z0-9]([a-z0-9-]{0,26}[a-z0-9])?$"},
    )
    project: LiveId = Field(description="The id of a live project that the account must hold.")


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
