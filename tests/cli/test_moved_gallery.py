"""A commit that moves an alias: the plan shows what both versions drew, from files, without asking anyone."""

import json
from pathlib import Path

import pytest

from tests.cli import looks
from tests.cli.conftest import Cli, commit_all, edit, flat
from tests.render.html.reading import read

OLD, NEW = "a51be07aa9c13", "af43611b7d40c"
BASE = ("plan", "--base", "HEAD", "--endpoint", "simulator")
COMMIT = "c" * 40


@pytest.fixture
def promoted(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`production` moves, and the gallery has both versions."""
    for name in (
        "GITHUB_SERVER_URL",
        "GITHUB_REPOSITORY",
        "GITHUB_SHA",
        "CI_SERVER_URL",
        "CI_PROJECT_PATH",
        "CI_COMMIT_SHA",
    ):
        monkeypatch.delenv(name, raising=False)
    model = tree / "manifests" / "model.yaml"
    model.write_text(f"{model.read_text()}  aliases: {{production: {OLD}}}\n")
    (tree / "manifests" / "gallery.yaml").write_text(looks.GALLERY)
    looks.draw_looks(OLD)
    looks.draw_looks(NEW, "waving")
    commit_all()
    edit(model, OLD, NEW)
    return tree


def test_the_screen_and_json_tell_what_is_there(promoted: Path, cli: Cli) -> None:
    """Of both versions, beside the alias."""
    ran = cli(*BASE)
    assert "before a51be07: 2 present" in flat(ran.out)
    assert "after af43611: 1 present, 1 missing" in flat(ran.out)
    assert f"`reconciler gallery report looks --versions {OLD},{NEW}` shows both" in flat(ran.out)
    (told,) = json.loads(cli(*BASE, "--format", "report").out)["galleries"]
    assert [[cell["state"] for cell in row["cells"]] for row in told["gallery"]["rows"]] == [
        ["present", "missing"],
        ["present", "present"],
    ]


def test_the_page_shows_the_pictures(promoted: Path, cli: Cli) -> None:
    """Side by side; what is missing in words; nothing is asked."""
    page = read(cli(*BASE, "--format", "html").out)
    assert len(page.all("img")) == 3
    assert "gallery/looks production of model/lora-max, before and after" in page.lines
    assert "nothing is drawn yet" in page.lines


def test_a_comment_leads_to_the_files(promoted: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the top of the repository; in CI, to where the forge shows them."""
    path = f"manifests/looks/{NEW}/waving.png"
    assert f"[present]({path})" in cli(*BASE, "--format", "markdown").out
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://forge.invalid")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_SHA", COMMIT)
    assert f"[present](https://forge.invalid/o/r/blob/{COMMIT}/{path})" in cli(*BASE, "--format", "markdown").out
    monkeypatch.setenv("GITHUB_SHA", "x](http://evil.invalid)")
    assert f"[present]({path})" in cli(*BASE, "--format", "markdown").out
    monkeypatch.setenv("CI_SERVER_URL", "https://lab.invalid:8443")
    monkeypatch.setenv("CI_PROJECT_PATH", "a/b/c")
    monkeypatch.setenv("CI_COMMIT_SHA", COMMIT)
    wanted = f"[present](https://lab.invalid:8443/a/b/c/-/blob/{COMMIT}/{path})"
    assert wanted in cli(*BASE, "--format", "markdown").out


def test_a_saved_plan_shows_them_too(promoted: Path, cli: Cli) -> None:
    """From the tree beside it, as long as that can be read."""
    assert cli(*BASE, "--out", "plan.json").code == 0
    for form in ("text", "markdown"):
        assert "after, v" not in cli("show", "plan.json", "--format", form).out
        assert "af43611" in cli("show", "plan.json", "--format", form).out
    assert "1 missing" in cli("show", "plan.json").out
    assert len(read(cli("show", "plan.json", "--format", "html").out).all("img")) == 3
    (promoted / "manifests" / "model.yaml").write_text("kind: Model\n")
    ran = cli("show", "plan.json", "--format", "html")
    assert (ran.code, read(ran.out).all("img")) == (0, [])


def test_the_state_of_the_approval_is_told(promoted: Path, cli: Cli) -> None:
    """Where the model guards the alias, or a file claims that people looked."""
    edit(
        promoted / "manifests" / "model.yaml",
        "  aliases:",
        "  promotion: {aliases: [production], gallery: looks}\n  aliases:",
    )
    looks.draw_looks(NEW)
    assert "after af43611: 2 present, not approved" in flat(cli(*BASE).out)
    looks.approve_looks(NEW)
    assert "after af43611: 2 present, approved" in flat(cli(*BASE).out)
    looks.draw_looks(NEW, "waving", colour=3)
    assert "after af43611: 2 present, approval void: waving has another picture" in flat(cli(*BASE).out)
    text = read(cli(*BASE, "--format", "html").out).lines
    assert f"`reconciler gallery approve looks {NEW}`" in text


def test_a_new_alias_has_nothing_before(promoted: Path, cli: Cli) -> None:
    """One column. An alias that goes shows nothing, and neither does one of a model without a gallery."""
    model = promoted / "manifests" / "model.yaml"
    edit(model, f"production: {NEW}", f"production: {OLD}, candidate: {NEW}")
    ran = cli(*BASE)
    assert "after af43611: 1 present, 1 missing" in flat(ran.out)
    assert "before" not in ran.out
    edit(model, f"  aliases: {{production: {OLD}, candidate: {NEW}}}\n", "")
    assert "gallery" not in cli(*BASE).out
    edit(model, "  dataset:", f"  aliases: {{production: {NEW}}}\n  dataset:")
    (promoted / "manifests" / "gallery.yaml").unlink()
    assert "side by side" not in cli(*BASE, "--format", "markdown").out


def test_a_version_by_number_is_found_by_its_records(promoted: Path, cli: Cli) -> None:
    """Without an account nobody else knows which fingerprint `v3` is; where no record says it, that side has no column."""
    edit(promoted / "manifests" / "model.yaml", f"production: {NEW}", "production: v3")
    assert "after" not in cli(*BASE).out
    for place in (promoted / "manifests" / "looks" / NEW).glob("*.json"):
        place.write_text(json.dumps({**json.loads(place.read_text()), "version": 3}))
    assert "after v3 (af43611): 1 present, 1 missing" in flat(cli(*BASE).out)


def test_an_overlay_counts_in_a_saved_plan_as_well(promoted: Path, cli: Cli) -> None:
    """What it says of aliases is what moves; whether a version is approved is asked of the one tree."""
    edit(promoted / "manifests" / "model.yaml", NEW, OLD)
    edit(
        promoted / "manifests" / "model.yaml",
        "  aliases:",
        "  promotion: {aliases: [production], gallery: looks}\n  aliases:",
    )
    overlay = promoted / "manifests" / "overlays" / "stage.yaml"
    overlay.parent.mkdir()
    text = "objects:\n  model/lora-max:\n    aliases: {{production: {0}}}\n"
    overlay.write_text(text.format(OLD))
    commit_all()
    looks.draw_looks(NEW)
    overlay.write_text(text.format(NEW))
    ran = cli(*BASE, "--overlay", "stage", "--out", "plan.json")
    assert "after af43611: 2 present, not approved" in flat(ran.out), ran.err
    assert "after af43611: 2 present, not approved" in flat(cli("show", "plan.json").out)


def test_outside_of_a_repository_a_comment_leads_nowhere(promoted: Path, cli: Cli) -> None:
    """A plan file that is shown beside a tree without git: the states stand there as words."""
    assert cli(*BASE, "--out", "plan.json").code == 0
    (promoted / ".git").rename(promoted / "other.git")
    text = cli("show", "plan.json", "--format", "markdown").out
    assert "| present | present |" in text
    assert "](" not in text
