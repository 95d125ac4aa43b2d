"""The store of a run: opened where a plan needs it, and refused with what to do where it cannot serve."""

import sys
from pathlib import Path

import pytest

from reconciler.api.network import NetworkRefused, network_of
from reconciler.app.archives import _route, kept_archives, open_archives, with_store_refusals
from reconciler.app.exceptions import Refused
from reconciler.app.settings import Settings, resolve_settings
from reconciler.archive.store import Route, parse_store
from reconciler.core.diff.diff import diff
from reconciler.core.limit import Limits
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.planner import plan
from reconciler.core.uploads import ONE_BY_ONE, Archive, Uploads
from tests.core.build import account, dataset, image, live_project, tree


def planned(uploads: Uploads) -> Plan:
    wanted = tree(dataset(image("a"), image("b"), uploads=uploads))
    subject = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=2, models=0)
    return plan(diff(wanted, account(live_project())), subject=subject, limits=Limits())


def settings(store: str, endpoint: str = "simulator") -> Settings:
    given = {"endpoint": endpoint, "root": "nowhere", **({"archive_store": store} if store else {})}
    return resolve_settings(given, {})


@pytest.mark.parametrize(
    ("store", "endpoint", "rules"),
    [
        ("", "simulator", ["archive-store-missing"]),
        ("", "https://engine.prod.bria-api.com", ["archive-store-missing"]),
        ("file:///srv/archives", "simulator", []),
        ("file:///srv/archives", "http://127.0.0.1:8080", []),
        ("file:///srv/archives", "https://engine.prod.bria-api.com", ["archive-store-local"]),
        ("s3://brand-archives", "https://engine.prod.bria-api.com", []),
    ],
)
def test_a_store_that_the_api_cannot_read_is_refused_before_anything_is_sent(
    store: str, endpoint: str, rules: list[str]
) -> None:
    found = with_store_refusals(planned(Archive()), settings(store, endpoint))
    assert [refusal.rule for refusal in found.refusals] == rules
    assert not with_store_refusals(planned(ONE_BY_ONE), settings(store, endpoint)).refusals


async def test_a_store_is_opened_only_where_it_is_needed(tmp_path: Path) -> None:
    named = settings(f"file://{tmp_path}/store")
    assert await open_archives(planned(ONE_BY_ONE), named) is None
    assert await open_archives(planned(Archive()), settings("")) is None
    assert not (tmp_path / "store").exists()
    opened = await open_archives(planned(Archive()), named)
    assert opened is not None
    assert opened.now().tzinfo is not None
    assert (tmp_path / "store").is_dir()


async def test_without_the_extra_one_sentence_says_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The import system itself says that the library is not there."""
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(Refused) as refused:
        await open_archives(planned(Archive()), settings(f"file://{tmp_path}/store"))
    (refusal,) = refused.value.refusals
    assert refusal.rule == "archive-extra-missing"
    assert refusal.remedies == ("Install them with `pip install 'reconciler[archive]'`.",)


async def test_a_store_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    named = settings(f"file://{tmp_path}/store")
    with pytest.raises(Refused, match="cannot be used"):
        await open_archives(planned(Archive()), named)
    with pytest.raises(Refused, match="it is a file, and no folder"):
        await kept_archives(named)
    assert await kept_archives(settings("")) == ()


def test_a_store_is_told_the_way_that_everything_takes() -> None:
    """The proxy with its login, what goes without it, the certificates; nothing for a folder of this machine."""
    network = network_of({"HTTPS_PROXY": "u%40x:pass-word@proxy:3128", "NO_PROXY": "corp.example,10.0.0.0/8"})
    assert _route(parse_store("s3://brand-archives"), network) == Route(
        proxy="http://%75%40%78:%70%61%73%73%2D%77%6F%72%64@proxy:3128",
        direct=("corp.example", "10.0.0.0/8", "localhost", "127.0.0.0/8", "::1"),
    )
    assert _route(parse_store("file:///srv/archives"), network) == Route()
    with pytest.raises(NetworkRefused):
        _route(parse_store("s3://brand-archives"), network_of({"HTTPS_PROXY": "socks5://h:1"}))


async def test_a_store_that_does_not_answer_is_found_before_the_first_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name, credentials or network would else leave a project and a draft behind."""
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret-secret",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Refused) as refused:
        await open_archives(planned(Archive()), settings("s3://brand-archives"))
    (refusal,) = refused.value.refusals
    assert refusal.rule == "archive-store-unusable"
    assert "s3://brand-archives cannot be used: no answer of a store came" in refusal.summary
    assert "secret" not in str(refused.value)
