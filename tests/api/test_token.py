import base64
import json
import logging
import os
import socket
from pathlib import Path
from urllib.parse import quote

import pytest

from reconciler.api.token import LIMIT, Token, TokenRefused, _unfit, exposure, read_token

SECRET = 'canary/+="token&<1234567>'


def file_of(folder: Path, content: bytes, mode: int = 0o600) -> dict[str, str]:
    path = folder / "token"
    path.write_bytes(content)
    path.chmod(mode)
    return {"BRIA_API_TOKEN_FILE": str(path)}


def value_of(environ: dict[str, str]) -> str | None:
    token = read_token(environ)
    return None if token is None else token.value


def test_no_variable_or_an_empty_one_is_no_token() -> None:
    """CI passes an absent secret as an empty variable."""
    assert read_token({}) is None
    assert read_token({"BRIA_API_TOKEN": "", "BRIA_API_TOKEN_FILE": ""}) is None


@pytest.mark.parametrize("text", [SECRET, f" {SECRET}\t", f"{SECRET}\n", f"{SECRET}\r\n", f"  {SECRET} \n"])
def test_h74_blanks_around_and_one_final_newline_are_trimmed(text: str, tmp_path: Path) -> None:
    """The same for the variable and for the file."""
    assert value_of({"BRIA_API_TOKEN": text}) == SECRET
    assert value_of(file_of(tmp_path, text.encode())) == SECRET


@pytest.mark.parametrize(
    "text",
    [
        "   ",
        "short",
        "\n",
        f"{SECRET}\n\n",
        f"{SECRET}\nX-Injected: 1",
        f"{SECRET}\0",
        f"{SECRET}é",
        f"two {SECRET}",
        f"{SECRET}\x1b[2J",
        SECRET * 50,
        "x" * 1_000_000,
    ],
)
def test_h74_a_token_that_is_none_is_refused_without_its_value(text: str, tmp_path: Path) -> None:
    """Newlines, NUL, non-ASCII, inner blanks, nothing, or far too much."""
    for environ in ({"BRIA_API_TOKEN": text}, file_of(tmp_path, text.encode())):
        with pytest.raises(TokenRefused) as caught:
            read_token(environ)
        assert "canary" not in str(caught.value)
        assert "xxx" not in str(caught.value)
        assert "BRIA_API_TOKEN" in str(caught.value)


def test_both_variables_are_refused(tmp_path: Path) -> None:
    """Which one counts is not for us to guess."""
    with pytest.raises(TokenRefused, match="both"):
        read_token({"BRIA_API_TOKEN": SECRET, **file_of(tmp_path, SECRET.encode())})


@pytest.mark.parametrize("mode", [0o660, 0o620, 0o602, 0o666, 0o777])
def test_h76_a_file_that_others_can_write_is_refused(mode: int, tmp_path: Path) -> None:
    """The message says the mode to set."""
    environ = file_of(tmp_path, SECRET.encode(), mode)
    with pytest.raises(TokenRefused, match=rf"written by others \(mode {mode:04o}\); set it to 0600"):
        read_token(environ)
    assert exposure(environ) == ""


@pytest.mark.parametrize("mode", [0o444, 0o644, 0o440, 0o640, 0o604])
def test_h76_a_file_that_others_can_only_read_is_read_and_warned_of(mode: int, tmp_path: Path) -> None:
    """So are secrets mounted by Kubernetes and Docker, and nobody can change their mode."""
    environ = file_of(tmp_path, SECRET.encode(), mode)
    assert value_of(environ) == SECRET
    assert f"can be read by others (mode {mode:04o})" in exposure(environ)
    assert "canary" not in exposure(environ)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_h76_a_file_of_ones_own_is_no_word_worth(mode: int, tmp_path: Path) -> None:
    """Nor is a token that comes by the variable, or none."""
    environ = file_of(tmp_path, SECRET.encode(), mode)
    assert value_of(environ) == SECRET
    assert [exposure(one) for one in (environ, {}, {"BRIA_API_TOKEN": SECRET})] == [""] * 3


def test_a_secret_that_kubernetes_mounts_is_read(tmp_path: Path) -> None:
    """A link to a file below a folder that is a link: `token -> ..data/token`, `..data -> ..2026_11_28`."""
    version = tmp_path / "..2026_11_28"
    version.mkdir()
    (version / "token").write_text(SECRET)
    (version / "token").chmod(0o644)
    (tmp_path / "..data").symlink_to(version.name)
    (tmp_path / "token").symlink_to("..data/token")
    environ = {"BRIA_API_TOKEN_FILE": str(tmp_path / "token")}
    assert value_of(environ) == SECRET
    assert "mode 0644" in exposure(environ)


def test_h76_a_link_to_a_link_a_directory_a_fifo_a_socket_or_a_huge_file_is_refused(tmp_path: Path) -> None:
    """Only a regular file of ours is opened and read, and nothing is waited for."""
    environ = file_of(tmp_path, SECRET.encode())
    link, fifo, address = tmp_path / "link", tmp_path / "fifo", tmp_path / "socket"
    (tmp_path / "near").symlink_to(tmp_path / "token")
    link.symlink_to(tmp_path / "near")
    os.mkfifo(fifo, 0o600)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        for path, words in [
            (link, "a link to a link"),
            (tmp_path, "no regular file"),
            (fifo, "no regular file"),
            (address, "cannot be read"),
            (tmp_path / "missing-canary", "No such file"),
            (Path("/dev/zero"), "no regular file"),
        ]:
            with pytest.raises(TokenRefused, match=words) as caught:
                read_token({"BRIA_API_TOKEN_FILE": str(path)})
            assert "canary" not in str(caught.value)
    with pytest.raises(TokenRefused, match="no path"):
        read_token({"BRIA_API_TOKEN_FILE": "a\0b"})
    with pytest.raises(TokenRefused, match=f"longer than {LIMIT}"):
        read_token(file_of(tmp_path, b"x" * 10_000_000))
    assert value_of(environ | file_of(tmp_path, SECRET.encode(), 0o400)) == SECRET


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_h76_a_file_or_a_link_of_another_user_is_refused(tmp_path: Path) -> None:
    """Even where it can be read: that user can write it, or choose another file."""
    environ = file_of(tmp_path, SECRET.encode())
    link = tmp_path / "link"
    link.symlink_to("token")
    assert value_of({"BRIA_API_TOKEN_FILE": str(link)}) == SECRET
    os.chown(link, 12345, 12345, follow_symlinks=False)
    with pytest.raises(TokenRefused, match="a link that another user made"):
        read_token({"BRIA_API_TOKEN_FILE": str(link)})
    os.chown(tmp_path / "token", 12345, 12345)
    with pytest.raises(TokenRefused, match="another user"):
        read_token(environ)


@pytest.mark.parametrize(
    ("mode", "owner", "size", "is_read_only", "reason"),
    [
        (0o100644, 1000, 20, True, ""),
        (0o100666, 1000, 20, True, ""),
        (0o100644, 1000, 20, False, "another user"),
        (0o100666, 0, 20, False, "written by others"),
        (0o100444, 0, 20, False, ""),
        (0o010644, 0, 20, True, "no regular file"),
        (0o100444, 0, 2000, True, "longer than"),
    ],
)
def test_h76_on_a_mount_that_is_read_only_nobody_can_write(
    mode: int, owner: int, size: int, is_read_only: bool, reason: str
) -> None:
    """Docker mounts a secret that belongs to a user of the host."""
    found = os.stat_result((mode, 1, 1, 1, owner, owner, size, 0, 0, 0))
    said = _unfit(found, is_read_only=is_read_only)
    assert reason in said
    assert bool(reason) == bool(said)


def test_h81_no_way_of_printing_a_token_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    """repr, str, format, logging, and no attribute dictionary."""
    token = Token(SECRET)
    logging.getLogger("test").warning("%s %r", token, [token])
    for text in (repr(token), str(token), f"{token}", f"{token!r:>30}", caplog.text, repr([token])):
        assert "canary" not in text
    assert not hasattr(token, "__dict__")


def escapes() -> list[str]:
    raw = SECRET.encode()
    escaped = json.dumps(SECRET)[1:-1]
    return [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(quote(SECRET, safe=""), safe=""),
        escaped,
        escaped.replace("/", "\\/"),
        json.dumps(json.dumps(SECRET)),
        "".join(f"\\u{byte:04x}" for byte in raw),
        "".join(f"%{byte:02X}" for byte in raw),
        raw.hex(),
        "canary/+=&quot;token&amp;&lt;1234567&gt;",
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        base64.b64encode(b'{"api_token": "' + raw + b'"}').decode(),
        base64.b64encode(b"x" + raw + b"y").decode(),
        base64.b64encode(b"xy" + raw + b"z").decode(),
    ]


@pytest.mark.parametrize("text", escapes())
def test_h69_a_token_is_masked_in_every_form(text: str) -> None:
    """Plain, URL-, JSON-, HTML-escaped, in hex, and inside base64 wherever it begins."""
    masked = Token(SECRET).mask(f"before {text} after")
    assert "***" in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    for trace in ("canary", "1234567", base64.b64encode(SECRET.encode()).decode()[4:20]):
        assert trace not in masked


def test_h69_other_text_is_left_alone() -> None:
    """A token makes no mess of words that merely share letters with its base64."""
    assert Token("abcdef").mask("what is left: abcde") == "what is left: abcde"
