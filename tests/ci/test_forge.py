import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.plan_output import marker_of
from reconciler.render.markdown.gate import marker_line
from templates.reconciler.forge import label
from tests.ci.conftest import FORGE_TOKEN, SCRIPTS
from tests.ci.forge import BOT, Forge

MARKER = "<!-- reconciler:plan:manifests -->"


class Ended:
    def __init__(self, ran: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.said = ran.returncode, ran.stdout, ran.stderr.strip()


def tell(forge: Forge, *arguments: str, **environ: str) -> Ended:
    """Run the script as the steps do."""
    surroundings = {
        "PATH": "/usr/bin:/bin",
        "GITHUB_API_URL": forge.address,
        "GITHUB_REPOSITORY": "brand/models",
        "STEP_PULL": "7",
        "STEP_FORGE_TOKEN": FORGE_TOKEN,
    }
    command = [sys.executable, "-I", str(SCRIPTS / "forge.py"), *arguments]
    ran = subprocess.run(command, env=surroundings | environ, capture_output=True, text=True, check=False, timeout=30)
    assert FORGE_TOKEN not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return Ended(ran)


@pytest.fixture
def body(tmp_path: Path) -> str:
    path = tmp_path / "plan.md"
    path.write_text(f"{MARKER}\nthe plan\n")
    return str(path)


def test_a_marker_that_somebody_else_wrote_is_not_ours(forge: Forge, body: str) -> None:
    """H41: anybody may write a comment that begins like ours; it is neither changed nor taken for ours."""
    forge.comments.append({"id": 1, "body": f"{MARKER}\nmine", "user": {"login": "mallory"}})
    forge.comments.append({"id": 2, "body": f"quoting\n{MARKER}", "user": {"login": BOT}})
    forge.comments.append({"id": 3, "body": None, "user": None})
    assert tell(forge, "comment", body).said == "The comment was written."
    assert [comment["body"] for comment in forge.comments[:2]] == [f"{MARKER}\nmine", f"quoting\n{MARKER}"]
    assert forge.comments[3]["body"] == f"{MARKER}\nthe plan\n"


def test_the_author_can_be_another_app(forge: Forge, body: str) -> None:
    """Where comments are written with the token of an own app."""
    forge.comments.append({"id": 1, "body": f"{MARKER}\nold", "user": {"login": "brand[bot]"}})
    assert tell(forge, "comment", body, STEP_COMMENT_AUTHOR="brand[bot]").said == "The comment was updated."
    assert len(forge.comments) == 1


def test_our_comment_is_found_on_a_later_page(forge: Forge, body: str) -> None:
    """A long discussion must not make a second comment."""
    forge.comments.extend({"id": n, "body": "hello", "user": {"login": "a"}} for n in range(1, 251))
    forge.comments.append({"id": 251, "body": f"{MARKER}\nold", "user": {"login": BOT}})
    assert tell(forge, "comment", body).said == "The comment was updated."
    assert forge.comments[250]["body"] == f"{MARKER}\nthe plan\n"


def test_nothing_is_begun_where_only_an_earlier_comment_may_change(forge: Forge, body: str) -> None:
    """In sync, and never said otherwise."""
    assert tell(forge, "comment", "--existing", body).said == "There is nothing to comment on."
    assert forge.comments == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"STEP_FORGE_TOKEN": ""}, "There is no token for GitHub here."),
        ({"GITHUB_REPOSITORY": "a/../b"}, "There is no token for GitHub here."),
        ({"STEP_PULL": "7/../8"}, "This is no pull request."),
        ({"GITHUB_API_URL": "http://evil.example"}, "The address of the forge's API is not an https address."),
        ({"GITLAB_CI": "true", "STEP_FORGE_TOKEN": ""}, "There is no token for GitLab here"),
        ({"GITLAB_CI": "true", "CI_API_V4_URL": "https://gitlab.example"}, "This is no project of GitLab."),
    ],
)
def test_where_there_is_nowhere_to_write_it_says_why(
    forge: Forge, body: str, setting: dict[str, str], said: str
) -> None:
    """A fork, a job without a token, values that are no numbers: no request, no failure."""
    ended = tell(forge, "comment", body, **setting)
    assert ended.code == 0
    assert ended.said.startswith(said)
    assert ended.said.endswith("Nothing was written.")
    assert forge.requests == []


def test_a_token_does_not_follow_a_redirect(forge: Forge, body: str) -> None:
    """It would be carried to another host."""
    forge.status, forge.location = 302, f"{forge.address}/elsewhere"
    assert (tell(forge, "comment", body).code, len(forge.requests)) == (1, 1)


@pytest.mark.parametrize(("status", "code"), [(401, 0), (403, 0), (404, 0), (500, 1), (422, 1)])
def test_a_denied_comment_is_no_failure_but_a_broken_forge_is(forge: Forge, body: str, status: int, code: int) -> None:
    """A fork's token may read only."""
    forge.status = status
    ended = tell(forge, "comment", body)
    assert (ended.code, ended.said) == (code, f"The forge answered {status}.")


def test_an_answer_that_is_no_json_is_told_in_a_sentence(forge: Forge, body: str) -> None:
    """A login page with status 200."""
    forge.answer = b"<html>"
    ended = tell(forge, "comment", body)
    assert (ended.code, ended.said) == (1, "The forge could not be reached or understood: JSONDecodeError.")
    forge.answer = b'{"not": "a list"}'
    assert tell(forge, "comment", body).said == "The comment was written."


def test_a_forge_that_is_down_is_told_in_a_sentence(forge: Forge, body: str) -> None:
    """No traceback."""
    ended = tell(forge, "comment", body, GITHUB_API_URL="http://127.0.0.1:9")
    assert (ended.code, ended.said) == (1, "The forge could not be reached or understood: URLError.")


@pytest.mark.parametrize(
    "root", ["manifests", "./manifests/", ".", "/builds/a/b", "a--b", "-->", "ü b", "x/y_z.1", "a\nb"]
)
def test_the_marker_is_the_one_that_the_renderer_writes(forge: Forge, root: str) -> None:
    """Two readings of one rule would make two comments."""
    for stage in ("", "brand"):
        assert tell(forge, "marker", "plan", "--", root, stage).out == marker_line(marker_of(Path(root), stage)) + "\n"


def test_a_label_tells_roots_and_stages_apart_and_may_stand_in_a_name() -> None:
    """GitHub refuses these characters in the name of an artifact."""
    roots = (
        "manifests",
        "brand/manifests",
        "brand~manifests",
        "brand-manifests",
        "a b",
        "ü",
        "a%20b",
        "a@b",
        "x\ny",
        ".",
    )
    made = [label(root, stage) for root in roots for stage in ("", "b", "production")]
    assert len(set(made)) == len(made)
    assert not re.search(r'["<>|*?:/\\\r\n]', "".join(made))
    assert label("brand/manifests", "production") == "brand~manifests@production"
