"""Why no connection came about: in words that name the host, whatever the library raised."""

import socket
import ssl

import httpx
import pytest

from reconciler.api.connection import not_connected
from reconciler.api.network import DIRECT, network_of

URL = httpx.URL("https://api.example.com:8443/v1/tailored-gen/projects?secret=1")
BEHIND = network_of({"HTTPS_PROXY": "http://user:canary-pass@proxy.example:3128"})


def raised(error: httpx.TransportError, *causes: Exception) -> httpx.TransportError:
    """An error that was raised from others, as the library does it."""
    error.__cause__ = causes[0] if len(causes) == 1 else ExceptionGroup("attempts", list(causes)) if causes else None
    return error


@pytest.mark.parametrize(
    ("error", "words", "is_final"),
    [
        (
            raised(httpx.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "")),
            "is no host that is known here",
            False,
        ),
        (raised(httpx.ConnectError("x"), socket.gaierror(socket.EAI_AGAIN, "")), "could not be looked up", False),
        (raised(httpx.ConnectError("x"), ConnectionRefusedError(111, "refused")), "refuses the connection", False),
        (
            raised(httpx.ConnectError("x"), OSError(101, "Network is unreachable"), OSError(113, "No route to host")),
            "cannot be reached: Network is unreachable",
            False,
        ),
        (httpx.ConnectTimeout("x"), "does not answer", False),
        (httpx.PoolTimeout("x"), "does not answer", False),
        (httpx.ConnectError("x"), "cannot be reached", False),
        (raised(httpx.ConnectError("x"), ssl.SSLError(1, "odd")), "speaks no TLS that could be used (unknown", True),
    ],
)
def test_the_host_is_named_with_what_hinders(error: httpx.TransportError, words: str, is_final: bool) -> None:
    """Without path and query; behind a proxy it is the proxy that could not be reached, unless TLS failed."""
    told = not_connected(error, URL, DIRECT)
    assert told is not None
    assert str(told).startswith(f"api.example.com:8443 {words}")
    assert told.is_final == is_final
    behind = not_connected(error, URL, BEHIND)
    assert behind is not None
    peer = "api.example.com:8443" if is_final else "the proxy proxy.example:3128, which HTTPS_PROXY names,"
    assert str(behind).startswith(f"{peer} {words}")
    assert "canary" not in str(behind)
    assert "secret" not in str(behind)


def test_an_error_after_the_connection_is_none_of_it() -> None:
    """The request may have arrived."""
    for error in (httpx.ReadTimeout("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x"), httpx.WriteError("x")):
        assert not_connected(error, URL, BEHIND) is None


@pytest.mark.parametrize(
    ("text", "words", "is_final"),
    [
        ("407 canary", "wants another user name or password (407)", True),
        ("403 Forbidden", "does not allow it (403)", True),
        ("504 Gateway Timeout", "api.example.com:8443 (504)", False),
        ("canary", "api.example.com:8443 (no answer)", False),
    ],
)
def test_of_a_proxys_answer_only_the_number_is_shown(text: str, words: str, is_final: bool) -> None:
    """Its words may repeat what was sent."""
    told = not_connected(httpx.ProxyError(text), URL, BEHIND)
    assert told is not None
    assert str(told).endswith(words)
    assert "canary" not in str(told)
    assert told.is_final == is_final


def test_an_error_that_was_raised_from_itself_ends() -> None:
    """A circle of causes is walked once."""
    error = httpx.ConnectError("x")
    inner = OSError()
    inner.__context__ = error
    error.__cause__ = inner
    assert str(not_connected(error, URL, DIRECT)) == "api.example.com:8443 cannot be reached"


def test_a_certificate_is_told_with_what_is_wrong_with_it() -> None:
    """And where the certificates that are trusted come from."""
    error = raised(httpx.ConnectError("x"), ssl.SSLCertVerificationError(1, "another name"))
    said = str(not_connected(error, URL, DIRECT))
    assert said.startswith("the certificate of api.example.com:8443 is not trusted (")
    assert said.endswith("where your network has a certificate authority of its own, name its file in SSL_CERT_FILE")
    own = network_of({"SSL_CERT_FILE": "/x", "SSL_CERT_DIR": "/y"})
    assert str(not_connected(error, URL, own)).endswith("certificates come from SSL_CERT_FILE and SSL_CERT_DIR")
