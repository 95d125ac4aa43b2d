"""`gallery run` against the simulator: each case is drawn once, whatever is lost, blocked, cut off or full."""

import asyncio
import json
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.api.client import Client
from reconciler.api.endpoint import parse_endpoint
from reconciler.api.token import Token
from reconciler.app.exceptions import Refused
from reconciler.app.gallery_draw import Ending, GalleryDrawing
from reconciler.app.gallery_run import GalleryRun, GalleryRunRequest, GalleryVersion, Step, columns_of, run_of
from reconciler.app.generation import Told
from reconciler.app.session import Session, embedded
from reconciler.app.settings import resolve_settings
from reconciler.clock import SimulatedClock
from reconciler.core.diff.election import ModelMember
from reconciler.core.gallery import CaseState, Column, DesiredGallery, GalleryCase
from reconciler.core.kind import Kind
from reconciler.core.limit import Limits
from reconciler.core.live import ModelStatus, RemoteModel
from reconciler.core.name import FinalName
from reconciler.core.order import Drawer, Draws, Guidance, Method, Order, Picture
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.files.gallery_folder import read_results
from reconciler.files.gallery_writer import GalleryInUse, GalleryWriter
from reconciler.simulator import Instead, Request, Response, parse_fault
from reconciler.simulator.fault import FaultScript
from tests.simulator.drawing import Studio
from tests.simulator.outsider import Json, picture

REF = Ref(Kind.MODEL, "lora-max")
PRINT = "a9f3c1a2b7d40"
HERE = Column(PRINT)
NOWHERE = Location("manifests/gallery.yaml", 1, 1)
TO_IMAGE = "POST /text-to-image/tailored/*"
TO_IMAGE_2 = "POST /v2/image/generate/tailored"


def case(name: str = "waving", seed: int = 7, prompt: str = "waving", **keys: object) -> GalleryCase:
    order = Order(prompt=prompt, given={"seed": seed})
    return GalleryCase(name=name, order=replace(order, **keys), location=NOWHERE)  # type: ignore[arg-type]  # a test's words


THREE = (case("a", 1), case("b", 2), case("c", 3))


@dataclass
class Played:
    """One run: what was to be done, how each case ended, what was said, and what was sent that costs."""

    run: GalleryRun = field(default_factory=GalleryRun)
    endings: list[Ending] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "; ".join(ending.words for ending in self.endings if ending.words)


class Show:
    """A gallery on the disk, and an account with one model of a training version, which outlive a run."""

    def __init__(self, root: Path, *cases: GalleryCase, version: str = "light", **switches: Json) -> None:
        self.root = root
        self.cases = cases or (case(),)
        self.studio = Studio(version, **switches)
        self.clock = SimulatedClock()
        self.studio.simulator._clock = self.clock
        self.version = version
        self.more: list[Answers] = []

    @property
    def gallery(self) -> DesiredGallery:
        return DesiredGallery(name="looks", location=NOWHERE, model=REF, folder="looks", cases=self.cases)

    @property
    def folder(self) -> Path:
        return self.root / "looks" / PRINT

    def drawer(self) -> GalleryVersion:
        steps = ("500", "1000") if self.version.startswith("bria") else ()
        drawer = Drawer(
            ref=REF,
            version=self.version,
            medium="illustration",
            prefix="A drawing of ",
            is_expert=bool(steps),
            checkpoints=steps,
        )
        model = RemoteModel(id=self.studio.first, name="lora-max v1", status=ModelStatus.COMPLETED)
        member = ModelMember(model=model, name=FinalName(base="lora-max", version=1, fingerprint=PRINT))
        return GalleryVersion(member=member, drawer=drawer, columns=(HERE,))

    def states(self) -> dict[str, CaseState]:
        return {one.case: one.state for one in read_results(self.root, self.gallery, [HERE]).of(HERE)}

    def reason(self, name: str = "waving") -> str:
        return read_results(self.root, self.gallery, [HERE]).results[HERE, name].reason

    async def play(
        self,
        *faults: str,
        request: GalleryRunRequest | None = None,
        limits: Limits | None = None,
        played: Played | None = None,
        columns: Sequence[Column] = (HERE,),
    ) -> Played:
        """One run; each fault is as `reconciler simulate --fault` takes it."""
        simulator = self.studio.simulator
        simulator.log.clear()
        script = FaultScript([parse_fault(one) for one in faults], simulator.again, simulator.later)
        simulator.hooks = [script, *self.more]
        played = played or Played()
        request = request or GalleryRunRequest(patience=60.0)
        settings = resolve_settings({"root": str(self.root)}, {"RECONCILER_ENDPOINT": "simulator"})
        transport = embedded(simulator, self.clock)
        version = replace(self.drawer(), columns=tuple(columns))
        try:
            with GalleryWriter(self.root, "looks") as writer:
                played.run = run_of(writer, self.gallery, [version], request, limits or Limits())
                endpoint = parse_endpoint("simulator")
                async with Client(endpoint, Token("canary"), clock=self.clock, transport=transport) as client:
                    drawing = GalleryDrawing(
                        opened=Session(client=client, clock=self.clock),
                        settings=settings,
                        writer=writer,
                        told=Told(say=played.said.append, keep=played.kept.append, may_fetch=lambda _hosts: False),
                        hosts=(),
                        patience=request.patience,
                        endings=played.endings,
                    )
                    self.drawing = drawing
                    await drawing.draw(played.run.tasks)
        finally:
            played.sent = [f"{entry.method} {entry.path}" for entry in simulator.log if entry.method == "POST"]
        return played


def again(*names: str) -> GalleryRunRequest:
    return GalleryRunRequest(again=names, patience=60.0)


async def test_what_is_missing_is_drawn_and_nothing_twice(tmp_path: Path) -> None:
    """Picture and record as agreed: what `generate` records, with the case and its definition; no address and no id."""
    show = Show(tmp_path, *THREE)
    played = await show.play()
    assert [len(played.sent), [len(one.file) > 0 for one in played.endings]] == [3, [True] * 3]
    assert sorted(path.name for path in show.folder.iterdir()) == [
        f"{name}.{suffix}" for name in "abc" for suffix in ("json", "png")
    ]
    assert sorted(played.kept) == [show.folder / f"{name}.png" for name in "abc"]
    record = json.loads((show.folder / "b.json").read_text())
    data = (show.folder / "b.png").read_bytes()
    assert (record["case"], record["definition"]) == ("b", THREE[1].definition)
    assert (record["model"], record["fingerprint"], record["checkpoint"], record["seed"]) == (
        "lora-max",
        PRINT,
        None,
        2,
    )
    assert record["file"]["sha256"] == sha256(data).hexdigest()
    assert "http" not in (show.folder / "b.json").read_text()
    assert str(show.studio.first) not in (show.folder / "b.json").read_text()
    played = await show.play()
    assert (played.sent, played.run.present) == ([], 3)


async def test_what_was_defined_anew_is_drawn_again_only_if_asked(tmp_path: Path) -> None:
    """The picture of the older definition stays until then, and gives way to the new one."""
    show = Show(tmp_path)
    await show.play()
    before = (show.folder / "waving.png").read_bytes()
    show.cases = (case(seed=8),)
    played = await show.play()
    assert (played.sent, [one.state for one in played.run.left]) == ([], [CaseState.STALE])
    assert (show.folder / "waving.png").read_bytes() == before
    played = await show.play(request=GalleryRunRequest(refreshes=True))
    assert len(played.sent) == 1
    assert (show.folder / "waving.png").read_bytes() != before
    assert show.states() == {"waving": CaseState.PRESENT}
    show.cases = (case(draws=Draws.VECTOR),)
    await show.play(request=GalleryRunRequest(refreshes=True))
    assert sorted(path.name for path in show.folder.iterdir()) == ["waving.json", "waving.svg"]


async def test_a_structured_prompt_is_a_result_too(tmp_path: Path) -> None:
    """Words in place of a picture, with their digest."""
    show = Show(tmp_path, case(draws=Draws.STRUCTURED), case("image", 3), version="fibo")
    assert len((await show.play()).endings) == 2
    assert (show.folder / "waving.prompt.json").exists()
    assert set(show.states().values()) == {CaseState.PRESENT}


async def test_pictures_that_guide_are_read_when_they_are_sent(tmp_path: Path) -> None:
    """One that is not what the manifests were read with is not sent."""
    data = picture()
    (tmp_path / "pose.png").write_bytes(data)
    pose = Picture(label="pose.png", digest=sha256(data).hexdigest(), width=256, height=256, path="pose.png")
    show = Show(tmp_path, case(guidance=(Guidance(method=Method.CANNY, picture=pose),)))
    assert (await show.play()).endings[0].file
    (tmp_path / "pose.png").write_bytes(picture("blue"))
    show = Show(tmp_path, case(seed=9, guidance=show.cases[0].order.guidance))
    played = await show.play(request=GalleryRunRequest(refreshes=True))
    assert "nothing was sent: pose.png: it was changed in the meantime" in played.words
    assert played.sent == []
    pointer = replace(pose, width=0, height=0)
    show.cases = (case(seed=9, guidance=(Guidance(method=Method.CANNY, picture=pointer),)),)
    with pytest.raises(Refused, match="only the Git LFS pointer of"):
        await show.play(request=GalleryRunRequest(refreshes=True))


async def test_more_than_the_limit_is_refused_before_the_first_request(tmp_path: Path) -> None:
    """It counts what costs, and nothing that is there already."""
    show = Show(tmp_path, *THREE)
    with pytest.raises(Refused, match="3 cases would be drawn and paid for; the limit is 2"):
        await show.play(limits=Limits(generations=2))
    assert not show.folder.exists()
    await show.play(request=GalleryRunRequest(cases=("a",)), limits=Limits(generations=1))
    assert len((await show.play(limits=Limits(generations=2))).sent) == 2
    assert (await show.play(limits=Limits(generations=0))).run.present == 3


async def test_a_case_that_the_version_cannot_draw_is_refused_with_all_others(tmp_path: Path) -> None:
    """Before any is paid for. An older version may be of another kind than the manifest says."""
    show = Show(tmp_path, case("a"), case("b", draws=Draws.STRUCTURED), case("c", draws=Draws.STRUCTURED))
    with pytest.raises(Refused) as refused:
        await show.play()
    assert [one.summary.partition(":")[0] for one in refused.value.refusals] == [
        'the case "b" cannot be drawn by v1', 'the case "c" cannot be drawn by v1',
    ]  # fmt: skip
    assert not show.folder.exists()


async def test_a_checkpoint_is_a_column_of_its_own(tmp_path: Path) -> None:
    """Another picture, in a folder beside."""
    show = Show(tmp_path, version="bria-2.3")
    await show.play(columns=(HERE, Column(PRINT, 500)))
    one, other = (tmp_path / f"looks/{name}/waving.png" for name in (PRINT, f"{PRINT}@500"))
    assert one.read_bytes() != other.read_bytes()
    assert json.loads(other.with_suffix(".json").read_text())["checkpoint"] == 500
    with pytest.raises(Refused, match="has no checkpoint 700"):
        await show.play(columns=(Column(PRINT, 700),))


@pytest.mark.parametrize("fault", ["lost_answer", "500_after", "503", "truncated", "html", "empty"])
@pytest.mark.parametrize("version", ["light", "fibo"])
async def test_a_lost_answer_leaves_the_case_unknown(fault: str, version: str, tmp_path: Path) -> None:
    """It is never repeated unasked; the others are drawn. `--again` pays once more."""
    show = Show(tmp_path, *THREE, version=version)
    path = TO_IMAGE_2 if version == "fibo" else TO_IMAGE
    played = await show.play(f"{path}#2:{fault}")
    assert len(played.sent) == 3
    assert "is lost" in played.words
    assert sorted(show.states().values()) == [CaseState.PRESENT, CaseState.PRESENT, CaseState.UNKNOWN]
    (name,) = (name for name, state in show.states().items() if state is CaseState.UNKNOWN)
    played = await show.play()
    assert (played.sent, [one.case for one in played.run.left]) == ([], [name])
    played = await show.play(request=again(name, "a"))
    assert len(played.sent) == 1
    assert set(show.states().values()) == {CaseState.PRESENT}


async def test_an_api_that_is_ill_is_left_alone(tmp_path: Path) -> None:
    """Two answers in a row that are lost end the run: further requests would leave further cases unknown."""
    show = Show(tmp_path, *(case(f"d{n}", n) for n in range(12)))
    played = await show.play(f"{TO_IMAGE}#*:503")
    assert len(played.sent) <= 2 + 3
    assert list(show.states().values()).count(CaseState.MISSING) == 12 - len(played.sent)
    assert len((await show.play()).sent) == 12 - len(played.sent)


async def test_a_request_that_was_not_taken_is_forgotten(tmp_path: Path) -> None:
    """Moderation refused its prompt: nothing was drawn, so nothing is unknown; the others are drawn."""
    show = Show(tmp_path, case("a", prompt="unsafe", seed=1), *THREE[1:])
    show.cases = (
        replace(show.cases[0], order=replace(show.cases[0].order, given={"seed": 1, "prompt-moderation": True})),
        *THREE[1:],
    )
    played = await show.play()
    assert "nothing was drawn: Content moderation refused prompt" in played.words
    assert show.states() == {"a": CaseState.MISSING, "b": CaseState.PRESENT, "c": CaseState.PRESENT}


async def test_what_was_unknown_stays_so_where_paying_once_more_draws_nothing(tmp_path: Path) -> None:
    """The older request may have been paid for all the same."""
    show = Show(tmp_path)
    await show.play(f"{TO_IMAGE}#*:lost_answer")
    note = (show.folder / "waving.submitted.json").read_bytes()
    played = await show.play(f"{TO_IMAGE}#*:429:20", request=again("waving"))
    assert show.states() == {"waving": CaseState.UNKNOWN}
    assert (show.folder / "waving.submitted.json").read_bytes() == note
    assert "nothing was drawn" in played.words


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        ({"moderation_async": "zero_byte"}, "an empty file is there"),
        ({"moderation_async": "404_forever"}, "did not come within 60 s"),
        ({"generation_outcome": "failed", "v1_failed_async": "403_forever"}, "did not come within 60 s"),
        ({"generation_seconds": "100000", "v1_pending_url": "200_empty"}, "did not come within 60 s"),
    ],
)
async def test_a_place_that_never_fills_is_paid_for_and_not_drawn_again(
    switches: dict[str, Json], words: str, tmp_path: Path
) -> None:
    """Nor a result that moderation blocked: the same request would be blocked again. A new definition is free of it."""
    blocked = case(prompt="borderline", seed=7)
    order = replace(blocked.order, given={"seed": 7, "moderation": True})
    show = Show(tmp_path, replace(blocked, order=order), **switches)
    played = await show.play()
    assert words in played.words
    assert (show.states()["waving"], words in show.reason()) == (CaseState.UNKNOWN, True)
    assert (await show.play()).sent == []
    show.cases = (case(seed=8),)
    assert show.states() == {"waving": CaseState.MISSING}


class Answers:
    """Puts another body in the place of each answer to a request that draws."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self._body = body
        self._status = status

    def before(self, request: Request) -> None:
        """Nothing happens on the way in."""

    def after(self, request: Request, response: Response) -> None:
        """The picture was drawn all the same."""
        if request.method == "POST":
            raise Instead(replace(response, body=self._body, status=self._status))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"result": []}', "no result came: moderation blocked it, most likely"),
        (b'{"result": [{"urls": [], "blocked": true}]}', "a result has no address: moderation blocked it"),
        (b'{"result": [{"urls": ["https://elsewhere.example/a.png?Signature=s"]}]}', "which nobody named"),
        (b'{"result": [{"urls": ["file:///etc/passwd"]}]}', "no address of it that could be asked"),
    ],
)
async def test_an_answer_without_a_result_that_can_be_fetched(body: bytes, words: str, tmp_path: Path) -> None:
    """It was taken, so it was paid for: the case is unknown, and the address is noted nowhere."""
    show = Show(tmp_path)
    show.more = [Answers(body)]
    played = await show.play()
    assert words in played.words
    assert (show.states()["waving"], words in show.reason()) == (CaseState.UNKNOWN, True)
    assert "Signature" not in (show.folder / "waving.submitted.json").read_text()
    assert (await show.play()).sent == []


async def test_results_at_a_host_that_nobody_named_end_the_run(tmp_path: Path) -> None:
    """The next ones would lie there too, and be paid for in vain."""
    show = Show(tmp_path, *(case(f"d{n}", n) for n in range(12)))
    show.more = [Answers(b'{"result": [{"urls": ["https://elsewhere.example/a.png"]}]}')]
    played = await show.play()
    assert len(played.sent) <= 4
    assert "`--pictures-from elsewhere.example` fetches it" in played.words


async def test_a_job_is_taken_up_by_its_id(tmp_path: Path) -> None:
    """The run ended while it was at work: the next one asks for it, which costs nothing."""
    show = Show(tmp_path, version="fibo", generation_seconds="100")
    played = await show.play(request=GalleryRunRequest(patience=10.0))
    assert "still runs after 10 s" in played.words
    assert "was begun, and what it drew was not fetched" in show.reason()
    played = await show.play(request=GalleryRunRequest(patience=600.0), limits=Limits(generations=0))
    assert (played.sent, [task.step for task in played.run.tasks]) == ([], [Step.TAKE_UP])
    assert show.states() == {"waving": CaseState.PRESENT}
    assert json.loads((show.folder / "waving.json").read_text())["definition"] == show.cases[0].definition


async def test_a_job_whose_result_has_expired_is_told(tmp_path: Path) -> None:
    """Its status can still be read. Only a person decides to pay once more."""
    show = Show(tmp_path, version="fibo", generation_seconds="100")
    await show.play(request=GalleryRunRequest(patience=10.0))
    show.clock.advance(10 * 24 * 3600.0)
    played = await show.play()
    assert "a result did not come within 60 s: simulator answers 403; run it again to fetch it" in played.words
    assert played.sent == []
    assert show.states() == {"waving": CaseState.UNKNOWN}
    played = await show.play(request=GalleryRunRequest(again=("waving",)))
    assert len(played.sent) == 1
    assert show.states() == {"waving": CaseState.PRESENT}


@pytest.mark.parametrize(
    ("prompt", "switches", "words"),
    [
        ("borderline", {}, "Content moderation refused the result"),
        ("waving", {"generation_outcome": "failed"}, "failed"),
    ],
)
async def test_a_job_that_failed_is_not_begun_again(
    prompt: str, switches: dict[str, Json], words: str, tmp_path: Path
) -> None:
    """Nor asked for again: it has ended."""
    show = Show(tmp_path, case(prompt=prompt), version="fibo", **switches)
    assert words in (await show.play()).words
    played = await show.play()
    assert (played.sent, played.run.tasks) == ([], ())
    assert words in show.reason()


async def test_a_status_that_cannot_be_read_is_asked_for_by_the_next_run(tmp_path: Path) -> None:
    """The job goes on meanwhile."""
    show = Show(tmp_path, version="fibo")
    assert "its status cannot be read" in (await show.play("GET /v2/status/*#*:html")).words
    assert (await show.play()).sent == []
    assert show.states() == {"waving": CaseState.PRESENT}


async def test_a_limit_that_an_apply_uses_up_is_waited_for(tmp_path: Path) -> None:
    """For requests that draw, for the status of a job and for its result; also longer than one call is tried."""
    show = Show(tmp_path, *THREE)
    played = await show.play(f"{TO_IMAGE}#1-40:429:20", "GET /results/*#1-3:429")
    assert (len(played.sent), set(show.states().values())) == (43, {CaseState.PRESENT})
    show = Show(tmp_path / "second", version="fibo")
    show.root.mkdir()
    played = await show.play(f"{TO_IMAGE_2}#1-3:429:20", "GET /v2/status/*#1-20:429:20", request=GalleryRunRequest())
    assert show.states() == {"waving": CaseState.PRESENT}


@pytest.mark.parametrize("version", ["light", "fibo"])
async def test_a_run_that_is_asked_to_stop_fetches_what_was_paid_for(version: str, tmp_path: Path) -> None:
    """And sends nothing more: not what waits for its turn after a 429, nor what was not begun."""
    show = Show(tmp_path, *(case(f"d{n}", n) for n in range(9)), version=version, generation_seconds="50")
    path = TO_IMAGE_2 if version == "fibo" else TO_IMAGE
    running = asyncio.create_task(show.play(f"{path}#3-9:429:200"))
    await show.clock.sleep(30.0)
    show.drawing.stop()
    played = await running
    assert "Stopping: 2 cases under way, fetched first. Once more ends at once." in played.said
    assert list(show.states().values()).count(CaseState.PRESENT) == 2
    assert list(show.states().values()).count(CaseState.MISSING) == 7
    assert show.clock.now() < 100.0


async def test_a_run_that_is_asked_to_stop_twice_ends_at_once(tmp_path: Path) -> None:
    """What is under way is unknown then."""
    show = Show(tmp_path, *(case(f"d{n}", n) for n in range(9)), generation_seconds="50")
    running = asyncio.create_task(show.play())
    await show.clock.sleep(30.0)
    show.drawing.stop()
    show.drawing.stop()
    played = await running
    assert "Stopped: 4 cases under way. Run it again: it says what is known of them." in played.said
    assert list(show.states().values()).count(CaseState.UNKNOWN) == 4
    assert len(played.sent) == 4


@pytest.mark.parametrize(("status", "words"), [(401, "the API refused the token"), (307, "a redirect")])
async def test_an_answer_about_the_account_ends_the_run(status: int, words: str, tmp_path: Path) -> None:
    """Nothing was drawn, and nothing would be for the others."""
    show = Show(tmp_path, *(case(f"d{n}", n) for n in range(12)))
    show.more = [Answers(b"{}", status)]
    played = await show.play()
    assert len(played.sent) <= 4
    assert f"nothing was drawn: {words}" in played.words.replace("answered 307, ", "")
    assert set(show.states().values()) == {CaseState.MISSING}


async def test_a_version_without_a_listed_checkpoint_has_no_column_for_it(tmp_path: Path) -> None:
    """Another version of the model may have it: that is said, and the others are drawn."""
    show = Show(tmp_path, version="bria-2.3")
    gallery = replace(show.gallery, checkpoints=(500, 700))
    notes: list[str] = []
    found = columns_of(gallery, GalleryRunRequest(), show.drawer().drawer, PRINT, notes, 1)
    assert list(found) == [HERE, Column(PRINT, 500)]
    assert notes == [
        "v1 has no column for checkpoint 700: model/lora-max has no checkpoint 700; the API lists 500 and 1000"
    ]
    asked = columns_of(gallery, GalleryRunRequest(checkpoints=(500, 500)), show.drawer().drawer, PRINT, notes, 1)
    assert list(asked) == [Column(PRINT, 500)]
    asked = columns_of(gallery, GalleryRunRequest(checkpoints=(500, 700)), show.drawer().drawer, PRINT, notes, 1)
    with pytest.raises(Refused, match="v1 has no column for checkpoint 700: model/lora-max has no checkpoint 700"):
        list(asked)


class Ending429(SimulatedClock):
    """A clock under which a run is killed as soon as it waits for long."""

    async def sleep(self, seconds: float) -> None:
        if seconds > 5.0:
            raise asyncio.CancelledError
        await super().sleep(seconds)


async def test_a_request_that_waits_for_its_turn_is_not_noted(tmp_path: Path) -> None:
    """A run that is killed while it waits after a 429 leaves nothing unknown."""
    show = Show(tmp_path)
    show.clock = Ending429()
    with pytest.raises(asyncio.CancelledError):
        await show.play(f"{TO_IMAGE}#*:429:20")
    assert len(show.studio.simulator.log) == 1
    assert show.states() == {"waving": CaseState.MISSING}


@pytest.mark.parametrize(("version", "is_taken_up"), [("light", False), ("fibo", True)])
async def test_a_run_that_is_stopped_leaves_what_the_next_needs(
    version: str, is_taken_up: bool, tmp_path: Path
) -> None:
    """What is under way is unknown; a job is taken up. What was written stays."""
    show = Show(tmp_path, version=version, generation_seconds="100000")
    played = Played()
    running = asyncio.create_task(show.play(played=played, request=GalleryRunRequest(patience=1e9)))
    await show.clock.sleep(30.0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "Stopped: 1 case under way." in played.said[-1]
    assert show.states() == {"waving": CaseState.UNKNOWN}
    show.clock.advance(200000.0)
    played = await show.play()
    assert (played.sent, bool(played.run.tasks)) == ([], is_taken_up)


@pytest.mark.parametrize("name", ["looks", f"looks/{PRINT}"])
async def test_results_are_kept_in_real_folders(name: str, tmp_path: Path) -> None:
    """A link leads among other files, as the images of a dataset, even where it stays below the root."""
    (tmp_path / "images").mkdir()
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).symlink_to("images" if name == "looks" else "../images")
    show = Show(tmp_path)
    words = ""
    try:
        words = (await show.play()).words
    except OSError as error:
        words = str(error)
    assert f"{name} is no folder, or a link to one" in words
    assert (show.studio.simulator.log, list((tmp_path / "images").iterdir())) == ([], [])


async def test_two_runs_at_the_same_time(tmp_path: Path) -> None:
    """The second is refused; what the first draws is there when it has ended."""
    with GalleryWriter(tmp_path, "looks"), pytest.raises(GalleryInUse):
        GalleryWriter(tmp_path, "looks")
    GalleryWriter(tmp_path, "looks").close()


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can become larger than this, as on a disk that is full."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


async def test_a_full_disk_is_noticed_before_anything_is_paid_for(tmp_path: Path) -> None:
    """Room for the result is held before the request is sent."""
    show = Show(tmp_path, *THREE)
    with room_for(1_000_000):
        played = await show.play()
    assert played.sent == []
    assert "nothing was sent, as its result could not be written: File too large" in played.words
    assert set(show.states().values()) == {CaseState.MISSING}
    assert len((await show.play()).sent) == 3


@pytest.mark.parametrize(("version", "is_taken_up"), [("light", False), ("fibo", True)])
async def test_a_disk_that_fills_while_a_request_is_under_way(version: str, is_taken_up: bool, tmp_path: Path) -> None:
    """The result was paid for: the run ends, and a job is fetched once there is room."""
    show = Show(tmp_path, version=version, generation_seconds="50")
    running = asyncio.create_task(show.play())
    await show.clock.sleep(30.0)
    with room_for(1000):
        played = await running
    assert "a result that was paid for could not be written" in played.words
    assert show.states() == {"waving": CaseState.UNKNOWN}
    played = await show.play()
    assert (played.sent, bool(played.run.tasks)) == ([], is_taken_up)
    assert (show.states()["waving"] is CaseState.PRESENT) == is_taken_up


async def test_a_picture_that_was_written_without_its_record_is_finished(tmp_path: Path) -> None:
    """A run was killed in between: nothing is paid for again."""
    show = Show(tmp_path)
    await show.play()
    record = json.loads((show.folder / "waving.json").read_text())
    (show.folder / "waving.json").unlink()
    note = {"definition": show.cases[0].definition, "file": "waving.png", "record": record}
    (show.folder / "waving.submitted.json").write_text(json.dumps(note))
    assert show.states() == {"waving": CaseState.UNKNOWN}
    played = await show.play(limits=Limits(generations=0))
    assert (played.sent, [task.step for task in played.run.tasks]) == ([], [Step.FINISH])
    assert show.states() == {"waving": CaseState.PRESENT}
    assert not (show.folder / "waving.submitted.json").exists()


@pytest.mark.parametrize(
    "note", [{"job": "../../tailored-gen/models"}, {"job": "a b"}, {"file": "../../pose.png"}, {"file": "other.png"}]
)
async def test_a_note_of_a_stranger_leads_nowhere(note: dict[str, str], tmp_path: Path) -> None:
    """A pull request may bring one. It names no path of the API, and no file of another case."""
    show = Show(tmp_path)
    data = picture()
    for place in (tmp_path / "pose.png", show.folder / "other.png"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    record = {"file": {"sha256": sha256(data).hexdigest()}}
    told = {"definition": show.cases[0].definition, "record": record, **note}
    (show.folder / "waving.submitted.json").write_text(json.dumps(told))
    played = await show.play()
    assert (played.run.tasks, len(show.studio.simulator.log)) == ((), 0)
    assert show.states() == {"waving": CaseState.UNKNOWN}


async def test_what_is_damaged_is_never_written_over_unasked(tmp_path: Path) -> None:
    """It was paid for. A person may restore it from git, or say to pay once more."""
    show = Show(tmp_path)
    await show.play()
    (show.folder / "waving.png").write_bytes(b"damaged")
    for request in (None, GalleryRunRequest(refreshes=True)):
        played = await show.play(request=request)
        assert (played.sent, [one.state for one in played.run.left]) == ([], [CaseState.DAMAGED])
    assert (show.folder / "waving.png").read_bytes() == b"damaged"
    await show.play(request=again("waving"))
    assert show.states() == {"waving": CaseState.PRESENT}


async def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    """Somebody put one there while the request was under way."""
    show = Show(tmp_path, generation_seconds="50")
    running = asyncio.create_task(show.play())
    await show.clock.sleep(30.0)
    (show.folder / "waving.png").write_bytes(b"mine")
    played = await running
    assert "a file of that name is there" in played.words
    assert (show.folder / "waving.png").read_bytes() == b"mine"


async def test_what_concerns_all_cases_ends_the_run(tmp_path: Path) -> None:
    """The family is retired, or the token is refused: no further request is sent."""
    show = Show(tmp_path, *THREE, *(case(f"d{n}", n) for n in range(9)), legacy_generation_sunset="410_message")
    played = await show.play()
    assert len(played.sent) <= 4
    assert "this may be the announced end of its family" in played.words
    assert set(show.states().values()) == {CaseState.MISSING}
