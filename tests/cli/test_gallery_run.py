"""`gallery run` as a person types it: versions, limits, what is refused before anything is paid for, and two runs at once."""

import json
import re
import signal
from pathlib import Path

import click
import pytest

from reconciler.cli.command_table import root
from reconciler.cli.shared_options import Invocation
from reconciler.files.gallery_writer import GalleryWriter
from reconciler.simulator import Simulator, SqliteStore, serving
from tests.cli.conftest import Cli, edit, flat
from tests.cli.test_gallery_tree import FILE, GALLERY
from tests.cli.test_generate import TOKEN, elsewhere, trained
from tests.cli.test_streams import begun, on_terminal

__all__ = ["elsewhere", "trained"]
SIX = "".join(f"    - {{name: pose-{number}, prompt: pose {number}, seed: {number}}}\n" for number in range(6))
LOOKS = Path("manifests/looks")


@pytest.fixture
def shown(trained: Path) -> Path:
    """The tree with a light model, trained, and a gallery of one case."""
    FILE.write_text(GALLERY)
    return trained


def drawn() -> list[str]:
    """Pictures and records, by their path below the folder of the gallery."""
    return sorted(path.relative_to(LOOKS).as_posix() for path in LOOKS.rglob("*") if path.is_file())


def test_a_gallery_of_the_version_in_force(shown: Path, cli: Cli) -> None:
    """Files on stdout, progress on stderr; a second run draws nothing, and status knows it."""
    ran = cli("gallery", "run", "looks")
    assert ran.code == 0, ran.err
    place = Path(ran.out.strip())
    record = json.loads(place.with_suffix(".json").read_text())
    assert place == LOOKS / record["fingerprint"] / "waving.png"
    assert f"gallery/looks for model/lora-max v1 ({record['fingerprint']}): 1 case to draw." in flat(ran.err)
    assert "[1/1] waving of v1: drawn" in ran.err
    assert ran.err.count("generating with them ends on 2026-07-01") == 1
    again = cli("gallery", "run", "gallery/looks")
    assert (again.code, again.out, "1 there already." in again.err) == (0, "", True)
    assert f"{record['fingerprint']}  v1, current  1 present" in cli("gallery", "status").out
    assert cli("plan").out.startswith("In sync")


def test_two_versions_and_six_cases(shown: Path, cli: Cli) -> None:
    """Each version once, however often it is named. The limit counts all of them; the way on is said."""
    FILE.write_text(GALLERY.partition("    -")[0] + SIX)
    edit(shown / "manifests/model.yaml", "light", "max\n  aliases: {production: v1}")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    both = ("--version", "production", "--version", "v2", "--version", "v1")
    ran = cli("gallery", "run", "looks", *both, "--allow", "generations=11")
    assert (ran.code, LOOKS.exists() and drawn()) == (4, [])
    assert "12 cases would be drawn and paid for; the limit is 11" in flat(ran.err)
    assert "--allow generations=12" in flat(ran.err)
    ran = cli("gallery", "run", "looks", *both, "-v")
    assert ran.code == 0, ran.err
    assert ran.err.count("info: POST /text-to-image/tailored/") == 12
    assert len(re.findall("^info: (POST|GET) ", ran.err, re.MULTILINE)) == 17
    again = cli("gallery", "run", "looks", *both, "-v")
    assert len(re.findall("^info: (POST|GET) ", again.err, re.MULTILINE)) == 5
    assert (len(ran.out.splitlines()), len(drawn())) == (12, 24)
    pictures = {path.read_bytes() for path in LOOKS.rglob("*.png")}
    assert len(pictures) == 12
    assert "6 present" in cli("gallery", "status", "looks").out


def test_limits_stand_in_the_configuration(shown: Path, cli: Cli) -> None:
    """As all others, and for one run in --allow."""
    (shown / "manifests/reconciler.yaml").write_text("limits: {generations: 0}\n")
    assert "the limit is 0" in flat(cli("gallery", "run", "looks").err)
    assert cli("gallery", "run", "looks", "--allow", "generations=1").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("look",), 64, 'No manifest declares a gallery "look". Did you mean looks?'),
        (("looks", "--case", "wavin"), 64, '--case: gallery/looks has no case "wavin". Did you mean "waving"?'),
        (("looks", "--again", "x"), 64, '--again: gallery/looks has no case "x"'),
        (("looks", "--version", "v9"), 4, 'no trained version is "v9"'),
        (("looks", "--checkpoint", "500"), 4, "v1 has no column for checkpoint 500: --checkpoint is for models"),
        (("looks", "--allow", "generation=1"), 64, 'There is no limit "generation"'),
        (("looks", "--allow", "trainings=2"), 64, "trainings does not count here; what counts is generations"),
    ],
)
def test_what_is_refused_before_anything_is_paid_for(
    arguments: tuple[str, ...], code: int, words: str, shown: Path, cli: Cli
) -> None:
    """With the place, and the way on."""
    ran = cli("gallery", "run", *arguments)
    assert (ran.code, words in flat(ran.err)) == (code, True), ran.err
    assert not LOOKS.exists() or drawn() == []


def test_a_rename_has_to_be_applied_first(shown: Path, cli: Cli) -> None:
    """Until then the live versions are called as before, and none is of the new name."""
    assert cli("mv", "model/lora-max", "lora-best").code == 0
    for version in ((), ("--version", "v1")):
        ran = cli("gallery", "run", "looks", *version)
        assert ran.code == 4
        assert "Its live versions have their former name still: `reconciler apply` renames them." in flat(ran.err)
    assert cli("apply", "--yes").code == 0
    assert cli("gallery", "run", "looks").code == 0


def test_a_model_that_is_not_trained_draws_nothing(tree: Path, cli: Cli) -> None:
    """Nor does one that is to be deleted."""
    FILE.write_text(GALLERY)
    assert "No version of model/lora-max is trained yet" in flat(cli("gallery", "run", "looks").err)
    edit(tree / "manifests/model.yaml", "{name: lora-max}", "{name: lora-max, ensure: absent}")
    ran = cli("gallery", "run", "looks")
    assert (ran.code, "The manifest of model/lora-max says `ensure: absent`" in flat(ran.err)) == (64, True)


def test_an_older_version_of_another_kind_is_held_against_the_account(shown: Path, cli: Cli) -> None:
    """The manifest says light, which draws portraits; the version that is named does not."""
    edit(shown / "manifests/model.yaml", "light", "max")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    edit(shown / "manifests/model.yaml", "max\n", "light\n")
    (shown / "manifests/me.png").write_bytes((shown / "manifests/images/jump.png").read_bytes())
    FILE.write_text(GALLERY + "    - {name: me, kind: portrait, seed: 1, person: {image: me.png}}\n")
    ran = cli("gallery", "run", "looks", "--version", "v2")
    assert ran.code == 4
    assert 'The case "me" cannot be drawn by v2: portraits need a model of training_version light or bria-2.3' in flat(
        ran.err
    )
    assert drawn() == []
    assert cli("gallery", "run", "looks", "--version", "v2", "--case", "waving").code == 0
    assert cli("gallery", "run", "looks", "--version", "v1").code == 0


def test_what_is_left_is_said_with_the_way_on(shown: Path, cli: Cli) -> None:
    """Stale, damaged and unknown: exit code 1, and nothing is drawn over."""
    FILE.write_text(GALLERY + "    - {name: other, prompt: other, seed: 1}\n    - {name: third, prompt: c, seed: 1}\n")
    assert cli("gallery", "run", "looks").code == 0
    (folder,) = LOOKS.iterdir()
    FILE.write_text(FILE.read_text().replace("prompt: other, seed: 1", "prompt: other, seed: 2"))
    (folder / "waving.json").unlink()
    (folder / "third.json").unlink()
    (folder / "third.png").unlink()
    (folder / "third.submitted.json").write_text("{}")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    ran = cli("gallery", "run", "looks")
    said = flat(ran.err)
    assert ran.code == 1
    assert "is damaged: no waving.json is beside it; `--again waving` pays once more." in said
    assert "is stale: the case was defined differently when it was drawn; --refresh draws it again." in said
    assert "is unknown: third.submitted.json cannot be read; `--again third` pays once more." in said
    assert "gallery/looks: 3 of 3 cases not there." in said
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert cli("gallery", "run", "looks", "--refresh", "--again", "waving", "--again", "third").code == 0


def test_a_second_run_at_the_same_time_is_refused(shown: Path, cli: Cli) -> None:
    """What the first one draws must not be drawn twice."""
    with GalleryWriter(Path("manifests"), "looks"):
        ran = cli("gallery", "run", "looks")
    assert (ran.code, "another run of gallery/looks is at work in this folder" in flat(ran.err).lower()) == (4, True)
    assert cli("gallery", "run", "looks").code == 0


def test_over_a_socket_the_token_goes_to_the_api_alone(elsewhere: str, cli: Cli) -> None:
    """Results at another host are fetched where it was named, else the case is unknown, and the host is told."""
    FILE.write_text(GALLERY)
    ran = cli("gallery", "run", "looks", "--timeout", "60")
    assert (ran.code, f"`--pictures-from {elsewhere}` fetches it" in flat(ran.err)) == (1, True)
    assert "`--again waving` pays once more" in flat(ran.err)
    ran = cli("gallery", "run", "looks", "--again", "waving", "--pictures-from", elsewhere, "--timeout", "60")
    assert ran.code == 0, ran.err
    assert TOKEN not in ran.out + ran.err + "".join(path.read_text() for path in LOOKS.rglob("*.json"))


def test_cases_that_stand_alike_are_told_together(shown: Path, cli: Cli) -> None:
    """In one line, and not all of many."""
    many = "".join(f"    - {{name: c{number:02}, prompt: x, seed: {number}}}\n" for number in range(12))
    FILE.write_text(GALLERY.partition("    -")[0] + many)
    assert cli("gallery", "run", "looks").code == 0
    FILE.write_text(FILE.read_text().replace("prompt: x", "prompt: y"))
    said = flat(cli("gallery", "run", "looks").err)
    assert "c00, c01, c02, c03, c04, c05, c06, c07 and 4 more (" in said
    assert ") are stale: the case was defined differently when it was drawn; --refresh draws them again." in said


@pytest.mark.parametrize(("typed", "code"), [("yes\n", 0), ("no\n", 1)])
def test_on_a_terminal_a_person_is_asked_once_about_the_host(typed: str, code: int, elsewhere: str) -> None:
    """Not for each case."""
    FILE.write_text(GALLERY + "    - {name: other, prompt: other, seed: 1}\n")
    ended, shown = on_terminal("gallery", "run", "looks", "--timeout", "60", typed=typed, after="Type yes: ")
    assert (ended, flat(shown).count("Fetch them from there?")) == (code, 1)
    assert len(list(LOOKS.rglob("*.png"))) == (2 if code == 0 else 0)


@pytest.mark.parametrize("line", ["run lo", "status lo", "report lo", "approve lo", "run gallery/lo"])
def test_a_shell_completes_the_names_of_galleries(line: str, tree: Path) -> None:
    """From the manifests, without a token."""
    FILE.write_text(GALLERY)
    command, word = line.split()
    group = root.get_command(click.Context(root), "gallery")
    assert isinstance(group, click.Group)
    found = group.get_command(click.Context(group), command)
    assert found is not None
    with click.Context(found, obj=Invocation({})) as context:
        told = found.params[0].shell_complete(context, word)
    assert [item.value for item in told] == [word.replace("lo", "looks")]


def test_a_signal_lets_what_was_paid_for_be_fetched(shown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1; nothing is unknown, and the next run goes on."""
    FILE.write_text(GALLERY.partition("    -")[0] + SIX)
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    switches = {"era": "mixed", "generation_seconds": "100"}
    simulator = Simulator(store=SqliteStore("world.db"), switches=switches, speed=50)
    with serving(simulator) as address:
        there = {"RECONCILER_ENDPOINT": address, "BRIA_API_TOKEN": TOKEN, "RECONCILER_CONCURRENCY": "2"}
        process = begun("gallery", "run", "looks", "-v", until="POST /text-to-image", **there)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    simulator.close()
    assert process.returncode == 1, err
    assert "under way, fetched first. Once more ends at once." in flat(err)
    assert "Not finished: " in err
    assert 0 < len(out.splitlines()) == len(list(LOOKS.rglob("*.png"))) <= 2
    assert not list(LOOKS.rglob("*.submitted.json"))


def test_a_folder_that_cannot_be_written_to_is_told_first(shown: Path, cli: Cli) -> None:
    """Nothing is drawn then."""
    (shown / "manifests/images2").mkdir()
    LOOKS.symlink_to("images2")
    ran = cli("gallery", "run", "looks")
    assert ran.code == 64
    assert "cannot be written to: looks is no folder, or a link to one. Nothing was drawn." in flat(ran.err)
