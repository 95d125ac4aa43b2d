"""What must hold for a gallery, whatever goes wrong: nothing is paid for twice, and nothing that is there is touched."""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.app.gallery_run import GalleryRunRequest
from reconciler.core.gallery import CaseState
from tests.app.test_gallery import THREE, Show

DRAWS = "POST /**tailored**"
KINDS = ["lost_request", "500", "503", "429:20", "lost_answer", "500_after", "truncated", "html", "empty", "slow:30"]
faults = st.builds(
    lambda path, number, kind: f"{path}#{number}:{kind}",
    st.sampled_from([DRAWS, DRAWS, "GET /**results**", "GET /**status**"]),
    st.integers(1, 4),
    st.sampled_from(KINDS),
)
runs = st.lists(st.tuples(st.lists(faults, max_size=3), st.none() | st.floats(0.0, 30.0)), min_size=1, max_size=3)
"""The faults of each run, and after how many seconds it is killed, if it is."""


@given(version=st.sampled_from(["light", "fibo"]), runs=runs)
@settings(max_examples=30)
def test_no_case_is_drawn_twice_unasked(version: str, runs: list[tuple[list[str], float | None]]) -> None:
    """Runs with faults, some of them killed, and one more at the end without any."""
    with tempfile.TemporaryDirectory() as folder:
        show = Show(Path(folder), *THREE, version=version)
        asyncio.run(_play(show, runs))


async def _play(show: Show, runs: list[tuple[list[str], float | None]]) -> None:
    kept: dict[Path, bytes] = {}
    for scripted, killed_after in [*runs, ([], None)]:
        running = asyncio.create_task(show.play(*scripted, request=GalleryRunRequest(patience=60.0)))
        if killed_after is not None:
            await show.clock.sleep(killed_after)
            running.cancel()
        await asyncio.wait([running])
        assert running.cancelled() or running.exception() is None
        for path, data in kept.items():
            assert path.read_bytes() == data, path
        done = [name for name, state in show.states().items() if state is CaseState.PRESENT]
        kept = {path: path.read_bytes() for path in _files(show, done)}
        with show.studio.simulator.transaction() as world:
            drawn: Counter[object] = Counter(row.seed for row in world.drawings.all())
        assert all(number == 1 for number in drawn.values()), drawn
        assert all(drawn[case.order.given["seed"]] for case in show.cases if case.name in done)
    assert set(show.states().values()) <= {CaseState.PRESENT, CaseState.UNKNOWN}


def _files(show: Show, names: list[str]) -> list[Path]:
    return [show.folder / f"{name}.{suffix}" for name in names for suffix in ("png", "json")]
