"""The simulated API, served on this machine or embedded in this process."""

import os
from collections.abc import Callable
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.core.value import dataclass
from reconciler.files.simulated_account import OWN_FOLDER
from reconciler.render.words import capitalised
from reconciler.simulator import FaultError, Simulator, SqliteStore, StoreError, SwitchError, parse_fault, parse_switch
from reconciler.simulator import serve as serve_simulator
from reconciler.simulator.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """How the API is simulated: where its data is kept, how fast it runs, how it behaves, and what goes wrong."""

    store: str | None = None
    speed: float = 1.0
    switches: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    pictures: bool = False
    """Are images that are uploaded kept, so that their addresses show them?"""


def open_world(simulation: Simulation, clock: Clock | None = None) -> Simulator:
    """The simulator. WrongUsage if a switch, fault, speed or file cannot be used."""
    try:
        return Simulator(
            store=None if simulation.store is None else SqliteStore(Path(simulation.store)),
            clock=clock,
            switches=dict(parse_switch(text) for text in simulation.switches),
            faults=[parse_fault(text) for text in simulation.faults],
            speed=simulation.speed,
            pictures=simulation.pictures,
        )
    except (FaultError, StoreError, SwitchError, ValueError) as error:
        raise WrongUsage(f"{capitalised(str(error))}.") from None


def make_room(file: Path) -> None:
    """The folder of an account's file that `reconciler.yaml` names. WrongUsage if it cannot be made."""
    try:
        if file.parent.name == OWN_FOLDER:
            from reconciler.files.journal import open_own_folder

            os.close(open_own_folder(file.parent))
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUsage(
            f"The folder of the simulated account, {file.parent}, cannot be used: {error.strerror}."
        ) from None


def simulate(simulation: Simulation, *, port: int, request_log: str | None, on_start: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. `on_start` gets the address."""
    simulator = open_world(simulation)
    try:
        serve_simulator(simulator, port=port, request_log=request_log, started=on_start)
    except (OSError, ValueError) as error:
        raise WrongUsage(f"{capitalised(str(error))}.") from None
    finally:
        simulator.close()
