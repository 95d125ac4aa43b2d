"""Which steps a change of each kind takes. A kind without a live side has no row here."""

from collections.abc import Callable, Iterable, Mapping

from reconciler.core.action import Action
from reconciler.core.change import Change
from reconciler.core.kind import Kind
from reconciler.core.planning.dataset import dataset_actions
from reconciler.core.planning.first_steps import FirstSteps
from reconciler.core.planning.model import model_actions
from reconciler.core.planning.project import project_actions

ACTIONS: Mapping[Kind, Callable[[Change, FirstSteps], Iterable[Action]]] = {
    Kind.PROJECT: project_actions,
    Kind.DATASET: dataset_actions,
    Kind.MODEL: model_actions,
}
"""The steps of each kind; none for changes that are alike for all kinds, which are renames and removals."""
