import json

import pytest

from tests.ci.conftest import BREAK, FORGE_TOKEN, Job, edit

pytestmark = pytest.mark.slow  # each step starts the command line several times

MARKER = "<!-- reconciler:plan:manifests -->"


def test_gitlab_gets_a_note_and_a_code_quality_report(gitlab: Job) -> None:
    """The same scripts, other addresses, another token header."""
    ended = gitlab.run("plan")
    assert ended.code == 0, ended.log
    (note,) = gitlab.forge.comments
    assert note["body"].startswith(MARKER)
    assert {headers["private-token"] for headers in gitlab.forge.headers} == {FORGE_TOKEN}
    assert gitlab.forge.requests[-1] == ("POST", "/projects/12/merge_requests/7/notes")
    edit(gitlab.tree, *BREAK)
    broken = gitlab.run("plan")
    assert broken.code == 3
    (note,) = gitlab.forge.comments
    assert "There are problems" in note["body"]
    (problem, *_) = json.loads((broken.results / "gl-code-quality-report.json").read_text())
    assert problem["location"]["path"] == "manifests/dataset.yaml"


def test_gitlab_gets_an_issue_about_drift(gitlab: Job) -> None:
    """Opened, updated, closed."""
    assert gitlab.run("apply").code == 0
    edit(gitlab.tree, "purple", "green")
    assert gitlab.run("drift").code == 0
    assert gitlab.run("drift").code == 0
    (issue,) = gitlab.forge.issues
    assert issue["title"] == "Live models differ from git: manifests"
    edit(gitlab.tree, "green", "purple")
    gitlab.run("drift")
    assert issue["state"] == "closed"
    gitlab.run("drift")
    assert len(gitlab.forge.issues) == 1
