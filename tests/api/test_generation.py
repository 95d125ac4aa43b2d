"""Answers of the operations that draw, in every shape; and where results may be fetched from."""

import pytest

from reconciler.api.endpoint import Address, parse_endpoint
from reconciler.api.generation import JobState, drawn, job_status, request_id
from reconciler.api.network import DIRECT
from reconciler.api.picture import Missing
from reconciler.api.result import ResultFetcher


@pytest.mark.parametrize(
    ("document", "addresses"),
    [
        ({"result": [{"urls": ["https://h/a"], "seed": 1, "uuid": "x"}]}, ["https://h/a"]),
        ({"result": [{"urls": []}, {"urls": ["https://h/b"]}, {"blocked": True}]}, ["", "https://h/b", ""]),
        ({"result": []}, []),
        ({"image_res": "https://h/c"}, ["https://h/c"]),
        ({"result": [{"urls": [7]}]}, [""]),
    ],
)
def test_results_of_v1(document: object, addresses: list[str]) -> None:
    """One address for each result; an empty text for one that has none (V23)."""
    assert [result.address for result in drawn(document).results] == addresses


@pytest.mark.parametrize("document", [None, [], {}, {"result": {}}, {"result": ["https://h/a"]}, {"image_res": 7}])
def test_what_holds_no_results(document: object) -> None:
    with pytest.raises(ValueError, match="holds no results"):
        drawn(document)


@pytest.mark.parametrize("word", ["", "a/b", "../x", "a b", "x" * 129, "é", 7, None])
def test_a_request_id_that_would_lead_elsewhere(word: object) -> None:
    """It becomes a part of a path (F22)."""
    with pytest.raises(ValueError, match="holds no request_id"):
        request_id({"request_id": word})


def test_the_status_of_a_job() -> None:
    """In any letters, with a seed as number or digits, and the words of a failure on one line."""
    done = job_status({"status": "completed", "result": {"image_url": "https://h/a", "seed": "7"}})
    assert done.result is not None
    assert (done.state, done.result.address, done.result.seed) == (JobState.DONE, "https://h/a", 7)
    failed = job_status({"status": "ERROR", "error": {"code": "500", "message": "a\nb"}})
    assert (failed.state, failed.words) == (JobState.FAILED, "a b")
    assert job_status({"status": "IN_PROGRESS"}).result is None
    for document in ({}, {"status": "SOON"}, {"status": 7}, {"status": "COMPLETED"}):
        with pytest.raises(ValueError, match=r"status|result"):
            job_status(document)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://cdn.example.com/a.png?Signature=s", "https://cdn.example.com"),
        ("https://CDN.example.com:443/a.png", "https://cdn.example.com"),
        ("http://127.0.0.1:8080/results/a.png", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080@evil.example/a.png", None),
        ("https://cdn.example.com.evil.example/a.png", None),
        ("https://engine.example.com/a.png", None),
        ("http://cdn.example.com/a.png", None),
        ("file:///etc/passwd", None),
        ("https://cdn.example.com/a b", None),
        ("", None),
    ],
)
def test_only_named_hosts_and_the_endpoint_are_asked(address: str, origin: str | None) -> None:
    """Compared as text; another one is named as HOST and nothing else of it is told (H67)."""
    endpoint = parse_endpoint("http://127.0.0.1:8080")
    place = ResultFetcher(endpoint, ["cdn.example.com"], network=DIRECT, transport=None).place(address)
    if origin is None:
        assert isinstance(place, Missing)
        assert "Signature" not in place.reason
    else:
        assert isinstance(place, Address)
        assert place.origin == origin


def test_the_vendor_itself_is_no_place_of_results() -> None:
    """Unless a person names it: what is fetched there would be asked of the host that takes the token."""
    fetcher = ResultFetcher(parse_endpoint("https://engine.prod.bria-api.com"), [], network=DIRECT, transport=None)
    assert isinstance(fetcher.place("https://engine.prod.bria-api.com/a.png"), Missing)
