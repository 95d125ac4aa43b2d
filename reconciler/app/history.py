"""All live versions of one manifest, from the account that was observed for the plan: no further call."""

from collections.abc import Sized

from reconciler.app.exceptions import undeclared
from reconciler.app.planning import Planned
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.election import Member, ModelMember
from reconciler.core.kind import Kind
from reconciler.core.look.history import History, dataset_entries, model_entries
from reconciler.core.look.in_force import in_force
from reconciler.core.ref import Ref


def history_of(planned: Planned, ref: Ref) -> History:
    """The versions of a dataset or model. Raises WrongUsage if neither the tree nor the live side knows it.

    An object that no manifest declares is looked for by its name in every project.
    """
    index = AccountIndex(planned.observed)
    declared = is_declared(planned, ref)
    entries: History
    if ref.kind is Kind.MODEL:
        aliases = [alias for alias in planned.plan.aliases if alias.ref == ref]
        models = model_entries(models_of(planned, index, ref), index, in_force(planned.plan, ref), aliases)
        entries = History(ref=ref, entries=models, is_declared=declared)
    else:
        datasets = dataset_entries(datasets_of(planned, index, ref), index, in_force(planned.plan, ref))
        entries = History(ref=ref, entries=datasets, is_declared=declared)
    require_known(planned, ref, entries.entries)
    return entries


def require_known(planned: Planned, ref: Ref, versions: Sized) -> None:
    """Raises WrongUsage for an object that no manifest declares and that has no live version."""
    if not versions and not is_declared(planned, ref):
        raise undeclared(ref, planned.desired.refs, ", and nothing live bears its name")


def is_declared(planned: Planned, ref: Ref) -> bool:
    """Does a manifest of the tree ask for it?"""
    return ref in planned.desired.refs


def datasets_of(planned: Planned, index: AccountIndex, ref: Ref) -> tuple[Member, ...]:
    """The live versions of a dataset in its project; in any project if no manifest declares it."""
    if not is_declared(planned, ref):
        return index.datasets_anywhere(ref.name)
    return index.datasets(ref.name, planned.project_ids.get(planned.desired.project_of(ref)))


def models_of(planned: Planned, index: AccountIndex, ref: Ref) -> tuple[ModelMember, ...]:
    """The live versions of a model in its project; in any project if no manifest declares it."""
    if not is_declared(planned, ref):
        return index.models(ref.name, None)
    project = planned.project_ids.get(planned.desired.project_of(ref))
    return () if project is None else index.models(ref.name, project)
