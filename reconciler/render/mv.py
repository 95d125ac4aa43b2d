"""What `mv` says of the next plan: what it renames, and what that costs."""

from collections.abc import Iterable

from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.text import count
from reconciler.render.view import Line, Role, View, say, screen


def moved_view(old: Ref, new: Ref, plan: Plan, *, is_renamed: bool, absent_in: Iterable[str], is_written: bool) -> View:
    """`is_renamed` says that live objects bear the old name. `absent_in` are overlays that declare the object absent."""
    cost = plan.cost
    costs = f"{count(cost.uploads, 'upload')}, {count(cost.trainings, 'training')}"
    if is_renamed:
        what = "project" if not old.kind.has_versions else "live versions"
        text = f"The next plan renames the {what} of {old}: {costs}. Once that is applied, `moved` can be removed."
    else:
        text = f"Nothing live bears the name {old.name}, so the next plan renames nothing: {costs}."
    return screen(
        [Line(text=say(f"{old} {'becomes' if is_written else 'would become'} {new}."))],
        [Line(text=say(text))],
        [Line(text=say(one.summary, Role.REFUSED)) for one in plan.refusals],
        [Line(text=say(_left(old, name))) for name in absent_in],
        [Line(text=say(f"Scripts and workflows that name {old} are not looked at."))],
    )


def moved_gallery_view(old: str, new: str, *, approvals: int, is_written: bool) -> View:
    """What is said of a gallery, of which nothing is live. `approvals` go on counting under the new name."""
    verb = "becomes" if is_written else "would become"
    kept = (
        f" {count(approvals, 'approval')} of it {'goes' if approvals == 1 else 'go'} on counting." if approvals else ""
    )
    return screen(
        [Line(text=say(f"gallery/{old} {verb} gallery/{new}."))],
        [
            Line(
                text=say(
                    f"Nothing of a gallery is live, so there is nothing to apply.{kept} Commit all of it together."
                )
            )
        ],
        [Line(text=say(f"Scripts, workflows and .gitattributes that name {old} are not looked at."))],
    )


def _left(old: Ref, overlay: str) -> str:
    return (
        f"In overlays/{overlay}.yaml it is absent. Versions that are still live there as {old.name} are not found under the "
        "new name: apply there first."
    )
