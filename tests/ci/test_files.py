"""What CI systems read: checked by their own published schemas, and by the rules of this house."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from reconciler.files.pipeline import Stage, Vendor, write_pipeline
from templates.reconciler import reviewed
from tests.ci.conftest import ROOT, SCRIPTS

ACTION = ROOT / "action.yml"
WORKFLOW = ROOT / "reconciler" / "files" / "workflow" / "github.yml"
TEMPLATE = SCRIPTS / "template.yml"


def documents(path: Path) -> list[Any]:
    return list(YAML(typ="safe").load_all(path.read_text()))


def filled(node: object, inputs: dict[str, str]) -> object:
    """A part of the component with inputs in their places."""
    if isinstance(node, dict):
        return {filled(key, inputs): filled(value, inputs) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, inputs) for value in node]
    return re.sub(r"\$\[\[ inputs\.(\w+) ]]", lambda found: inputs[found[1]], node) if isinstance(node, str) else node


def jobs_of(**inputs: str) -> dict[str, Any]:
    """The jobs of GitLab's component as it is included with these inputs: plan, apply, drift, and what those extend."""
    head, jobs = documents(TEMPLATE)
    made = filled(jobs, {name: one.get("default", "") for name, one in head["spec"]["inputs"].items()} | inputs)
    assert isinstance(made, dict)
    short = {f"reconciler-{word}": word for word in ("plan", "apply", "drift")} | {".reconciler": "shared"}
    return {short[name.split()[0]]: {"name": name, **job} for name, job in made.items() if name != ".reconciler"}


def scripts(node: object) -> Iterator[str]:
    """Every line that a shell will run."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"run", "script", "before_script"}:
                yield from [value] if isinstance(value, str) else value
            else:
                yield from scripts(value)
    elif isinstance(node, list):
        for value in node:
            yield from scripts(value)


def check(schema: str, path: Path, *options: str) -> None:
    command: list[str | Path] = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_action_and_the_workflow_are_what_github_reads() -> None:
    """By the schemas that GitHub's own editors use."""
    check("vendor.github-actions", ACTION)
    check("vendor.github-workflows", WORKFLOW)


def test_the_template_is_what_gitlab_reads(tmp_path: Path) -> None:
    """Its jobs alone: the schema knows no document of inputs."""
    jobs = tmp_path / "jobs.yml"
    jobs.write_text(TEMPLATE.read_text().partition("\n---\n")[2])
    check("vendor.gitlab-ci", jobs, "--data-transform", "gitlab-ci")
    for name in ("gitlab.yml", "gitlab-include.yml"):
        check("vendor.gitlab-ci", WORKFLOW.parent / name, "--data-transform", "gitlab-ci")


@pytest.mark.parametrize("path", [ACTION, WORKFLOW, TEMPLATE], ids=lambda path: path.name)
def test_no_expression_stands_in_a_script(path: Path) -> None:
    """H39: `${{ … }}` and `$[[ … ]]` are pasted before the shell reads the line; values come by environment only."""
    lines = [line for document in documents(path) for line in scripts(document)]
    assert lines or path == WORKFLOW
    assert not [line for line in lines if "${{" in line or "$[[" in line]


def test_every_input_of_the_action_reaches_a_step_and_every_variable_is_read() -> None:
    """An input that nothing reads would be a promise."""
    (action,) = documents(ACTION)
    given = [text for step in action["runs"]["steps"] for text in step.get("env", {}).values()]
    read = {name for text in given for name in re.findall(r"inputs\.([a-z-]+)", text)}
    assert read == set(action["inputs"])
    names = {name for step in action["runs"]["steps"] for name in step.get("env", {}) if name.startswith("STEP_")}
    sources = "".join(path.read_text() for path in SCRIPTS.iterdir() if path.suffix in {".sh", ".py"})
    assert not [name for name in names if name not in sources]


def test_the_workflow_asks_for_no_more_than_it_needs() -> None:
    """No rights by default, no `pull_request_target`, no credentials left in the checkout, one apply at a time."""
    (workflow,) = documents(WORKFLOW)
    assert "pull_request_target" not in WORKFLOW.read_text()
    assert workflow["permissions"] == {}
    jobs = workflow["jobs"]
    assert jobs["plan"]["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert jobs["apply"]["permissions"] == {"contents": "read", "actions": "read", "pull-requests": "read"}
    assert jobs["drift"]["permissions"] == {"contents": "read", "issues": "write"}
    assert jobs["apply"]["concurrency"]["cancel-in-progress"] is False
    for job in jobs.values():
        assert job["timeout-minutes"]
        assert job["steps"][0]["with"]["persist-credentials"] is False


def test_nothing_but_an_apply_takes_the_place_of_a_waiting_one() -> None:
    """GitHub keeps one waiting run in a group: neither a plan nor drift may share it. GitLab's group is a queue."""
    (workflow,) = documents(WORKFLOW)
    assert "concurrency" not in workflow
    groups = {name: job["concurrency"]["group"] for name, job in workflow["jobs"].items()}
    assert len(set(groups.values())) == len(groups)
    jobs = jobs_of()
    assert jobs["apply"]["resource_group"] == jobs["drift"]["resource_group"] == "reconciler manifests bria"


def test_a_required_check_reports_on_each_pull_request() -> None:
    """One that a filter keeps from running never reports, and holds the pull request up for ever."""
    (workflow,) = documents(WORKFLOW)
    assert workflow["on"]["pull_request"] is None
    assert workflow["on"]["push"]["paths"]


def test_a_pull_request_reaches_neither_apply_nor_its_token() -> None:
    """The plan job is given no secret unless somebody decides so."""
    (workflow,) = documents(WORKFLOW)
    assert "token" not in workflow["jobs"]["plan"]["steps"][1]["with"]
    assert "refs/heads/main" in workflow["jobs"]["apply"]["if"]
    jobs = jobs_of()
    assert all("CI_DEFAULT_BRANCH" in rule["if"] for rule in jobs["apply"]["rules"])
    assert jobs["apply"]["interruptible"] is False


def test_an_apply_is_bound_unless_a_person_starts_it() -> None:
    """On a push and on a schedule; the history is there by which the pull request is found."""
    (workflow,) = documents(WORKFLOW)
    checkout, step = workflow["jobs"]["apply"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert step["with"]["reviewed"] == "${{ github.event_name != 'workflow_dispatch' && 'merged' || '' }}"
    (include,) = documents(WORKFLOW.parent / "gitlab.yml")[0]["include"]
    assert include["inputs"]["reviewed"] == "merged"
    rules = jobs_of()["apply"]["rules"]
    assert jobs_of()["apply"]["variables"] == {"STEP_REVIEWED": ""}
    assert jobs_of(reviewed="merged")["apply"]["variables"] == {"STEP_REVIEWED": "merged"}
    (by_hand,) = [rule for rule in rules if '"web"' in rule["if"]]
    assert (by_hand["variables"], by_hand["when"]) == ({"STEP_REVIEWED": ""}, "manual")
    assert not [rule for rule in rules if rule is not by_hand and "variables" in rule]


@pytest.mark.parametrize(("target", "base"), [("", "b"), ("t", "t")])
def test_a_merge_request_is_compared_with_what_it_is_merged_into(target: str, base: str) -> None:
    """Where results are merged first that is the target's newest commit; else what others merged would be shown too."""
    script = jobs_of()["plan"]["script"][0]
    environ = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "b", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": target}
    command = ["bash", "-euc", f'{script}; printf %s "$STEP_BASE"']
    assert subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout == base


def test_the_names_by_which_a_plan_is_found_are_those_under_which_it_is_kept() -> None:
    """The artifact on GitHub, which a test of the steps holds to what an apply asks for; the job and the folder on GitLab."""
    (action,) = documents(ACTION)
    assert action["runs"]["steps"][-1]["with"]["name"] == "${{ steps.work.outputs.artifact }}"
    jobs = jobs_of(root="brand/manifests", account="brand")
    shared = jobs["shared"]
    assert shared["variables"]["STEP_PLAN_NAME"] == jobs["plan"]["name"] == "reconciler-plan brand/manifests brand"
    common = documents(TEMPLATE)[1][shared["extends"]]
    assert common["variables"]["STEP_RESULTS"] == reviewed.FOLDER
    assert common["artifacts"]["when"] == "always"
    assert "inputs." not in str(common)
    assert {jobs[name]["extends"] for name in ("plan", "apply", "drift")} == {shared["name"]}


def test_two_includes_have_no_job_and_no_group_in_common() -> None:
    """GitLab merges jobs of one name: the second include would change the first one's."""
    made = [jobs_of(root=root, account=account) for root in ("a", "a b") for account in ("bria", "b-bria")]
    names = [job["name"] for jobs in made for job in jobs.values()]
    assert len(set(names)) == len(names) == 16
    assert len({jobs["apply"]["resource_group"] for jobs in made}) == 4


@pytest.mark.parametrize("vendor", get_args(Vendor))
def test_a_pipeline_is_written_once_and_never_over_another(tmp_path: Path, vendor: Vendor) -> None:
    """The second time everything is kept, edits included."""
    stages = [Stage(root="manifests")]
    made = write_pipeline(tmp_path, vendor, stages)
    assert made.written
    assert made.kept == ()
    first = tmp_path / made.written[0]
    assert first.read_bytes() == (WORKFLOW.parent / f"{vendor}.yml").read_bytes()
    first.write_text("edited")
    again = write_pipeline(tmp_path, vendor, stages)
    assert (again.written, again.kept) == ((), made.written)
    assert first.read_text() == "edited"


STAGES = [
    Stage(root="brand/manifests", account="brand", overlay="production"),
    Stage(root="brand/manifests", account="brand-staging", overlay="staging"),
    Stage(root="other brand", account="on"),
]


def test_several_roots_get_a_matrix(tmp_path: Path) -> None:
    """Each job runs once for each of them, with groups of its own, and GitHub's schema has nothing against it."""
    write_pipeline(tmp_path, "github", STAGES)
    path = tmp_path / ".github/workflows/reconciler.yml"
    check("vendor.github-workflows", path)
    (workflow,) = documents(path)
    assert workflow["on"]["push"]["paths"][:-1] == ["brand/manifests/**", "other brand/**"]
    for name, job in workflow["jobs"].items():
        assert job["strategy"] == {"fail-fast": False, "matrix": {"include": [one.inputs for one in STAGES]}}
        given = job["steps"][-1]["with"]
        assert [given[key] for key in ("root", "account", "overlay")] == [
            "${{ matrix.root }}",
            "${{ matrix.account }}",
            "${{ matrix.overlay }}",
        ]
        assert f"reconciler-{name}-${{{{ matrix.root }}}}-${{{{ matrix.account }}}}" in job["concurrency"]["group"]
        assert job.get("environment") in (None, "${{ matrix.account }}")
        assert not [line for line in scripts(job) if "${{" in line]


def test_several_roots_are_included_one_by_one(tmp_path: Path) -> None:
    """GitLab's component, once for each of them."""
    write_pipeline(tmp_path, "gitlab", STAGES)
    (file,) = documents(tmp_path / ".gitlab/reconciler.yml")
    keys = ("root", "account", "overlay")
    told = [{key: one["inputs"][key] for key in keys if key in one["inputs"]} for one in file["include"]]
    assert told == [one.inputs for one in STAGES]
    assert {one["inputs"]["reviewed"] for one in file["include"]} == {"merged"}


def test_one_root_of_another_name_is_written_as_it_is(tmp_path: Path) -> None:
    """Nothing is left for people to change but where the tool lives."""
    write_pipeline(tmp_path, "github", [Stage(root="brand/manifests", account="brand")])
    (workflow,) = documents(tmp_path / ".github/workflows/reconciler.yml")
    assert workflow["on"]["push"]["paths"][0] == "brand/manifests/**"
    apply = workflow["jobs"]["apply"]
    assert (apply["environment"], apply["concurrency"]["group"]) == ("brand", "reconciler-apply-brand/manifests-brand")
    assert apply["steps"][-1]["with"]["root"] == "brand/manifests"
    assert "strategy" not in apply


def test_a_pipeline_is_not_written_through_a_link(tmp_path: Path) -> None:
    """A link where the file goes counts as a file that is there."""
    (tmp_path / ".gitlab-ci.yml").symlink_to(tmp_path / "elsewhere")
    made = write_pipeline(tmp_path, "gitlab", [Stage(root="manifests")])
    assert made.kept == (".gitlab-ci.yml",)
    assert not (tmp_path / "elsewhere").exists()


def test_the_hook_checks_the_whole_tree() -> None:
    """Captions and images stand in other files than the one that was edited."""
    ((hook,),) = documents(ROOT / ".pre-commit-hooks.yaml")
    assert (hook["id"], hook["entry"]) == ("reconciler-validate", "reconciler validate")
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "manifests/images/a.txt")


def test_the_guide_names_every_input_and_variable() -> None:
    """docs/ci.md is where people look them up."""
    guide = (ROOT / "docs" / "ci.md").read_text()
    (action,) = documents(ACTION)
    inputs = [*action["inputs"], *action["outputs"], *documents(TEMPLATE)[0]["spec"]["inputs"]]
    assert not [name for name in inputs if f"`{name}`" not in guide]
    assert all(name in guide for name in ("STEP_FORGE_TOKEN", "STEP_SCHEDULE", "BRIA_API_TOKEN"))


def test_the_guide_says_how_each_system_keeps_the_cache() -> None:
    """Where the tool looks for it, in the jobs that there are."""
    guide = (ROOT / "docs" / "ci.md").read_text().partition("## Carry the cache\n")[2].partition("\n## ")[0]
    github, gitlab = (YAML(typ="safe").load(block) for block in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL))
    assert github[0]["with"]["path"] == "~/.cache/reconciler"
    assert "`actions/cache/restore@v4`" in guide
    ((job, kept),) = gitlab.items()
    assert job in documents(TEMPLATE)[1]
    home = kept["variables"]["XDG_CACHE_HOME"].removeprefix("$CI_PROJECT_DIR/")
    assert kept["cache"]["paths"] == [f"{home}/reconciler"]


def test_every_script_is_valid_bash() -> None:
    """Those too that no test runs to their end."""
    for script in SCRIPTS.glob("*.sh"):
        subprocess.run(["bash", "-n", script], check=True)
