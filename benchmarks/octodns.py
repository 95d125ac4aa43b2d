"""An anchor: octoDNS, the nearest peer, which plans what records of DNS in YAML change at a provider.

A zone is held in YAML on both sides, and a hundredth of its records differ.
"""

import sys
from pathlib import Path

from benchmarks.process import Usage, environment, run

_CONFIGURATION = """\
manager: {max_workers: 1}
providers:
  wanted: {class: octodns.provider.yaml.YamlProvider, directory: ./wanted, enforce_order: false}
  live: {class: octodns.provider.yaml.YamlProvider, directory: ./live, enforce_order: false}
zones:
  example.org.: {sources: [wanted], targets: [live]}
"""


class OctoDns:
    """A tree of records, and the planning of it."""

    def __init__(self, folder: Path, records: int) -> None:
        self.name = f"octoDNS, {records:,} records"
        self._folder = folder
        for side, address in (("live", 1), ("wanted", 2)):
            (folder / side).mkdir(parents=True)
            (folder / side / "example.org.yaml").write_text(
                "".join(_record(number, address if number % 100 == 0 else 1) for number in range(records))
            )
        (folder / "octodns.yaml").write_text(_CONFIGURATION)

    def plan(self) -> Usage:
        """Read both sides, compare them, print what differs."""
        command = [sys.executable, "-m", "octodns.cmds.sync", "--config-file", "octodns.yaml"]
        return run(command, self._folder, environment(self._folder / "cache"))


def _record(number: int, address: int) -> str:
    return f"record-{number:06}:\n  ttl: 300\n  type: A\n  values:\n  - 10.{number // 250 % 250}.{number % 250}.{address}\n"
