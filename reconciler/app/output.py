"""The live model of each manifest: the ids with which programs generate."""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reconciler.app.exceptions import WrongUsage, refused, undeclared
from reconciler.app.history import models_of
from reconciler.app.planning import Planned
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.election import ALIVE
from reconciler.core.live import ModelStatus
from reconciler.core.look.in_force import in_force, serving
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState
from reconciler.core.text import shown
from reconciler.render.output import LiveAlias, LiveModel, NamesClash, output_env

GITHUB = "GITHUB_OUTPUT"
"""The variable that names the file in which GitHub Actions collects a step's outputs."""


def live_models(planned: Planned, wanted: Sequence[Ref] = ()) -> tuple[LiveModel, ...]:
    """One for each declared model, or for each of those in `wanted`, in the order of the manifests.

    WrongUsage if a wanted one is not declared.
    """
    for ref in wanted:
        if ref not in planned.desired.models:
            raise undeclared(ref, planned.desired.refs)
    index = AccountIndex(planned.observed)
    return tuple(_live(ref, planned, index) for ref in planned.desired.models if not wanted or ref in wanted)


def _live(ref: Ref, planned: Planned, index: AccountIndex) -> LiveModel:
    alive = [member for member in models_of(planned, index, ref) if member.model.status in ALIVE]
    chosen = serving(alive, in_force(planned.plan, ref))
    aliases = tuple(_alias(state) for state in planned.plan.aliases if state.ref == ref)
    if chosen is None:
        return LiveModel(name=ref.name, aliases=aliases)
    return LiveModel(
        name=ref.name,
        id=chosen.model.id,
        version=chosen.name.version,
        status=chosen.model.status.value,
        fingerprint=chosen.name.fingerprint,
        aliases=aliases,
    )


def _alias(state: AliasState) -> LiveAlias:
    """Only trained versions answer to an alias."""
    if state.id is None:
        return LiveAlias(name=state.alias, problem=state.problem)
    return LiveAlias(
        name=state.alias,
        id=state.id,
        version=state.version,
        fingerprint=state.fingerprint,
        status=ModelStatus.COMPLETED.value,
    )


def env_lines(models: Iterable[LiveModel]) -> str:
    """Lines of an environment file. Refused if a name stands for two things or a value does not fit on one line."""
    try:
        return output_env(models)
    except NamesClash as error:
        raise refused("output-names", str(error)) from None
    except ValueError as error:
        raise refused("output-value", str(error), "Use `--format json`.") from None


def github_file(environ: Mapping[str, str]) -> Path | None:
    """The file that collects the outputs of a step of GitHub Actions; None if this is no such step."""
    place = environ.get(GITHUB)
    return Path(place) if place else None


def append(place: Path, lines: str) -> None:
    """Add lines to a file that may hold others, on lines of their own; WrongUsage if that cannot be done."""
    try:
        handle = os.open(place, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise WrongUsage(f"{GITHUB}: {shown(str(place))} is not a regular file.")
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            gap = b"\n" if size and file.read(1) != b"\n" else b""
            file.write(gap + lines.encode())
    except OSError as error:
        raise WrongUsage(f"{GITHUB}: {shown(str(place))} cannot be written: {error.strerror}.") from None
