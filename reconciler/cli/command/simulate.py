"""`reconciler simulate`."""

import click

from reconciler.cli.shared_options import Invocation, declare, pass_invocation

_EXAMPLE = """\
reconciler simulate --port 8099 --db world.db --speed 600
reconciler simulate --set clone_mode=async_images --fault 'POST /tailored-gen/models:lost_answer'
BRIA_API_TOKEN=anything reconciler plan --endpoint http://127.0.0.1:8099
"""


@declare("simulate", example=_EXAMPLE)
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=8099,
    show_default=True,
    help="Where it listens; 0 is any free one.",
)
@click.option(
    "--db", metavar="FILE", type=click.Path(), help="Keep the world in this SQLite file; in memory without it."
)
@click.option("--speed", type=float, default=1.0, metavar="N", help="Simulated seconds in a second. [1]")
@click.option(
    "--set",
    "switches",
    multiple=True,
    metavar="SWITCH=VALUE",
    help="How it behaves where the documents of the API are silent: docs/simulator.md.",
)
@click.option("--fault", "faults", multiple=True, metavar="FAULT", help="A fault to play: METHOD PATH[#WHICH]:KIND.")
@click.option("--pictures", is_flag=True, help="Keep uploaded images, and show them where their addresses say.")
@click.option("--request-log", metavar="FILE", type=click.Path(), help="Write a JSON line for each request.")
@pass_invocation
def command(
    invocation: Invocation,
    *,
    port: int,
    db: str | None,
    speed: float,
    switches: tuple[str, ...],
    faults: tuple[str, ...],
    pictures: bool,
    request_log: str | None,
) -> int:
    """Serve a simulated Tailored Generation API on this machine, for trying things out and for CI.

    Any token of at least 6 characters will do. It ends with Ctrl-C.
    """
    from reconciler.app.simulate import Simulation, simulate
    from reconciler.cli.context import open_console

    console = open_console(invocation)
    simulation = Simulation(store=db, speed=speed, switches=switches, faults=faults, pictures=pictures)
    simulate(
        simulation, port=port, request_log=request_log, on_start=lambda address: console.say_line(f"Serving {address}")
    )
    return 0
