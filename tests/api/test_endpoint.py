import pytest

from reconciler.api.endpoint import BRIA, EndpointRefused, parse_endpoint


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (BRIA, BRIA),
        (f"{BRIA}/", BRIA),
        (f"{BRIA}/v1", BRIA),
        ("HTTPS://Engine.Prod.Bria-API.com:443/v1/", BRIA),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://LOCALHOST", "http://localhost"),
    ],
)
def test_an_origin_is_brought_to_one_form(text: str, origin: str) -> None:
    """Letter case, the default port, a slash and /v1 make no difference."""
    endpoint = parse_endpoint(text)
    assert str(endpoint) == endpoint.origin == origin
    assert endpoint.base == f"{origin}/v1"
    assert endpoint.is_bria == (origin == BRIA)
    assert endpoint.is_secure == origin.startswith("https")
    assert not endpoint.is_simulator


@pytest.mark.parametrize(("text", "store"), [("simulator", None), ("simulator:a/b.db", "a/b.db")])
def test_the_simulator_is_an_endpoint(text: str, store: str | None) -> None:
    """In memory, or in a file."""
    endpoint = parse_endpoint(text)
    assert endpoint.is_simulator
    assert endpoint.store == store
    assert str(endpoint) == text
    assert not endpoint.is_bria
    assert not endpoint.is_secure
    assert endpoint.base == "http://simulator/v1"


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org",
        "http://engine.prod.bria-api.com",
        "http://127.0.0.1.evil.com",
        "http://127.0.0.1@evil.com",
        "https://user:hunter2@engine.prod.bria-api.com",
        "https://hunter2@evil.com",
        "http://[::ffff:127.0.0.1]",
        "http://[::ffff:10.0.0.1]:80",
        "http://127.1",
        "http://2130706433",
        "http://0.0.0.0",
        "http://localhost.evil.com",
        "http://localhost\\.evil.com",
        "https://évil.com",
        "https://еngine.prod.bria-api.com",
        "https://a b.com",
        "https://a..b",
        "https://-a.com",
        "https://a.com?token=hunter2",
        "https://a.com#hunter2",
        "https://a.com/v2",
        "https://a.com/v1/../x",
        "https://a.com:0",
        "https://a.com:65536",
        "https://a.com:99999999",
        "https://a.com:",
        "https://999.9.9.9",
        "https://[1:2]",
        "https://xn--a",
        "https://a.com\n",
        "https://",
        "https:///v1",
        "ftp://a.com",
        "file:///etc/passwd",
        "//a.com",
        "engine.prod.bria-api.com",
        "",
        "simulator:",
        "simulator:a\nb",
        "simulators",
        "Simulator",
    ],
)
def test_h77_whatever_is_no_origin_is_refused(text: str) -> None:
    """Clear text beyond this machine, user names, look-alikes, paths and nonsense; no password is repeated."""
    with pytest.raises(EndpointRefused) as caught:
        parse_endpoint(text)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).isprintable()
