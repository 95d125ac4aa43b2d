"""The commit: hooks, log, time and transactions."""

import hashlib

import pytest

from reconciler.simulator import Dropped, Instead, ManualClock, RealClock, Request, Response, Simulator, World
from tests.simulator.outsider import CHARACTER, Account, directly, picture

PROJECTS = "/tailored-gen/projects"


class Killed(BaseException):
    """The process ends here."""


class Witness:
    """A hook that notes what it sees, and raises what it is told to."""

    def __init__(self, *, before: BaseException | None = None, after: BaseException | None = None) -> None:
        self.seen: list[str] = []
        self._before = before
        self._after = after

    def before(self, request: Request) -> None:
        self.seen.append(f"before {request.method} {request.path}")
        if self._before is not None:
            raise self._before

    def after(self, request: Request, response: Response) -> None:
        self.seen.append(f"after {request.method} {response.status}")
        if self._after is not None:
            raise self._after


def test_hooks_stand_around_the_commit() -> None:
    """A hook sees the request before the world, and the answer before the client."""
    witness = Witness()
    simulator = Simulator(hooks=[witness], clock=ManualClock())
    directly(simulator).project()
    assert witness.seen == ["before POST /v1/tailored-gen/projects", "after POST 201"]


@pytest.mark.parametrize("error", [Killed(), Dropped(committed=False), RuntimeError("broken")])
def test_raising_before_or_after(error: BaseException) -> None:
    """What a hook raises before has no effect on the world; what it raises after comes too late to prevent one."""
    for witness, number in ((Witness(before=error), 0), (Witness(after=error), 1)):
        simulator = Simulator(hooks=[witness], clock=ManualClock())
        with pytest.raises(type(error)):
            directly(simulator).project()
        with simulator.transaction() as world:
            assert len(world.projects.all()) == number
        assert [entry.committed for entry in simulator.log] == [bool(number)]


def test_hook_answers_instead() -> None:
    """A hook's own answer takes the place of the API's, and the log has its status."""
    api = Account()
    api.simulator.hooks.append(Witness(before=Instead(Response(status=503))))
    assert api.get(PROJECTS).status_code == 503
    assert api.simulator.log[0].status == 503


def test_hooks_may_use_the_world() -> None:
    """A hook may open a transaction of its own; inside another one that is a mistake."""
    simulator = Simulator(clock=ManualClock())
    with simulator.transaction() as world:
        assert isinstance(world, World)
        with pytest.raises(RuntimeError, match="inside a transaction"):
            simulator.now()
    assert simulator.now() == 0


def test_log_of_requests() -> None:
    """The log has every request with its time, status and effect, and file data as digest and size."""
    api = Account()
    dataset = api.dataset(api.project())
    api.wait(2)
    api.upload(dataset, picture(), image_name="a.png")
    api.get(PROJECTS, a="b")
    entry = api.simulator.log[2]
    assert (entry.seq, entry.time, entry.method, entry.status, entry.committed) == (3, 2, "POST", 201, True)
    digest = {"sha256": hashlib.sha256(picture()).hexdigest(), "size": len(picture())}
    assert entry.body == {"file": digest, "image_name": "a.png"}
    read = api.simulator.log[3]
    assert (read.query, read.body, read.committed) == ("a=b", None, False)


@pytest.mark.parametrize(
    ("body", "logged"),
    [
        (b"[1]", [1]),
        (b"\xff", {"sha256": hashlib.sha256(b"\xff").hexdigest(), "size": 1}),
        (b'{"images": ["?", 7]}', {"images": [{"sha256": hashlib.sha256(b"?").hexdigest(), "size": 1}, 7]}),
        (b'{"file": 7}', {"file": 7}),
    ],
)
def test_log_of_strange_bodies(body: bytes, logged: object) -> None:
    """Bodies that make no sense are logged too."""
    simulator = Simulator(clock=ManualClock())
    simulator.handle(Request(method="POST", path="/v1/x", body=body))
    assert simulator.log[0].body == logged


def test_refused_request_changes_nothing() -> None:
    """A request that is refused half-way leaves no trace: here the project that was to come with the model."""
    api = Account(max_objects="400_message", object_slots="1")
    api.model(api.completed(api.project()))
    api.delete(f"{PROJECTS}/1001")
    body = {
        "model_url": "https://a.test/a.safetensors",
        "training_version": "bria-3.2",
        "project_parameters": {"project_name": "Cats", "ip_medium": "illustration"},
    }
    assert api.post("/tailored-gen/models/upload_model", body).status_code == 200
    assert api.post("/tailored-gen/models/upload_model", body).status_code == 400
    assert len(api.get(PROJECTS).json()) == 1


def test_world_is_taken_back_when_a_block_raises() -> None:
    """A transaction that raises restores what was changed, added and dropped in it."""
    api = Account()
    project = api.project()
    dataset = api.dataset(project)
    image = api.upload(dataset, picture())["id"]
    before = api.get(f"/tailored-gen/datasets/{dataset}").json()
    with pytest.raises(Killed), api.simulator.transaction() as world:
        drop_and_die(world, dataset, image)
    assert api.get(f"/tailored-gen/datasets/{dataset}").json() == before


def drop_and_die(world: World, dataset: int, image: int) -> None:
    world.images.drop(image)
    world.datasets.drop(dataset)
    world.images.drop(77)
    raise Killed


def test_speed() -> None:
    """Simulated time is clock time multiplied by the speed; a clock that steps back loses no time."""
    clock = ManualClock(1000)
    simulator = Simulator(clock=clock, speed=60)
    assert simulator.now() == 0
    clock.advance(10)
    assert simulator.now() == 600
    simulator = Simulator(clock=Stumbling(), speed=1)
    assert [simulator.now() for _ in range(3)] == [0, 0, 50]


class Stumbling:
    """A clock that is set back by an hour."""

    def __init__(self) -> None:
        self._readings = [5000.0, 1400.0, 1450.0]

    def now(self) -> float:
        return self._readings.pop(0)


@pytest.mark.parametrize("speed", [0, -1])
def test_impossible_speed(speed: float) -> None:
    """Time has to move forward."""
    with pytest.raises(ValueError, match="speed must be above 0"):
        Simulator(speed=speed)


def test_clocks() -> None:
    """The real clock moves by itself, the manual one only forward and only when told."""
    assert RealClock().now() > 1_700_000_000
    with pytest.raises(ValueError, match="backwards"):
        ManualClock().advance(-1)
    assert Simulator().now() == 0


def test_accepted_tokens() -> None:
    """A simulator can be told which tokens it takes."""
    simulator = Simulator(clock=ManualClock(), tokens={"t"})
    api = directly(simulator)
    assert api.get(PROJECTS).status_code == 200
    assert api.http.get(PROJECTS, headers={"api_token": "u"}).status_code == 401


def test_same_requests_same_world() -> None:
    """Two simulators that are asked the same answer the same."""
    answers = []
    for _ in range(2):
        api = Account()
        dataset = api.completed(api.project())
        model = api.trained(dataset, training_mode="expert")
        answers.append((api.get(f"/tailored-gen/models/{model}").content, api.get("/tailored-gen/datasets").content))
    assert answers[0] == answers[1]


def test_request_twice_by_a_hook() -> None:
    """A hook can deliver a request once more, past itself, or later."""
    api = Account()
    request = Request(
        method="POST",
        path="/v1/tailored-gen/projects",
        headers={"api_token": "t", "Content-Type": "application/json"},
        body=b'{"project_name":"P","ip_medium":"photography","ip_type":"other"}',
    )
    assert api.simulator.again(request).status == 201
    api.simulator.later(5, request)
    api.wait(5)
    assert len(api.get(PROJECTS).json()) == 2
    assert api.post(PROJECTS, CHARACTER).status_code == 201
