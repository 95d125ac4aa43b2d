"""Each example plans what its README says, at first and after each edit that the story tells of."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from examples.drawing.kites import main as draw_kites
from examples.drawing.tiles import main as draw_tiles
from reconciler.cli.entry import run
from reconciler.core.action import Verb
from reconciler.core.change import DatasetChange
from reconciler.core.content_change import ImageEffect
from reconciler.core.plan import Plan
from reconciler.core.planning.plan_file import digest, load_plan
from reconciler.core.refusal import Refusal

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What a plan does, in the numbers of the READMEs' tables."""

    created: int = 0
    cloned: int = 0
    uploads: int = 0
    removals: int = 0
    captions: int = 0
    trainings: int = 0


class Story:
    """One example in a folder of its own, before one simulated account."""

    def __init__(self, source: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = folder / "manifests"
        shutil.copytree(source, self.root)
        self._capsys = capsys
        self._environ = {
            "RECONCILER_ENDPOINT": f"simulator:{folder / 'account.sqlite'}",
            "RECONCILER_ROOT": str(self.root),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "RECONCILER_ARCHIVE_STORE": f"file://{folder / 'store'}",
        }

    def run(self, *arguments: str) -> str:
        """What a command prints; it must end with 0."""
        code = run(arguments, self._environ)
        printed = self._capsys.readouterr()
        assert code == 0, printed.out + printed.err
        return printed.out

    def plan(self) -> Plan:
        written = self.run("plan", "--format", "json")
        plan = load_plan(written)
        assert json.loads(written)["digest"] == digest(plan), "the digest that people see is that of the file"
        return plan

    def apply(self) -> str:
        return self.run("apply", "--yes", "--wait", "training")

    def draw_kites(self) -> None:
        """Draw the images of the example of the schema family."""
        draw_kites(str(self.root / "kites"))
        self._capsys.readouterr()

    def draw(self, number: int) -> None:
        """Draw so many tiles of the example of an archive."""
        draw_tiles(str(self.root / "tiles"), str(number))
        self._capsys.readouterr()

    def edit(self, name: str, before: str, after: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")


def total(plan: Plan) -> Sum:
    no_refusal: tuple[Refusal, ...] = ()
    assert plan.refusals == no_refusal
    verbs = [action.verb for action in plan.actions]
    datasets = [change for change in plan.changes if isinstance(change, DatasetChange)]
    added = [
        image for change in datasets for image in change.images if image.caption and image.effect is ImageEffect.ADDED
    ]
    return Sum(
        created=verbs.count(Verb.CREATE),
        cloned=verbs.count(Verb.CLONE),
        uploads=plan.cost.uploads,
        removals=plan.cost.removals,
        captions=len(added) + sum(len(change.captions) for change in datasets),
        trainings=plan.cost.trainings,
    )


@pytest.fixture
def story(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Story:
    """The example that the test's parameter names."""
    return Story(ROOT / request.param, tmp_path, capsys)


def example(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("story", [name], indirect=True, ids=[Path(name).name])


@example("manifests")
def test_the_default_tree(story: Story) -> None:
    assert total(story.plan()) == Sum(created=3, uploads=5, captions=5, trainings=1)
    story.apply()
    assert story.plan().is_empty


@example("examples/quickstart")
def test_quickstart(story: Story) -> None:
    assert total(story.plan()) == Sum(created=3, uploads=8, captions=8, trainings=1)
    story.apply()
    synced = story.plan()
    assert synced.is_empty
    assert synced.calls == 3

    story.edit("dataset.yaml", "a female character", "a cheerful girl")
    prefix = total(story.plan())
    assert (prefix.cloned, prefix.uploads, prefix.trainings) == (1, 0, 1)
    story.edit("dataset.yaml", "a cheerful girl", "a female character")

    for spare in (story.root / "spare").iterdir():
        shutil.copy(spare, story.root / "images")
    lantern = total(story.plan())
    assert (lantern.cloned, lantern.uploads, lantern.removals, lantern.trainings) == (1, 1, 0, 1)
    story.apply()
    assert story.plan().is_empty

    for name in ("lantern.png", "lantern.txt"):
        (story.root / "images" / name).unlink()
    assert story.plan().is_empty


@example("examples/expert")
def test_expert(story: Story) -> None:
    plan = story.plan()
    assert total(plan) == Sum(created=3, uploads=8, captions=8, trainings=1)
    (model,) = [change for change in plan.changes if change.kind == "model"]
    assert dict(model.parameters) == {"learning_rate": 0.0002, "rank": 64, "total_training_steps": 1200}
    story.apply()
    assert story.plan().is_empty

    story.edit("mugs/captions.yaml", "with three green twigs", "with three sprigs of thyme")
    caption = total(story.plan())
    assert (caption.cloned, caption.uploads, caption.trainings) == (1, 0, 1)
    story.edit("mugs/captions.yaml", "with three sprigs of thyme", "with three green twigs")

    story.edit("model.yaml", "rank: 64", "rank: 128")
    assert total(story.plan()) == Sum(created=1, trainings=1)


@example("examples/style")
def test_style(story: Story) -> None:
    assert total(story.plan()) == Sum(created=2, uploads=6)
    story.apply()
    draft = story.plan()
    assert draft.is_empty
    assert draft.calls == 4
    assert [str(item.ref) for item in draft.unchanged if item.state == "held"] == ["model/paper-cut-max"]

    printed = story.run("captions", "pull", "paper-cut-scenes")
    assert "captions: {source: sidecar}" in " ".join(printed.split())
    sidecars = sorted((story.root / "scenes").glob("*.txt"))
    assert len(sidecars) == 6
    story.edit("dataset.yaml", "source: automatic", "source: sidecar")
    assert story.plan().is_empty

    sidecars[0].write_text("a lighthouse on a cliff above a red sea at sunset.\n", encoding="utf-8")
    story.edit("dataset.yaml", "status: draft", "status: completed")
    reviewed = total(story.plan())
    assert (reviewed.cloned, reviewed.uploads, reviewed.captions, reviewed.trainings) == (0, 0, 1, 1)
    story.apply()
    assert story.plan().is_empty


@example("examples/schema")
def test_schema(story: Story) -> None:
    story.draw_kites()
    assert total(story.plan()) == Sum(created=3, uploads=6, captions=6, trainings=1)
    story.apply()
    synced = story.plan()
    assert synced.is_empty
    assert synced.calls == 3

    schema = story.root / "kites.schema.json"
    before = json.loads(schema.read_text(encoding="utf-8"))
    schema.write_text(json.dumps(dict(reversed(before.items()))), encoding="utf-8")
    assert story.plan().is_empty

    story.edit("kites.schema.json", "even, dark blue", "even, black")
    plan = story.plan()
    assert total(plan) == Sum(cloned=1, created=1, trainings=1)
    assert "visual_schema.style.outline even, [-dark blue-] {+black+}" in " ".join(story.run("plan").split())
    story.edit("kites/captions.yaml", "shape: hexagon", "shape: hexagon with equal sides")
    assert total(story.plan()) == Sum(cloned=1, created=1, captions=1, trainings=1)
    story.apply()
    assert story.plan().is_empty


@example("examples/archive")
def test_archive(story: Story) -> None:
    """The table of its README; fewer tiles are drawn, for each is a tile like any other."""
    story.draw(12)
    first = story.plan()
    assert total(first) == Sum(created=3, uploads=12, captions=12, trainings=1)
    assert [action.verb for action in first.actions].count(Verb.ARCHIVE) == 1
    story.apply()
    synced = story.plan()
    assert synced.is_empty
    assert synced.calls == 3

    story.edit("tiles/captions.yaml", 'tile-0001: "', 'tile-0001: "a tile with ')
    assert total(story.plan()) == Sum(created=1, cloned=1, captions=1, trainings=1)
    story.draw(12)
    (story.root / "tiles" / "tile-0012.png").unlink()
    draw = (story.root / "tiles" / "captions.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    (story.root / "tiles" / "captions.yaml").write_text("".join(draw[:11]), encoding="utf-8")
    fewer = total(story.plan())
    assert (fewer.cloned, fewer.uploads, fewer.removals, fewer.trainings) == (1, 0, 1, 1)

    story.draw(13)
    more = story.plan()
    assert total(more) == Sum(created=2, uploads=13, captions=13, trainings=1)
    (change,) = (one for one in more.changes if isinstance(one, DatasetChange))
    assert len(change.again) == 12
    story.apply()
    assert story.plan().is_empty
