"""`mv gallery/NAME`: the manifest, the guard of its model, its approvals and its folder follow; what is drawn stays what it is."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, commit_all, edit, flat
from tests.cli.looks import GALLERY, ROOT, approve_looks, draw_looks

DRAWN = "a51be07b1c2d3"
MODEL = ROOT / "model.yaml"


@pytest.fixture
def gallery(tree: Path) -> Path:
    """A gallery of which one version is drawn and approved, a note of an open request, and a model that it guards."""
    (ROOT / "gallery.yaml").write_text(f"# looked at by all\n{GALLERY}")
    MODEL.write_text(MODEL.read_text() + "  promotion: {aliases: [production], gallery: looks} # guarded\n")
    draw_looks(DRAWN)
    approve_looks(DRAWN)
    (ROOT / "looks/af436112c3d4e").mkdir()
    (ROOT / "looks/af436112c3d4e/waving.submitted.json").write_text('{"definition": "0"}')
    commit_all()
    return tree


def content(folder: Path) -> dict[str, bytes]:
    """All files below a folder, but approvals."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".approved.json"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_all_that_names_it_follows_and_its_approval_counts(gallery: Path, cli: Cli) -> None:
    """Only the lines that name it differ, and its pictures are where its new name says."""
    before = content(ROOT / "looks")
    ran = cli("mv", "gallery/looks", "gallery/views")
    assert ran.code == 0, ran.err
    assert "gallery/looks becomes gallery/views." in ran.out
    assert "Nothing of a gallery is live, so there is nothing to apply. 1 approval of it goes on counting." in flat(
        ran.out
    )
    assert "Moved manifests/looks to manifests/views." in ran.err
    assert f"Wrote manifests/views/{DRAWN}.approved.json." in flat(ran.err)
    text = (ROOT / "gallery.yaml").read_text()
    assert text == f"# looked at by all\n{GALLERY}".replace("name: looks", "name: views").replace(
        "path: looks", "path: views"
    )
    assert MODEL.read_text().endswith("  promotion: {aliases: [production], gallery: views} # guarded\n")
    assert not (ROOT / "looks").exists()
    assert content(ROOT / "views") == before
    assert cli("validate").code == 0
    told = flat(cli("gallery", "status", "views").out)
    assert "2 present, approved" in told
    assert "2 present" in told


def test_a_diff_writes_nothing(gallery: Path, cli: Cli) -> None:
    """Lines on stdout, and what would move on stderr."""
    ran = cli("mv", "gallery/looks", "views", "--diff")
    assert ran.code == 0
    assert '-  "gallery": "looks",\n+  "gallery": "views",\n' in ran.out
    assert "-  path: looks\n+  path: views\n" in ran.out
    assert "Would move manifests/looks to manifests/views." in ran.err
    assert "gallery/looks would become gallery/views." in ran.err
    status = subprocess.run(["git", "status", "--porcelain", "manifests"], capture_output=True, check=True)
    assert status.stdout == b""


def test_a_folder_of_another_name_stays(gallery: Path, cli: Cli) -> None:
    """And one that is not there yet is no reason to refuse."""
    (ROOT / "looks").rename(ROOT / "results")
    edit(ROOT / "gallery.yaml", "path: looks", "path: results/")
    ran = cli("mv", "gallery/looks", "views")
    assert ran.code == 0, ran.err
    assert "Moved" not in ran.err
    assert "path: results/" in (ROOT / "gallery.yaml").read_text()
    assert "2 present, approved" in flat(cli("gallery", "status", "views").out)
    edit(ROOT / "gallery.yaml", "path: results/", "path: ../manifests/views/")
    assert cli("validate").code == 3
    edit(ROOT / "gallery.yaml", "path: ../manifests/views/", "path: views/")
    ran = cli("mv", "gallery/views", "pictures")
    assert ran.code == 0, ran.err
    assert "path: pictures\n" in (ROOT / "gallery.yaml").read_text()
    assert not (ROOT / "pictures").exists()


def test_what_is_no_approval_of_it_stays_as_it_is(gallery: Path, cli: Cli) -> None:
    """A damaged one, and one for another gallery: neither counted before."""
    damaged, other = ROOT / "looks/b000000000000.approved.json", ROOT / "looks/c000000000000.approved.json"
    damaged.write_text("{")
    other.write_text((ROOT / f"looks/{DRAWN}.approved.json").read_text().replace('"looks"', '"else"'))
    kept = damaged.read_bytes(), other.read_bytes()
    assert cli("mv", "gallery/looks", "views").code == 0
    assert tuple((ROOT / "views" / path.name).read_bytes() for path in (damaged, other)) == kept


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("gallery/look", "x"), 64, 'No manifest declares a gallery "look". Did you mean looks?'),
        (("gallery/looks", "looks"), 64, "gallery/looks has that name already"),
        (("gallery/looks", "Views"), 64, '"Views" is no name: lower-case letters, digits and hyphens, at most 28'),
        (("gallery/looks", "model/views"), 64, '"model/views" is no gallery'),
        (("gallery/looks", "second"), 4, "gallery/second is declared already, at manifests/second.yaml"),
        (("gallery/looks", "taken"), 4, "manifests/taken is there already"),
        (("gallery/looks", "inner"), 3, "nothing was written"),
    ],
)
def test_what_cannot_be_moved(gallery: Path, cli: Cli, arguments: tuple[str, str], code: int, said: str) -> None:
    """Nothing is written."""
    second = GALLERY.replace("name: looks", "name: second").replace("path: looks", "path: inner/second")
    (ROOT / "second.yaml").write_text(second)
    (ROOT / "taken").mkdir()
    before = content(ROOT)
    ran = cli("mv", *arguments)
    assert (ran.code, said in flat(ran.err)) == (code, True), ran.err
    assert content(ROOT) == before


def test_a_run_that_draws_is_not_disturbed(gallery: Path, cli: Cli) -> None:
    """It holds the folder. All that was written before that was found is put back."""
    before = content(ROOT)
    handle = os.open(ROOT / "looks", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        ran = cli("mv", "gallery/looks", "views")
    finally:
        os.close(handle)
    assert ran.code == 4
    assert "`reconciler gallery run` is writing into it" in flat(ran.err)
    assert content(ROOT) == before
    assert '"gallery": "looks"' in (ROOT / f"looks/{DRAWN}.approved.json").read_text()


def test_a_shell_completes_galleries(gallery: Path) -> None:
    """As it does objects."""
    import click

    from reconciler.cli.command.mv import command
    from reconciler.cli.ref_type import MOVABLE
    from reconciler.cli.shared_options import Invocation

    context = click.Context(command, obj=Invocation({}))
    (old, *_) = command.params
    assert [one.value for one in MOVABLE.shell_complete(context, old, "gallery/lo")] == ["gallery/looks"]
    assert {"gallery/looks", "model/lora-max"} <= {one.value for one in MOVABLE.shell_complete(context, old, "")}
    assert [one.value for one in MOVABLE.shell_complete(context, old, "model/")] == ["model/lora-max"]
