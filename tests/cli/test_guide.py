"""`guide`: the API proposes what guides captions, in both families, and the proposal is written where that is asked for."""

import json
from pathlib import Path

import pytest

from reconciler.app.guide_proposal import read_request
from reconciler.app.guide_writing import edit_of
from reconciler.app.settings import resolve_settings
from reconciler.core.guide import Guide, PrefixGuide, SchemaGuide
from reconciler.core.kind import Kind
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.simulator import Request, Simulator
from reconciler.simulator.console import add_dataset, edit_dataset
from tests.cli.conftest import Cli, draw, edit, git

PREFIX = '  caption_prefix: "An illustration of a character named Lora, a female character with purple hair,"\n'
DRAFT = "lora-poses v1 draft a9f3c1a2b7d40 3f2a"


def of_schema_family(tree: Path, guide: str = "") -> None:
    """The tree in the schema family, with this guide or none, and with automatic captions."""
    edit(tree / "manifests/project.yaml", "spec:\n", "spec:\n  family: schema\n")
    edit(tree / "manifests/dataset.yaml", PREFIX, guide)
    edit(tree / "manifests/dataset.yaml", "  captions: {source: sidecar}\n", "")
    edit(tree / "manifests/model.yaml", "  training_version: max\n", "")


def live_draft(simulator: Simulator, *, completed: bool = False) -> int:
    """A project of the tree's with a version of its dataset, as an apply leaves them behind."""
    body = {"project_name": "Lora", "ip_medium": "illustration", "ip_type": "defined_character"}
    words = {"ip_name": "Lora", "ip_description": "a female character with purple hair"}
    request = Request(
        method="POST",
        path="/v1/tailored-gen/projects",
        query="",
        headers={"api_token": "anything", "content-type": "application/json"},
        body=json.dumps({**body, **words}).encode(),
    )
    project = json.loads(simulator.handle(request).body)["id"]
    dataset = add_dataset(simulator, project, DRAFT, visual_schema='{"style": "live"}')
    if completed:
        edit_dataset(simulator, dataset, status="completed")
    return dataset


def sent(simulator: Simulator) -> list[str]:
    """The paths of all that was asked."""
    return [entry.path for entry in simulator.log]


def test_a_prefix_is_written_and_only_its_line_differs(tree: Path, cli: Cli) -> None:
    """First as a diff, then for good; a second time there is nothing to change."""
    manifest = tree / "manifests/dataset.yaml"
    before = manifest.read_text()
    shown = cli("guide", "lora-poses", "--diff")
    assert (shown.code, manifest.read_text()) == (0, before)
    assert cli("guide", "lora-poses", "--write", "--diff").out == shown.out
    assert manifest.read_text() == before
    assert shown.out.startswith("--- manifests/dataset.yaml\n+++ manifests/dataset.yaml\n")
    ran = cli("guide", "lora-poses", "--write")
    assert ran.code == 0
    assert "Proposed from 5 images: jump.png, paint.png, read.png, sit.png, wave.png.\n" in ran.err
    assert "Wrote manifests/dataset.yaml.\n" in ran.err
    after = manifest.read_text()
    changed = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert len(changed) == 1
    assert changed[0][1].startswith(f'  caption_prefix: "{ran.out.strip()}')
    assert cli("validate").code == 0
    assert "manifests/dataset.yaml says this already" in cli("prefix", "lora-poses", "--write").err


def test_a_schema_is_written_into_the_manifest(tree: Path, cli: Cli, current: Simulator) -> None:
    """The family follows from the project where the dataset has no guide yet."""
    of_schema_family(tree)
    advised = cli("validate")
    assert advised.code == 3
    assert "`reconciler guide lora-poses --write`" in advised.err
    ran = cli("guide", "lora-poses", "--write")
    assert ran.code == 0
    schema = json.loads(ran.out)
    assert set(schema) == {"style", "colors", "lighting", "mood"}
    text = (tree / "manifests/dataset.yaml").read_text()
    assert f"  project: lora\n  visual_schema:\n    style: {schema['style']}\n" in text
    assert cli("validate").code == 0
    assert sent(current) == ["/v1/tailored-gen/generate_visual_schema"]


def test_a_sibling_tells_the_family(tree: Path, cli: Cli, current: Simulator) -> None:
    """Where neither the dataset nor its project says it."""
    of_schema_family(tree)
    edit(tree / "manifests/project.yaml", "  family: schema\n", "")
    other = (tree / "manifests/dataset.yaml").read_text().replace("lora-poses", "lora-more")
    (tree / "manifests/other.yaml").write_text(other.replace("spec:\n", "spec:\n  visual_schema: {style: flat}\n"))
    assert "style" in json.loads(cli("guide", "lora-poses").out)


def test_a_schema_file_is_made_and_then_kept_in_its_manner(tree: Path, cli: Cli, current: Simulator) -> None:
    """Order of keys, indentation and line ends stay."""
    of_schema_family(tree, "  visual_schema_file: schema.json\n")
    assert "`reconciler guide lora-poses --write`" in cli("validate").err
    ran = cli("guide", "lora-poses", "--write")
    assert "Wrote manifests/schema.json.\n" in ran.err
    file = tree / "manifests/schema.json"
    schema = json.loads(file.read_text())
    file.write_bytes(f'{{\r\n    "mood": "old",\r\n    "style": {json.dumps(schema["style"])}\r\n}}'.encode())
    shown = cli("guide", "lora-poses", "--diff").out
    assert '-    "mood": "old",' in shown
    assert '+    "style"' not in shown.partition('"mood": "old"')[0]
    assert cli("guide", "lora-poses", "--write").code == 0
    lines = file.read_bytes().split(b"\r\n")
    assert [line.partition(b":")[0] for line in lines[1:5]] == [
        b'    "mood"',
        b'    "style"',
        b'    "colors"',
        b'    "lighting"',
    ]
    assert lines[-1] == b"}"
    assert "says this already" in cli("guide", "lora-poses", "--write").err


def test_a_schema_is_refined_beside_the_open_draft_and_nothing_is_stored_in_it(
    tree: Path, cli: Cli, current: Simulator
) -> None:
    """What git declares is refined; what is live where git declares none."""
    of_schema_family(tree, "  visual_schema: {style: flat}  # ours\n")
    dataset = live_draft(current)
    ran = cli("guide", "lora-poses", "--refine", "softer light", "--write")
    assert ran.code == 0
    assert f'Refined beside the draft "{DRAFT}" (id {dataset}); nothing was stored in it.\n' in ran.err
    assert json.loads(ran.out) == {"style": "flat", "refinements": ["softer light"]}
    assert "style: flat" in (tree / "manifests/dataset.yaml").read_text()
    assert not [entry for entry in current.log if entry.committed and "datasets" in entry.path]
    assert cli("validate").code == 0
    (tree / "manifests/dataset.yaml").write_text(
        "\n".join(line for line in (tree / "manifests/dataset.yaml").read_text().splitlines() if "visual" not in line)
    )
    assert json.loads(cli("guide", "lora-poses", "--refine", "x").out) == {"style": "live", "refinements": ["x"]}


@pytest.mark.parametrize("completed", [True, False])
def test_without_an_open_draft_nothing_is_refined(tree: Path, cli: Cli, current: Simulator, completed: bool) -> None:
    """Exit 4: a completed dataset is never named, and neither is one of another project."""
    of_schema_family(tree, "  visual_schema: {style: flat}\n")
    if completed:
        live_draft(current, completed=True)
    ran = cli("guide", "lora-poses", "--refine", "softer light")
    assert (ran.code, ran.out) == (4, "")
    assert "no draft of it is live" in ran.err
    assert not [path for path in sent(current) if "refine" in path]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nope",), 64, "No manifest declares dataset/nope."),
        (("model/lora-max",), 64, "a dataset is expected here"),
        (("lora-poses", "--refine", "warmer"), 64, "--refine is for a visual_schema"),
        (("lora-poses", "--refine", " "), 64, "--refine: say in words what is to change."),
        (("lora-poses", "--overwrite"), 64, "--overwrite goes with --write."),
    ],
)
def test_what_cannot_be_asked_is_said(tree: Path, cli: Cli, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = cli("guide", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_too_few_images_and_pointers_are_found_before_anything_is_sent(
    tree: Path, cli: Cli, current: Simulator
) -> None:
    """Exit 3, with the place."""
    of_schema_family(tree)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 12345\n"
    (tree / "manifests/images/jump.png").write_text(pointer)
    ran = cli("guide", "lora-poses")
    assert ran.code == 3
    assert "manifests/images/jump.png  only the Git LFS pointer is here" in ran.err
    (tree / "manifests/images/jump.png").unlink()
    ran = cli("guide", "lora-poses")
    assert ran.code == 3
    assert "4 images are too few to ask for a visual schema\n    The API looks at 5 to 10 images." in ran.err
    assert sent(current) == []


def test_no_token_is_said(tree: Path, cli: Cli, current: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRIA_API_TOKEN")
    ran = cli("guide", "lora-poses")
    assert ran.code == 64
    assert "No token: set BRIA_API_TOKEN" in ran.err


def test_a_helper_that_the_account_lacks_is_no_fault(tree: Path, cli: Cli, current: Simulator) -> None:
    """Exit 4, with the ways on."""
    ran = cli("guide", "lora-poses")
    assert (ran.code, ran.out) == (4, "")
    assert "This account does not offer generate-prefix (404)." in ran.err
    assert "`family: schema` in the project says so" in ran.err


def test_a_guide_that_is_not_committed_is_not_lost(tree: Path, cli: Cli) -> None:
    """Exit 4 and the old text, unless a person says --overwrite."""
    manifest = tree / "manifests/dataset.yaml"
    git("init", "-q")
    git("add", "manifests")
    git("commit", "-qm", "all")
    edit(manifest, PREFIX, "  caption_prefix: mine,\n")
    ran = cli("guide", "lora-poses", "--write")
    assert ran.code == 4
    assert "The guide in manifests/dataset.yaml is not committed, and writing would lose it." in ran.err
    assert "mine," in manifest.read_text()
    assert cli("guide", "lora-poses", "--write", "--overwrite").code == 0
    assert "mine," not in manifest.read_text()
    git("commit", "-qam", "proposed")
    edit(manifest, "project: lora", "project:   lora  # other edits are no guide")
    draw(tree / "manifests/images/wave.png", (1, 2, 3))
    assert cli("guide", "lora-poses", "--write").code == 0
    assert "# other edits are no guide" in manifest.read_text()


def test_a_guide_that_stands_at_another_place_too_is_not_changed_there(tree: Path, cli: Cli) -> None:
    """Exit 3 with the line of the alias; nothing is written."""
    manifest = tree / "manifests/dataset.yaml"
    edit(manifest, "caption_prefix: ", "caption_prefix: &guide ")
    edit(
        manifest,
        "  images: {path: images/}\n",
        "  images: {path: images/}\n  waive: [{rule: images-scaled, reason: *guide}]\n",
    )
    before = manifest.read_text()
    ran = cli("guide", "lora-poses", "--write")
    assert ran.code == 3
    assert '"*guide" stands for it at line' in ran.err
    assert "nothing was written." in ran.err
    assert manifest.read_text() == before


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        (PrefixGuide(text="a photo\x07,"), "the proposal holds a control character"),
        (PrefixGuide(text="a" * 6000), "the proposal is too long"),
        (SchemaGuide(text=json.dumps({"style": "a" * 70_000})), "this schema is too large"),
    ],
    ids=["control", "long", "large"],
)
def test_what_could_not_be_declared_is_not_written(tree: Path, guide: Guide, words: str) -> None:
    """Whatever the API proposes."""
    settings = resolve_settings({}, {"RECONCILER_ENDPOINT": "simulator"})
    request = read_request(settings, Ref(Kind.DATASET, "lora-poses"))
    with pytest.raises(ProblemsFound) as found:
        edit_of(settings, request, guide)
    assert [problem.summary for problem in found.value.problems] == [words]
