"""The model that draws, as its manifest describes it."""

from reconciler.core.desired import DesiredModel, DesiredProject
from reconciler.core.order import Drawer


def declared_drawer(model: DesiredModel, project: DesiredProject) -> Drawer:
    """Its prefix and its checkpoints are known to the account alone."""
    is_expert = model.training_mode == "expert"
    return Drawer(ref=model.ref, version=model.training_version, medium=project.ip_medium, is_expert=is_expert)
