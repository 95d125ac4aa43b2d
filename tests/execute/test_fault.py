"""Every exchange of a run, struck by every fault: afterwards the next applies end in sync, and nothing was done twice."""

from collections.abc import Callable, Mapping

import pytest

from reconciler.simulator import Dropped, Instead, Request
from reconciler.simulator.gate import gateway_fault
from reconciler.simulator.request import page
from tests.execute.story import CAPTION, COLLECTIVE, EVERYTHING, FIRST, REWRITE, SWAP, Story
from tests.execute.world import Killed, World

pytestmark = pytest.mark.slow

Strike = Callable[[World, Request], None]


def drop_before(_: World, __: Request) -> None:
    raise Dropped(committed=False)


def drop_after(_: World, __: Request) -> None:
    raise Dropped(committed=True)


def late(seconds: float) -> Strike:
    """The request commits so many seconds after its connection was lost (F09)."""

    def strike(world: World, request: Request) -> None:
        if request.method != "GET":
            world.simulator.later(seconds, request)
        raise Dropped(committed=False)

    return strike


def gateway(_: World, __: Request) -> None:
    raise Instead(gateway_fault(502))


def login_page(_: World, __: Request) -> None:
    raise Instead(page(200, "Please sign in"))


def twice(world: World, request: Request) -> None:
    world.simulator.again(request)


def death(_: World, __: Request) -> None:
    raise Killed


BEFORE: dict[str, Strike] = {
    "lost request": drop_before,
    "late": late(8),
    "very late": late(60),
    "killed before": death,
}
AFTER: dict[str, Strike] = {
    "lost answer": drop_after,
    "502 after": gateway,
    "login page": login_page,
    "twice": twice,
    "killed after": death,
}


class Striker:
    """A hook that strikes one exchange, counted from the first that it sees."""

    def __init__(self, world: World, number: int, fault: str) -> None:
        self.count = 0
        self.struck = False
        self._world = world
        self._number = number
        self._fault = fault

    def before(self, request: Request) -> None:
        self.count += 1
        self._strike(BEFORE, request)

    def after(self, request: Request, response: object) -> None:
        self._strike(AFTER, request)

    def _strike(self, faults: dict[str, Strike], request: Request) -> None:
        if self.count == self._number and not self.struck and self._fault in faults:
            self.struck = True
            faults[self._fault](self._world, request)


async def struck(story: Story, fault: str, number: int, switches: Mapping[str, str] | None = None) -> bool:
    """One run with one exchange struck, and what follows; False where the run had no such exchange."""
    world = World(switches=switches or {})
    tree = await story.begin(world)
    striker = Striker(world, number, fault)
    world.simulator.hooks.append(striker)
    try:
        await world.execute(await world.plan(tree))
    except Killed:
        assert fault.startswith("killed")
    if not striker.struck:
        return False
    world.clock.advance(80)
    await world.settle(tree)
    world.clock.advance(4 * 3600)
    assert await world.settle(tree) == 0
    story.check(world)
    return True


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
@pytest.mark.parametrize("story", [FIRST, EVERYTHING], ids=str)
async def test_every_exchange_and_every_fault(story: Story, fault: str) -> None:
    """F02 to F09 and F41 at each exchange of a first apply, and of one that changes everything."""
    number = 1
    while await struck(story, fault, number):
        number += 1
    assert number > 20


@pytest.mark.parametrize("fault", ["lost answer", "killed before", "killed after"])
@pytest.mark.parametrize("story", [SWAP, CAPTION, REWRITE, COLLECTIVE], ids=str)
async def test_kills_and_lost_answers_of_the_other_stories(story: Story, fault: str) -> None:
    """The commonest faults at each exchange of every other story."""
    number = 1
    while await struck(story, fault, number):
        number += 1
    assert number > 15


@pytest.mark.parametrize(
    "switches",
    [
        {"clone_mode": "async_images", "clone_name": "ignored", "list_lag_seconds": "5"},
        {
            "clone_mode": "captions_reset",
            "clone_prefix": "default",
            "clone_caption_source": "null",
            "caption_timing": "delayed",
            "late_caption_wins": "yes",
        },
    ],
    ids=["slow", "forgetful"],
)
async def test_kills_in_an_unkind_world(switches: dict[str, str]) -> None:
    """A kill after each exchange, where the API keeps as little as it may."""
    for story in (EVERYTHING, COLLECTIVE):
        number = 1
        while await struck(story, "killed after", number, switches):
            number += 1
        assert number > 20
