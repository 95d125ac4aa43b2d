"""`generate` against the simulator: every answer that the documents leave open, and what is lost, blocked or damaged."""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.api.client import Client
from reconciler.api.endpoint import parse_endpoint
from reconciler.api.error import CallFailed
from reconciler.api.generation import Result
from reconciler.api.token import Token
from reconciler.app.drawing import Generation
from reconciler.app.exceptions import WrongUsage
from reconciler.app.generation import GenerateRequest, JobRequest, Outcome, Told, generate, take_up
from reconciler.app.generation_results import trusted
from reconciler.app.session import Session, embedded
from reconciler.app.settings import resolve_settings
from reconciler.clock import SimulatedClock
from reconciler.core.diff.election import ModelMember
from reconciler.core.generation.body import asked
from reconciler.core.kind import Kind
from reconciler.core.live import ModelStatus, RemoteModel
from reconciler.core.name import FinalName
from reconciler.core.order import Drawer, Draws, Guidance, Method, Order, Picture
from reconciler.core.ref import Ref
from reconciler.files.job_note import note_job
from reconciler.simulator import parse_fault
from reconciler.simulator.fault import FaultScript
from reconciler.simulator.generation.switch_table import CURRENT, GENERATION
from tests.simulator.drawing import Studio
from tests.simulator.outsider import Json, picture

Switched = dict[str, Json]
REF = Ref(Kind.MODEL, "lora-max")
FACE = Picture(
    label="face.png",
    digest=sha256(picture()).hexdigest(),
    width=256,
    height=256,
    base64=b64encode(picture()).decode(),
)
GUIDED = Order(
    prompt="waving",
    guidance=(Guidance(method=Method.CANNY, picture=FACE), Guidance(method=Method.DEPTH, picture=FACE)),
    image_prompt=(FACE,),
)
PORTRAIT = Order(draws=Draws.PORTRAIT, person=FACE)
WAVING = Order(prompt="waving", given={"seed": 7})


@dataclass
class Played:
    """What came of an order: the outcome, or the words of the failure, and everything that was said and asked."""

    outcome: Outcome = field(default_factory=Outcome)
    words: str = ""
    said: list[str] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    @property
    def all_words(self) -> str:
        return "; ".join([self.words, *self.outcome.missed])


async def play(
    folder: Path,
    order: Order = WAVING,
    *,
    version: str = "light",
    faults: tuple[str, ...] = (),
    patience: float = 60.0,
    said: list[str] | None = None,
    prefix: str = "A drawing of ",
    studio: Studio | None = None,
    job: str = "",
    hours_later: float = 0.0,
    **switches: Json,
) -> Played:
    """Let a model of a training version draw in a world of its own; or take up a job in the world of an earlier call."""
    studio = studio or Studio(version, **switches)
    studio.simulator.log.clear()
    studio.simulator.hooks = [
        FaultScript([parse_fault(one) for one in faults], studio.simulator.again, studio.simulator.later)
    ]
    clock = SimulatedClock()
    clock.advance(hours_later * 3600)
    studio.simulator._clock = clock
    drawer = Drawer(ref=REF, version=version, medium="illustration", prefix=prefix)
    wanted = asked(order, drawer, studio.first)
    model = RemoteModel(id=studio.first, name="lora-max v1", status=ModelStatus.COMPLETED)
    member = ModelMember(model=model, name=FinalName(base="lora-max", version=1, fingerprint="a9f3c1a2b7d40"))
    record: dict[str, object] = {
        "model": "lora-max",
        "fingerprint": "a9f3c1a2b7d40",
        "kind": order.draws.value,
        "seed": None,
    }
    played = Played(said=[] if said is None else said)
    told = Told(say=played.said.append, keep=played.kept.append, may_fetch=lambda _hosts: False)
    endpoint = parse_endpoint("simulator")
    settings = resolve_settings({}, {"RECONCILER_ENDPOINT": "simulator"})
    transport = embedded(studio.simulator, clock)
    async with Client(endpoint, Token("canary-token"), clock=clock, transport=transport) as client:
        request = GenerateRequest(ref=REF, order=order, folder=folder, patience=patience)
        generation = Generation(member=member, drawer=drawer, asked=wanted, record=record)
        opened = Session(client=client, clock=clock)
        try:
            if job:
                taken = JobRequest(ref=REF, job=job, folder=folder, patience=patience)
                played.outcome = await take_up(opened, settings, taken, told)
            else:
                played.outcome = await generate(opened, settings, generation, request, told)
        except CallFailed as error:
            played.words = error.message
    played.sent = [f"{entry.method} {entry.path}" for entry in studio.simulator.log if entry.method == "POST"]
    return played


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


ORDERS: dict[str, Order] = {
    "reimagine_path": Order(draws=Draws.REIMAGINE, prompt="waving", structure=FACE),
    "vector_format": Order(draws=Draws.VECTOR, prompt="waving"),
    "vector_on_photography": Order(draws=Draws.VECTOR, prompt="waving"),
    "restyle_reply": PORTRAIT,
    "restyle_no_face": PORTRAIT,
    "wrong_family_portrait": PORTRAIT,
    "image_prompt_with_controlnet": GUIDED,
    "guidance_gap": GUIDED,
    "guidance_ratio_mismatch": GUIDED,
    "moderation_partial": Order(prompt="borderline", given={"results": 2, "sync": True, "moderation": True}),
    "moderation_async": Order(prompt="borderline", given={"results": 2, "moderation": True}),
    "moderation_error_shape": Order(prompt="unsafe", given={"prompt-moderation": True}),
}
"""What meets a switch, where a plain picture does not."""

ENDED = "this may be the announced end of its family"
SAID: dict[str, str] = {
    "legacy_generation_sunset=410_message": ENDED,
    "legacy_generation_sunset=403_string": ENDED,
    "legacy_generation_sunset=404": ENDED,
    "legacy_generation_sunset=400_message": "has been retired",
    "reimagine_path=reimagine/tailored/{model_id}": ENDED,
    "v1_failed_async=404_forever": "did not come within 60 s: simulator answers 404",
    "v1_failed_async=zero_byte": "an empty file is there; moderation blocked it, or it failed",
    "v1_failed_async=403_forever": "simulator answers 403",
    "moderation_partial=omitted": "1 of 2 results did not come",
    "moderation_partial=blocked_object": "a result has no address",
    "moderation_partial=422_all": "Content moderation refused result",
    "moderation_async=zero_byte": "an empty file is there",
    "moderation_async=404_forever": "simulator answers 404",
    "restyle_no_face=422_message": "No face was found",
    "restyle_no_face=400_message": "No face was found",
    "image_prompt_with_controlnet=400_message": "An image prompt goes with no guidance method",
    **{
        f"moderation_error_shape={value}": "Content moderation refused prompt"
        for value in ("ErrMessage", "ErrErrorString", "ErrPydanticList", "ErrDetail")
    },
}
"""What is said where not all that was asked for came."""


PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
BEGIN, END = "<!-- drawn: written by pytest --update-golden -->\n", "<!-- end of drawn -->\n"


def table() -> str:
    """What is said where not all that was asked for comes, in the order of the switches."""
    rows = [
        f"| `{switch.name}={value}` | {SAID[f'{switch.name}={value}']} |\n"
        for switch in GENERATION
        for value in switch.values
        if f"{switch.name}={value}" in SAID
    ]
    return f"\n| value | said by `generate` |\n|---|---|\n{''.join(rows)}\n"


def test_the_page_says_what_becomes_of_each_value(update_golden: bool) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    between, _, after = rest.partition(END)
    assert after
    if update_golden:
        PAGE.write_text(before + BEGIN + table() + END + after, encoding="utf-8")
        return
    assert between == table(), "run pytest tests/app/test_generation.py --update-golden"


@pytest.mark.parametrize(("name", "value"), [(switch.name, value) for switch in GENERATION for value in switch.values])
async def test_every_answer_that_the_documents_leave_open(name: str, value: str, tmp_path: Path) -> None:
    """F25: a picture comes, or it is said why not; nothing is ever sent twice."""
    version = "fibo" if name in {switch.name for switch in CURRENT} else "light"
    failing: Switched = {"generation_outcome": "failed"} if name == "v1_failed_async" else {}
    played = await play(tmp_path, ORDERS.get(name, WAVING), version=version, **{**failing, name: value})
    assert len(played.sent) == 1
    words = SAID.get(f"{name}={value}")
    if words is None:
        assert not played.all_words
        assert len(played.outcome.files) == 1
    else:
        assert words in played.all_words


async def test_a_result_is_kept_as_it_came_with_what_it_was_drawn_from(tmp_path: Path) -> None:
    """Type, size, digest and sides stand beside it, the seed of the answer too, and no address."""
    (place,) = (await play(tmp_path)).outcome.files
    assert place.name == "lora-max-a9f3c1a2b7d40-image-7.png"
    record = json.loads(place.with_suffix(".json").read_text())
    data = place.read_bytes()
    assert record["file"] == {
        "type": "image/png", "sha256": sha256(data).hexdigest(), "size": len(data), "width": 1024, "height": 1024,
    }  # fmt: skip
    assert record["seed"] == 7
    assert "http" not in place.with_suffix(".json").read_text()


async def test_nothing_is_written_over(tmp_path: Path) -> None:
    """The same picture again gets another name, as does one beside which somebody left a file of that name."""
    for _ in range(2):
        await play(tmp_path)
    (tmp_path / "lora-max-a9f3c1a2b7d40-image-7-3.txt").write_text("mine")
    (place,) = (await play(tmp_path)).outcome.files
    assert place.name == "lora-max-a9f3c1a2b7d40-image-7-4.png"
    assert (tmp_path / "lora-max-a9f3c1a2b7d40-image-7-3.txt").read_text() == "mine"


@pytest.mark.parametrize("fault", ["lost_answer", "500_after", "503", "truncated", "html", "empty"])
@pytest.mark.parametrize("version", ["light", "fibo"])
async def test_a_lost_answer_is_unknown_and_never_repeated(fault: str, version: str, tmp_path: Path) -> None:
    """Whether it was paid for, nobody knows; it is said, and nothing is sent again."""
    path = "/v2/image/generate/tailored" if version == "fibo" else "/text-to-image/tailored/*"
    played = await play(tmp_path, version=version, faults=(f"POST {path}#*:{fault}",))
    assert len(played.sent) == 1
    assert "paid for is unknown" in played.all_words
    assert not files_in(tmp_path)


async def test_requests_that_were_not_taken_wait_for_their_turn(tmp_path: Path) -> None:
    """A 429, as an apply at work may cause, had no effect: the request is sent when there is room."""
    played = await play(tmp_path, faults=("POST /text-to-image/tailored/*#1-2:429:20",))
    assert len(played.sent) == 3
    assert len(played.outcome.files) == 1


async def test_a_result_is_looked_at_again_until_it_is_whole(tmp_path: Path) -> None:
    """A look costs nothing: a cut file, a lost connection, a gateway's error and a 429 are not the end."""
    faults = ("truncated", "lost_answer", "503", "429")
    played = await play(tmp_path, faults=tuple(f"GET /results/*#{n}:{kind}" for n, kind in enumerate(faults, 3)))
    assert len(played.outcome.files) == 1


async def test_a_page_is_no_picture(tmp_path: Path) -> None:
    """What came instead is named, and not written."""
    played = await play(tmp_path, faults=("GET /results/*#*:html",))
    assert "what came is no picture" in played.all_words
    assert not files_in(tmp_path)


async def test_an_expired_address_is_told(tmp_path: Path) -> None:
    """It answers 403 for ever, which is what one that is not ready may answer too: a deadline ends it."""
    played = await play(tmp_path, v1_result_ttl="1h", generation_seconds="0", v1_pending_url="403_xml", patience=1.0)
    assert len(played.outcome.files) == 1
    played = await play(tmp_path, generation_seconds="100000", v1_pending_url="403_xml")
    assert "did not come within 60 s: simulator answers 403" in played.all_words


async def test_a_checkpoint_draws_another_picture(tmp_path: Path) -> None:
    """Than another one; that of the last step is the active one."""
    pictures = []
    for step in (500, 1000, None):
        order = Order(prompt="waving", given={"seed": 7}, checkpoint=step)
        (place,) = (await play(tmp_path, order, version="bria-2.3")).outcome.files
        pictures.append(place.read_bytes())
    assert pictures[0] != pictures[1] == pictures[2]


async def test_a_run_that_is_stopped_says_what_it_leaves(tmp_path: Path) -> None:
    """What was written is told already; what is under way is paid for."""
    said: list[str] = []
    running = asyncio.create_task(play(tmp_path, patience=1e9, said=said, generation_seconds="100000000"))
    for _ in range(200):
        await asyncio.sleep(0)  # noqa: TID251 - lets the run go on, and waits for nothing
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "Stopped while a request that costs was under way" in said[-1]


@pytest.mark.parametrize(("answer", "hosts"), [(True, ("a.example", "b.example:8443")), (False, ("a.example",))])
def test_a_host_that_nobody_named_is_asked_for(answer: bool, hosts: tuple[str, ...]) -> None:
    """Once, with all of them; nothing is asked where each is named."""
    asked_for: list[Sequence[str]] = []

    def may_fetch(others: Sequence[str]) -> bool:
        asked_for.append(others)
        return answer

    results = [Result(address=f"https://{host}/x.png?Signature=s") for host in ("a.example", "b.example:8443")]
    endpoint = parse_endpoint("https://engine.example.com")
    assert trusted(endpoint, results, ["a.example"], may_fetch) == hosts
    assert asked_for == [("b.example:8443",)]
    assert trusted(endpoint, results[:1], ["a.example"], may_fetch) == ("a.example",)
    assert len(asked_for) == 1


@pytest.mark.parametrize(
    ("order", "switches", "words"),
    [
        (WAVING, {"generation_outcome": "failed"}, "failed: The generation failed"),
        (Order(prompt="borderline"), {}, "failed: Content moderation refused the result"),
        (WAVING, {"generation_seconds": "1000"}, "still runs after 60 s"),
    ],
)
async def test_a_job_that_draws_nothing(order: Order, switches: Switched, words: str, tmp_path: Path) -> None:
    """It failed, was blocked, or takes too long: its id is told."""
    played = await play(tmp_path, order, version="fibo", **switches)
    assert words in played.all_words
    assert played.all_words.startswith("; job ")


@pytest.mark.parametrize(
    ("prefix", "order", "is_told"),
    [
        ("A drawing of Lora, ", Order(prompt="waving"), False),
        ("A drawing of Lora,", Order(prompt="waving"), True),
        ("A drawing of Lora,", Order(prompt=" waving"), False),
        ("A drawing of Lora,", Order(prompt="waving", has_prefix=False), False),
        ("A drawing of Lora,", PORTRAIT, False),
    ],
)
async def test_a_prefix_that_runs_into_the_prompt_is_told(
    prefix: str, order: Order, *, is_told: bool, tmp_path: Path
) -> None:
    """It is sent as it is, as both are (V13); a person decides where the space belongs."""
    played = await play(tmp_path, order, prefix=prefix)
    assert any("ends without a space" in words for words in played.said) is is_told


def noted(folder: Path) -> str:
    """The id of the one job that is noted in a folder."""
    (note,) = folder.glob("job-*.json")
    return note.stem.removeprefix("job-")


async def test_a_job_that_still_runs_is_taken_up_later(tmp_path: Path) -> None:
    """By its note, without another request that costs; the record is that of the order, and the note goes."""
    studio = Studio("fibo", generation_seconds="1000")
    first = await play(tmp_path, version="fibo", studio=studio)
    job = noted(tmp_path)
    assert first.all_words.endswith(
        f"; `reconciler generate lora-max --job {job} --out {tmp_path}` looks again, and costs nothing"
    )
    again = await play(tmp_path, version="fibo", studio=studio, job=job)
    assert (again.outcome.files, noted(tmp_path)) == ((), job)
    last = await play(tmp_path, version="fibo", studio=studio, job=job, hours_later=1)
    (place,) = last.outcome.files
    assert (last.sent, last.outcome.missed) == ([], ())
    record = json.loads(place.with_suffix(".json").read_text())
    assert (record["fingerprint"], record["seed"]) == ("a9f3c1a2b7d40", 7)
    assert job not in place.with_suffix(".json").read_text()
    assert sorted(path.suffix for path in files_in(tmp_path)) == [".json", ".png"]


@pytest.mark.parametrize(
    ("order", "switches", "faults"),
    [
        (WAVING, {}, ()),
        (WAVING, {"generation_outcome": "failed"}, ()),
        (Order(prompt="borderline"), {}, ()),
    ],
)
async def test_no_note_stays_of_a_job_that_is_over(
    order: Order, switches: Switched, faults: tuple[str, ...], tmp_path: Path
) -> None:
    """Nothing can be fetched any more, or all was."""
    await play(tmp_path, order, version="fibo", faults=faults, **switches)
    assert not any(path.name.startswith("job-") for path in files_in(tmp_path))


async def test_a_job_of_an_unreadable_status_can_be_taken_up(tmp_path: Path) -> None:
    """Whether it drew anything is unknown, and asking again costs nothing."""
    studio = Studio("fibo")
    await play(tmp_path, version="fibo", studio=studio, faults=("GET /v2/status/*#*:html",))
    assert len((await play(tmp_path, version="fibo", studio=studio, job=noted(tmp_path))).outcome.files) == 1


async def test_the_note_of_a_job_that_the_api_does_not_know_stays(tmp_path: Path) -> None:
    """It may be one of another account, to which the token at hand does not belong."""
    note_job(tmp_path, "f00d", {"model": "lora-max", "fingerprint": "a9f3c1a2b7d40", "kind": "image", "seed": 7})
    played = await play(tmp_path, version="fibo", job="f00d")
    assert "the API knows nothing of this job any more" in played.all_words
    assert noted(tmp_path) == "f00d"


@pytest.mark.parametrize(
    ("text", "job", "words"),
    [
        ("", "f00d", "holds no note of it that can be read (job-f00d.json: No such file or directory)"),
        ("", "../f00d", "holds no note of a job with such an id"),
        ("{", "f00d", "holds a note that was changed or damaged (job-f00d.json)"),
        ('{"job": "beef", "record": {}}', "f00d", "changed or damaged"),
        ('{"job": "f00d", "record": {"model": "lora-max", "kind": "image"}}', "f00d", "changed or damaged"),
        (
            '{"job": "f00d", "record": {"model": "../x", "fingerprint": "a9f3c1a2b7d40", "kind": "image", "seed": 7}}',
            "f00d",
            "changed or damaged",
        ),
        (
            '{"job": "f00d", "record": {"model": "other", "fingerprint": "a9f3c1a2b7d40", "kind": "image", "seed": 7}}',
            "f00d",
            "it draws with other, not with lora-max",
        ),
    ],
)
async def test_a_note_that_cannot_be_used_is_named(text: str, job: str, words: str, tmp_path: Path) -> None:
    """Nothing is asked, and the note stays as it is."""
    if text:
        (tmp_path / "job-f00d.json").write_text(text)
    with pytest.raises(WrongUsage, match=re.escape(words)):
        await play(tmp_path, version="fibo", job=job)


async def test_a_job_that_cannot_be_noted_is_told(tmp_path: Path) -> None:
    """The disk was full for a moment; what is drawn is fetched all the same."""
    (tmp_path / "seen").write_text("no folder")
    played = await play(tmp_path / "seen", version="fibo")
    assert "could not be noted on the disk (File exists), so no later run can take it up" in played.said[-1]


async def test_a_status_that_cannot_be_read_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    """The job was paid for, and is not begun again."""
    played = await play(tmp_path, version="fibo", faults=("GET /v2/status/*#*:html",))
    assert "whether it drew anything is unknown" in played.all_words
    assert len(played.sent) == 1


async def test_a_structured_prompt_is_kept_and_repeats_its_picture(tmp_path: Path) -> None:
    """From the prompt to JSON, from JSON and seed to the picture, and the same picture a second time."""
    order = Order(draws=Draws.STRUCTURED, prompt="waving", given={"seed": 7})
    (place,) = (await play(tmp_path, order, version="fibo")).outcome.files
    assert place.name == "lora-max-a9f3c1a2b7d40-structured-7.prompt.json"
    told = place.read_text()
    assert json.loads(told)["short_description"] == "waving"
    again = Order(structured_prompt=told, given={"seed": 7})
    (first,) = (await play(tmp_path, again, version="fibo")).outcome.files
    (second,) = (await play(tmp_path, again, version="fibo")).outcome.files
    assert first.read_bytes() == second.read_bytes()


async def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    """What was paid for and could not be written is named."""
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    played = await play(blocked)
    assert "a result that was paid for could not be written to" in played.all_words


async def test_the_end_of_the_family_is_announced_once(tmp_path: Path) -> None:
    """For what v1 draws, and for nothing else; a warning of the API is told."""
    signal = Order(prompt="waving", given={"ip-signal": True, "results": 2})
    assert [words[:5] for words in (await play(tmp_path, signal)).said] == ["Note:", "The A"]
    assert not (await play(tmp_path, version="fibo")).said


@pytest.mark.parametrize("order", [PORTRAIT, Order(prompt="waving", given={"sync": True})])
async def test_a_request_that_waits_for_its_result_may_take_minutes(order: Order, tmp_path: Path) -> None:
    """Longer than any other: to give up on it loses what was paid for. It ends all the same."""
    assert len((await play(tmp_path, order, generation_seconds="200")).outcome.files) == 1
    played = await play(tmp_path, order, generation_seconds="400")
    assert "no answer came in time. Whether anything was drawn" in played.all_words


async def test_a_prefix_that_nothing_shows_is_told(tmp_path: Path) -> None:
    """The model was trained with one, so a picture without it says little; the record says what was sent."""
    played = await play(tmp_path, prefix="")
    assert "the API shows no prefix of this model" in played.said[1]
    assert not (await play(tmp_path, PORTRAIT, prefix="")).said[1:]


async def test_a_prompt_that_the_documents_do_not_want_is_told(tmp_path: Path) -> None:
    """It is sent all the same: nobody says what becomes of it."""
    played = await play(tmp_path, Order(prompt="ein Löwe"))
    assert "in English without special characters" in played.said[1]
    assert len(played.outcome.files) == 1
