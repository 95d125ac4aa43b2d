"""`captions pull` merges three ways: the story of a curator in the console and a colleague in git, in every form of captions."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from reconciler.simulator.console import edit_image
from tests.cli.conftest import CAPTIONS, Cli, account, commit_all, draw, edit, flat, git
from tests.cli.test_guide import of_schema_family

SOURCE = "  captions: {source: sidecar}\n"
PULL = ("captions", "pull", "lora-poses")

Texts = Mapping[str, str]


def sidecars(images: Path, texts: Texts) -> None:
    for name, text in texts.items():
        (images / f"{name}.txt").write_text(f"{text}\n")


def captions_yaml(images: Path, texts: Texts) -> None:
    (images / "captions.yaml").write_text("".join(f"{name}.png: {json.dumps(text)}\n" for name, text in texts.items()))


def metadata_jsonl(images: Path, texts: Texts) -> None:
    rows = (json.dumps({"file_name": f"{name}.png", "text": text}) for name, text in texts.items())
    (images / "metadata.jsonl").write_text("".join(f"{row}\n" for row in rows))


def metadata_csv(images: Path, texts: Texts) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([("file_name", "text"), *((f"{name}.png", text) for name, text in texts.items())])
    (images / "metadata.csv").write_text(file.getvalue())


def documents(images: Path, texts: Texts) -> None:
    for name, text in texts.items():
        (images / f"{name}.json").write_text(f"{text}\n")


def mappings(images: Path, texts: Texts) -> None:
    (images / "captions.yaml").write_text("".join(f"{name}: {text}\n" for name, text in texts.items()))


FORMS: dict[str, tuple[Callable[[Path, Texts], None], bool]] = {
    "sidecar": (sidecars, False),
    "captions.yaml": (captions_yaml, False),
    "metadata.jsonl": (metadata_jsonl, False),
    "metadata.csv": (metadata_csv, False),
    "sidecar of a schema": (documents, True),
    "captions.yaml of a schema": (mappings, True),
}
"""How captions are written, and whether they are JSON documents."""


def caption_live(tree: Path, texts: Texts) -> None:
    """A person writes captions in the console."""
    with account(tree / "world.db") as simulator:
        with simulator.transaction() as world:
            images = {(one.image_name or "").partition(".")[0]: one.id for one in world.images.all()}
        for name, text in texts.items():
            edit_image(simulator, images[name], caption=text)


@pytest.fixture
def ignoring(tree: Path) -> Path:
    """The tree, with a `.gitignore` for what lies beside the manifests."""
    (tree / ".gitignore").write_text("world.db*\n.reconciler/\n")
    return tree


@pytest.fixture
def drafted(ignoring: Path, cli: Cli) -> Path:
    """A draft whose captions Bria wrote; the manifests are committed."""
    edit(ignoring / "manifests/dataset.yaml", SOURCE, "  captions: {source: automatic}\n  status: draft\n")
    for name in CAPTIONS:
        (ignoring / f"manifests/images/{name}.txt").unlink()
    commit_all()
    assert cli("apply", "--yes").code == 0
    return ignoring


@pytest.mark.parametrize("form", FORMS)
def test_what_one_side_changed_is_taken_and_what_both_changed_is_chosen(ignoring: Path, cli: Cli, form: str) -> None:
    """Git changes three captions, the console changes two of these and another one; JSON is compared parsed."""
    write, is_schema = FORMS[form]
    images = ignoring / "manifests/images"
    texts = {name: json.dumps({"action": text}) if is_schema else text for name, text in CAPTIONS.items()}

    def told(text: str) -> str:
        return json.dumps({"action": text}) if is_schema else text

    for name in CAPTIONS:
        (images / f"{name}.txt").unlink()
    if is_schema:
        of_schema_family(ignoring, "  visual_schema: {style: flat}\n")
    source = "  captions: {source: sidecar}\n" if "sidecar" in form else "  captions: {source: file}\n"
    manifest = (ignoring / "manifests/dataset.yaml").read_text().replace(SOURCE, "")
    (ignoring / "manifests/dataset.yaml").write_text(f"{manifest}{source}  status: draft\n")
    write(images, texts)
    commit_all()
    assert cli("apply", "--yes").code == 0

    git_side = {**texts, "jump": told("git's jump."), "read": told("git's read."), "sit": told("same.")}
    write(images, git_side)
    commit_all()
    live = {"wave": told("live wave."), "read": told("live read."), "sit": told("same.")}
    caption_live(ignoring, {name: f"  {text} " for name, text in live.items()})

    refused = cli("plan")
    assert "`reconciler captions pull lora-poses`" in flat(refused.out)
    only_shown(cli)
    ran = cli(*PULL)
    assert ran.code == 4
    assert "1 caption written from" in ran.out
    assert "2 captions in git already." in ran.out
    assert "1 caption stays as git has it." in ran.out
    assert "1 caption was changed on both sides since commit " in flat(ran.out)
    write_again = {**git_side, "wave": told("live wave.")}
    assert declared() == normalised(write_again)

    commit_all()
    assert cli(*PULL, "--ours").code == 0
    assert declared() == normalised(write_again)
    chosen = cli(*PULL, "--theirs", "--only", "read.png")
    assert chosen.code == 0
    assert "1 caption written from" in chosen.out
    assert declared() == normalised({**write_again, "read": told("live read.")})
    assert cli("apply", "--yes", "--allow", "caption_rewrites=1").code == 0, (
        "what only git has changed, and nothing else"
    )
    assert cli("plan").out.startswith("In sync")


def only_shown(cli: Cli) -> None:
    """The diff before the pull: the caption that is taken, and no other; nothing is written."""
    files = contents()
    shown = cli(*PULL, "--diff")
    assert shown.code == 4
    assert "1 caption would be written from" in shown.err
    changed = [line for line in shown.out.splitlines() if line[:1] in "+-"]
    assert any(line.startswith("+") and "live wave." in line for line in changed)
    assert not any("git's" in line for line in changed)
    assert contents() == files


def contents() -> dict[Path, bytes]:
    """All files of the working tree."""
    return {path: path.read_bytes() for path in Path("manifests").rglob("*") if path.is_file()}


def normalised(texts: Texts) -> dict[str, str]:
    """Texts as a plan has them: JSON without spaces."""
    return {
        f"{name}.png": json.dumps(json.loads(text), separators=(",", ":")) if text.startswith("{") else text
        for name, text in texts.items()
    }


def declared() -> dict[str, str]:
    """What the working tree declares."""
    from reconciler.app.validate import resolve_tree
    from reconciler.files.load import load

    (dataset,) = resolve_tree(load(Path("manifests"))).datasets.values()
    return {image.name: image.caption or "" for image in dataset.images}


def test_a_curator_pulls_edits_and_pulls_again(drafted: Path, cli: Cli) -> None:
    """The draft keeps the name that it had before the pull; git's history tells all the same who changed what.

    A commit with a mistake, which nobody could apply, is passed over.
    """
    first = cli(*PULL, "--write")
    assert first.code == 0
    assert "5 captions written from" in first.out
    assert "Changed manifests/dataset.yaml:8: `captions: {source: sidecar}`." in first.out
    commit_all()
    assert cli("plan").out.startswith("In sync")

    (drafted / "manifests/images/sit.txt").write_text("git's sit.\n")
    (drafted / "manifests/images/wave.txt").write_text("git's wave.\n")
    edit(drafted / "manifests/dataset.yaml", "project: lora", "project: nobody")
    commit_all()
    edit(drafted / "manifests/dataset.yaml", "project: nobody", "project: lora")
    commit_all()
    caption_live(drafted, {"jump": "live jump.", "wave": "live wave."})
    ran = cli(*PULL)
    assert ran.code == 4
    assert "1 caption written from" in ran.out
    assert (drafted / "manifests/images/jump.txt").read_text() == "live jump.\n"
    assert (drafted / "manifests/images/sit.txt").read_text() == "git's sit.\n"
    assert (drafted / "manifests/images/wave.txt").read_text() == "git's wave.\n"
    assert "~ wave.png  [-git's-] {+live+} wave." in ran.out


def test_nothing_uncommitted_is_written_over(drafted: Path, cli: Cli) -> None:
    """Whatever is chosen, and though it is staged."""
    assert cli(*PULL, "--write").code == 0
    commit_all()
    wave = drafted / "manifests/images/wave.txt"
    wave.write_text("not committed.\n")
    caption_live(drafted, {"wave": "live wave."})
    assert cli(*PULL).code == 4
    ran = cli(*PULL, "--theirs")
    assert ran.code == 4
    assert wave.read_text() == "not committed.\n"
    assert "1 caption in git was not committed, and would be lost: left alone." in ran.out
    assert "Commit first, then pull again." in ran.out
    git("add", "--all")
    assert cli(*PULL, "--theirs").code == 4, "what is only staged is not committed"
    commit_all()
    assert cli(*PULL, "--theirs").code == 0
    assert wave.read_text() == "live wave.\n"


def test_without_a_commit_to_compare_with_every_difference_is_a_conflict(drafted: Path, cli: Cli) -> None:
    """In no repository, in a shallow clone, and where nobody committed what was applied."""
    assert cli(*PULL, "--write").code == 0
    (drafted / "manifests/images/wave.txt").write_text("git's wave.\n")
    (drafted / ".git").rename(drafted / "away")
    ran = cli(*PULL)
    assert ran.code == 4
    assert "1 caption in git says something else: left alone." in ran.out
    assert "manifests lies in no git repository" in ran.out

    git("init", "--quiet")
    assert "No commit holds these manifests" in cli(*PULL).out
    commit_all()
    assert "No commit declares what this version was made of" in flat(cli(*PULL).out)
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{drafted}", "clone"], check=True, cwd=drafted)
    ran = cli(*PULL, "--root", "clone/manifests")
    assert ran.code == 4
    assert "Only a part of the history could be read" in flat(ran.out)


def test_a_diff_shows_the_manifest_too_and_only_the_lines_that_change(drafted: Path, cli: Cli) -> None:
    """Comments, anchors, quotes and line ends of both files stay; what is shown is what is written."""
    manifest = drafted / "manifests/dataset.yaml"
    text = manifest.read_text().replace("{source: automatic}", "{source: automatic} # Bria's")
    manifest.write_bytes(text.replace("project: lora", "project: &p lora").replace("\n", "\r\n").encode())
    shown = cli(*PULL, "--write", "--diff")
    assert shown.code == 0
    assert "-  captions: {source: automatic} # Bria's\n+  captions: {source: sidecar} # Bria's\n" in shown.out
    assert "--- /dev/null\n+++ manifests/images/wave.txt\n" in shown.out
    assert "manifests/dataset.yaml:8 would say `captions: {source: sidecar} # Bria's`." in flat(shown.err)
    assert not list(drafted.glob("manifests/images/*.txt"))
    before = manifest.read_bytes()
    assert cli(*PULL, "--write").code == 0
    assert manifest.read_bytes() == before.replace(b"source: automatic", b"source: sidecar")
    file = drafted / "manifests/images/captions.yaml"
    for path in drafted.glob("manifests/images/*.txt"):
        path.unlink()
    edit(manifest, "source: sidecar", "source: file")
    file.write_bytes(b"# ours\r\n'jump.png': &j 'a jump.' # kept\r\nread.png: *j\r\n")
    shown = cli(*PULL, "--only", "wave.png", "--diff")
    changed = [line for line in shown.out.splitlines()[2:] if line[:1] in "+-"]
    assert len(changed) == 1
    assert changed[0].startswith("+wave.png: ") or changed[0].startswith("+'wave.png': ")


def test_a_manifest_that_cannot_be_changed_is_named(drafted: Path, cli: Cli) -> None:
    """Its captions are written all the same, unless --write asked for both: then nothing is written."""
    manifest = drafted / "manifests/dataset.yaml"
    text = re.sub("  caption_prefix: .*\n", "", manifest.read_text())
    manifest.write_text(text.replace("{source: automatic}", "{source: &word automatic}") + "  caption_prefix: *word\n")
    assert cli("apply", "--yes").code == 0
    ran = cli(*PULL, "--write")
    assert ran.code == 3
    assert "nothing was written" in ran.err
    assert not list(drafted.glob("manifests/images/*.txt"))
    ran = cli(*PULL)
    assert ran.code == 0
    assert "Now change the manifest by hand, at manifests/dataset.yaml:7:" in flat(ran.out)
    assert len(list(drafted.glob("manifests/images/*.txt"))) == 5


def test_a_manifest_is_left_alone_where_there_is_nothing_to_declare(drafted: Path, cli: Cli) -> None:
    """A new image has no live caption yet; a manifest that said otherwise would be a problem."""
    draw(drafted / "manifests/images/new.png", (1, 2, 3))
    ran = cli(*PULL, "--only", "new.png", "--write")
    assert ran.code == 0
    assert "1 image without a live caption." in ran.out
    assert "manifests/dataset.yaml" not in ran.out
    assert "automatic" in (drafted / "manifests/dataset.yaml").read_text()


def test_choices_that_cannot_be_are_usage_errors(drafted: Path, cli: Cli) -> None:
    """Exit 64, before anything is asked of the API."""
    ran = cli(*PULL, "--ours", "--theirs")
    assert (ran.code, ran.out) == (64, "")
    assert "exclude each other" in ran.err
    ran = cli(*PULL, "--only", "wav.png")
    assert (ran.code, ran.out) == (64, "")
    assert 'dataset/lora-poses has no image "wav.png". Did you mean "wave.png"?' in flat(ran.err)


def test_a_dataset_that_is_declared_as_absent_has_no_captions_to_keep(tree: Path, cli: Cli) -> None:
    """Exit 64; no other name is proposed."""
    edit(tree / "manifests/dataset.yaml", "{name: lora-poses}", "{name: lora-poses, ensure: absent}")
    (tree / "manifests/model.yaml").unlink()
    for command in (PULL, ("guide", "lora-poses")):
        ran = cli(*command)
        assert (ran.code, ran.out) == (64, "")
        assert ran.err.endswith("The manifest of dataset/lora-poses says `ensure: absent`.\n")


def test_a_manifest_is_not_changed_while_captions_are_in_conflict(drafted: Path, cli: Cli) -> None:
    (drafted / "manifests/images/wave.txt").write_text("mine.\n")
    caption_live(drafted, {"wave": "live wave."})
    ran = cli(*PULL, "--write")
    assert ran.code == 4
    assert "Once that is settled, manifests/dataset.yaml:8 has to say `captions: {source: sidecar}`." in flat(ran.out)
    assert "automatic" in (drafted / "manifests/dataset.yaml").read_text()
    ran = cli(*PULL, "--write", "--ours")
    assert ran.code == 0
    assert "sidecar" in (drafted / "manifests/dataset.yaml").read_text()
    assert (drafted / "manifests/images/wave.txt").read_text() == "mine.\n"
