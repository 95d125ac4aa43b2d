"""H82 to H88: what a pull request from a fork can do to the machine that plans it, which is to be planned."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from ruamel.yaml import YAML

from reconciler.simulator import Simulator
from reconciler.simulator.server import serving
from tests.cli.conftest import Cli, draw, edit, git
from tests.hostile.forgery import objects
from tests.hostile.judge import judge_text
from tests.hostile.listening import listening

TOKEN = "canary-7f3e9a1c5b"
SCRIPT = Path(sys.executable).parent / "reconciler"


@pytest.fixture
def fork(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree as `main`, checked out by a job without a secret; nothing says where the API is."""
    monkeypatch.delenv("RECONCILER_ENDPOINT")
    (tree / ".gitignore").write_text("world.db*\n")
    git("init", "--quiet", "--initial-branch=main")
    commit()
    return tree


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--no-verify", "-m", "x")


def flat(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- H82
def test_without_a_secret_a_plan_is_told_and_what_was_not_checked(fork: Path, cli: Cli) -> None:
    """H82: exit 0, or 2 if asked, in every form; no connection is tried and no name looked up."""
    edit(fork / "manifests/dataset.yaml", "purple", "green")
    with listening() as heard:
        said = [cli("plan", "--base", "main", "--format", form) for form in ("text", "json", "markdown", "html")]
        assert cli("plan", "--base", "main", "--detailed-exitcode").code == 2
    assert {ran.code for ran in said} == {0}
    assert json.loads(said[1].out)["plan"]["subject"]["base"] == "main"
    for ran in (said[0], said[2], said[3]):
        assert "nothing was asked of the API" in flat(re.sub("<[^>]*>", "", ran.out).replace("`", ""))
    assert heard.files
    assert heard.network == []


@pytest.mark.parametrize("command", ["plan", "apply --yes", "status", "drift", "output", "history model/lora-max"])
def test_without_a_secret_the_rest_is_one_sentence(fork: Path, cli: Cli, command: str) -> None:
    """H82: exit 64, what would be needed, and the command that needs nothing."""
    with listening() as heard:
        ran = cli(*command.split())
    assert (ran.code, ran.out) == (64, "")
    assert len(ran.err.splitlines()) == 1
    assert "`reconciler plan --base REV`" in ran.err
    assert heard.network == []


# ---------------------------------------------------------------- H83
TRAP = "import pathlib; pathlib.Path({proof!r}).touch(); raise SystemExit('executed')\n"
MODULES = (
    "click.py", "httpx.py", "pip.py", "sitecustomize.py", "usercustomize.py", "json.py", "yaml.py", "pydantic.py", "rich.py",
    "jinja2.py", "platformdirs.py", "subprocess.py", "PIL/__init__.py", "ruamel/__init__.py", "asyncio/__init__.py",
    "manifests/click.py", "manifests/sitecustomize.py", "conftest.py", "setup.py",
)  # fmt: skip
PROGRAMS = ("git", "sh", "reconciler", "python3", "pip", "manifests/git", "bin/git")


@dataclass(frozen=True)
class Traps:
    """A place in which anything that runs what the tree brings leaves a proof."""

    folder: Path
    proof: Path

    def program(self, name: str) -> Path:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"#!/bin/sh\ntouch '{self.proof}'\ncat\n")
        place.chmod(0o755)
        return place

    def sprung(self) -> bool:
        """Was one of them run? The proof is taken away."""
        found = self.proof.exists()
        self.proof.unlink(missing_ok=True)
        return found


@pytest.fixture
def traps(fork: Path, tmp_path_factory: pytest.TempPathFactory) -> Traps:
    """A fork that brings modules and programs, attributes, a submodule, and a repository that looks like one."""
    found = Traps(folder=fork, proof=tmp_path_factory.mktemp("proof") / "proof")
    for name in MODULES:
        (fork / name).parent.mkdir(exist_ok=True)
        (fork / name).write_text(TRAP.format(proof=str(found.proof)))
    for name in PROGRAMS:
        found.program(name)
    (fork / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n*.yaml filter=evil text eol=crlf ident\n")
    (fork / ".gitmodules").write_text(
        f'[submodule "s"]\n\tpath = manifests/s\n\turl = "ext::sh -c touch% {found.proof}"\n'
    )
    (fork / "manifests/HEAD").write_text("ref: refs/heads/main\n")
    (fork / "manifests/config").write_text(
        f"[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = {found.program('evil')}\n"
    )
    for name in ("objects", "refs"):
        (fork / "manifests" / name).mkdir()
        (fork / "manifests" / name / "x").write_text("")
    commit()
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    git("update-index", "--add", "--cacheinfo", f"160000,{head},manifests/s")
    git("commit", "--quiet", "-m", "a submodule")
    edit(fork / "manifests/dataset.yaml", "purple", "green")
    return found


def careless(traps: Traps) -> None:
    """The configuration of a person who trusted the tree once: filters, hooks and monitors are defined and ready."""
    evil = str(traps.program("../evil"))
    for key in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.evil.command",
    ):
        git("config", key, evil)
    for key in ("diff.external", "core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "credential.helper"):
        git("config", key, evil)
    git("config", "core.hooksPath", "manifests/hooks")
    git("config", "submodule.recurse", "true")
    git("config", "protocol.ext.allow", "always")
    for name in ("post-checkout", "post-index-change", "pre-commit", "reference-transaction", "fsmonitor-watchman"):
        traps.program(f"manifests/hooks/{name}")


OFFLINE = (
    "plan --base main", "plan --base main --format html", "plan --base HEAD~1", "diff dataset/lora-poses --rev HEAD~1..HEAD",
    "diff model/lora-max --rev HEAD~1", "validate", "validate --format github", "doctor",
)  # fmt: skip


def test_the_traps_would_be_sprung(traps: Traps) -> None:
    """Else the next tests would prove nothing: plain git and plain Python run what lies there."""
    careless(traps)
    subprocess.run(["git", "status"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert traps.sprung()
    subprocess.run([sys.executable, "-c", "import click"], capture_output=True, check=False)
    assert traps.sprung()
    subprocess.run("PATH=.:$PATH git status", shell=True, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert traps.sprung()


@pytest.mark.parametrize("start", [[str(SCRIPT)], [sys.executable, "-m", "reconciler"]], ids=["script", "module"])
@pytest.mark.parametrize("folder", ["", "manifests"])
def test_nothing_of_the_tree_is_imported_or_run(traps: Traps, start: list[str], folder: str) -> None:
    """H83: from the top and from inside, with the tree before all else on PATH."""
    careless(traps)
    here = traps.folder / folder
    environ = {
        **os.environ,
        "PATH": os.pathsep.join([".", "", str(traps.folder), str(traps.folder / "bin"), os.environ["PATH"]]),
    }
    root = ("--root", ".") if folder else ()
    for command in OFFLINE[:2]:
        ran = subprocess.run(
            [*start, *command.split(), *root], cwd=here, env=environ, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran
        assert "executed" not in ran.stdout + ran.stderr
        assert not traps.sprung(), command


def test_git_runs_nothing_that_the_repository_names(traps: Traps, cli: Cli) -> None:
    """H83: no filter, text conversion, external diff, hook, monitor, pager or submodule, whatever .git/config allows."""
    careless(traps)
    for command in OFFLINE:
        ran = cli(*command.split())
        assert ran.code == 0, (command, ran)
        assert not traps.sprung(), command
    assert "green" in cli("plan", "--base", "main").out
    assert not traps.sprung()


def test_git_is_told_no_secret(
    fork: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """H83: neither the token nor anything else of our environment, and no connection may be made."""
    real = shutil.which("git")
    spy = tmp_path_factory.mktemp("spy") / "git"
    spy.write_text(f'#!/bin/sh\n{{ env; echo "$@"; }} >> {spy.parent}/seen\nexec {real} "$@"\n')
    spy.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{spy.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.pager'='x'")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "x")
    assert cli("plan", "--base", "main", "--format", "html").code == 0
    seen = (spy.parent / "seen").read_text()
    assert "--end-of-options" in seen
    assert not [word for word in (TOKEN, "GIT_CONFIG_PARAMETERS", "GIT_EXTERNAL_DIFF", "HOME=") if word in seen]
    assert {line.split()[-1] for line in seen.splitlines() if " -c " in line and "fetch" in line} == set()


@pytest.mark.parametrize(
    "text", ["endpoint: https://evil.example\n", "token: {file: /etc/passwd}\n", "endpoint: http://127.0.0.1:9\n"]
)
@pytest.mark.parametrize("when", ["now", "at the base"])
def test_a_configuration_of_the_fork_sends_nothing_anywhere(
    fork: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, text: str, when: str
) -> None:
    """H83, H78: exit 3, with the token of the job at hand, for a file of the tree and for one of the base."""
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    place = fork / "manifests/reconciler.yaml"
    place.write_text(text)
    if when == "at the base":
        commit()
        place.unlink()
    with listening() as heard:
        ran = cli("plan", "--base", "main")
    assert ran.code == 3
    assert "reconciler.yaml" in ran.err
    assert heard.network == []


# ---------------------------------------------------------------- H84
NO_REVISIONS = (
    "--upload-pack=touch proof", "--output=proof", "-x", "-", "--", "$(touch proof)", "`touch proof`", "main;touch proof", "a b", "",
    "HEAD:manifests", ":/x", "^HEAD", "main...HEAD", "@{upstream}:x", "ext::sh", "main\n--all", "\x1b[2J", "\u202emain",
    "*", "main\\", "a" * 201,
)  # fmt: skip


@pytest.mark.parametrize("rev", NO_REVISIONS)
def test_what_is_no_revision_never_reaches_git(fork: Path, cli: Cli, rev: str) -> None:
    """H84: as base and as one end of a comparison: exit 64, no program is started, and it is quoted without acting."""
    commands = [["plan", f"--base={rev}"], ["plan", "--base", rev], ["drift", f"--base={rev}"]]
    commands += [["diff", "model/lora-max", f"--rev={rev}..HEAD"]]
    with listening() as heard:
        for command in commands:
            ran = cli(*command)
            assert (ran.code, ran.out) == (64, ""), (command, ran)
            judge_text(ran.err)
    assert heard.programs == []
    assert not (fork / "proof").exists()


def test_a_branch_may_have_any_other_name(fork: Path, cli: Cli) -> None:
    """H84: what begins like no option and holds no range is asked of git as one word."""
    for name in ("feature/#12-größe", "fix!it", "50%", "a+b=c,d", "upload-pack"):
        git("branch", name)
        with listening() as heard:
            assert cli("plan", "--base", name).code == 0, name
        assert [line for line in heard.programs if f"'--end-of-options', '{name}^{{commit}}'" in line]


# ---------------------------------------------------------------- H85
def test_a_base_that_a_shallow_clone_lacks_says_what_to_fetch(
    fork: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H85: exit 64; after `git fetch --unshallow` the same command plans."""
    edit(fork / "manifests/dataset.yaml", "purple", "green")
    commit()
    git("clone", "--quiet", "--depth=1", f"file://{fork}", "../shallow")
    monkeypatch.chdir(fork.parent / "shallow")
    ran = cli("plan", "--base", "HEAD~1")
    assert (ran.code, ran.out) == (64, "")
    assert "fetch-depth: 0" in ran.err
    assert cli("plan", "--base", "HEAD").code == 0
    git("fetch", "--quiet", "--unshallow")
    assert "green" in cli("plan", "--base", "HEAD~1").out


def test_an_unrelated_history_is_no_base(fork: Path, cli: Cli) -> None:
    """H85: with manifests in it or without; never a plan against nothing, nor against something else."""
    git("checkout", "--quiet", "--orphan", "other")
    git("commit", "--quiet", "-m", "the same, from nowhere")
    git("checkout", "--quiet", "--orphan", "empty")
    git("rm", "--quiet", "-r", "--cached", "manifests")
    git("commit", "--quiet", "-m", "nothing")
    git("checkout", "--quiet", "--force", "main")
    for base in ("other", "empty"):
        ran = cli("plan", "--base", base)
        assert (ran.code, ran.out) == (64, "")
        assert "has no history in common" in ran.err
        assert "fetch-depth: 0" in ran.err
    git("merge", "--quiet", "--allow-unrelated-histories", "--strategy=ours", "other")
    assert cli("plan", "--base", "other").code == 0


BREAKS: dict[str, Callable[[Path], object]] = {
    "no YAML": lambda root: (root / "project.yaml").write_text("broken: ["),
    "no manifest": lambda root: (root / "model.yaml").write_text("kind: Nothing\n"),
    "a reference to nothing": lambda root: edit(root / "dataset.yaml", "project: lora", "project: nobody"),
    "no images": lambda root: shutil.rmtree(root / "images"),
    "a link out of the tree": lambda root: (root / "link.yaml").symlink_to("/etc/passwd"),
    "no configuration": lambda root: (root / "reconciler.yaml").write_text("limits: many\n"),
    "no manifests, only a note": lambda root: list(map(Path.unlink, root.glob("*.yaml"))),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_base_is_a_problem_at_its_revision(fork: Path, cli: Cli, broken: str) -> None:
    """H85: exit 3, the place named as `main:manifests/…`, and no plan in any form."""
    BREAKS[broken](fork / "manifests")
    commit()
    git("checkout", "--quiet", "HEAD~1", "--", "manifests")
    for path in (fork / "manifests/link.yaml", fork / "manifests/reconciler.yaml"):
        path.unlink(missing_ok=True)
    assert cli("validate").code == 0
    for form in ("text", "json", "markdown", "html"):
        ran = cli("plan", "--base", "main", "--format", form)
        assert (ran.code, ran.out) == (3, ""), ran
        assert "main:manifests" in ran.err
        assert "/tmp" not in ran.err


def test_a_base_with_lost_objects_is_wrong_usage(fork: Path, cli: Cli) -> None:
    """H85: a damaged clone, exit 64 with what to do; and outside of a repository as well."""
    found = subprocess.run(
        ["git", "rev-parse", "main:manifests/project.yaml"], capture_output=True, text=True, check=True
    )
    oid = found.stdout.strip()
    (fork / ".git/objects" / oid[:2] / oid[2:]).unlink()
    ran = cli("plan", "--base", "main")
    assert (ran.code, ran.out) == (64, "")
    assert "git fsck" in ran.err
    shutil.rmtree(fork / ".git")
    assert cli("plan", "--base", "main").code == 64


# ---------------------------------------------------------------- H86
def test_a_tree_without_manifests_is_no_wish(fork: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """H86: exit 3 offline and live, and the account stays as it is. `status` only shows what it holds."""
    before = objects(fork / "world.db")
    for path in (fork / "manifests").glob("*.yaml"):
        path.unlink()
    for step in range(2):
        assert cli("plan", "--base", "main").code == 3
        for command in ("plan", "apply --yes", "plan --prune", "destroy --yes"):
            assert cli(*command.split(), "--endpoint", "simulator:world.db").code == 3
        assert cli("status", "--endpoint", "simulator:world.db").code == 0
        if step == 0:
            shutil.rmtree(fork / "manifests")
    assert objects(fork / "world.db") == before


def test_files_that_vanish_delete_nothing(fork: Path, cli: Cli) -> None:
    """H86: what has no manifest any more stays live, and the plan says that it does."""
    before = objects(fork / "world.db")
    for name, code in (
        ("model", 0),
        ("dataset", 4),
    ):  # a project in which nothing is declared is nobody's: it is asked for
        (fork / f"manifests/{name}.yaml").unlink()
        assert "what is live of it stays" in flat(cli("plan", "--base", "main").out)
        done = cli("apply", "--yes", "--prune", "--endpoint", "simulator:world.db")
        assert done.code == code, done
        assert objects(fork / "world.db") == before


@pytest.mark.parametrize(("left", "code"), [(0, 3), (1, 4), (8, 4), (9, 0)])
def test_an_emptied_image_folder_meets_a_limit(fork: Path, cli: Cli, left: int, code: int) -> None:
    """H86: no images are a problem; above 30 % the plan says so, offline and live, and apply is refused."""
    images = sorted((fork / "manifests/images").glob("*.png"))
    for path in images[left:]:
        path.unlink()
    before = objects(fork / "world.db")
    live = ("--endpoint", "simulator:world.db")
    for where in (("--base", "main"), live):
        ran = cli("plan", *where)
        assert ran.code == (3 if code == 3 else 0)
        assert (f"would lose {12 - left} of 12 images" in flat(ran.out)) is (code == 4)
    assert cli("apply", "--yes", *live).code == code
    assert (objects(fork / "world.db") == before) is (code != 0)


# ---------------------------------------------------------------- H87
@pytest.mark.parametrize(
    "newer", ["apply new.json", "apply new.json --wait training", "apply --yes --exclude model/lora-max"]
)
def test_an_older_pipeline_that_finishes_last_is_refused(tree: Path, cli: Cli, newer: str) -> None:
    """H87, F35: its saved plan has seen another newest version; what the newer one made stays."""
    dataset = tree / "manifests/dataset.yaml"
    text = dataset.read_text()
    dataset.write_text(text.replace("purple", "green"))
    assert cli("plan", "--out", "old.json").code == 0
    dataset.write_text(text.replace("purple", "red"))
    assert cli("plan", "--out", "new.json").code == 0
    assert cli(*newer.split()).code == 0
    before = objects(tree / "world.db")
    dataset.write_text(text.replace("purple", "green"))
    ran = cli("apply", "old.json")
    assert (ran.code, ran.out) == (4, "")
    assert "dataset/lora-poses is not what this plan saw: then" in flat(ran.err)
    assert objects(tree / "world.db") == before


def test_pipelines_apply_one_at_a_time(fork: Path, cli: Cli) -> None:
    """H87: every apply that the files of `init --ci` start stands in one group, and nothing else may displace it there."""
    assert cli("init", "--ci", "github").code == 0
    jobs = YAML(typ="safe").load((fork / ".github/workflows/reconciler.yml").read_text())["jobs"]
    groups = {name: job["concurrency"]["group"] for name, job in jobs.items()}
    assert len(set(groups.values())) == len(groups) == 3
    assert "${{" not in groups["apply"]
    assert not [job for name, job in jobs.items() if name != "plan" and job["concurrency"]["cancel-in-progress"]]
    template = Path(__file__).parents[2] / "templates/reconciler/template.yml"
    jobs = list(YAML(typ="safe").load_all(template.read_text()))[-1]
    (apply, drift) = (job for name, job in jobs.items() if name.startswith(("reconciler-apply ", "reconciler-drift ")))
    assert apply["resource_group"] == drift["resource_group"]


# ---------------------------------------------------------------- H88
def test_nothing_that_ci_keeps_holds_a_secret_or_a_place(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """H88: journal, caches, plan, comment, report, contact sheet: no token, no signed address, no path of the machine."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    monkeypatch.setenv("RECONCILER_TIER", "enterprise")
    results = tree / "results"
    results.mkdir()
    with serving(Simulator(switches={"image_url_expiry": "rotates_each_get"}, speed=1e6)) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        assert cli("apply", "--yes", "--settle", "0", "-vv").code == 0
        edit(tree / "manifests/dataset.yaml", "purple", "green")
        draw(tree / "manifests/images/new.png", (1, 2, 3))
        (tree / "manifests/images/p0.png").unlink()
        for form in ("text", "markdown", "html", "json"):
            ran = cli("plan", "--refresh", "full", "--format", form, "--out", "results/plan.json", "-vv")
            (results / f"plan.{form}").write_text(ran.out)
            (results / f"plan.{form}.log").write_text(ran.err)
        (results / "apply.log").write_text(str(cli("apply", "results/plan.json", "--settle", "0", "-vv")))
        answer = httpx.get(f"{address}/tailored-gen/datasets/200001", headers={"api_token": TOKEN})
    assert "?signature=" in answer.text, "else nothing is proved about signed addresses"
    cli("doctor", "--contact-sheet", "results/sheet.html")
    kept = [path for folder in (results, tree / ".reconciler", home) for path in folder.rglob("*") if path.is_file()]
    names = {path.name for path in kept}
    assert names >= {"plan.json", "plan.markdown", "plan.html", "sheet.html", "journal.jsonl", "apply.log"}
    assert "cache.sqlite3" in names
    for path in kept:
        text = path.read_bytes().decode("utf-8", "replace")
        found = [word for word in (TOKEN, "signature=", "Signature", "api_token", str(tree), str(home)) if word in text]
        assert not found, (path, found)
