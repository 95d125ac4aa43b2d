"""Threads for what takes longer than a request may: a served simulator answers others while they work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.simulator.bulk_job import fetch_again
from reconciler.simulator.simulator import Simulator
from reconciler.simulator.world import Errand


@contextmanager
def working_aside(simulator: Simulator) -> Iterator[None]:
    """Do errands in threads while the block runs; first those that a process which has ended left behind.

    At its end errands are given up, and their jobs go on where the world is served again.
    """
    threads: list[threading.Thread] = []
    is_over = threading.Event()

    def work(errand: Errand) -> None:
        delivery = errand(lambda: not is_over.is_set())
        if not is_over.is_set():
            with simulator.transaction() as world:
                delivery(world)

    def begin(errand: Errand) -> None:
        threads.append(threading.Thread(target=work, args=(errand,), daemon=True))
        threads[-1].start()

    with simulator.transaction() as world:
        world.set_aside = begin
        fetch_again(world, simulator.switches)
    try:
        yield
    finally:
        is_over.set()
        with simulator.transaction() as world:
            world.set_aside = None
        for thread in threads:
            thread.join()
