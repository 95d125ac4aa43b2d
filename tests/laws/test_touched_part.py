"""A plan of the part that a change touches is the plan of the whole: random trees, random changes, in a real repository."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.app import touched_part
from reconciler.app.touched_part import PartPlan, plan_of_part
from reconciler.cli.entry import run
from reconciler.files import load as load_module
from reconciler.files.cache import CacheFile, CacheTable
from tests.files.conftest import cache_rows, picture
from tests.files.git.test_git_tree_ids import commit, git
from tests.laws.disk_changes import DISK_CHANGES

SEEDS = 12
"""Walks of a usual run; `--walks` asks for more."""

STEPS = 4
FORMS = ("json", "json", "json", "text", "markdown", "html", "report")
REVISIONS = ("HEAD", "HEAD", "HEAD", "HEAD~1", "first")

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {{name: {name}}}
spec:
  project_name: {title}
  ip_name: Lora
  ip_description: {words}
  ip_medium: illustration
  ip_type: defined_character
"""
DATASET = """\
apiVersion: reconciler/v1
kind: Dataset
metadata: {{name: {name}}}
spec:
  project: {project}
  {guide}
  images: {{path: {images}/}}
{more}"""
MODEL = """\
apiVersion: reconciler/v1
kind: Model
metadata: {{name: {name}}}
spec:
  dataset: {dataset}
{more}"""
PREFIX, SCHEMA = 'caption_prefix: "An illustration of Lora, {words},"', "visual_schema_file: {name}.json"
DATASET_KEYS = (
    *[""] * 9, *["  captions: {source: sidecar}\n"] * 4, "  status: draft\n", "  clone: never\n", "  clone: never\n",
    "  waive: [{rule: images-scaled, reason: meant so}]\n",
)  # fmt: skip
MODEL_KEYS = (
    "", "", "", "  description: some words\n", "  description: some words\n",
    "  aliases: {production: current}\n", "  aliases: {production: current, old: a1234567}\n",
    "", "", "", "  mirror_aliases: true\n  aliases: {p: current}\n",
)  # fmt: skip
TRAINING_KEYS = (*[""] * 9, ", start: false", ", retrain: never", ", rank: 32")

Change = Callable[[random.Random, Path], object]


def yaml_files(root: Path) -> list[Path]:
    return sorted(
        path
        for path in root.rglob("*.yaml")
        if path.is_file() and not path.is_symlink() and "overlays" not in path.parts
    )


def some_file(chance: random.Random, root: Path) -> Path:
    return chance.choice(yaml_files(root))


def replaced(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new, 1))


def put_images(chance: random.Random, folder: Path, texts: str) -> None:
    """Images of few contents, so that some datasets hold the same; a small one has a warning."""
    folder.mkdir(parents=True, exist_ok=True)
    first = 10 * chance.randint(0, 20)
    for at in range(chance.choice([5, 5, 6])):
        size = (900, 900) if chance.random() < 0.04 else (1024, 1024)
        (folder / f"p{at}.png").write_bytes(picture(size=size, seed=first + at))
        if texts == "prefix":
            (folder / f"p{at}.txt").write_text(f"words {at}.\n")
        if texts == "schema":
            (folder / f"p{at}.json").write_text(f'{{"what": "words {at}"}}')


def _training(chance: random.Random, at: int) -> str:
    """Few models are the same as another one."""
    steps = chance.choice([1000 + at] * 29 + [1000])
    more = chance.choice(TRAINING_KEYS)
    return f"  training_mode: expert\n  training: {{total_training_steps: {steps}{more}}}\n"


def write_group(chance: random.Random, root: Path, name: str, project: str) -> None:
    """A dataset with some models, in one file or in several, and its images."""
    folder = root / chance.choice(["", "", "deep"])
    folder.mkdir(parents=True, exist_ok=True)
    family = "schema" if project == "style" else "prefix"
    more = chance.choice(DATASET_KEYS)
    guide = (SCHEMA if family == "schema" else PREFIX).format(
        name=name, words=chance.choice(["a girl", "a girl", "a boy"])
    )
    if family == "schema":
        (folder / f"{name}.json").write_text(f'{{"style": "{name}"}}')
        more = "  captions: {source: sidecar}\n"
    images = "shared" if chance.random() < 0.1 and family == "prefix" and "sidecar" not in more else f"images-{name}"
    put_images(chance, folder / images, family if "sidecar" in more else "")
    documents = [DATASET.format(name=name, project=project, guide=guide, images=images, more=more)]
    models = [
        MODEL.format(name=f"{name}-m{at}", dataset=name, more=_training(chance, at) + chance.choice(MODEL_KEYS))
        for at in range(chance.randint(0, 3))
    ]
    if chance.random() < 0.3:
        for at, text in enumerate(models):
            (root / f"{name}-model-{at}.yaml").write_text(text)
    else:
        documents += models
    (folder / f"{name}.yaml").write_text("---\n".join(documents))


def write_project(root: Path, name: str) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / f"project-{name}.yaml").write_text(
        PROJECT.format(name=name, title=name.title(), words="a female character")
    )


def write_plain_group(root: Path, name: str, project: str) -> None:
    """A dataset with a model, of which nothing is to be said."""
    (root / f"images-{name}").mkdir()
    for at in range(5):
        (root / f"images-{name}" / f"p{at}.png").write_bytes(picture(seed=sum(name.encode()) * 10 + at))
    guide = PREFIX.format(words="a girl")
    dataset = DATASET.format(name=name, project=project, guide=guide, images=f"images-{name}", more="")
    (root / f"{name}.yaml").write_text(f"{dataset}---\n{MODEL.format(name=f'{name}-m', dataset=name, more='')}")


def write_tree(chance: random.Random, root: Path) -> None:
    root.mkdir(parents=True)
    for project in ("lora", "props", "style"):
        write_project(root, project)
        for at in range(chance.randint(1, 4)):
            write_group(chance, root, f"{project}-{at}", project)
    if chance.random() < 0.3:
        path = root / "lora-0.yaml"
        if path.exists():
            path.write_text((root / "project-lora.yaml").read_text() + "---\n" + path.read_text())
            (root / "project-lora.yaml").unlink()


def a_value(chance: random.Random, root: Path) -> None:
    old, new = chance.choice([
        ("a girl", "a woman"), ("some words", "other words"), ("kind: Model", "kind:  Model # a word"),
        ("training_mode: expert", "training_mode: fully_automated"), ("production: current", "production: a7654321"),
        ("clone: never", "clone: auto"), ("status: draft", "status: completed"), ("start: false", "start: true"), ("rank: 32", "rank: 31"),
        ("retrain: never", "retrain: auto"), ("a female character", "a person"),
    ])  # fmt: skip
    holders = [path for path in yaml_files(root) if old in path.read_text()]
    if holders:
        replaced(chance.choice(holders), old, new)


def a_project(chance: random.Random, root: Path) -> None:
    path = next(
        one for one in yaml_files(root) if "kind: Project" in one.read_text() and "name: props" in one.read_text()
    )
    replaced(
        path,
        *chance.choice(
            [
                ("ip_name: Lora", "ip_name: Lola"),
                ("project_name: Props", "project_name: Things"),
                ("  ip_type", "  family: prefix\n  ip_type"),
                ("ip_medium: illustration", "ip_medium: photography"),
            ]
        ),
    )


def a_new_group(chance: random.Random, root: Path) -> None:
    project = chance.choice(["lora", "props"])
    write_group(chance, root, f"{chance.choice(['a', 'z'])}-{chance.randint(0, 99)}", project)


def a_new_model(chance: random.Random, root: Path) -> None:
    """On a dataset that is there, by a file of its own."""
    name = f"new-{chance.randint(0, 99)}"
    dataset = chance.choice(["lora-0", "props-0", "lora-1", "style-0"])
    (root / f"{name}.yaml").write_text(MODEL.format(name=name, dataset=dataset, more=""))


def a_copy(chance: random.Random, root: Path) -> None:
    """A dataset with the content of another one."""
    path = some_file(chance, root)
    text = path.read_text()
    names = [line.split("name: ")[1].strip("{}\n ") for line in text.splitlines() if line.startswith("metadata")]
    for name in names:
        text = text.replace(f"name: {name}}}", f"name: {name[:12]}-copy}}").replace(
            f"dataset: {name}\n", f"dataset: {name[:12]}-copy\n"
        )
    if "kind: Project" not in text:
        path.with_name(f"copy-{path.name}").write_text(text)


def a_rename(chance: random.Random, root: Path) -> None:
    path = some_file(chance, root)
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("metadata"))
    name = line.split("name: ")[1].strip("{}\n ").split(",")[0]
    moved = chance.choice(["", f", moved: {{from: {name}}}", ", moved: {from: lora-0}"])
    if "kind: Project" not in text:
        path.write_text(
            text.replace(line, f"metadata: {{name: {name[:20]}-r{moved}}}").replace(
                f"dataset: {name}\n", f"dataset: {name[:20]}-r\n"
            )
        )


def a_file_that_goes(chance: random.Random, root: Path) -> None:
    some_file(chance, root).unlink()


def a_file_that_moves(chance: random.Random, root: Path) -> None:
    path = some_file(chance, root)
    path.rename(path.with_name(f"m{path.name}"))


def an_absence(chance: random.Random, root: Path) -> None:
    path = some_file(chance, root)
    text = path.read_text()
    if "kind: Project" not in text and "moved" not in text:
        path.write_text(text.replace("metadata: {", "metadata: {ensure: absent, "))


def a_fault(chance: random.Random, root: Path) -> None:
    path = some_file(chance, root)
    replaced(
        path,
        *chance.choice(
            [
                ("spec:", "spec"),
                ("kind: Model", "kind: Modell"),
                ("project: lora", "project: lorra"),
                ("dataset: ", "dataset: x"),
                ("name: ", "name: X_"),
            ]
        ),
    )


def a_double(chance: random.Random, root: Path) -> None:
    path = some_file(chance, root)
    path.with_name(f"twice-{path.name}").write_text(path.read_text())


def an_image(chance: random.Random, root: Path) -> None:
    images = sorted(root.rglob("*.png"))
    path = chance.choice(images)
    match chance.randint(0, 5):
        case 0:
            path.write_bytes(picture(seed=chance.randint(0, 200)))
        case 1:
            path.with_name("new.png").write_bytes(picture(seed=chance.randint(0, 200)))
        case 2:
            path.with_name("ignored.png").write_bytes(picture(seed=chance.randint(0, 200)))
        case 3:
            path.unlink()
        case 4:
            os.utime(path, (1, 1))
        case _:
            path.with_name("odd.png").symlink_to(path.name)


def a_text(chance: random.Random, root: Path) -> None:
    texts = sorted((*root.rglob("*.txt"), *root.rglob("*.json")))
    if texts:
        replaced(chance.choice(texts), "words", "texts")


def a_schema(chance: random.Random, root: Path) -> None:
    for path in sorted(root.rglob("style-*.json"))[:1]:
        replaced(path, "style-", chance.choice(["stile-", " style-"]))


def line_ends(chance: random.Random, root: Path) -> None:
    path = some_file(chance, root)
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def a_link(chance: random.Random, root: Path) -> None:
    path = some_file(chance, root)
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real").name)


def an_oddity(chance: random.Random, root: Path) -> None:
    match chance.randint(0, 4):
        case 0:
            (root / "overlays").mkdir(exist_ok=True)
            (root / "overlays" / "staging.yaml").write_text("apiVersion: reconciler/v1\nkind: Overlay\nmodels: {}\n")
        case 1:
            os.mkfifo(root / f"pipe-{chance.randint(0, 999)}.yaml")
        case 2:
            (root / "images-lora-0.dvc").write_text("outs: [{path: images-lora-0, nfiles: 99}]\n")
        case 3:
            (root / "images-lora-0" / "empty").mkdir(parents=True, exist_ok=True)
        case _:
            (root / ".gitattributes").write_text("*.yaml text\n")


USUAL: tuple[Change, ...] = (
    a_value, a_value, a_value, a_value, a_new_group, a_new_model, a_copy, a_rename, a_file_that_goes, a_file_that_moves,
    an_image, an_image, a_text, a_schema, a_project, line_ends, an_absence,
)  # fmt: skip
RARE: tuple[Change, ...] = (a_fault, a_double, a_link, an_oddity)


class Side:
    """A cache of its own, and what a plan says with it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def plan(self, form: str, rev: str = "HEAD") -> tuple[int, str, str]:
        self._monkeypatch.setenv("XDG_CACHE_HOME", str(self._folder))
        self._capfd.readouterr()
        code = run(["plan", "--base", rev, "--format", form, "--detailed-exitcode"], os.environ)
        return code, *self._capfd.readouterr()

    def forget_groups(self) -> None:
        file = self._folder / "reconciler" / "cache.sqlite3"
        if file.exists():
            with closing(sqlite3.connect(file)) as connection, connection:
                connection.execute("DELETE FROM groups")

    def forget_all(self) -> None:
        """Begin with an empty cache."""
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture
def part_plans(monkeypatch: pytest.MonkeyPatch) -> list[PartPlan | None]:
    """What each plan found by its part alone; None where it had to read everything."""
    found: list[PartPlan | None] = []

    def noted(*arguments: object) -> PartPlan | None:
        found.append(plan_of_part(*arguments))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(touched_part, "plan_of_part", noted)
    monkeypatch.setattr(load_module, "ASK_GIT_BESIDE_FROM", 0)
    return found


def repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a repository to come, which is the working folder from now on."""
    repo = folder / "repo"
    repo.mkdir()
    monkeypatch.chdir(repo)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return repo


def walk(chance: random.Random, repo: Path) -> Iterator[str]:
    """Steps from one state of a repository to the next: changes in the working tree, some of them committed, some reset."""
    root = repo / "manifests"
    write_tree(chance, root)
    (repo / ".gitignore").write_text("ignored.png\n")
    git(repo, "init", "--quiet")
    commit(repo)
    git(repo, "tag", "first")

    yield "as committed"
    for _ in range(STEPS):
        if chance.random() < 0.5:
            git(repo, "add", "--all")
            git(repo, "commit", "--quiet", "--allow-empty", "-m", "x")
        elif chance.random() < 0.6:
            git(repo, "reset", "--quiet", "--hard")
            git(repo, "clean", "--quiet", "-fdx")
        done = []
        for _ in range(chance.randint(1, 3)):
            (changes,) = chance.choices((USUAL, DISK_CHANGES, RARE), (70, 23, 7))
            change = chance.choice(changes)
            change(chance, root)
            done.append(change.__name__)
        yield " ".join(done)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A walk for each seed."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("--walks") or SEEDS))


def test_the_plan_of_the_part_is_the_plan_of_the_whole(
    seed: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    part_plans: list[PartPlan | None],
) -> None:
    """Exit code, output and messages are the same, whatever was kept before."""
    chance = random.Random(seed)
    repo = repository(tmp_path, monkeypatch)
    warm, whole = (Side(tmp_path / name, monkeypatch, capfd) for name in ("warm", "whole"))
    for step in walk(chance, repo):
        form, rev = chance.choice(FORMS), chance.choice(REVISIONS)
        whole.forget_all() if chance.random() < 0.4 else whole.forget_groups()
        told = warm.plan(form, rev), whole.plan(form, rev)
        assert told[0] == told[1], step
        assert part_plans[-1] is None, "all was read"
        if told[0][0] == 3 and chance.random() < 0.7:
            git(repo, "checkout", "--quiet", "-f", "first")
            git(repo, "clean", "--quiet", "-fdx")


def test_what_no_change_touches_is_left_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    part_plans: list[PartPlan | None],
) -> None:
    """The first plan reads all; then one reads what differs, and the first dataset of each project."""
    root = repository(tmp_path, monkeypatch) / "manifests"
    for project in ("lora", "props"):
        write_project(root, project)
        for at in range(5):
            write_plain_group(root, f"{project}-{at}", project)
    git(root.parent, "init", "--quiet")
    commit(root.parent)
    side = Side(tmp_path / "cache", monkeypatch, capfd)
    side.plan("text")
    replaced(root / "lora-3.yaml", "dataset: lora-3", "dataset: lora-3\n  description: words")
    assert side.plan("text")[0] == 2
    assert part_plans[0] is None
    assert part_plans[1] is not None
    assert part_plans[1].plan.in_sync_apart == 2 * (10 - 3)
    assert {ref.name for ref in part_plans[1].desired.datasets} == {"lora-0", "lora-3", "props-0"}


def test_what_was_said_of_the_rest_is_said_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    part_plans: list[PartPlan | None],
) -> None:
    """From another folder, too: places are relative to it."""
    root = repository(tmp_path, monkeypatch) / "manifests"
    write_project(root, "lora")
    for at in range(4):
        write_plain_group(root, f"lora-{at}", "lora")
    (root / "images-lora-2" / "p0.png").write_bytes(picture(size=(900, 900), seed=7))
    git(root.parent, "init", "--quiet")
    commit(root.parent)
    side = Side(tmp_path / "cache", monkeypatch, capfd)
    side.plan("text")
    code, _, told = side.plan("text")
    assert code == 0
    assert "manifests/lora-2.yaml:7:18  warning: 1 image will be scaled up" in told
    monkeypatch.chdir(root)
    monkeypatch.setenv("RECONCILER_ROOT", ".")
    assert "lora-2.yaml:7:18  warning: 1 image will be scaled up" in side.plan("text")[2]
    assert [part and part.plan.in_sync_apart for part in part_plans] == [None, 6, 6]


def test_a_row_of_another_hand_is_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    part_plans: list[PartPlan | None],
) -> None:
    """Whatever a row says, a plan is made; a row that is not of our form counts as not there."""
    root = repository(tmp_path, monkeypatch) / "manifests"
    write_project(root, "lora")
    for at in range(3):
        write_plain_group(root, f"lora-{at}", "lora")
    git(root.parent, "init", "--quiet")
    commit(root.parent)
    side = Side(tmp_path / "cache", monkeypatch, capfd)
    told = side.plan("json")
    file = tmp_path / "cache" / "reconciler" / "cache.sqlite3"
    (row,) = cache_rows(file, "groups")
    chance = random.Random(0)
    for _ in range(25):
        value = bytearray(row[1])
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(value))
            value[at : at + chance.randint(0, 3)] = chance.choice(
                [b"", b"9", b'"', b"[", b"-1", b"\\n", b"x", b"null,"]
            )
        with CacheFile(file) as cache:
            cache.put(CacheTable.GROUPS, row[0], bytes(value))
        code, out, _ = side.plan("json")
        assert code == told[0]
        if part_plans[-1] is None:
            assert out == told[1]


@pytest.mark.parametrize("path", ["lora-1.yaml", "images-lora-1", "images-lora-2/p1.png"])
def test_a_path_that_no_disk_can_have_is_none_of_ours(trees: "Trees", path: str) -> None:
    """JSON can hold half of a character; git and the disk cannot be asked about it."""
    (trees.root / "images-lora-2" / "p1.png").write_bytes(picture(mode="RGBA", seed=77))
    trees.begin()
    (row,) = cache_rows(trees.cache, "groups")
    assert path.encode() in row[1]
    with CacheFile(trees.cache) as cache:
        cache.put(CacheTable.GROUPS, row[0], row[1].replace(path.encode(), rb"\ud800"))
    trees.require_same()


class Trees:
    """A repository with two projects of plain groups, whose first plan is made; a change of one model is still to come."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.root = repository(folder, monkeypatch) / "manifests"
        self.top = self.root.parent
        self._warm, self._whole = (Side(folder / name, monkeypatch, capfd) for name in ("warm", "whole"))
        self.cache = folder / "warm" / "reconciler" / "cache.sqlite3"
        for project in ("lora", "props"):
            write_project(self.root, project)
            for at in range(4):
                write_plain_group(self.root, f"{project}-{at}", project)
        git(self.top, "init", "--quiet")

    def begin(self) -> None:
        """Commit, and fill the cache."""
        git(self.top, "add", "--all")
        git(self.top, "commit", "--quiet", "--allow-empty", "-m", "x")
        self._warm.plan("json")

    def require_same(self) -> None:
        """The plan is that of an empty cache."""
        replaced(self.root / "lora-3.yaml", "dataset: lora-3", "dataset: lora-3\n  description: words")
        assert self._warm.plan("json") == self._whole.plan("json")


@pytest.fixture
def trees(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    part_plans: list[PartPlan | None],
) -> Trees:
    return Trees(tmp_path, monkeypatch, capfd)


def test_a_link_that_lies_as_text_on_the_disk_is_no_file_of_the_revision(trees: Trees) -> None:
    """With `core.symlinks=false` git vouches for a caption that leads to another one in the revision."""
    images = trees.root / "images-lora-2"
    for at in range(5):
        (images / f"p{at}.txt").write_text("words.\n")
    (images / "p1.txt").unlink()
    (images / "p1.txt").symlink_to("p0.txt")
    replaced(trees.root / "lora-2.yaml", "/}\n", "/}\n  captions: {source: sidecar}\n")
    commit(trees.top)
    git(trees.top, "config", "core.symlinks", "false")
    (images / "p1.txt").unlink()
    git(trees.top, "checkout", "--quiet", "--", ".")
    assert (images / "p1.txt").read_text() == "p0.txt"
    trees.begin()
    trees.require_same()


def test_what_came_from_another_root_may_stand_on_the_rest(trees: Trees) -> None:
    """The other root declared a model on a dataset that this root has, too, and that no change touches."""
    other = trees.top / "other"
    write_project(other, "lora")
    write_plain_group(other, "lora-2", "lora")
    moved = other / "moved.yaml"
    moved.write_text(MODEL.format(name="moved", dataset="lora-2", more="  description: words\n"))
    for root in (trees.root, other):
        (root / "reconciler.yaml").write_text("")
    trees.begin()
    moved.unlink()
    (trees.root / "moved.yaml").write_text(MODEL.format(name="moved", dataset="lora-3", more=""))
    trees.require_same()


@pytest.mark.parametrize("name", [b"a\xff.yaml", b"a\n.yaml", b"a\xff/a.yaml"])
def test_a_warning_is_said_again_whatever_the_files_are_called(trees: Trees, name: bytes) -> None:
    """What a person reads for a name that is no text is not that name."""
    place = Path(os.fsdecode(os.fsencode(trees.root) + b"/" + name))
    place.parent.mkdir(exist_ok=True)
    (trees.root / "project-lora.yaml").rename(place)
    (trees.root / "images-lora-2" / "p1.png").write_bytes(picture(mode="RGBA", seed=77))
    trees.begin()
    trees.require_same()
