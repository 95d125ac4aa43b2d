"""H36 to H43: what a person or the API wrote does nothing in any output, wherever it comes from."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from reconciler.cli.command_table import COMMANDS
from reconciler.simulator import Instead, Request, Response, Simulator
from reconciler.simulator.console import add_dataset, edit_image
from reconciler.simulator.server import serving
from tests.cli.conftest import Cli, Ran, account, commit_all, draw, edit, git
from tests.cli.test_streams import on_terminal
from tests.hostile.judge import (
    judge_annotations,
    judge_json,
    judge_lines,
    judge_markdown,
    judge_page,
    judge_screen,
    judge_text,
)
from tests.hostile.words import WORDS, sign, signed, signs

MARKER = "reconciler:plan:manifests"
READS = (
    "plan", "plan --refresh full", "status", "status --strays", "drift", "history dataset/lora-poses", "output",
    "history model/lora-max", "captions pull lora-poses", "prefix lora-poses", "validate", "doctor", "plan -vv",
)  # fmt: skip
JSON_READS = (
    "plan", "status", "drift", "history dataset/lora-poses", "history model/lora-max", "output", "validate", "doctor",
)  # fmt: skip


def live_words(row: str) -> None:
    """A person in the console, or the API itself, writes the words of a row wherever text can stand."""
    words = signed(row)
    joined = " ".join(words)
    with account(Path("world.db")) as simulator:
        with simulator.transaction() as world:
            project, model = world.projects.all()[0], world.models.all()[0]
            images = world.images.all()
            world.projects.put(replace(project, project_description=joined))
            world.models.put(replace(model, description=joined))
            for word in words:
                world.projects.put(replace(project, id=world.projects.claim(), project_name=word))
                world.models.put(replace(model, id=world.models.claim(), name=word, description=word))
        for number, word in enumerate(words):
            edit_image(simulator, images[number].id, caption=word)
            add_dataset(simulator, project.id, word, caption_prefix=word)


def another_version(tree: Path) -> None:
    """An edit in git of which a plan has much to tell: an image less, one more, another prefix, other descriptions."""
    edit(tree / "manifests/dataset.yaml", "purple hair", "green hair")
    edit(tree / "manifests/project.yaml", "  ip_name", "  project_description: short\n  ip_name")
    edit(tree / "manifests/model.yaml", "  dataset: ", "  description: short\n  dataset: ")
    (tree / "manifests/images/p0.png").unlink()
    draw(tree / "manifests/images/new.png", (1, 2, 3))


def read_all(cli: Cli, commands: tuple[str, ...], *more: str) -> dict[str, Ran]:
    """What each command says; none may fail for a fault of its own."""
    ran = {command: cli(*command.split(), *more) for command in commands}
    for command, one in ran.items():
        assert "fault of its own" not in one.err, command
        judge_text(one.err)
    return ran


def carried(texts: list[str]) -> set[str]:
    """The signs that these outputs show, also where a narrow column broke a line inside of one."""
    whole = "".join(texts)
    return set(re.findall("zq[a-z]q", whole + re.sub(r"\n\s*", "", whole)))


@pytest.mark.parametrize("row", WORDS)
def test_live_words_act_in_no_text(tree: Path, cli: Cli, row: str) -> None:
    """H36-H43, H71: every screen, then the apply that carries them along, its report, the journal and the new version."""
    live_words(row)
    another_version(tree)
    said = read_all(cli, READS)
    said["apply"] = cli("apply", "--yes", "-vv")
    assert said["apply"].code == 0, said["apply"]
    said["diff"] = cli("diff", "dataset/lora-poses", "v1..v2")
    for ran in said.values():
        judge_text(ran.out)
        judge_text(ran.err)
    for command in ("plan", "status --strays", "captions pull lora-poses", "history model/lora-max", "diff"):
        assert carried([said[command].out]), command
    assert carried([ran.out for ran in said.values()]) == signs(row)
    judge_lines(Path(".reconciler/journal.jsonl").read_text())
    assert not list(tree.rglob("proof"))


@pytest.mark.parametrize("row", WORDS)
def test_live_words_act_in_no_document(tree: Path, cli: Cli, row: str) -> None:
    """H36-H43, H71: JSON, the comment, the page and the contact sheet, each of which carries every word."""
    live_words(row)
    another_version(tree)
    for ran in read_all(cli, JSON_READS, "--format", "json").values():
        judge_json(ran.out)
    plan, comment, page = (cli("plan", "--format", form).out for form in ("json", "markdown", "html"))
    judge_markdown(comment, marker=MARKER)
    judge_page(page)
    cli("captions", "pull", "lora-poses")
    edit(tree / "manifests/dataset.yaml", "automatic", "sidecar")
    cli("doctor", "--contact-sheet", "sheet.html")
    judge_page(Path("sheet.html").read_text(encoding="utf-8"))
    assert carried([plan]) == carried([comment]) == carried([page]) == signs(row)


FIRST = {"sidecar": "x", "captions.yaml": "p1.png: x\n", "metadata.jsonl": '{"file_name": "p1.png", "text": "x"}\n'}


@pytest.mark.parametrize("row", ["H37", "H41", "H42"])
@pytest.mark.parametrize("source", FIRST)
def test_captions_pulled_into_git_say_what_is_live(tree: Path, cli: Cli, row: str, source: str) -> None:
    """H37-H42: whatever a file format makes of a text, it comes back as it was: pulling again writes nothing."""
    live_words(row)
    if row == "H42" and source == "captions.yaml":  # a line separator is refused in YAML
        edit_caption(8, "fine zqiq")
    edit(tree / "manifests/dataset.yaml", "automatic", "sidecar" if source == "sidecar" else "file")
    (tree / "manifests/images" / ("p1.txt" if source == "sidecar" else source)).write_text(FIRST[source])
    commit_all()
    assert cli("captions", "pull", "lora-poses", "--theirs").code == 0
    assert cli("validate").code == 0
    again = cli("captions", "pull", "lora-poses")
    assert again.code == 0, again
    assert again.out.startswith("Nothing to write")


def edit_caption(number: int, text: str) -> None:
    """A person in the console writes another caption."""
    with account(Path("world.db")) as simulator:
        with simulator.transaction() as world:
            image = world.images.all()[number]
        edit_image(simulator, image.id, caption=text)


@pytest.mark.parametrize("source", FIRST)
def test_control_characters_pulled_into_git_are_found_there(tree: Path, cli: Cli, source: str) -> None:
    """H36: they are text that a person wrote, so they are kept; the next look at the tree is exit 3 and shows where."""
    live_words("H36")
    edit(tree / "manifests/dataset.yaml", "automatic", "sidecar" if source == "sidecar" else "file")
    (tree / "manifests/images" / ("p1.txt" if source == "sidecar" else source)).write_text(FIRST[source])
    commit_all()
    assert cli("captions", "pull", "lora-poses", "--theirs").code == 0
    for command in ("validate", "apply --yes"):
        ran = cli(*command.split())
        assert ran.code == 3
        assert "control character" in ran.err
        judge_text(ran.err)


@pytest.mark.parametrize("row", ["H36", "H37", "H38"])
def test_live_words_act_on_no_terminal(tree: Path, row: str) -> None:
    """H36-H38: colour, the question and the board come from us, and all else is plain text."""
    live_words(row)
    another_version(tree)
    code, shown = on_terminal("apply", typed="yes\n")
    assert code == 0, shown
    judge_screen(shown)
    assert "\x1b[" in shown
    assert len(carried([shown])) > 5


def tree_words(tree: Path, row: str) -> None:
    """The words of a row as captions, prefix, names, descriptions and file names of a tree that is valid with them."""
    words = signed(row)
    joined = " ".join(words)
    images = tree / "manifests/images"
    for number, word in enumerate(words):
        name = re.sub(r'[<>:"|?*\\/\x00-\x1f\x7f-\x9f\u2028\u2029]', "", word).strip(" .") + f" {number}"
        (images / f"p{number}.png").rename(images / f"{name}.png")
        (images / f"{name}.txt").write_text(word)
    for path in images.glob("p*.png"):
        path.unlink()
    edit(tree / "manifests/dataset.yaml", "source: automatic", "source: sidecar")
    fill(tree / "manifests/dataset.yaml", caption_prefix=joined)
    fill(tree / "manifests/model.yaml", description=joined)
    name = a_name(row)
    fill(tree / "manifests/project.yaml", project_description=joined, ip_description=name, ip_name=name)


def a_name(row: str) -> str:
    """The words of a row as far as the name of a project may hold them."""
    return re.sub(r"[\[\]\r\n\u2028\u2029]", "", " ".join(signed(row)))[:150]


def fill(path: Path, **values: str) -> None:
    """Write values into the spec of a manifest."""
    document = YAML(typ="safe").load(path.read_text())
    document["spec"].update(values)
    path.write_text(flow(document))


@pytest.mark.parametrize("row", ["H39", "H41", "H42", "H43"])
def test_words_of_a_valid_tree_act_nowhere(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, row: str) -> None:
    """H39-H43: planned live and against a base, applied, and looked at by the doctor."""
    fill(tree / "manifests/project.yaml", project_name=a_name(row))
    git("init", "--quiet", "--initial-branch=main")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "x")
    tree_words(tree, row)
    for path in (tree / "manifests/images").iterdir():  # what the row has of line ends is for other rows
        if path.suffix == ".txt":
            path.write_text(" ".join(path.read_text().split()))
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator")
    texts = [
        cli(*command.split()) for command in ("validate", "doctor", "plan", "plan --base main", "prefix lora-poses")
    ]
    texts += [cli("apply", "--yes", "-vv"), cli("plan", "--base", "main", "--live")]
    for ran in texts:
        assert ran.code == 0, ran
        judge_text(ran.out)
        judge_text(ran.err)
    for base in ((), ("--base", "main")):
        judge_markdown(cli("plan", "--format", "markdown", *base).out, marker=MARKER)
        judge_page(cli("plan", "--format", "html", *base).out)
        plan = cli("plan", "--format", "json", *base).out
        judge_json(plan)
        assert carried([plan]) == signs(row), plan
    judge_annotations(cli("validate", "--format", "github").out)
    judge_json(cli("validate", "--format", "gitlab").out)
    cli("doctor", "--contact-sheet", "sheet.html")
    judge_page(Path("sheet.html").read_text(encoding="utf-8"))
    assert carried([ran.out for ran in texts])
    assert not list(tree.rglob("proof"))


BROKEN: dict[str, Callable[[str], dict[str, Any]]] = {
    "an unknown key": lambda word: {"spec": {word: 1}},
    "a name": lambda word: {"metadata": {"name": word}},
    "a word of a closed list": lambda word: {"spec": {"captions": {"source": word}}},
    "a reference": lambda word: {"spec": {"project": word}},
    "a path": lambda word: {"spec": {"images": {"path": word}}},
    "a pattern": lambda word: {"spec": {"images": {"path": "images/", "include": [word]}}},
    "a kind": lambda word: {"kind": word},
    "a prefix": lambda word: {"spec": {"caption_prefix": word * 3000}},
}


def flow(value: object) -> str:
    """A value as YAML in which any character can stand: JSON, with one escape for a character where JSON has two."""
    pairs = re.compile(r"\\ud[89ab]..\\ud[c-f]..")
    return pairs.sub(lambda pair: "\\U" + format(ord(json.loads('"' + pair[0] + '"')), "08x"), json.dumps(value))


def broken_manifests(tree: Path, row: str) -> None:
    """A manifest for each word and each place where it is wrong."""
    for number, word in enumerate(signed(row)):
        for place, (_, make) in enumerate(BROKEN.items()):
            spec = {
                "project": "lora",
                "caption_prefix": "x",
                "images": {"path": "images/"},
                "captions": {"source": "automatic"},
            }
            manifest = {"apiVersion": "reconciler/v1", "kind": "Dataset", "metadata": {"name": f"d-{number}-{place}"}}
            change = make(word)
            spec.update(change.pop("spec", {}))
            (tree / f"manifests/d-{number}-{place}.yaml").write_text(flow(manifest | {"spec": spec} | change))


@pytest.mark.parametrize("row", WORDS)
def test_problems_quote_what_is_wrong_and_nothing_acts(tree: Path, cli: Cli, row: str) -> None:
    """H36-H42: exit 3, as text, JSON, annotations and a code quality report; file names and captions among it."""
    broken_manifests(tree, row)
    images = tree / "manifests/images"
    for number, word in enumerate(signed(row)):
        draw(images / f"{word.replace('/', '')}.png", (number, 1, 1))
        (images / f"p{number}.txt").write_text(f"{word}\x1b")
    edit(tree / "manifests/dataset.yaml", "source: automatic", "source: sidecar")
    for command in ("validate", "plan", "apply --yes", "doctor"):
        ran = cli(*command.split())
        assert ran.code == 3, ran
        judge_text(ran.out)
        judge_text(ran.err)
        assert command == "doctor" or carried([ran.err]) == signs(row)
    found = {form: cli("validate", "--format", form) for form in ("json", "github", "gitlab")}
    assert {ran.code for ran in found.values()} == {3}
    judge_json(found["json"].out)
    judge_json(found["gitlab"].out)
    judge_annotations(found["github"].out)
    assert carried([found["json"].out]) == carried([found["gitlab"].out]) == signs(row)
    assert carried([found["github"].out]) or row == "H36", "ten are shown, and of a control character only its place"
    assert not HIDDEN_IN_REPORT.search("".join(one["description"] for one in json.loads(found["gitlab"].out)))


HIDDEN_IN_REPORT = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


@pytest.mark.parametrize("row", WORDS)
def test_an_annotation_is_one_command_whatever_it_quotes(tree: Path, cli: Cli, row: str) -> None:
    """H38: each word alone, so that none is among those that are only counted; the runner reads back what is seen."""
    sound = (tree / "manifests/model.yaml").read_text()
    for number, word in enumerate(signed(row)):
        fill(tree / "manifests/model.yaml", **{word: "x"})
        ran = cli("validate", "--format", "github")
        assert ran.code == 3
        judge_annotations(ran.out)
        assert carried([ran.out]) == {sign(number)} or "control character" in ran.out
        (tree / "manifests/model.yaml").write_text(sound)


def rules(ran: Ran) -> set[str]:
    """The rules of the problems about captions."""
    return {one["rule"] for one in json.loads(ran.out)["problems"] if one["path"].endswith(".txt")}


def test_control_characters_are_never_sent_and_hidden_ones_are_said(tree: Path, cli: Cli) -> None:
    """H36, H37: a control character in a caption or a name is exit 3, a hidden one a warning in a caption, exit 3 in a name."""
    edit(tree / "manifests/dataset.yaml", "source: automatic", "source: sidecar")
    caption = tree / "manifests/images/p0.txt"
    for word in (*WORDS["H36"], *WORDS["H37"]):
        caption.write_text(f"a {word} b")
        is_control = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", word) is not None
        ran = cli("validate", "--format", "json")
        expected = (3, {"caption-control"}) if is_control else (0, {"caption-hidden"})
        assert (ran.code, rules(ran) - {"caption-lines"}) == expected, word
    caption.write_text("fine")
    for word in (*WORDS["H36"], *WORDS["H37"]):
        fill(tree / "manifests/project.yaml", project_name=word)
        assert cli("apply", "--yes").code == 3
    fill(tree / "manifests/project.yaml", project_name="Lora")
    for word in WORDS["H37"]:
        image = tree / f"manifests/images/{word}.png"
        draw(image, (3, 2, 1))
        assert cli("validate").code == 3, word
        image.unlink()
    assert [path.name for path in tree.rglob("journal.jsonl")] == []


class Answers:
    """A hook of the simulator that answers requests of one method with an error in hostile words."""

    def __init__(self, method: str, body: bytes, kind: str) -> None:
        self._method, self._body, self._kind = method, body, kind

    def before(self, request: Request) -> None:
        if request.method == self._method:
            raise Instead(Response(status=400, headers={"content-type": self._kind}, body=self._body))

    def after(self, request: Request, response: Response) -> None:
        """Nothing."""


BODIES: dict[str, Callable[[str], tuple[bytes, str]]] = {
    "json": lambda text: (json.dumps({"message": text}).encode(), "application/json"),
    "fields": lambda text: (json.dumps({"detail": [{"msg": text, "field_name": text}]}).encode(), "application/json"),
    "page": lambda text: (f"<html><body>{text}</body></html>".encode(), "text/html"),
    "long": lambda text: ((text * 50_000).encode()[:10_000_000], "text/plain"),
}


@pytest.mark.parametrize("shape", BODIES)
@pytest.mark.parametrize("row", ["H36", "H37", "H38", "H41", "H42"])
def test_words_of_an_error_answer_act_nowhere(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, row: str, shape: str
) -> None:
    """H36-H42, H70: while reading and while writing: the message, the report, the log of calls and the journal."""
    body, kind = BODIES[shape](" ".join(signed(row)))
    monkeypatch.setenv("BRIA_API_TOKEN", "canary-7f3e9a1c5b")
    monkeypatch.setenv("RECONCILER_TIER", "enterprise")
    for method in ("GET", "POST"):
        with serving(Simulator(hooks=[Answers(method, body, kind)])) as address:
            ran = cli("apply", "--yes", "-vv", "--settle", "0", "--endpoint", address)
        assert ran.code == 1
        judge_text(ran.out)
        judge_text(ran.err)
        said = ran.err if method == "GET" else ran.out
        assert carried([said]), ran
        assert max(len(line) for line in said.splitlines()) < 400
    judge_json(Path(".reconciler/journal.jsonl").read_text().splitlines()[-1])


def test_outputs_of_a_step_are_one_line_each(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """H40: no delimiter is needed and none can be guessed, for no value can hold the end of a line; live words are not among them."""
    live_words("H40")
    edit(tree / "manifests/model.yaml", "  dataset: ", "  aliases: {production: current}\n  dataset: ")
    place = tree / "outputs"
    place.write_text("before=1")
    monkeypatch.setenv("GITHUB_OUTPUT", str(place))
    assert cli("output", "--format", "github").code == 0
    lines = place.read_text().splitlines()
    assert lines[0] == "before=1"
    assert len(lines) > 8
    assert all(re.fullmatch(r"[A-Z0-9_]+=[a-z0-9]+", line) for line in lines[1:])
    assert not carried(lines)
    assert cli("output", "--format", "env").out.splitlines() == lines[1:]


@pytest.mark.parametrize("name", ["a\nb", "a=b", "EOF<<x", "$(id)", "a b", "::error::"])
def test_a_name_that_could_be_two_lines_of_output_is_no_alias(tree: Path, cli: Cli, name: str) -> None:
    """H40: exit 3, before any value exists."""
    fill(tree / "manifests/model.yaml")
    document = json.loads((tree / "manifests/model.yaml").read_text())
    document["spec"]["aliases"] = {name: "current"}
    (tree / "manifests/model.yaml").write_text(flow(document))
    ran = cli("output", "--format", "github")
    assert (ran.code, ran.out) == (3, "")
    judge_text(ran.err)


@pytest.mark.parametrize("vendor", ["github", "gitlab"])
def test_a_pipeline_pastes_no_expression_into_a_script(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, vendor: str
) -> None:
    """H39: what `init --ci` writes hands data over by environment or as inputs, never inside a script."""
    git("init", "--quiet")
    for root in ("$(touch proof)", "${{ secrets.X }}", "$[[ inputs.source ]]"):
        refused = cli("init", "--ci", vendor, "--root", root)
        assert (refused.code, refused.out) == (64, "")
        assert "cannot stand in a file of CI" in refused.err
    assert cli("init", "--ci", vendor, "--root", "brand touch proof").code == 0
    written = [path for path in tree.rglob("*.yml") if "manifests" not in path.parts]
    lines = [line for path in written for line in scripts(YAML(typ="safe").load(path.read_text()))]
    assert written
    assert not [line for line in lines if re.search(r"\$\{\{|\$\[\[|touch proof", line)]
    assert not list(tree.rglob("proof"))


def scripts(node: object) -> list[str]:
    """Every line of a pipeline that a shell runs."""
    if isinstance(node, list):
        return [line for value in node for line in scripts(value)]
    if not isinstance(node, dict):
        return []
    found = [scripts(value) for key, value in node.items() if key not in {"run", "script", "before_script"}]
    found += [[str(value)] for key, value in node.items() if key in {"run", "script", "before_script"}]
    return [line for lines in found for line in lines]


@pytest.mark.parametrize("command", [*COMMANDS, "captions pull"])
def test_no_output_is_a_table_that_a_spreadsheet_calculates(cli: Cli, command: str) -> None:
    """H43: no output is CSV, so no text in it can be a formula; whoever adds one meets this test."""
    assert not re.search(r"\b(csv|tsv|xlsx?)\b", cli(*command.split(), "--help").out, re.IGNORECASE)
