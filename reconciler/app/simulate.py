"""The simulated API, served on this machine or embedded in the process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.app.fault import Unusable
from reconciler.simulator import FaultError, Simulator, SqliteStore, StoreError, SwitchError, parse_fault, parse_switch
from reconciler.simulator import serve as serve_simulator
from reconciler.simulator.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What kind of world is simulated: where it is kept, how fast it runs, how it behaves, what goes wrong in it."""

    store: str | None = None
    speed: float = 1.0
    switches: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def open_world(world: World, clock: Clock | None = None) -> Simulator:
    """The simulator of a world; Unusable where a switch, fault, speed or file will not do."""
    try:
        return Simulator(
            store=None if world.store is None else SqliteStore(Path(world.store)),
            clock=clock,
            switches=dict(parse_switch(text) for text in world.switches),
            faults=[parse_fault(text) for text in world.faults],
            speed=world.speed,
        )
    except (FaultError, StoreError, SwitchError, ValueError) as error:
        raise Unusable(f"{error}.") from None


def simulate(world: World, *, port: int, request_log: str | None, told: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `told` gets the address."""
    simulator = open_world(world)
    try:
        serve_simulator(simulator, port=port, request_log=request_log, started=told)
    except (OSError, ValueError) as error:
        raise Unusable(f"{error}.") from None
    finally:
        simulator.close()
