import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.caller import Pace, pace_of
from reconciler.api.client import Client
from reconciler.api.endpoint import parse_endpoint
from reconciler.api.error import CallFailed, Lost, Rejected, Unauthorised, UnfitAnswer, Unreachable, WrongAnswer
from reconciler.api.observer import Exchange
from reconciler.api.token import Token
from reconciler.api.transport import EmbeddedTransport
from reconciler.clock import SimulatedClock, SystemClock
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import DatasetStatus, ModelStatus, RemoteModel
from reconciler.core.text import visible
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.simulator import Simulator, serving
from tests.api.peer import CANARY, IMPATIENT, Watch, answer, client_of, peer, says
from tests.api.simulation import World, picture, world

JSON_TEXT = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**64) | st.text(max_size=5) | st.just(CANARY),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "status", "message", "errors", "images"]), inner, max_size=4)
    ),
    max_leaves=8,
).map(lambda document: json.dumps(document).encode())

EVERY_SHAPE: list[dict[str, str]] = [
    {},
    {"id_type": "numeric_string"},
    {"response_trim": "trimmed"},
    {"timestamp_format": "z_seconds"},
    {"description_default": "null"},
    {"description_default": "absent"},
    {"prefix_before_training": "absent"},
    {"images_list": "unordered"},
    {"deleted_model_in_lists": "shown"},
    {"prefix_reply": "caption_prefix"},
    {"prefix_reply": "generation_prefix"},
]


async def fill(found: World) -> tuple[int, int]:
    """A project and a completed dataset of one image with a hand-written caption; every operation on the way."""
    client = found.client
    project, dataset = await found.draft(images=2)
    await client.update_project(project, {"project_name": "q"})
    await client.update_dataset(dataset, name="e", guide=PrefixGuide(text="A photo, "))
    await client.regenerate_captions(dataset)
    await found.clock.sleep(600)
    read = await found.read(dataset)
    first, second = sorted(image.id for image in read.images or ())
    assert (read.name, read.guide, read.family, read.images_count) == ("e", PrefixGuide(text="A photo, "), "prefix", 2)
    assert read.captions_update_status == "completed"
    await client.update_caption(dataset, first, "written by hand")
    await client.regenerate_caption(dataset, second)
    await client.delete_image(dataset, second)
    await client.delete_image(dataset, second)
    read = await found.read(dataset)
    captions = [(image.id, image.caption, image.is_hand_written) for image in read.images or ()]
    assert captions == [(first, "written by hand", True)]
    await client.update_dataset(dataset, status="completed")
    return project, dataset


async def train(found: World, dataset: int) -> RemoteModel:
    """A trained model on the dataset; every operation on the way."""
    model = await found.client.create_model(
        name="m", dataset_id=dataset, training_mode="expert", training_version="bria-3.2", description="d"
    )
    assert (model.name, model.status) == ("m", ModelStatus.CREATED)
    await found.client.start_training(model.id, {"rank": 64, "learning_rate": 0.0002})
    await found.client.update_model(model.id, name="n", description="")
    await found.clock.sleep(6 * 3600)
    trained = await found.client.get_model(model.id)
    assert trained is not None
    return trained


async def whole_story(found: World) -> None:
    """Everything that the client can do, and what must come of it."""
    client = found.client
    project, dataset = await fill(found)
    copy = await client.clone_dataset(dataset, name="copy")
    assert copy.id != dataset
    assert copy.status is DatasetStatus.DRAFT
    trained = await train(found, dataset)
    assert (trained.name, trained.description, trained.status) == ("n", "", ModelStatus.COMPLETED)
    assert (trained.dataset_id, trained.project_id) == (dataset, project)
    assert dict(trained.parameters)["rank"] == 64
    projects, datasets, models = await client.list_projects(), await client.list_datasets(), await client.list_models()
    assert [item.project_name for item in projects] == ["q"]
    assert {item.id: item.images for item in datasets} == {dataset: None, copy.id: None}
    assert models == (trained,)
    assert await client.list_project_datasets(project) == datasets
    of_project = await client.list_project_models(project)  # the only list that says when a model was updated
    assert tuple(replace(model, updated_at=None) for model in of_project) == models
    assert await client.get_project(project) == projects[0]
    for ip_type, ip_name in [("defined_character", "Lora"), ("stylized_scene", None)]:
        assert await client.generate_prefix([picture().now], ip_type=ip_type, ip_medium="photography", ip_name=ip_name)


@pytest.mark.parametrize("switches", EVERY_SHAPE, ids=str)
async def test_u47_to_u50_u64_every_operation_works_in_every_shape_of_answer(switches: dict[str, str]) -> None:
    """One story through all operations, however the API writes its answers."""
    async with world(switches=switches) as found:
        await whole_story(found)
        assert found.client.calls == len(found.requests) == sum(found.client.tally.values())
        assert [exchange.failure for exchange in found.watch.ended if exchange.status != 404] == [""] * (
            found.client.calls - 1
        )


async def test_the_story_over_a_real_socket() -> None:
    """The same client, the same simulator, and a network between them."""
    watch = Watch()
    with serving(Simulator(tokens=(CANARY,))) as address:
        async with client_of(parse_endpoint(address), watch=watch) as client:
            project = await client.create_project(
                {"project_name": "Lora é", "ip_medium": "photography", "ip_type": "other"}
            )
            dataset = await client.create_dataset(project_id=project.id, name="d", uploads=ONE_BY_ONE)
            uploads = [
                client.upload_image(
                    dataset.id, image_name=f"{number}.png", source=picture(number), increase_resolution=True
                )
                for number in range(6)
            ]
            images = await asyncio.gather(*uploads)
            read = await client.get_dataset(dataset.id)
    assert read is not None
    assert read.images is not None
    assert {image.id for image in read.images} == {image.id for image in images}
    assert {image.image_name for image in read.images} == {f"{number}.png" for number in range(6)}
    assert [exchange.number for exchange in watch.begun] == list(range(1, 10))


async def test_bodies_are_what_the_contract_documents() -> None:
    """Integer project ids, only the fields that were given, no body at all for a start without parameters."""
    async with world() as found:
        project, dataset = await found.draft(images=1)
        await found.client.update_dataset(dataset, status="completed")
        model = await found.client.create_model(
            name="m", dataset_id=dataset, training_mode="fully_automated", training_version="max", description=""
        )
        await found.client.start_training(model.id, {})
    bodies = {(method, path.split("/")[-1]): body for method, path, body in found.requests}
    assert json.loads(bodies["POST", "datasets"]) == {"project_id": project, "name": "d", "upload_type": "basic"}
    assert json.loads(bodies["PUT", str(dataset)]) == {"status": "completed"}
    assert bodies["POST", "start_training"] == b""
    assert json.loads(bodies["POST", "models"])["dataset_id"] == dataset


async def test_u05_what_is_not_there_is_none() -> None:
    """404 on a read by id means absent; anywhere else it is the API's refusal."""
    async with world() as found:
        assert await found.client.get_project(999) is None
        assert await found.client.get_dataset(999) is None
        assert await found.client.get_model(999) is None
        for refused in (found.client.list_project_datasets(999), found.client.regenerate_captions(999)):
            with pytest.raises(Rejected) as caught:
                await refused
            assert caught.value.status == 404
        with pytest.raises(Rejected):
            await found.client.update_model(999, name="n", description="")
        _, dataset = await found.draft(images=1)
        await found.client.update_dataset(dataset, status="completed")
        image, *_ = (await found.read(dataset)).images or ()
        with pytest.raises(Rejected) as caught:
            await found.client.delete_image(dataset, image.id)
        assert caught.value.status == 409


@pytest.mark.parametrize(
    "kind", ["lost_request", "lost_answer", "500", "502", "503", "504", "500_after", "truncated", "html", "empty"]
)
async def test_f02_to_f09_a_write_is_sent_once_whatever_becomes_of_it(kind: str) -> None:
    """Lost, once, done or not: only looking tells."""
    async with world(f"POST /tailored-gen/projects#1:{kind}") as found:
        with pytest.raises(Lost) as caught:
            await found.draft()
        assert found.client.calls == 1
        assert found.committed("POST", "/projects") == (kind not in {"lost_request", "500", "502", "503", "504"})
        assert caught.value.operation == "create-project"
        assert found.watch.ended[0].failure == caught.value.message
        assert (await found.client.list_projects() != ()) == (found.committed("POST", "/projects") == 1)


@pytest.mark.parametrize(
    "kind", ["lost_request", "lost_answer", "500", "502", "503", "504", "truncated", "html", "empty", "429"]
)
async def test_f08_a_read_is_repeated_until_it_serves(kind: str) -> None:
    """Three failures in a row, then the answer; with pauses, and told."""
    async with world(f"GET /tailored-gen/models#1-3:{kind}") as found:
        assert await found.client.list_models() == ()
        assert found.client.calls == 4
        assert [exchange.attempt for exchange in found.watch.begun] == [1, 2, 3, 4]
        assert len(found.watch.waits) == 3
        assert 3 <= found.clock.now() <= 45


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("503", UnfitAnswer), ("lost_request", UnfitAnswer), ("429", Unreachable)],
)
async def test_f08_f11_patience_has_an_end(kind: str, failure: type[Exception]) -> None:
    """For ever the same fault: given up after five minutes, without a busy loop."""
    async with world(f"GET /tailored-gen/models#*:{kind}") as found:
        with pytest.raises(failure):
            await found.client.list_models()
        assert found.clock.now() == pytest.approx(300.0)
        assert found.client.calls < 65


class Unplugged(Exception):
    """No connection comes about."""


class Cable:
    """A transport that can be unplugged, and an empty account behind it."""

    def __init__(self, pace: Pace) -> None:
        self.is_plugged = False
        self.clock = SimulatedClock()
        transport = EmbeddedTransport(self._answer, clock=self.clock, losses={Unplugged: "unsent"})
        self.client = Client(parse_endpoint("simulator"), clock=self.clock, pace=pace, transport=transport)

    def _answer(self, *_: object) -> tuple[int, dict[str, str], bytes]:
        if not self.is_plugged:
            raise Unplugged
        return 200, {}, b"[]"


@pytest.mark.parametrize(("reach", "tries"), [(20.0, 5), (12.0, 3), (5.0, 1), (1.0, 1)])
async def test_f01_a_host_that_never_answers_is_given_up_within_patience(reach: float, tries: int) -> None:
    """The last attempt begins so early that it could run into its timeout and still end in time."""
    pace = pace_of("none", reach=reach)
    cable = Cable(pace)
    async with cable.client as client:
        for asked in (client.list_models(), client.create_project({"project_name": "p"})):
            with pytest.raises(Unreachable, match="simulator cannot be reached"):
                await asked
            assert cable.clock.now() + pace.connect_seconds <= reach
        assert client.calls in {tries + 1, tries + 2}


async def test_f01_whoever_waits_for_a_network_gets_it() -> None:
    """A patience of ten minutes, and a network that comes back after five."""
    cable = Cable(pace_of("none", reach=600.0))

    async def repair() -> None:
        await cable.clock.sleep(300)
        cable.is_plugged = True

    async with cable.client as client:
        found, _ = await asyncio.gather(client.list_models(), repair())
    assert found == ()
    assert 300 <= cable.clock.now() <= 331


async def test_f01_an_outage_of_a_host_that_answered_is_waited_out_and_counted_once() -> None:
    """Five minutes from its beginning, for all calls together: what is asked for after that fails at once."""
    cable = Cable(Pace())
    async with cable.client as client:
        cable.is_plugged = True
        await client.list_models()
        cable.is_plugged = False
        cable.clock.advance(3600)
        with pytest.raises(Unreachable):
            await client.list_models()
        assert 280 <= cable.clock.now() - 3600 <= 300
        before, calls = cable.clock.now(), client.calls
        for _ in range(100):
            with pytest.raises(Unreachable):
                await client.list_models()
        assert (cable.clock.now(), client.calls) == (before, calls + 100)
        cable.is_plugged = True
        assert await client.list_models() == ()


@pytest.mark.parametrize(
    ("body", "words", "calls"),
    [
        (b'[{"id": "abc", "name": "m", "status": "Created"}]', "unfit", 2),
        (b'[{"id": NaN}]', "unfit", 2),
        (b'[{"id": 1, "id": 1}]', "given twice", 2),
        (b"[" + b"1," * 1_000_001 + b"1]", "1,000,000 values", 1),
        (b"[" + b" " * 2**21 + b"]", "more than 2 MiB", 1),
    ],
)
async def test_f22_an_answer_that_is_wrong_in_itself_ends_within_seconds(
    monkeypatch: pytest.MonkeyPatch, body: bytes, words: str, calls: int
) -> None:
    """It is asked for at most once more: it came whole, and will come so again."""
    monkeypatch.setattr("reconciler.api.exchange.ANSWER_LIMIT", 2**21)
    clock = SimulatedClock()
    transport = EmbeddedTransport(lambda *_: (200, {}, body), clock=clock)
    async with Client(parse_endpoint("simulator"), clock=clock, transport=transport) as client:
        with pytest.raises(UnfitAnswer, match=words):
            await client.list_models()
        assert client.calls == calls
        assert clock.now() < 5
        with pytest.raises(WrongAnswer):
            await client.create_project({"project_name": "p"})
        assert client.calls == calls + 1


async def test_f44_a_page_that_stays_is_given_up_sooner() -> None:
    """Half a minute of pages in place of answers is enough; nothing is concluded from them."""
    async with world("GET /tailored-gen/models#*:html") as found:
        with pytest.raises(UnfitAnswer, match="unfit"):
            await found.client.list_models()
        assert found.client.calls == 6
        assert 15 <= found.clock.now() <= 40


async def test_f11_every_second_answer_is_a_fault_for_ever() -> None:
    """Reads get through one after the other."""
    async with world("GET /**#every:2:502") as found:
        for _ in range(20):
            await found.client.list_datasets()
        assert found.client.calls == 39
        assert found.clock.now() < 20


@pytest.mark.parametrize("kind", ["429", "429:7", "429:1000000000"])
async def test_f10_a_429_is_no_failure_for_a_write_either(kind: str) -> None:
    """Nothing was done, so the write is sent again once the bucket may; others go on meanwhile."""
    async with world(f"POST /tailored-gen/projects#1-2:{kind}", pace=Pace(patience=1000.0)) as found:
        moments: list[float] = []

        async def other() -> None:
            await found.client.list_models()
            moments.append(found.clock.now())

        await asyncio.gather(found.draft(), other())
        assert moments == [0.3]
        assert found.committed("POST", "/projects") == 1
        assert all("429" in reason for _, reason in found.watch.waits)
        assert 10 <= found.clock.now() <= 600


async def test_f10_the_limit_of_the_tier_is_kept_so_that_no_429_comes() -> None:
    """Forty uploads at ten a minute: three windows, and the simulator never has to refuse one."""
    pace = pace_of("free_trial", one_budget=True)
    async with world(pace=pace, switches={"rate_limit": "10", "rate_bucket": "token"}) as found:
        await found.draft(images=28)
        assert found.client.calls == 30
        assert [exchange.status for exchange in found.watch.ended] == [201] * 30
        assert found.clock.now() == pytest.approx(2 * 61.5)
        assert "the limit is 10 calls a minute" in found.watch.waits[0][1]
    assert pace_of("none") == Pace()
    assert pace_of("starter").overall is None


async def test_f12_a_bad_token_is_unauthorised() -> None:
    """401 ends it at once; the token is in no message."""
    async with world(tokens=("another",)) as found:
        with pytest.raises(Unauthorised) as caught:
            await found.client.list_projects()
        assert found.client.calls == 1
        assert CANARY not in caught.value.message


async def test_f16_a_slow_answer_ends_at_the_read_timeout_in_simulated_time() -> None:
    """Sixty seconds without a byte are the end of an exchange; less is only slow."""
    async with world("GET /tailored-gen/models#1:slow:59", "POST /**#1:slow:61") as found:
        assert await found.client.list_models() == ()
        assert found.clock.now() == pytest.approx(59.3, abs=1)
        with pytest.raises(Lost, match="in time"):
            await found.draft()


async def test_f20_images_are_complete_or_nothing_is_concluded() -> None:
    """Two hundred and five images: the embedded list is short, the own list whole; where that is short too: no answer."""
    images = [{"id": number, "image_name": f"{number}.png"} for number in range(1, 206)]

    async def outcome(count: object, embedded: object, listed: object) -> int | None:
        dataset = {"id": 3, "name": "d", "status": "draft", "images_count": count, "images": embedded}
        document = {key: value for key, value in dataset.items() if value != "absent"}
        answers = [says(answer(200, json.dumps(item).encode())) for item in (document, listed)]
        async with peer(*answers) as (endpoint, _), client_of(endpoint) as client:
            found = await client.get_dataset(3)
            assert found is not None
            return None if found.images is None else len(found.images)

    assert await outcome(205, images[:200], images) == 205
    assert await outcome(2, images[:2], None) == 2
    assert await outcome(0, [], None) == 0
    assert await outcome(200, images[:200], None) == 200
    assert await outcome("absent", images[:5], None) == 5
    assert await outcome("absent", images[:200], images) == 205
    assert await outcome(None, None, images) == 205
    assert await outcome(5, "absent", images[:5]) == 5
    assert await outcome(1, images[:2], images[:2]) == 2
    with pytest.raises(UnfitAnswer, match="has 205 images, but only 200 are listed"):
        await outcome(205, images[:200], images[:200])
    with pytest.raises(UnfitAnswer):
        await outcome(2, [images[0], images[0]], None)


async def test_f13_a_dataset_that_goes_between_two_reads_is_gone() -> None:
    """The list of its images answers 404: None, as if it had been the first read."""
    first = says(answer(200, b'{"id": 3, "name": "d", "status": "draft", "images_count": 5, "images": []}'))
    gone = says(answer(404, b'{"message": "no such dataset"}'))
    async with peer(first, gone) as (endpoint, _), client_of(endpoint) as client:
        assert await client.get_dataset(3) is None


async def test_nothing_is_sent_if_the_observer_objects() -> None:
    """A journal that cannot be written stops the request before it is sent (F37)."""

    class Full(Watch):
        def before(self, exchange: Exchange) -> None:
            raise OSError(28, "No space left on device")

    async with peer(says(answer(200, b"[]"))) as (endpoint, seen), client_of(endpoint, watch=Full()) as client:
        with pytest.raises(OSError, match="No space"):
            await client.list_projects()
        assert client.calls == 0
    assert seen.heads == []


async def test_the_observer_sees_each_exchange_twice() -> None:
    """Before with what is known then, after with what became of it."""
    async with world("GET /tailored-gen/datasets/*#1:502") as found:
        assert await found.client.get_dataset(4) is None
    begun, ended = found.watch.begun, found.watch.ended
    assert [(item.number, item.attempt, item.status, item.failure) for item in begun] == [
        (1, 1, None, ""),
        (2, 2, None, ""),
    ]
    assert [(item.number, item.attempt, item.status) for item in ended] == [(1, 1, 502), (2, 2, 404)]
    assert {(item.operation, item.method, item.path, item.is_write) for item in begun} == {
        ("get-dataset-by-id", "GET", "/tailored-gen/datasets/4", False)
    }
    assert "502" in ended[0].failure


async def test_i13_no_more_exchanges_at_once_than_allowed() -> None:
    """Twenty calls, three at a time."""
    open_now, most = 0, 0

    class Counting(Watch):
        def before(self, exchange: Exchange) -> None:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)

        def after(self, exchange: Exchange) -> None:
            nonlocal open_now
            open_now -= 1

    pace = replace(IMPATIENT, concurrency=3)
    async with (
        peer(says(answer(200, b"[]"))) as (endpoint, _),
        client_of(endpoint, pace=pace, watch=Counting()) as client,
    ):
        await asyncio.gather(*(client.list_projects() for _ in range(20)))
    assert (open_now, most) == (0, 3)


@pytest.mark.parametrize("pace", [{"concurrency": 0}, {"per_bucket": 0}, {"overall": -1}])
def test_a_pace_that_would_wait_for_ever_is_refused(pace: dict[str, int]) -> None:
    """At least one call at a time, and one a minute."""
    with pytest.raises(ValueError, match="for ever"):
        Pace(**pace)  # type: ignore[arg-type]


@given(
    status=st.sampled_from([200, 201, 202, 204, 206, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503, 700]),
    body=st.binary(max_size=60) | JSON_TEXT,
    headers=st.dictionaries(
        st.sampled_from(["content-type", "content-encoding", "retry-after", "date", "location", "content-length"]),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12) | st.just("gzip"),
    ),
)
def test_h65_h66_h70_any_answer_gives_a_value_or_a_failure_with_a_safe_message(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    """No other exception, one printable line, no token; and never a second write."""

    async def ask() -> list[str]:
        clock = SimulatedClock()
        transport = EmbeddedTransport(lambda *_: (status, headers, body), clock=clock)
        client = Client(parse_endpoint("simulator"), Token(CANARY), clock=clock, pace=IMPATIENT, transport=transport)
        messages: list[str] = []
        async with client:
            for asked in (
                client.list_models(),
                client.get_dataset(1),
                client.create_project({}),
                client.delete_image(1, 2),
                client.start_training(1, {}),
            ):
                try:
                    await asked
                except CallFailed as error:
                    messages.append(error.message)
            assert client.calls <= 6
        return messages

    for message in asyncio.run(ask()):
        assert message
        assert visible(message) == message
        assert len(message) < 300
        assert CANARY not in message


def test_the_simulator_needs_a_transport() -> None:
    """Its name is no host to connect to."""
    with pytest.raises(ValueError, match="transport"):
        Client(parse_endpoint("simulator"), clock=SystemClock())
