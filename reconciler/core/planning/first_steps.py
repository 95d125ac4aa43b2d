"""What a plan does first: what the steps of a change have to wait for."""

from collections.abc import Mapping
from dataclasses import field

from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """Ids of the actions that make a project or rename an object, by ref; and what else is known before any step.

    `project_ids` holds the projects that are live already, `made` the last action of each object that this plan makes a
    version of.
    """

    project_ids: Mapping[Ref, int]
    ids: dict[Ref, tuple[str, ...]] = field(default_factory=dict)
    made: dict[Ref, tuple[str, ...]] = field(default_factory=dict)

    def needs(self, *refs: Ref) -> tuple[str, ...]:
        """The actions that must have succeeded before anything is done that stands on these objects."""
        return tuple(id_ for ref in refs for id_ in self.ids.get(ref, ()))
