"""Small stories that whole-run tests share: how a world begins, what is declared next, and what must be true at last."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.core.desired import Desired
from reconciler.simulator import console
from reconciler.simulator.captioner import caption as automatic
from tests.execute.world import OTHER_PREFIX, PREFIX, World

HAND = "sits on a wall."
BASE: Mapping[str, str | None] = {"wave": None, "jump": "jumping.", "sit": None}
ALL: Mapping[str, str | None] = {"wave": None, "jump": None, "sit": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`begins` is completed and trained before, None for an empty account; a person wrote the caption of `sit`."""

    name: str
    begins: Mapping[str, str | None] | None
    images: Mapping[str, str | None]
    prefix: str = PREFIX
    edited: bool = True

    def __str__(self) -> str:
        return self.name

    async def begin(self, world: World) -> Desired:
        """Bring a world to the beginning; gives the tree that is applied next."""
        if self.begins is not None:
            ran = await world.apply(world.tree(self.begins))
            assert ran.code == 0, ran
            world.clock.advance(4 * 3600)
        return self.go_on(world)

    def go_on(self, world: World) -> Desired:
        """What a person does after the beginning, and the tree that is applied next."""
        if self.begins is not None and self.edited:
            sit = world.image(world.dataset("poses v1"), "sit")
            console.edit_image(world.simulator, sit.id, caption=HAND)
        return world.tree(self.images, prefix=self.prefix)

    def check(self, world: World) -> None:
        """In sync: the newest completed version is what was declared, and each fingerprint was trained once."""
        newest = [dataset for dataset in world.datasets() if dataset.status == "completed"][-1]
        assert newest.caption_prefix.strip() == self.prefix
        expected = dict(self.images)
        for image in world.images_of(newest):
            label = (image.image_name or "").split(".")[0]
            text = expected.pop(label)
            if text is None and label == "sit" and self.begins is not None and self.edited:
                text = HAND
            assert image.caption == (text or automatic(newest.caption_prefix, image.image_name, image.sha256))
        assert not expected
        trained = [model.name for model in world.models() if model.status != "Created"]
        assert max(Counter(name.split(" (")[1] for name in trained).values()) == 1
        assert len(trained) == world.trainings() == (1 if self.begins is None else 2)


FIRST = Story(name="first", begins=None, images=BASE)
SWAP = Story(name="swap", begins=BASE, images={"wave": None, "fly": "flies.", "sit": None})
CAPTION = Story(name="caption", begins=BASE, images={**BASE, "jump": "jumping high."})
REWRITE = Story(name="prefix", begins=BASE, images=BASE, prefix=OTHER_PREFIX)
COLLECTIVE = Story(name="collective", begins=ALL, images=ALL, prefix=OTHER_PREFIX, edited=False)
EVERYTHING = Story(
    name="everything", begins=BASE, images={"wave": None, "fly": "flies.", "sit": None}, prefix=OTHER_PREFIX
)
