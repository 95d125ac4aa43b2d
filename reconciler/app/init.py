"""`init --ci`: the files by which CI runs it; and what the manifests that are there say about the account."""

import os
from collections.abc import Iterable
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.core.guide import Family
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.text import shown
from reconciler.core.value import dataclass
from reconciler.files.configuration import SIMULATOR, load_configuration
from reconciler.files.git.repository import RevisionRefused, find_repository
from reconciler.files.load import load
from reconciler.files.overlay import accounts_pinned
from reconciler.files.pipeline import (
    ACCOUNT,
    Stage,
    Vendor,
    is_fit,
    pipeline_texts,
    unnamed,
    write_pipeline,
)
from reconciler.files.repository_roots import find_roots
from reconciler.files.scaffold import only_new


def declared_family(root: Path) -> Family | None:
    """The family of the datasets that are declared there already; None where there are none."""
    bodies = (manifest.body for manifest in load(root).manifests)
    families = {body.spec.family for body in bodies if isinstance(body, DatasetBody) and body.spec.guide_keys}
    return families.pop() if len(families) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CiFiles:
    """The files of CI as paths below the working folder, and what one that was there before does not name yet."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    unnamed: tuple[Stage, ...]
    simulated: tuple[str, ...]
    """Further roots whose reconciler.yaml names a simulator, so that CI would change nothing at Bria."""


def write_ci_files(root: Path, vendor: Vendor) -> CiFiles:
    """Write what CI needs into the top folder of the repository of `root`, for all roots of it.

    WrongUsage if there is no repository, or nothing can be written.
    """
    try:
        top, below, roots, stages = _repository(root)
        made = write_pipeline(top, vendor, stages)
        missing = unnamed(top, vendor, stages)
    except RevisionRefused as error:
        raise WrongUsage(str(error)) from None
    except OSError as error:
        raise WrongUsage(f"The files of CI cannot be written: {error.strerror}.") from None
    others = [name for name in roots if name != below and names_simulator(top / name)]
    return CiFiles(
        written=_shown(top, made.written), kept=_shown(top, made.kept), unnamed=missing, simulated=_shown(top, others)
    )


def new_ci_files(root: Path, vendor: Vendor) -> dict[Path, bytes]:
    """The files that `write_ci_files` would write, by path for people. WrongUsage as there."""
    try:
        top, _, _, stages = _repository(root)
    except RevisionRefused as error:
        raise WrongUsage(str(error)) from None
    return {Path(os.path.relpath(place)): data for place, data in only_new(top, pipeline_texts(vendor, stages)).items()}


def _repository(root: Path) -> tuple[Path, str, tuple[str, ...], tuple[Stage, ...]]:
    """The top folder of the repository, the path of this root below it, all roots, and their stages."""
    repository, below = find_repository(root)
    top, own = repository.top, below or "."
    roots = find_roots(top, own)
    return top, own, roots, tuple(one for name in roots for one in _stages(top, name))


def _stages(top: Path, root: str) -> tuple[Stage, ...]:
    """The stages of a root, by its overlays if it has some. WrongUsage if a file of CI could not name it."""
    if not is_fit(root):
        raise WrongUsage(f"{shown(root)} cannot stand in a file of CI: give the folder a plain name.")
    pins = accounts_pinned(top / root)
    stages = {name: pin for name, pin in pins.items() if name} or pins
    return tuple(
        Stage(root=root, overlay=name, account=(name or ACCOUNT) if pin is None else pin.name)
        for name, pin in stages.items()
    )


def names_simulator(root: Path) -> bool:
    """Does reconciler.yaml name a simulator? No if it cannot be read: `validate` says why."""
    return (load_configuration(root).endpoint or "").partition(":")[0] == SIMULATOR


def _shown(top: Path, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(os.path.relpath(top / name) for name in names)
