"""The stories of archives: what each change of an advanced dataset costs, in both families.

Git declares every caption. In the prefix family they travel in the archive, in the schema family they are written one by one.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from reconciler.core.desired import Desired
from reconciler.core.limit import Limits
from reconciler.core.run_options import NOTHING_ASKED, RunOptions
from reconciler.core.uploads import Archive
from reconciler.execute import Archives
from tests.execute.world import Ran
from tests.stories.versions import NAMES, Bill, Stage


@dataclass(slots=True, kw_only=True)
class ArchiveStage(Stage):
    """A world in which a story of archives is told, with a store beside it. An upload is an archive."""

    archives: Archives
    upload_path: ClassVar[str] = "/images/bulk-upload"

    def images(self, *names: str, **words: str) -> dict[str, str | None]:
        """Images with their captions, every one declared."""
        names = names or NAMES[self.family]
        captions = {name: f"is called {name}." for name in names} | words
        return {name: self.said(captions[name]) for name in names}

    def tree(self, images: Mapping[str, str | None] | None = None, *, other: bool = False, **words: object) -> Desired:
        """The tree of the beginning with an advanced dataset."""
        return super(ArchiveStage, self).tree(images, other=other, uploads=Archive(), **words)

    async def apply(self, tree: Desired, asked: RunOptions = NOTHING_ASKED, **options: object) -> Ran:
        """Plan and execute, with the store at hand."""
        return await super(ArchiveStage, self).apply(tree, asked, archives=self.archives, **options)


async def first_training(stage: Stage) -> Bill:
    """All images travel in one archive."""
    bill = await stage.cost(lambda: stage.apply(stage.tree()))
    assert stage.world.captions(stage.world.dataset("poses v1")) == stage.images()
    return bill


async def nothing_changed(stage: Stage) -> Bill:
    """In sync: three list calls, however many images there are."""
    await stage.trained(stage.tree())
    return await stage.cost(lambda: stage.apply(stage.tree()))


async def caption_edit(stage: Stage) -> Bill:
    """One caption changes: the next version is a clone, and no archive is sent."""
    await stage.trained(stage.tree())
    after = stage.images(jump="jumping high.")
    bill = await stage.cost(lambda: stage.apply(stage.tree(after)))
    assert stage.world.captions(stage.world.dataset("poses v2")) == after
    return bill


async def image_added(stage: Stage) -> Bill:
    """One image comes: nothing can be added to what came in an archive, so a new dataset takes a new one."""
    await stage.trained(stage.tree())
    after = stage.images(*NAMES[stage.family], "nod")
    bill = await stage.cost(lambda: stage.apply(stage.tree(after)))
    assert stage.world.captions(stage.world.dataset("poses v2")) == after
    return bill


async def image_removed(stage: Stage) -> Bill:
    """One image goes: the next version is a clone without it."""
    more = stage.images(*NAMES[stage.family], "nod")
    await stage.trained(stage.tree(more))
    stage.limits = Limits(image_removals_percent=100)
    bill = await stage.cost(lambda: stage.apply(stage.tree()))
    assert stage.world.captions(stage.world.dataset("poses v2")) == stage.images()
    return bill


async def revert(stage: Stage) -> Bill:
    """`git revert` of an image: the older version has the fingerprint, and is in force again."""
    await stage.trained(stage.tree())
    await stage.trained(stage.tree(stage.images(*NAMES[stage.family], "nod")))
    return await stage.cost(lambda: stage.apply(stage.tree()))


ArchiveStory = Callable[[Stage], Awaitable[Bill]]

ARCHIVE_STORIES: Mapping[str, tuple[ArchiveStory, Bill, Bill]] = {
    "archive: first training": (
        first_training,
        Bill(calls=28, uploads=1, trainings=1),
        Bill(calls=34, uploads=1, trainings=1),
    ),
    "archive: nothing changed": (
        nothing_changed,
        Bill(calls=3, uploads=0, trainings=0),
        Bill(calls=3, uploads=0, trainings=0),
    ),
    "archive: caption edit": (
        caption_edit,
        Bill(calls=27, uploads=0, trainings=1),
        Bill(calls=29, uploads=0, trainings=1),
    ),
    "archive: image added": (
        image_added,
        Bill(calls=27, uploads=1, trainings=1),
        Bill(calls=34, uploads=1, trainings=1),
    ),
    "archive: image removed": (
        image_removed,
        Bill(calls=27, uploads=0, trainings=1),
        Bill(calls=29, uploads=0, trainings=1),
    ),
    "archive: revert": (
        revert,
        Bill(calls=3, uploads=0, trainings=0),
        Bill(calls=3, uploads=0, trainings=0),
    ),
}
"""Each story, and what it costs in the prefix family and in the schema family."""
