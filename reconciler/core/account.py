"""Which account a tree is for: a name that people and CI give it, and a project by which it is known.

A token says nothing about its account. The number of a project does: two accounts never share one.
"""

from collections.abc import Mapping

from reconciler.core.action import CreateProject
from reconciler.core.event import EndReason, Outcome, Report
from reconciler.core.live import Observed
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import count
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account that a tree pins. `project` is the id of a live project that it must hold."""

    name: str
    project: int

    def __str__(self) -> str:
        return f"{self.name} (project {self.project})"

    @property
    def line(self) -> str:
        """The line of YAML that pins it."""
        return f"account: {{name: {self.name}, project: {self.project}}}"


def foreign(account: Account, observed: Observed, place: str) -> Refusal | None:
    """Why nothing may be done with this token; None if its account holds the project. `place` is the file that pins it."""
    if account.project in observed.projects:
        return None
    held = count(len(observed.projects), "other project") if observed.projects else "no project at all"
    return Refusal(
        rule="account-foreign",
        ref=None,
        summary=f"This token is of another account than {account.name}, which is known by its project {account.project}",
        remedies=(
            f"The account of this token holds {held}. Use the token of {account.name}.",
            f"If project {account.project} was deleted, or the number is wrong, correct `account` in {place}.",
        ),
    )


def pin_to_add(
    plan: Plan, report: Report, project_ids: Mapping[Ref, int], *, name: str, versions: int
) -> Account | None:
    """The account as the first apply has found it, for a tree that pins none; None after any later apply.

    It is the first if it made a project, or if no version of any manifest was live before. An account of the other family
    is not one to pin: what was made there is to go. `name` is the account's, if it has one.
    """
    if any(result.reason is EndReason.OTHER_FAMILY for result in report.results):
        return None
    done = {result.action: result.id for result in report.results if result.outcome is Outcome.SUCCEEDED}
    made = {
        action.ref: live_id
        for action in plan.actions
        if isinstance(action.step, CreateProject) and (live_id := done.get(action.id)) is not None
    }
    known = made or (dict(project_ids) if done and not versions else {})
    if not known:
        return None
    ref = min(known)
    return Account(name=name or ref.name, project=known[ref])
