"""The schema family in every command that shows or fetches what a dataset holds; the simulated account knows both families."""

import json
from pathlib import Path

import pytest

from reconciler.simulator.console import edit_dataset, edit_image
from tests.cli.conftest import CAPTIONS, Cli, account, commit_all, edit
from tests.cli.test_guide import of_schema_family

DRAFT = "  status: draft\n"


@pytest.fixture
def kept(tree: Path) -> Path:
    """The tree in the schema family, its dataset kept as a draft."""
    of_schema_family(tree, "  visual_schema: {style: flat, colours: {sky: blue}}\n")
    edit(tree / "manifests/dataset.yaml", "  images: {path: images/}\n", "  images: {path: images/}\n" + DRAFT)
    for name in CAPTIONS:
        (tree / f"manifests/images/{name}.txt").unlink()
    return tree


def caption_live(tree: Path, name: str, text: str) -> None:
    """A person writes a caption in the console."""
    with account(tree / "world.db") as simulator:
        with simulator.transaction() as world:
            image = next(one for one in world.images.all() if (one.image_name or "").startswith(name))
        edit_image(simulator, image.id, caption=text)


def test_live_documents_are_pulled_beside_their_images_and_declared(kept: Path, cli: Cli) -> None:
    """What a person wrote in the console comes into git; a text that is no JSON object is named and left alone."""
    assert cli("apply", "--yes").code == 0
    caption_live(kept, "wave", '{"action": "waving", "mood": "gay"}')
    caption_live(kept, "jump", "no document")
    ran = cli("captions", "pull", "lora-poses")
    assert ran.code == 0
    assert '4 captions written from "lora-poses v1 draft ' in ran.out
    assert "1 live caption is no JSON object: left alone." in ran.out
    assert 'jump.png  "no document"' in ran.out
    assert (kept / "manifests/images/wave.json").read_text() == '{\n  "action": "waving",\n  "mood": "gay"\n}\n'
    assert not (kept / "manifests/images/jump.json").exists()
    edit(kept / "manifests/dataset.yaml", DRAFT, DRAFT + "  captions: {source: sidecar}\n")
    assert cli("plan").out.startswith("In sync")


def test_a_document_that_differs_is_a_conflict_shown_by_path(kept: Path, cli: Cli) -> None:
    """Exit 4, and git's document stays until somebody chooses the other one; order and spaces are no difference."""
    edit(kept / "manifests/dataset.yaml", DRAFT, DRAFT + "  captions: {source: file}\n")
    file = kept / "manifests/images/captions.yaml"
    file.write_text("wave: {mood: sad, action: waving}  # ours\njump: {action: jumping}\n")
    assert cli("apply", "--yes").code == 0
    caption_live(kept, "wave", '{"action": "waving", "mood": "gay"}')
    caption_live(kept, "jump", '{ "action":"jumping" }')
    ran = cli("captions", "pull", "lora-poses")
    assert ran.code == 4
    assert "1 caption in git already." in ran.out
    assert "~ wave.png  mood: [-sad-] {+gay+}" in ran.out
    assert file.read_text().startswith("wave: {mood: sad, action: waving}  # ours\n")
    commit_all()
    assert cli("captions", "pull", "lora-poses", "--theirs").code == 0
    assert file.read_text().startswith("wave: {mood: gay, action: waving}  # ours\njump: {action: jumping}\n")


def test_documents_are_pulled_into_metadata_jsonl(kept: Path, cli: Cli) -> None:
    edit(kept / "manifests/dataset.yaml", DRAFT, DRAFT + "  captions: {source: file}\n")
    file = kept / "manifests/images/metadata.jsonl"
    file.write_text('{"file_name": "wave.png", "text": "{\\"action\\": \\"waving\\"}", "width": 12}\n')
    assert cli("apply", "--yes").code == 0
    caption_live(kept, "wave", '{"action": "nodding"}')
    commit_all()
    assert cli("captions", "pull", "lora-poses", "--theirs").code == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[0] == {"file_name": "wave.png", "text": '{"action":"nodding"}', "width": 12}
    assert len(lines) == 5
    assert cli("plan").out.startswith("In sync")


def test_a_proposed_schema_is_applied_refined_and_applied_again(kept: Path, cli: Cli) -> None:
    """Each time the automatic captions of the open draft follow the new schema, and then nothing is left to do."""
    assert cli("apply", "--yes").code == 0
    for words in (("--write",), ("--refine", "softer light", "--write")):
        assert cli("guide", "lora-poses", *words).code == 0
        assert "5 automatic ones are regenerated after the schema" in cli("plan").out
        ran = cli("apply", "--yes")
        assert ran.out.splitlines()[-1].startswith("1 draft filled. ")
        assert "schema changed, 5 captions regenerated" in ran.err
        assert cli("plan").out.startswith("In sync")
    schema = (kept / "manifests/dataset.yaml").read_text()
    assert "softer light" in schema
    edit(kept / "manifests/dataset.yaml", DRAFT, "")
    assert "1 version completed, 1 training started." in cli("apply", "--yes").out
    assert "visual_schema" in cli("history", "dataset/lora-poses").out


OTHER = '{"style": "oil", "colours": {"sky": "blue", "sea": "green"}}'


@pytest.mark.parametrize("is_trained", [True, False])
def test_a_schema_edited_in_the_console_is_shown_by_path(kept: Path, cli: Cli, is_trained: bool) -> None:
    """In `drift`, whether a model was trained on it or not; `diff` and `history` show each part, too."""
    edit(kept / "manifests/dataset.yaml", DRAFT, "")
    if not is_trained:
        (kept / "manifests/model.yaml").unlink()
    assert cli("apply", "--yes", "--wait", "training").code == 0
    edit(kept / "manifests/dataset.yaml", "sky: blue", "sky: grey")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    with account(kept / "world.db") as simulator:
        with simulator.transaction() as world:
            newest = world.datasets.all()[-1]
        edit_dataset(simulator, newest.id, visual_schema=OTHER)
    ran = cli("drift")
    assert ran.code == 2
    words = " ".join(ran.out.split())
    assert 'its visual_schema.colours.sea is "green", git declares nothing' in words
    assert 'its visual_schema.colours.sky is "blue", git declares "grey"' in words
    assert 'its visual_schema.style is "oil", git declares "flat"' in words
    told = " ".join(cli("diff", "dataset/lora-poses", "v1..v2").out.split())
    assert "visual_schema.style [-flat-] {+oil+}" in told
    told = " ".join(cli("history", "dataset/lora-poses").out.split())
    assert 'visual_schema differs from v1 in 2 parts visual_schema.colours.sea "green" visual_schema.style' in told
    assert '"path": "visual_schema.style"' in cli("history", "dataset/lora-poses", "--format", "json").out
