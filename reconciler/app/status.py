"""What a plan does not tell of the live side: what git does not know, and the checkpoints of trainings."""

from collections.abc import Iterator

from reconciler.app.planning import Planned
from reconciler.core.change import RenameChange
from reconciler.core.diff.account_index import AccountIndex
from reconciler.render.status import Stray, Surroundings


def surroundings(planned: Planned) -> Surroundings:
    """Out of what was observed for the plan; nothing more is asked."""
    models = planned.observed.models.values()
    checkpoints = {(model.kind, model.id): model.checkpoint_steps for model in models if model.checkpoint_steps}
    return Surroundings(strays=tuple(_strays(planned)), checkpoints=checkpoints)


def _strays(planned: Planned) -> Iterator[Stray]:
    """Projects that no manifest names, then what no manifest declares in any project."""
    index, ours = AccountIndex(planned.observed), set(planned.project_ids.values())
    moves = [change for change in planned.plan.changes if isinstance(change, RenameChange)]
    moving = {(item.kind, item.id) for change in moves for item in change.objects}
    named = {project.project_name for project in planned.desired.projects.values()}
    for project in planned.observed.projects.values():
        if project.id not in ours and project.project_name not in named:
            yield Stray(kind=project.kind, id=project.id, name=project.name)
    for project_id in sorted(planned.observed.projects):
        for live in index.strays(project_id, planned.desired):
            if (live.kind, live.id) not in moving:
                yield Stray(kind=live.kind, id=live.id, name=live.name, project_id=project_id)
