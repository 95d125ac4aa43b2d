"""Plan files as somebody would forge them who has read the source: changed at will, with a digest that fits again."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

Plan = dict[str, Any]
Change = Callable[[Plan], None]


def forge(path: Path, change: Change) -> None:
    """Change the plan in a file and make its digest fit."""
    plan = json.loads(path.read_text())["plan"]
    change(plan)
    path.write_text(sealed(plan))


def sealed(plan: object) -> str:
    """The text of a plan file with this plan."""
    canonical = json.dumps(plan, sort_keys=True, separators=(",", ":"))
    return json.dumps({"digest": hashlib.sha256(canonical.encode()).hexdigest(), "plan": plan})


def step_of(plan: Plan, step: str) -> Plan:
    """The first action that takes this step."""
    found: Plan = next(action for action in plan["actions"] if action["step"]["step"] == step)
    return found


def objects(place: Path) -> list[tuple[str, int, str]]:
    """All that an account holds, row by row, as it stands in the file."""
    with sqlite3.connect(place) as database:
        rows = database.execute("SELECT kind, id, body FROM object WHERE kind != 'timer' ORDER BY kind, id").fetchall()
    database.close()
    return rows
