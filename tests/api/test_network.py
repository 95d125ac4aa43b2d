"""What the environment says about the way of requests: pure readings of its variables."""

import os
from pathlib import Path

import pytest
import trustme

from reconciler.api.network import (
    DIRECT,
    Network,
    NetworkRefused,
    Proxy,
    is_loopback,
    network_of,
    secrets_of,
    unused_variables,
)

BRIA = "https://engine.prod.bria-api.com"


def proxy(environ: dict[str, str], origin: str = BRIA) -> Proxy | None:
    return network_of(environ).proxy_for(origin)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("HTTP://Proxy.Example", "http://proxy.example:80"),
        ("https://proxy.example/", "https://proxy.example:443"),
        ("http://10.0.0.9:8080", "http://10.0.0.9:8080"),
        ("http://[fd00::1]:8080", "http://[fd00::1]:8080"),
        ("http://corp_proxy:3128", "http://corp_proxy:3128"),
    ],
)
def test_a_proxy_is_read_as_other_programs_read_it(text: str, origin: str) -> None:
    """Without a scheme http is meant."""
    found = proxy({"HTTPS_PROXY": text})
    assert found == Proxy(origin=origin, variable="HTTPS_PROXY")
    assert found.address == origin


def test_the_lower_case_wins_and_an_empty_one_counts_as_not_set() -> None:
    """As curl and Python have it. The notice names the variable that counts."""
    both = {"https_proxy": "a:1", "HTTPS_PROXY": "b:2"}
    assert proxy(both) == Proxy(origin="http://a:1", variable="https_proxy")
    assert proxy({"https_proxy": "", "HTTPS_PROXY": "b:2"}) == Proxy(origin="http://b:2", variable="HTTPS_PROXY")
    assert proxy({"HTTPS_PROXY": ""}) is None
    assert network_of({"HTTP_PROXY": "x:1", "ALL_PROXY": "x:1"}) == DIRECT


def test_user_and_password_of_a_proxy_are_unquoted_and_shown_nowhere() -> None:
    """They may hold signs that an address cannot, such as @ and /."""
    environ = {"HTTPS_PROXY": "http://us%40er:pa%2Fss%3Aword@proxy.example:3128"}
    network, found = network_of(environ), proxy(environ)
    assert found is not None
    assert found.login == ("us@er", "pa/ss:word")
    assert found.address == "http://%75%73%40%65%72:%70%61%2F%73%73%3A%77%6F%72%64@proxy.example:3128"
    assert not any(word in repr(one) for one in (network, found) for word in ("us%40er", "us@er", "ss:word", "ss%3A"))
    assert secrets_of(network) == ("pa/ss:word", "us@er:pa/ss:word", "dXNAZXI6cGEvc3M6d29yZA==")
    assert secrets_of(network_of({"HTTPS_PROXY": "http://u:p@h"})) == ()
    assert secrets_of(DIRECT) == secrets_of(network_of({"HTTPS_PROXY": "nonsense:"})) == ()


@pytest.mark.parametrize(
    "text",
    [
        "socks5://canary:canary@h:1080",
        "http://canary@",
        "http://h:canary",
        "http://h:99999",
        "http://h:0",
        "http://h/canary",
        "http://h?canary",
        "http://canary%0d%0aX:y@h",
        "ca nary",
        "http://h\r\ncanary",
    ],
)
def test_a_proxy_that_is_none_is_refused_without_its_text(text: str) -> None:
    """It may hold a password. Where no proxy is on the way, nothing is judged."""
    with pytest.raises(NetworkRefused, match="HTTPS_PROXY") as caught:
        proxy({"HTTPS_PROXY": text})
    assert "canary" not in str(caught.value)
    assert proxy({"HTTPS_PROXY": text}, "http://127.0.0.1:8099") is None
    assert proxy({"HTTPS_PROXY": text, "NO_PROXY": "*"}) is None


@pytest.mark.parametrize(
    ("exempt", "origin", "is_direct"),
    [
        ("*", BRIA, True),
        ("engine.prod.bria-api.com", BRIA, True),
        ("ENGINE.prod.bria-api.com:443", BRIA, True),
        ("engine.prod.bria-api.com:8443", BRIA, False),
        ("bria-api.com", BRIA, True),
        (".bria-api.com", BRIA, True),
        ("*.bria-api.com", BRIA, True),
        ("a-api.com", BRIA, False),
        ("example.com, ,bria-api.com", BRIA, True),
        ("example.com bria-api.com", BRIA, True),
        ("com.bria-api", BRIA, False),
        ("", BRIA, False),
        (".", BRIA, False),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.1.2.3", "https://10.1.2.3:8443", True),
        ("10.1.2.3:443", "https://10.1.2.3:8443", False),
        ("1.2.3", "https://10.1.2.3", False),
        ("fd00::/8", "https://[fd00::1]", True),
        ("[fd00::1]:443", "https://[fd00::1]", True),
        ("fd00::2", "https://[fd00::1]", False),
    ],
)
def test_no_proxy_names_hosts_domains_addresses_and_blocks(exempt: str, origin: str, is_direct: bool) -> None:
    """With or without a port."""
    assert (proxy({"HTTPS_PROXY": "proxy:1", "NO_PROXY": exempt}, origin) is None) == is_direct


@pytest.mark.parametrize(
    ("origin", "here"),
    [
        ("http://127.0.0.1:8099", True),
        ("https://127.8.9.1", True),
        ("https://localhost", True),
        ("https://api.localhost:8443", True),
        ("https://[::1]:1", True),
        ("https://[::ffff:127.0.0.1]", True),
        ("https://127.0.0.1.example.com", False),
        ("https://localhost.example.com", False),
        (BRIA, False),
    ],
)
def test_what_this_machine_says_to_itself_goes_to_no_proxy(origin: str, here: bool) -> None:
    """The proxy would take the name for itself."""
    assert is_loopback(origin) == here
    assert (proxy({"HTTPS_PROXY": "proxy:1"}, origin) is None) == here


def test_variables_that_are_not_used_can_be_said() -> None:
    """By name only, in either letter case; a value may hold a password."""
    assert unused_variables({"all_proxy": "x", "SSLKEYLOGFILE": "", "HTTP_PROXY": "y"}) == ("ALL_PROXY",)


@pytest.fixture(scope="module")
def pem() -> str:
    return trustme.CA(key_type=trustme.KeyType.ECDSA).cert_pem.bytes().decode()


def test_certificates_come_from_the_file_and_the_folder_that_are_named(tmp_path: Path, pem: str) -> None:
    """Whatever else lies there, however the files are called, each certificate once."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "ca.pem").write_text(f"# Réseau\n{pem}")
    (folder / "corporate.crt").write_text(pem)
    (folder / "5f15c80c.0").symlink_to("corporate.crt")
    (folder / "notes.txt").write_text("no certificate")
    file_only = network_of({"SSL_CERT_FILE": str(tmp_path / "ca.pem")})
    assert file_only.authorities().strip() == pem.strip()
    assert file_only.ca_variables == ("SSL_CERT_FILE",)
    folder_only = network_of({"SSL_CERT_DIR": str(folder)})
    assert folder_only.authorities().count("BEGIN CERTIFICATE") == 1
    both = network_of({"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "SSL_CERT_DIR": str(folder)})
    assert both.authorities().count("BEGIN CERTIFICATE") == 2
    assert DIRECT.authorities() == ""


def test_certificates_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    """Nothing blocks, and the variable is named."""
    empty, damaged, pipe = tmp_path / "empty", tmp_path / "damaged", tmp_path / "pipe"
    empty.write_text("nothing")
    damaged.write_text("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n")
    os.mkfifo(pipe)
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(16 * 2**20 + 1)
    for path, words in [
        (tmp_path / "none", "No such file"),
        (empty, "no certificate in PEM form"),
        (damaged, "a damaged certificate"),
        (pipe, "no regular file"),
        (huge, "larger than 16 MiB"),
        (tmp_path, "Is a directory"),
    ]:
        with pytest.raises(NetworkRefused, match=f"SSL_CERT_FILE.*{words}"):
            Network(ca_file=str(path)).authorities()
    with pytest.raises(NetworkRefused, match="SSL_CERT_DIR names a folder that cannot be read"):
        Network(ca_folder=str(empty)).authorities()
