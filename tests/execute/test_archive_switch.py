"""Every value of every undocumented behaviour that touches an archive: in sync at last, or the refusal that is expected."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.execute import Archives
from reconciler.simulator.switch_table import ARCHIVES, PLAYED
from tests.execute.archives import DECLARED, NONE, advanced, attempts
from tests.execute.world import World

CLONED = ("advanced_single_edit", "clone_")
"""How the names of switches begin that decide what becomes of a clone; those of others are played with one archive."""

REFUSED: Mapping[tuple[str, str], str] = {
    ("bulk_path", "images/bulk"): "the API refused the archive",
    ("zip_url_rules", "https_only"): "zip_url must be an https address; the next apply begins a new draft",
    ("bulk_image_name", "generated"): "their digests are lost; draft 200001 cannot be verified, and is left as it is",
    ("bulk_progress", "stuck"): "nothing has changed for 60 minutes",
    ("advanced_needs_expert", "400_on_create"): "An advanced dataset needs training_mode expert",
    ("advanced_needs_expert", "409_on_start"): "An advanced dataset needs training_mode expert",
    ("advanced_min_images", "201"): "the API refused to complete dataset 200001",
    ("advanced_single_edit", "400_message"): "the next version is uploaded afresh",
    ("clone_advanced", "advanced_empty"): "did not come along",
    ("clone_advanced", "409_message"): "the next version is uploaded afresh",
    ("clone_image_names", "regenerated"): "the next version is uploaded afresh",
    ("clone_image_names", "null"): "the next version is uploaded afresh",
}
"""What an apply says where it cannot go on: nothing is lost, and what was completed before stays as it is."""

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
BEGIN, END = "<!-- archives: written by pytest --update-golden -->\n", "<!-- end of archives -->\n"

MET = [switch for switch in PLAYED if switch in ARCHIVES or switch.name.startswith(CLONED)]
VALUES = [(switch.name, value) for switch in MET for value in switch.values if value != switch.default]


@pytest.mark.parametrize(("switch", "value"), VALUES, ids=[f"{switch}-{value}" for switch, value in VALUES])
async def test_a_value(archives: Archives, switch: str, value: str) -> None:
    """F25: one switch at a time: a first archive, and a clone of what it brought where the switch is about clones."""
    world = World(switches={switch: value})
    expected = REFUSED.get((switch, value))
    trees = [advanced(world, NONE if switch.startswith("bulk_caption") else DECLARED)]
    if switch.startswith(CLONED):
        trees.append(advanced(world, {"wave": "waves a hand.", "jump": "jumps."}))
    for place, tree in enumerate(trees):
        ran = await world.apply(tree, archives=archives)
        if expected is not None and expected in str(ran):
            assert attempts(world) <= 1
            assert world.trainings() == place
            assert len([one for one in world.datasets() if one.status == "completed"]) >= place
            return
        assert ran.code == 0, ran
        world.clock.advance(4 * 3600)
        assert (await world.plan(tree)).is_empty
    assert expected is None
    assert (attempts(world), world.trainings()) == (1, len(trees))


@pytest.mark.parametrize("value", ["advanced_first_200", "advanced_empty", "409_message"])
async def test_a_clone_that_does_not_hold_all_can_be_done_without(archives: Archives, value: str) -> None:
    """V71: `clone: never` sends the next version in an archive of its own."""
    world = World(switches={"clone_advanced": value})
    assert (await world.apply(advanced(world, DECLARED), archives=archives)).code == 0
    world.clock.advance(4 * 3600)
    images = {"wave": "waves a hand.", "jump": "jumps."}
    await world.apply(advanced(world, images), archives=archives)
    world.clock.advance(4 * 3600)
    tree = advanced(world, images, clone="never")
    assert await world.settle(tree, archives=archives) <= 1
    assert world.captions([one for one in world.datasets() if one.status == "completed"][-1]) == images


def table() -> str:
    """What becomes of each value, as the tests above find it."""
    rows = (
        f"| `{name}={value}` | {'refused: ' + REFUSED[name, value] if (name, value) in REFUSED else 'survived'} |\n"
        for name, value in VALUES
    )
    return f"\n| value | an apply of an archive |\n|---|---|\n{''.join(rows)}\n"


def test_the_page_says_what_becomes_of_each_value(update_golden: bool) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    between, _, after = rest.partition(END)
    assert after
    if update_golden:
        PAGE.write_text(before + BEGIN + table() + END + after, encoding="utf-8")
        return
    assert between == table(), "run pytest tests/execute/test_archive_switch.py --update-golden"
