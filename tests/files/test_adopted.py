"""`adopted.yaml`: what is read, what is refused at its place, and how an entry is written into people's text."""

from pathlib import Path

import pytest

from reconciler.core.adoption import Adopted, AdoptedImage, Compared
from reconciler.core.manifest.resolve import problems_in
from reconciler.core.ref import parse_ref
from reconciler.files.adopted import adopted_bytes, read_adopted
from reconciler.files.file_edit import FileEdit, write_edits
from reconciler.files.load import load
from reconciler.files.project_pin import pinned_bytes
from reconciler.files.tree import Tree

POSES = Adopted(
    ref=parse_ref("dataset/poses"),
    account=1001,
    project=1002,
    id=2002,
    fingerprint="a0123456789ab",
    images=(
        AdoptedImage(name="1", file="1.png", digest="a" * 64, compared=Compared.PIXELS, distance=0.4),
        AdoptedImage(name="a, {b}: #.png", id=5, file="x/b.png", digest="b" * 64, compared=Compared.NAME),
        AdoptedImage(name="a, {b}: #.png", id=6, compared=Compared.NOTHING),
    ),
)
HERO = Adopted(
    ref=parse_ref("model/hero"),
    account=1001,
    project=1002,
    id=3003,
    fingerprint="a0123456789ab",
    keeps_name=True,
    dataset="a0123456789ab",
    unknown=("training.rank",),
)


def written(folder: Path, *entries: Adopted) -> bytes:
    """The file after these entries were written, one after another."""
    with Tree(folder) as tree:
        for entry in entries:
            before, after = adopted_bytes(tree, "adopted.yaml", [entry])
            write_edits(tree, [FileEdit(path="adopted.yaml", before=before, after=after)])
    return (folder / "adopted.yaml").read_bytes()


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """One line for each image; names that YAML would take for something else stand in quotes."""
    data = written(tmp_path, POSES, HERO)
    assert read_adopted(data, "adopted.yaml") == ((POSES, HERO), ())
    assert b"      - {name: '1', file: 1.png, digest: " in data
    assert data.startswith(b"# Written by `reconciler adopt`")


def test_an_entry_takes_the_place_of_its_own_only(tmp_path: Path) -> None:
    """Comments and everything else stay."""
    first = written(tmp_path, POSES, HERO).replace(b"  model/hero:", b"  # ours since March\n  model/hero:")
    (tmp_path / "adopted.yaml").write_bytes(first)
    assert written(tmp_path, POSES) == first
    other = Adopted(
        ref=HERO.ref, account=1001, project=1002, id=3004, fingerprint="a0123456789ab", dataset="a" + "0" * 12
    )
    after = written(tmp_path, other)
    assert b"# ours since March" in after
    assert read_adopted(after, "adopted.yaml")[0] == (POSES, other)


def test_only_the_lines_of_the_entry_differ(tmp_path: Path) -> None:
    """Line ends, comments, quotes and anchors of a file that people edited stay as they are."""
    mine = (
        b"# ours\r\nadopted:\r\n  dataset/old: # kept\r\n    account: &a 1001\r\n    project: *a\r\n"
        b'    id: 7\r\n    fingerprint: "a0123456789ab" # x\r\n'
    )
    (tmp_path / "adopted.yaml").write_bytes(mine)
    after = written(tmp_path, HERO)
    assert after.startswith(mine)
    added = after.removeprefix(mine)
    assert added.startswith(b"  model/hero:\r\n    account: 1001\r\n")
    assert added.count(b"\n") == added.count(b"\r\n") == 9


def test_the_id_of_a_project_is_one_line_of_its_manifest(tmp_path: Path) -> None:
    mine = (
        b"# two\r\nkind: Model\r\nmetadata: {name: lora}\r\n---\r\napiVersion: reconciler/v1\r\nkind: Project\r\n"
        b"metadata:\r\n  name: &n lora # who\r\nspec:\r\n  project_name: *n\r\n"
    )
    (tmp_path / "lora.yaml").write_bytes(mine)
    with Tree(tmp_path) as tree:
        before, after = pinned_bytes(tree, "lora.yaml", parse_ref("project/lora"), 1001)
    assert before == mine
    assert after == mine.replace(b"# who\r\n", b"# who\r\n  id: 1001\r\n")


@pytest.mark.parametrize(
    ("before", "after", "place", "summary"),
    [
        ("id: 2002", "id: x", (5, 9), '"id" must be a whole number'),
        ("project: 1002", "porject: 1002", (4, 5), 'unknown key "porject" in adopted.dataset/poses of adopted.yaml'),
        ("dataset/poses", "dataset/Poses", (2, 3), '"dataset/Poses" names no object'),
        ("dataset/poses", "project/poses", (2, 3), "project/poses is not adopted here"),
        ("a0123456789ab", "0123456789ab", (6, 18), "this is no fingerprint"),
        ("a" * 64, "a" * 63, (8, 42), "this is no SHA-256"),
        ("id: 5,", "", (9, 9), "several images have one name, and this one has no id of its own"),
        (
            "compared: name",
            "compared: nothing",
            (9, 9),
            "an image has a file and a digest, or was compared with nothing",
        ),
        ("distance: 0.4", "distance: -1", (8, 136), ""),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    tmp_path: Path, before: str, after: str, place: tuple[int, int], summary: str
) -> None:
    """Nothing of a file with faults is believed."""
    text = written(tmp_path, POSES).decode().partition("\n")[2]
    assert before in text
    entries, problems = read_adopted(text.replace(before, after, 1).encode(), "adopted.yaml")
    assert entries == ()
    assert (problems[0].location.line, problems[0].location.column) == place, problems
    assert problems[0].summary == summary or not summary


@pytest.mark.parametrize("text", ["- a\n", "kind: Project\n", "adopted: {}\n---\nadopted: {}\n", "adopted: [\n"])
def test_another_file_of_that_name_is_a_problem(text: str) -> None:
    assert read_adopted(text.encode(), "adopted.yaml")[1]


def test_no_entry_is_no_problem() -> None:
    assert read_adopted(b"adopted: {}\n", "adopted.yaml") == ((), ())
    assert read_adopted(b"# nothing yet\n", "adopted.yaml") == ((), ())


def test_entries_stand_beside_the_manifests_and_are_held_against_them(tmp_path: Path) -> None:
    """In any folder; one that nobody declares is left out with a warning, and two of one thing are a Problem."""
    project = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: lora}\nspec: {ip_medium: illustration, ip_type: other}\n"
    dataset = (
        "apiVersion: reconciler/v1\nkind: Dataset\nmetadata: {name: poses, ensure: absent}\nspec: {project: lora}\n"
    )
    (tmp_path / "deep").mkdir()
    (tmp_path / "all.yaml").write_text(f"{project}---\n{dataset}")
    written(tmp_path / "deep", POSES, HERO)
    loaded = load(tmp_path, cache=tmp_path / ".cache")
    assert [entry.ref for entry in loaded.adopted] == [POSES.ref, HERO.ref]
    found = problems_in(loaded)
    assert [(one.rule, one.is_error) for one in found] == [("adopted-undeclared", False)]
    written(tmp_path, POSES)
    assert "adopted-double" in {one.rule for one in problems_in(load(tmp_path, cache=tmp_path / ".cache"))}
