"""`generate` as a person types it: the version that draws, what is refused before anything is sent, and what is written."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from reconciler.simulator import Instead, Request, Response, Simulator, SqliteStore, serving
from tests.cli.conftest import Cli, draw, edit, flat
from tests.cli.test_guide import of_schema_family
from tests.cli.test_streams import on_terminal
from tests.simulator.outsider import Json

TOKEN = "canary-token"
CHEAP = ("--timeout", "60")


def light(tree: Path) -> None:
    edit(tree / "manifests/model.yaml", "training_version: max", "training_version: light")


def recorded(tree: Path, out: str) -> Json:
    """The JSON beside the result that was printed."""
    return json.loads((tree / out.strip()).with_suffix(".json").read_text())


@pytest.fixture
def trained(tree: Path, cli: Cli) -> Path:
    """The tree with a light model, trained."""
    light(tree)
    assert cli("apply", "--yes", "--wait", "training").code == 0
    return tree


@pytest.fixture
def served(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same account over a socket; every exchange in `requests.jsonl`."""
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    simulator = Simulator(store=SqliteStore("world.db"), switches={"era": "mixed"}, speed=100)
    with serving(simulator, request_log="requests.jsonl") as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        yield trained
    simulator.close()


def test_a_picture_of_the_version_in_force(trained: Path, cli: Cli) -> None:
    """On stdout the file, on stderr which version draws; the JSON says from what, by fingerprint and not by id."""
    ran = cli("generate", "lora-max", "waving with one hand", "--seed", "7")
    assert (ran.code, ran.err.count("draws.")) == (0, 1)
    place = trained / ran.out.strip()
    record = json.loads(place.with_suffix(".json").read_text())
    assert record["fingerprint"] in ran.err
    assert (record["model"], record["version"], record["seed"], record["prompt"]) == (
        "lora-max", 1, 7, "waving with one hand",
    )  # fmt: skip
    assert record["sent_prompt"].startswith("An illustration of a character named Lora")
    assert record["parameters"]["fast"] is True
    assert "40001" not in place.with_suffix(".json").read_text()
    again = cli("generate", "lora-max", "waving with one hand", "--seed", "7")
    assert (trained / again.out.strip()).read_bytes() == place.read_bytes()
    assert again.out != ran.out


def test_a_version_is_named_by_alias_number_or_fingerprint(trained: Path, cli: Cli) -> None:
    """Of two versions each draws another picture; one that nobody knows is refused."""
    (live,) = json.loads(cli("output", "--format", "json").out)["models"].values()
    print_ = live["fingerprint"]
    edit(trained / "manifests/model.yaml", "light", f"max\n  aliases: {{production: {print_}}}")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    pictures = {}
    for version in ("production", "v1", print_, "v2"):
        ran = cli("generate", "lora-max", "waving", "--seed", "7", "--version", version)
        assert ran.code == 0, ran.err
        pictures[version] = (trained / ran.out.strip()).read_bytes()
    assert pictures["production"] == pictures["v1"] == pictures[print_] != pictures["v2"]
    assert cli("generate", "lora-max", "waving", "--version", "current").err.count("v2 (") == 1
    edit(trained / "manifests/model.yaml", "training_version: max", "training_version: light")
    edit(trained / "manifests/dataset.yaml", "purple hair", "green hair")
    ran = cli("generate", "lora-max", "waving", "--version", "current")
    assert (ran.code, "what the manifest asks for is not trained yet" in flat(ran.err)) == (4, True)
    ran = cli("generate", "lora-max", "waving", "--version", "v9")
    assert ran.code == 4
    assert 'no trained version is "v9"' in flat(ran.err)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--kind", "portrait", "--person", "a.png"), 4, "portraits need a model of training_version light"),
        (("x", "--kind", "structured"), 4, "is of the prefix family"),
        (("x", "--results", "3"), 64, "at most 2 pictures at a time"),
        (("x", "--guide", "canny=a.png", "--guide", "depth=b.png"), 64, "Guidance pictures need one aspect ratio"),
        (("x", *("--guide", "canny=a.png") * 3), 64, "At most 2 guidance methods"),
        (("x", "--guide", "lines=a.png"), 64, "METHOD is canny, depth, recoloring or color_grid"),
        (("x", "--guide", "canny=a.png:2"), 64, "the scale of canny is 0 to 1"),
        (("x", "--guide", "canny=none.png"), 64, "none.png cannot be read: No such file"),
        (("x", "--image-prompt", "manifests/model.yaml"), 64, "this is not an image"),
        (("x", "--structured-prompt", "manifests/model.yaml"), 64, "holds no JSON object"),
        (("x", "--checkpoint", "500"), 64, "--checkpoint is for models of training_mode expert"),
        ((), 64, "A prompt is needed"),
    ],
)
def test_what_is_refused_before_anything_is_sent(
    arguments: tuple[str, ...], code: int, words: str, tree: Path, cli: Cli
) -> None:
    """With the rule, and without an account."""
    draw(tree / "a.png", (1, 2, 3))
    Image.new("RGB", (64, 32)).save(tree / "b.png")
    ran = cli("generate", "lora-max", *arguments)
    assert ran.code == code, ran.err
    assert words.lower() in flat(ran.err).lower()
    assert not (tree / "world.db").exists()


def test_a_model_that_is_not_trained_draws_nothing(tree: Path, cli: Cli) -> None:
    """Nor one that no manifest declares."""
    ran = cli("generate", "lora-max", "waving")
    assert (ran.code, "No version of model/lora-max is trained yet" in ran.err) == (4, True)
    assert "Did you mean model/lora-max?" in cli("generate", "lora-mx", "waving").err


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_drawn(trained: Path, cli: Cli) -> None:
    """Nothing is paid for then."""
    ran = cli("generate", "lora-max", "waving", "--out", "manifests/model.yaml")
    assert (ran.code, "cannot be written to: File exists. Nothing was drawn." in ran.err) == (64, True)


def test_over_a_socket_the_token_goes_to_the_api_alone(served: Path, cli: Cli) -> None:
    """The simulator refuses a token where results lie, so a picture that came was asked for without one."""
    ran = cli("generate", "lora-max", "waving", "--kind", "vector", "--seed", "7", *CHEAP)
    assert ran.code == 0, ran.err
    place = served / ran.out.strip()
    assert place.suffix == ".svg"
    assert TOKEN not in ran.out + ran.err + place.with_suffix(".json").read_text()
    paths = [json.loads(line)["path"] for line in (served / "requests.jsonl").read_text().splitlines()]
    assert sum(path.startswith("/v1/text-to-vector") for path in paths) == 1
    assert any(path.startswith("/results/") for path in paths)


class Elsewhere:
    """Lets results lie at another host than the endpoint, as the API does."""

    def before(self, request: Request) -> None:
        """Nothing happens on the way in."""

    def after(self, request: Request, response: Response) -> None:
        """The addresses in an answer name another host: the same server by another name."""
        if request.path.startswith("/v1/text-to-"):
            body = response.body.replace(b"http://127.0.0.1:", b"http://localhost:")
            raise Instead(replace(response, body=body))


@pytest.fixture
def elsewhere(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The account over a socket; the host of its results."""
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    switches = {"era": "mixed"}
    simulator = Simulator(store=SqliteStore("world.db"), switches=switches, hooks=[Elsewhere()], speed=100)
    with serving(simulator) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        yield address.replace("http://127.0.0.1", "localhost").removesuffix("/v1")
    simulator.close()


def test_results_of_another_host_are_fetched_where_it_was_named(elsewhere: str, cli: Cli) -> None:
    """Else the host is told, and nothing of the address; the token never goes there."""
    ran = cli("generate", "lora-max", "waving", *CHEAP)
    assert ran.code == 1
    assert f"`--pictures-from {elsewhere}` fetches it" in flat(ran.err)
    assert "Signature" not in ran.err
    assert not list(Path("generated").iterdir())
    ran = cli("generate", "lora-max", "waving", "--pictures-from", elsewhere, *CHEAP)
    assert (ran.code, Path(ran.out.strip()).exists()) == (0, True)


@pytest.mark.parametrize(("typed", "code"), [("yes\n", 0), ("no\n", 1)])
def test_on_a_terminal_a_person_is_asked_about_the_host(typed: str, code: int, elsewhere: str) -> None:
    """Once it is known; only the word itself fetches."""
    ended, shown = on_terminal("generate", "lora-max", "waving", *CHEAP, typed=typed, after="Type yes: ")
    assert (ended, len(list(Path("generated").glob("*.png")))) == (code, int(code == 0))
    assert f"The results are at {elsewhere}. Fetch them from there?" in flat(shown)


def test_where_nobody_can_be_asked_a_host_is_named_first(
    trained: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the result would be paid for and not fetched; nothing is sent."""
    monkeypatch.setenv("RECONCILER_ENDPOINT", "https://bria.invalid")
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    ran = cli("generate", "lora-max", "waving")
    assert (ran.code, "Name the host that results are fetched from" in ran.err) == (64, True)


def test_the_schema_family_draws_by_jobs(tree: Path, cli: Cli) -> None:
    """An image with the structured prompt that it was drawn from, by which the same picture is drawn again."""
    of_schema_family(tree, "  visual_schema: {style: flat}\n")
    for text in (tree / "manifests/images").glob("*.txt"):
        text.unlink()
    assert cli("apply", "--yes", "--wait", "training").code == 0
    ran = cli("generate", "lora-max", "waving", "--seed", "7")
    assert ran.code == 0, ran.err
    assert "Note:" not in ran.err
    first = tree / ran.out.strip()
    record = json.loads(first.with_suffix(".json").read_text())
    assert record["training_version"] == "fibo"
    again = cli("generate", "lora-max", "--structured-prompt", str(first.with_suffix(".json")), "--seed", "7")
    assert again.code == 0, again.err
    assert (tree / again.out.strip()).read_bytes() == first.read_bytes()
    refused = cli("generate", "lora-max", "x", "--kind", "vector")
    assert (refused.code, "whose models draw image and structured" in flat(refused.err)) == (4, True)
    late = cli("generate", "lora-max", "waving", "--seed", "8", "--timeout", "1", "--out", "seen")
    assert late.code == 1
    job = late.err.partition("--job ")[2].partition(" ")[0]
    for more in (("waving",), ("--seed", "8"), ("--kind", "image"), ("--no-prefix",)):
        assert cli("generate", "lora-max", "--job", job, *more).code == 64
    assert cli("generate", "lora-max", "--job", job).code == 64, "its note lies in another folder"
    fetched = cli("generate", "lora-max", "--job", job, "--out", "seen")
    assert (fetched.code, recorded(tree, fetched.out)["seed"]) == (0, 8)


def test_the_prefix_can_be_left_out(trained: Path, cli: Cli) -> None:
    """The record says what was sent."""
    ran = cli("generate", "lora-max", "waving", "--seed", "7", "--no-prefix")
    assert ran.code == 0, ran.err
    assert recorded(trained, ran.out)["sent_prompt"] == "waving"


def test_a_prefix_that_the_model_does_not_show_is_that_of_its_dataset(
    trained: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newer documents list none at a model."""
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    simulator = Simulator(store=SqliteStore("world.db"), switches={"era": "current"}, speed=100)
    with serving(simulator) as address:
        ran = cli("generate", "lora-max", "waving", "--endpoint", address, *CHEAP)
    simulator.close()
    assert ran.code == 0, ran.err
    assert recorded(trained, ran.out)["sent_prompt"].startswith("An illustration of a character named Lora")
