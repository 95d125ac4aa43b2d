"""Tokens, limits, errors and the outside of answers; the switches that bend them."""

import json

import httpx
import pytest

from reconciler.simulator import Request
from tests.simulator.outsider import CHARACTER, Account, Direct, picture, rejects
from tests.simulator.unknown import values

PROJECTS = "/tailored-gen/projects"
DATASETS = "/tailored-gen/datasets"


@values("auth_failure", "401_detail 401_string 403_string 401_empty")
@pytest.mark.parametrize("token", [None, ""])
def test_u04_auth_failure(value: str, token: str | None) -> None:
    """A request without a token is refused in one of four ways, and has no effect."""
    api = Account(auth_failure=value)
    headers = {} if token is None else {"api_token": token}
    with httpx.Client(transport=Direct(api.simulator), base_url="http://simulator/v1", headers=headers) as stranger:
        answer = stranger.post(PROJECTS, json=CHARACTER)
    assert answer.status_code == int(value[:3])
    if value == "401_empty":
        assert answer.content == b""
    else:
        rejects(answer, int(value[:3]), {"401_detail": "detail"}.get(value, "text"))
    assert api.get(PROJECTS).json() == []


def test_every_token_sees_the_same_world() -> None:
    """Any token that is not empty is taken, and all see one world; an Authorization header is no token."""
    api = Account()
    api.project()
    other = httpx.Client(transport=Direct(api.simulator), base_url="http://simulator/v1")
    assert len(other.get(PROJECTS, headers={"API_TOKEN": "another"}).json()) == 1
    assert other.get(PROJECTS, headers={"authorization": "Bearer t"}).status_code == 401


def test_front_page_needs_no_token() -> None:
    """`/` answers `{}` without a token."""
    answer = Account().simulator.handle(Request(method="GET", path="/"))
    assert (answer.status, answer.body) == (200, b"{}")


def test_description_of_itself() -> None:
    """`/openapi.json` is an OpenAPI 3.1 document with every operation."""
    answer = Account().simulator.handle(Request(method="GET", path="/openapi.json"))
    document = json.loads(answer.body)
    assert document["openapi"] == "3.1.0"
    assert sum(len(path) for path in document["paths"].values()) == 41


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/elsewhere", 404),
        ("GET", "/v2/tailored-gen/projects", 404),
        ("GET", "/tailored-gen/projects", 404),
        ("GET", "/v1/tailored-gen/datasets//images", 404),
        ("POST", "/", 404),
        ("PATCH", "/v1/tailored-gen/projects/1001", 405),
        ("HEAD", "/v1/tailored-gen/projects", 405),
        ("GET", "/v1/tailored-gen/models/upload_model", 405),
        ("GET", "/v1/tailored-gen/generate_prefix", 405),
    ],
)
def test_unknown_paths_and_methods(method: str, path: str, status: int) -> None:
    """A path that is not documented gets 404, a method that is not gets 405 with those that are."""
    answer = Account().simulator.handle(Request(method=method, path=path, headers={"api_token": "t"}))
    assert answer.status == status
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b'{"project_name": NaN}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"\xff\xfe", "application/json"),
        (json.dumps(CHARACTER).encode(), "text/plain"),
        (json.dumps(CHARACTER).encode(), ""),
        (json.dumps({**CHARACTER, "project_name": "\ud800"}).encode(), "application/json"),
    ],
)
def test_bodies_that_are_no_json(body: bytes, media: str) -> None:
    """A body that is not JSON, or does not say that it is, gets 400."""
    api = Account()
    headers = {"content-type": media} if media else {}
    rejects(api.http.post(PROJECTS, content=body, headers=headers), 400)


def test_request_over_the_limit() -> None:
    """A request of more than 64 MB gets 413."""
    request = Request(method="POST", path="/v1" + PROJECTS, body=b" " * (64 * 1024 * 1024 + 1))
    assert Account().simulator.handle(request).status == 413


@values("timestamp_format", "naive_micros z_seconds")
def test_u48_timestamp_format(value: str) -> None:
    """Timestamps have microseconds and no offset, or seconds and a Z."""
    api = Account(timestamp_format=value)
    api.wait(1.5)
    created = api.get(f"{PROJECTS}/{api.project()}").json()["created_at"]
    assert created == ("2025-03-11T09:00:00.000000" if value == "naive_micros" else "2025-03-11T09:00:00Z")
    api.wait(1.5)
    created = api.get(f"{PROJECTS}/{api.project()}").json()["created_at"]
    assert created == ("2025-03-11T09:00:01.500000" if value == "naive_micros" else "2025-03-11T09:00:01Z")


@values("id_type", "int numeric_string")
def test_u49_id_type(value: str) -> None:
    """Ids in answers are numbers, or texts of digits; both are taken in requests."""
    api = Account(id_type=value)
    kind = int if value == "int" else str
    project = api.post(PROJECTS, CHARACTER).json()["id"]
    assert type(project) is kind
    dataset = api.post(DATASETS, {"project_id": project, "name": "Poses"}).json()
    assert (type(dataset["id"]), type(dataset["project_id"])) == (kind, kind)
    api.upload(int(dataset["id"]), picture())
    answer = api.put(f"{DATASETS}/{dataset['id']}", {"status": "completed"}).json()
    assert ("images" in answer) == (value == "observed")
    model = api.post("/tailored-gen/models", {"name": "m", "dataset_id": dataset["id"]}).json()
    assert (type(model["id"]), type(model["dataset_id"])) == (kind, kind)


@values("response_trim", "full trimmed observed")
def test_u50_response_trim(value: str) -> None:
    """Answers to creates and updates are whole, or hold only the keys that are always there; reads are whole.

    What was observed is a PUT of a dataset that answers with its images, though the documents do not list them.
    """
    api = Account(response_trim=value)
    project = api.post(PROJECTS, CHARACTER).json()
    dataset = api.post(DATASETS, {"project_id": project["id"], "name": "Poses"}).json()
    image = api.upload(dataset["id"], picture())
    api.put(f"{DATASETS}/{dataset['id']}", {"status": "completed"})
    model = api.post("/tailored-gen/models", {"name": "m", "dataset_id": dataset["id"]}).json()
    sizes = [len(document) for document in (project, dataset, image, model)]
    if value == "trimmed":
        assert sizes == [2, 3, 1, 2]
    else:
        assert min(sizes) > 8
    assert len(api.get(f"{PROJECTS}/{project['id']}").json()) > 8


@values("rate_limit_reply", "no_headers_message retry_after html")
def test_u56_rate_limit_reply(value: str) -> None:
    """Over the limit comes 429: a message, a message with Retry-After, or a page."""
    api = Account(rate_limit="2", rate_limit_reply=value)
    api.get(PROJECTS)
    api.wait(20)
    api.get(PROJECTS)
    api.wait(10)
    answer = api.get(PROJECTS)
    assert answer.status_code == 429
    assert answer.headers.get("retry-after") == ("30" if value == "retry_after" else None)
    assert answer.headers["content-type"].startswith("text/html" if value == "html" else "application/json")
    api.wait(30)
    assert api.get(PROJECTS).status_code == 200


def test_rate_limit_of_nothing() -> None:
    """With a limit of 0 no request passes."""
    assert Account(rate_limit="0").get(PROJECTS).status_code == 429


@values("rate_bucket", "method_and_template template token")
def test_u57_rate_bucket(value: str) -> None:
    """Requests are counted by method and path, by path, or by token."""
    api = Account(rate_limit="1", rate_bucket=value)
    assert api.get(PROJECTS).status_code == 200
    assert api.post(PROJECTS, CHARACTER).status_code == (201 if value == "method_and_template" else 429)
    assert api.get(DATASETS).status_code == (429 if value == "token" else 200)
    assert api.http.get(DATASETS, headers={"api_token": "other"}).status_code == (200 if value == "token" else 429)


@pytest.mark.parametrize("limit", ["none", "10", "60", "1000"])
def test_plans(limit: str) -> None:
    """Each plan allows its number of requests a minute and endpoint."""
    api = Account(rate_limit=limit)
    statuses = [api.get(PROJECTS).status_code for _ in range(1001)]
    assert statuses.count(200) == (1001 if limit == "none" else int(limit))


def test_quota() -> None:
    """After the free requests everything gets 403 with a plain text, for ever."""
    api = Account(quota="3")
    assert [api.get(PROJECTS).status_code for _ in range(3)] == [200, 200, 200]
    api.wait(1_000_000)
    rejects(api.get(PROJECTS), 403, "text")


@values("list_lag_seconds", "0 5")
def test_u58_list_lag_seconds(value: str) -> None:
    """Lists show the world as it was some seconds ago; reads by id show it as it is."""
    api = Account(list_lag_seconds=value)
    fresh = value == "0"
    project = api.project()
    assert len(api.get(PROJECTS).json()) == (1 if fresh else 0)
    assert api.get(f"{PROJECTS}/{project}").status_code == 200
    api.wait(5)
    assert len(api.get(PROJECTS).json()) == 1
    dataset = api.dataset(project)
    api.wait(5)
    api.put(f"{DATASETS}/{dataset}", {"name": "Renamed"})
    api.upload(dataset, picture())
    for path in (DATASETS, f"{PROJECTS}/{project}/datasets"):
        (row,) = api.get(path).json()
        assert (row["name"], row["images_count"]) == (("Renamed", 1) if fresh else ("Poses", 0))
    api.delete(f"{DATASETS}/{dataset}")
    assert len(api.get(DATASETS).json()) == (0 if fresh else 1)
    api.wait(5)
    assert api.get(DATASETS).json() == []


def test_list_lag_counts_from_when_it_happened() -> None:
    """What the clock brought about is as late in lists as what requests did."""
    api = Account(list_lag_seconds="60", training_hours="1")
    model = api.model(api.completed(api.project()))
    api.post(f"/tailored-gen/models/{model}/start_training")
    api.wait(3630)
    assert api.get("/tailored-gen/models").json()[0]["status"] == "InProgress"
    assert api.get(f"/tailored-gen/models/{model}").json()["status"] == "Completed"
    api.wait(30)
    assert api.get("/tailored-gen/models").json()[0]["status"] == "Completed"


@values("list_latency_ms", "300 12000")
def test_u59_list_latency_ms(value: str) -> None:
    """Lists are answered with a delay; whoever carries the answer waits."""
    api = Account(list_latency_ms=value)
    headers = {"api_token": "t"}
    slow = api.simulator.handle(Request(method="GET", path="/v1" + PROJECTS, headers=headers))
    quick = api.simulator.handle(Request(method="GET", path="/v1" + PROJECTS + "/1", headers=headers))
    assert (slow.delay, quick.delay) == (int(value) / 1000, 0)


@values("trailing_slash", "same redirect_307 404")
def test_u61_trailing_slash(value: str) -> None:
    """A slash at the end makes no difference, is redirected, or is not found."""
    answer = Account(trailing_slash=value).http.get(PROJECTS + "/?a=1")
    assert answer.status_code == {"same": 200, "redirect_307": 307, "404": 404}[value]
    if value == "redirect_307":
        assert answer.headers["location"] == "/v1/tailored-gen/projects?a=1"
        answer = Account(trailing_slash=value).http.get(PROJECTS + "/")
        assert answer.headers["location"] == "/v1/tailored-gen/projects"


@values("gateway_faults", "none 502_html 503_empty 504")
def test_u70_gateway_faults(value: str) -> None:
    """Every third request, so switched, is answered by a failing gateway and never served."""
    api = Account(gateway_faults=value, gateway_every="3")
    statuses = [api.post(PROJECTS, CHARACTER).status_code for _ in range(6)]
    fault = 201 if value == "none" else int(value[:3])
    assert statuses == [201, 201, fault, 201, 201, fault]
    assert len(api.get(PROJECTS).json()) == statuses.count(201)
