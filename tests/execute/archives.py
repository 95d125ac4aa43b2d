"""Trees whose images come in one archive, and what became of them."""

from collections.abc import Mapping
from pathlib import Path

from reconciler.core.desired import Desired
from reconciler.core.uploads import Archive
from reconciler.execute import Archives
from reconciler.simulator.world import Dataset
from tests.execute.world import World

DECLARED: Mapping[str, str | None] = {"wave": "waves.", "jump": "jumps.", "sit": "sits."}
NONE: Mapping[str, str | None] = dict.fromkeys(DECLARED)


def advanced(world: World, images: Mapping[str, str | None], **options: object) -> Desired:
    """A tree with an advanced dataset of these images (name to declared caption or None)."""
    return world.tree(images, uploads=Archive(), **options)  # type: ignore[arg-type]


def attempts(world: World) -> int:
    """How many archives the API took, whatever became of them."""
    return world.commits("POST", "/images/bulk-upload")


def stored(archives: Archives) -> list[Path]:
    """The archives in a store."""
    return sorted(Path(archives.store.name.path).rglob("*.zip"))


def remove_archives(archives: Archives) -> None:
    """Take away what the API is about to fetch."""
    for path in stored(archives):
        path.unlink()


def newest(world: World) -> Dataset:
    """The completed dataset that was made last."""
    return [dataset for dataset in world.datasets() if dataset.status == "completed"][-1]
