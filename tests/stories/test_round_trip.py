"""The round trip: what people made is exported, adopted and planned, and nothing is uploaded or trained."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reconciler.cli.entry import run
from reconciler.core.change import RenameChange
from reconciler.core.plan import Plan
from reconciler.core.planning.plan_file import load_plan
from reconciler.core.refusal import Refusal
from reconciler.core.state import State
from reconciler.files.adopted import FILE_NAME
from reconciler.simulator import Simulator, serving
from tests.by_hand import PREFIX, SCHEMA, ByHand, Picture, drawn, notebook
from tests.simulator.zip_server import zip_server


class Trip:
    """A person who takes over the account of a simulator that is served with its pictures."""

    def __init__(self, folder: Path, address: str) -> None:
        self.root = folder / "manifests"
        self._host = address.removeprefix("http://").removesuffix("/v1")
        self._plan = folder / "plan.json"
        self._environ = {
            "PATH": os.environ["PATH"],
            "BRIA_API_TOKEN": "anything",
            "RECONCILER_ENDPOINT": address,
            "RECONCILER_ROOT": str(self.root),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "RECONCILER_TIER": "enterprise",
        }

    def run(self, *arguments: str) -> None:
        assert run(arguments, self._environ) == 0, arguments

    def export(self) -> None:
        self.run("export", "--out", str(self.root), "--images", "--captions", "--pictures-from", self._host)
        self.run("validate")

    def adopt_all(self) -> int:
        """As the manifests say, with one command. How many there are."""
        marker = "`reconciler adopt "
        texts = [path.read_text(encoding="utf-8") for path in sorted(self.root.rglob("*.yaml"))]
        pairs = [text.partition(marker)[2].partition("`")[0].split() for text in texts if marker in text]
        self.run("adopt", *(word for pair in pairs for word in pair), "--pictures-from", self._host)
        return len(pairs)

    def plan(self) -> Plan:
        self._plan.unlink(missing_ok=True)
        self.run("plan", "--out", str(self._plan))
        return load_plan(self._plan.read_text(encoding="utf-8"))

    def apply(self) -> None:
        self.run("apply", "--yes")


def require_in_sync(plan: Plan) -> None:
    """Nothing but new names, whatever people made."""
    no_refusal: tuple[Refusal, ...] = ()
    assert plan.refusals == no_refusal
    assert (plan.cost.uploads, plan.cost.trainings, plan.cost.removals) == (0, 0, 0)
    assert all(isinstance(change, RenameChange) for change in plan.changes)


def test_the_account_of_a_notebook_and_of_the_people_after_it(tmp_path: Path) -> None:
    """Both families; twins, copies, numbers as names, captions from the console. After the new names it is all in sync."""
    simulator = Simulator(switches={"era": "mixed"}, pictures=True, speed=100_000)
    notebook(ByHand(simulator))
    before = len(simulator.log)
    with serving(simulator) as address:
        trip = Trip(tmp_path, address)
        trip.export()
        assert trip.adopt_all() == 6
        assert {entry.method for entry in simulator.log[before:]} == {"GET"}
        assert len(list(trip.root.rglob(FILE_NAME))) == 2
        plan = trip.plan()
        require_in_sync(plan)
        assert len(plan.changes) == 6
        trip.apply()
        synced = trip.plan()
        assert synced.is_empty
        assert {item.state for item in synced.unchanged} == {State.IN_SYNC}
    simulator.close()


def test_a_dataset_of_an_archive(tmp_path: Path) -> None:
    """Its images come in one file; then it is in sync like any other."""
    simulator = Simulator(switches={"era": "mixed", "download_bytes": "processed"}, pictures=True, speed=100_000)
    hand = ByHand(simulator)
    with serving(simulator) as address, zip_server() as zips:
        entries = {f"{name}.png": drawn(seed, 1100, 1100) for seed, name in enumerate(("wave", "jump", "sit"))}
        dataset = hand.zipped(hand.project("Lora"), "many poses", zips.archive(entries))
        hand.model(dataset, "expert", parameters={"rank": 64}, training_version="bria-3.2")
        trip = Trip(tmp_path, address)
        trip.export()
        assert trip.adopt_all() == 2
        require_in_sync(trip.plan())
        trip.apply()
        assert trip.plan().is_empty
    simulator.close()


NAMES = ("1.png", "image.png", "image.PNG", "a b (final).jpg", "5", "日本.png", "x/y.png", "wave.tiff", ".png")
DOCUMENTS = ('{"colour": "red"}', '{"colour": "blue", "wind": 3}')
CAPTIONS = ("seen from behind.", "standing.\nIt looks left.", "# no comment: 'quoted'", PREFIX + "again.", "日本")


@dataclass(frozen=True, slots=True)
class Made:
    """A dataset as people make it, and how its models were trained."""

    name: str
    pictures: tuple[Picture, ...]
    is_schema: bool
    may_be_draft: bool
    models: tuple[str, ...]

    @property
    def is_draft(self) -> bool:
        """A draft takes changes, so there the copies of a picture go with the first apply. Here none has any."""
        return self.may_be_draft and len({picture.content for picture in self.pictures}) == len(self.pictures)


def datasets() -> st.SearchStrategy[Made]:
    """Of the prefix family with twins and copies; of the schema family with as many pictures as it is completed with."""
    text = st.builds(Picture, st.sampled_from(NAMES), st.integers(1, 4).map(drawn), maybe(CAPTIONS))
    documents = st.tuples(
        *(st.builds(Picture, st.sampled_from(NAMES), st.just(drawn(seed)), maybe(DOCUMENTS)) for seed in range(5))
    )
    names = st.sampled_from(("Poses", "poses", "poses!", "My set, v2 (FINAL)", "日本"))
    models = st.lists(st.sampled_from(("max", "expert")), max_size=1).map(tuple)
    return st.builds(
        Made, names, st.lists(text, min_size=1, max_size=4).map(tuple), st.just(value=False), st.booleans(), models
    ) | st.builds(Made, names, documents, st.just(value=True), st.just(value=False), st.just(()))


def maybe(texts: Sequence[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(texts)


def make(hand: ByHand, wishes: Sequence[Made]) -> None:
    """One project for each family that is needed."""
    projects: dict[bool, int] = {}
    for number, wish in enumerate(wishes):
        if wish.is_schema not in projects:
            projects[wish.is_schema] = hand.project(f"Project {len(projects)}")
        dataset = hand.dataset(
            projects[wish.is_schema],
            wish.name,
            wish.pictures,
            guide=SCHEMA if wish.is_schema else PREFIX,
            status="draft" if wish.is_draft else "completed",
        )
        for mode in () if wish.is_draft else wish.models:
            given = {"rank": 32 + number} if mode == "expert" else None
            hand.model(dataset, f"{mode} {number}", parameters=given)


# Each example takes half a second, so few are tried, and a failing one is not made smaller by hundreds of others.
@settings(max_examples=5, phases=[Phase.generate])
@given(st.lists(datasets(), min_size=1, max_size=2))
def test_whatever_people_made_the_round_trip_costs_nothing(wishes: list[Made]) -> None:
    simulator = Simulator(switches={"era": "mixed"}, pictures=True, speed=100_000)
    make(ByHand(simulator), wishes)
    with tempfile.TemporaryDirectory() as folder, serving(simulator) as address:
        trip = Trip(Path(folder), address)
        trip.export()
        trip.adopt_all()
        require_in_sync(trip.plan())
    simulator.close()
