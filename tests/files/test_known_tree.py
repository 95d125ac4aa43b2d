"""A revision that is read beside the working tree: what is equal is the same object, and what it declares is what it declares alone."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.core.desired import Declared, DesiredDataset
from reconciler.core.kind import Kind
from reconciler.core.manifest.resolve import Judged, judge
from reconciler.core.problem import Location, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.files import load as load_module
from reconciler.files.git.revision_tree import revision_tree
from reconciler.files.known_tree import KnownTree
from reconciler.files.load import load, load_revision
from tests.files.conftest import DATASET, MODEL, PROJECT, picture
from tests.files.git.test_git_tree_ids import commit, git

LORA, POSES, MAX = Ref(Kind.PROJECT, "lora"), Ref(Kind.DATASET, "lora-poses"), Ref(Kind.MODEL, "lora-max")
SCENES, LIGHT = Ref(Kind.DATASET, "scenes"), Ref(Kind.MODEL, "lora-light")
EVERY = {LORA, POSES, MAX, Ref(Kind.PROJECT, "props"), SCENES, LIGHT}
OTHERS = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: props}
spec: {project_name: Props, ip_name: Props, ip_medium: illustration, ip_type: multi_object_set}
---
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: scenes}
spec:
  project: props
  visual_schema_file: style.json
  images: {path: scenes/}
  captions: {source: sidecar}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both families in a commit; git is asked, however small the tree is."""
    monkeypatch.setattr(load_module, "ASK_GIT_BESIDE_FROM", 0)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    manifests = tmp_path / "repo" / "manifests"
    for folder, count in (("images", 5), ("scenes", 5)):
        (manifests / folder).mkdir(parents=True)
        for number in range(count):
            (manifests / folder / f"p{number}.png").write_bytes(picture(seed=number))
    (manifests / "scenes/p0.json").write_text('{"what": "a chair"}')
    for number in range(1, 5):
        (manifests / f"scenes/p{number}.json").write_text(f'{{"what": "table {number}"}}')
    (manifests / "style.json").write_text('{"style": "flat"}')
    (manifests / "lora.yaml").write_text(PROJECT)
    (manifests / "poses.yaml").write_text(f"{DATASET}---\n{MODEL}")
    (manifests / "light.yaml").write_text(MODEL.replace("lora-max", "lora-light") + "  training_version: light\n")
    (manifests / "others.yaml").write_text(OTHERS)
    (manifests.parent / ".gitignore").write_text("ignored.png\n")
    git(manifests.parent, "init", "--quiet")
    commit(manifests.parent)
    return manifests


def put(name: str, text: str | bytes) -> Callable[[Path], object]:
    return lambda root: (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def change(name: str, old: str, new: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_bytes((root / name).read_bytes().replace(old.encode(), new.encode()))


def link(root: Path) -> None:
    (root / "lora.yaml").rename(root / "real.txt")
    (root / "lora.yaml").symlink_to("real.txt")


def move(root: Path) -> None:
    (root / "light.yaml").rename(root / "other.yaml")


def fold(root: Path) -> None:
    (root / "images/more").mkdir()
    (root / "images/more/p.png").write_bytes(picture(seed=9))


EDITS: dict[str, tuple[Callable[[Path], object], set[Ref]]] = {
    "nothing": (lambda _: None, set()),
    "a model": (change("light.yaml", "light\n", "light\n  description: x\n"), {LIGHT, POSES}),
    "a dataset": (change("poses.yaml", "character named", "girl named"), {POSES, MAX}),
    "a project": (change("lora.yaml", "purple", "green"), {LORA, POSES}),
    "a new model": (put("new.yaml", MODEL.replace("lora-max", "lora-new")), {POSES}),
    "a model that goes": (lambda root: (root / "light.yaml").unlink(), {POSES, LIGHT}),
    "another file": (move, {LIGHT, POSES}),
    "line ends": (change("light.yaml", "\n", "\r\n"), {LIGHT, POSES}),
    "a comment": (
        change("others.yaml", "kind: Dataset", "kind: Dataset # words"),
        {SCENES, Ref(Kind.PROJECT, "props")},
    ),
    "an image": (put("images/p0.png", picture(seed=9)), {POSES}),
    "a new image": (put("images/p9.png", picture(seed=9)), {POSES}),
    "an ignored image": (put("images/ignored.png", picture(seed=9)), {POSES}),
    "a folder in the images": (fold, {POSES}),
    "a caption": (put("scenes/p0.json", '{"what": "a stool"}'), {SCENES}),
    "a schema": (put("style.json", '{"style": "round"}'), {SCENES}),
    "a link": (link, set()),
    "time alone": (lambda root: os.utime(root / "images/p0.png", (1, 1)), set()),
}


def bare(one: Declared) -> Declared:
    if isinstance(one, DesiredDataset):
        one = replace(one, images=tuple(one.images))
    return replace(one, location=Location(""))


@pytest.mark.parametrize("edit", EDITS)
def test_a_revision_declares_the_same_beside_another_tree(root: Path, edit: str) -> None:
    """Whatever was edited since: only what is equal in every respect is taken from the working tree."""
    changes, differing = EDITS[edit]
    changes(root)
    known = KnownTree()
    now = judge(load(root, known=known))
    with revision_tree(root, "HEAD") as tree:
        alone = judge(load_revision(tree)).desired
    with revision_tree(root, "HEAD") as tree:
        beside = judge(load_revision(tree, known=known), known=now).desired
    assert {ref: bare(one) for ref, one in beside.present.items()} == {
        ref: bare(one) for ref, one in alone.present.items()
    }
    same = {ref for ref, one in beside.present.items() if now.desired.present.get(ref) is one}
    assert same == EVERY - differing


def test_a_file_that_is_equal_is_not_read(root: Path) -> None:
    """Neither it nor an image beside it: their blobs may be lost."""
    known = KnownTree()
    judged: Judged = judge(load(root, known=known))
    with revision_tree(root, "HEAD") as tree:
        tree.open_file = None  # type: ignore[assignment,method-assign]  # whoever reads a blob fails
        assert judge(load_revision(tree, known=known), known=judged).desired.present == judged.desired.present


def test_what_is_wrong_in_the_revision_alone_is_found(root: Path) -> None:
    """A rule about several files, of which the working tree has one no more; the bytes of a tree count for files that are known."""
    (root / "twice.yaml").write_text(MODEL)
    commit(root.parent)
    (root / "twice.yaml").unlink()
    known = KnownTree()
    now = judge(load(root, known=known))
    with revision_tree(root, "HEAD") as tree, pytest.raises(ProblemsFound) as found:
        judge(load_revision(tree, known=known), known=now)
    assert [one.rule for one in found.value.problems if one.is_error] == ["manifest-double"]
    with revision_tree(root, "HEAD") as tree:
        loaded = load_revision(tree, known=known, tree_bytes=600)
    assert [one.rule for one in loaded.problems] == ["tree-limit"]
