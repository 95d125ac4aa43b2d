"""Endpoints, addresses of pictures, and the hosts that a person means."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.endpoint import (
    ADDRESS_LIMIT,
    BRIA,
    EndpointRefused,
    HostRefused,
    origins_of,
    parse_address,
    parse_endpoint,
)

SIGNED = "https://images.example.com/a/1.png?X-Amz-Signature=5ec7e7"


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


@pytest.mark.parametrize(
    ("text", "origin", "target"),
    [
        (SIGNED, "https://images.example.com", "/a/1.png?X-Amz-Signature=5ec7e7"),
        ("HTTPS://Images.Example.COM:443/A", "https://images.example.com", "/A"),
        ("https://images.example.com:8443", "https://images.example.com:8443", ""),
        ("https://images.example.com?a=/b@c#d", "https://images.example.com", "?a=/b@c"),
        ("https://169.254.169.254/latest", "https://169.254.169.254", "/latest"),
        ("http://127.0.0.1:8000/a.png", "http://127.0.0.1:8000", "/a.png"),
        ("http://[::1]/a.png", "http://[::1]", "/a.png"),
        ("http://localhost:80//b/", "http://localhost", "//b/"),
    ],
)
def test_an_address_is_an_origin_and_what_is_behind_it(text: str, origin: str, target: str) -> None:
    """The origin in one normal form; the fragment is dropped."""
    address = parse_address(text)
    assert address is not None
    assert (address.origin, address.target) == (origin, target)


HOSTILE = [
    "",
    "https://",
    "https:///a.png",
    "//images.example.com/a.png",
    "/a.png",
    "simulator://images.example.com/a.png",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "ftp://images.example.com/a.png",
    "http://images.example.com/a.png",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://127.0.0.1.example.com/",
    "http://127.1/",
    "http://2130706433/",
    "http://[::ffff:169.254.169.254]/",
    "https://user:pw@images.example.com/a.png",
    "https://images.example.com@169.254.169.254/a.png",
    "https://images.example.com\\@169.254.169.254/a.png",
    "https://images.example.com\\.evil.example/a.png",
    "https://images.example.com:/a.png",
    "https://images.example.com:99999/a.png",
    "https://images.example.com:0/a.png",
    "https://images..example.com/a.png",
    "https://images.example.com./a.png",
    "https://imagés.example.com/a.png",
    "https://images。example。com/a.png",
    "https://images.example.com/é.png",
    "https://images.example.com/a b.png",
    "https://images.example.com/a.png\r\nHost: evil.example",
    "https://images.example.com/\x00",
    "https://images.example.com/\u202e",
    " https://images.example.com/a.png",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_h67_whatever_else_is_no_address(text: str) -> None:
    """Other schemes, hosts written in another way, names and passwords, control characters."""
    assert parse_address(text) is None


def test_h67_an_address_has_an_end() -> None:
    """4096 characters are one, 4097 are none."""
    text = SIGNED + "a" * (ADDRESS_LIMIT - len(SIGNED))
    assert parse_address(text) is not None
    assert parse_address(text + "a") is None


def test_h81_an_address_shows_no_query() -> None:
    """Nor its path; the host is what a person would name."""
    address = parse_address(SIGNED)
    assert address is not None
    assert address.host == "images.example.com"
    assert "5ec7e7" not in repr(address)
    assert "1.png" not in repr(address)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_h67_what_is_asked_is_what_was_compared(rest: str) -> None:
    """Whatever stands behind a host: the HTTP library sees the same host in it, or it is no address."""
    address = parse_address(f"https://images.example.com{rest}")
    if address is not None and address.origin == "https://images.example.com":
        url = httpx.URL(address.origin + address.target)
        assert (url.scheme, url.host, url.port, url.userinfo) == ("https", "images.example.com", None, b"")


@pytest.mark.parametrize(
    ("host", "origins"),
    [
        ("images.example.com", {"https://images.example.com"}),
        ("Images.Example.com:443", {"https://images.example.com"}),
        ("images.example.com:8443", {"https://images.example.com:8443"}),
        ("xn--bcher-kva.example", {"https://xn--bcher-kva.example"}),
        ("169.254.169.254", {"https://169.254.169.254"}),
        ("localhost:8000", {"https://localhost:8000", "http://localhost:8000"}),
        ("127.0.0.1", {"https://127.0.0.1", "http://127.0.0.1"}),
        ("[::1]:8000", {"https://[::1]:8000", "http://[::1]:8000"}),
    ],
)
def test_a_host_means_https_and_on_this_machine_http_too(host: str, origins: set[str]) -> None:
    """With the port that was given, else the usual one."""
    assert origins_of(host) == origins


@pytest.mark.parametrize(
    "host",
    [
        "",
        " images.example.com",
        "https://images.example.com",
        "images.example.com/a",
        "images.example.com?a",
        "images.example.com#a",
        "user@images.example.com",
        "images.example.com:",
        "images.example.com:99999",
        "imagés.example.com",
        "*.example.com",
        "-a",
        "xn--a",
        "999.1.1.1",
        "[1:2]",
        "::1",
        "a\nb",
    ],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    """With how one is written."""
    with pytest.raises(HostRefused, match=r"images\.example\.com:8443"):
        origins_of(host)
