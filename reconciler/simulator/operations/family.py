"""The two families of the API: which one a new object belongs to, and that a project holds only one of them.

The documents of the mixed era name the rules: `fibo` is a family of its own, every other version belongs to the
prefix family, and a project is locked to a family by its creation or by its first dataset. The current documents know
`fibo` alone and no `training_version` in requests; what happens to one that is sent is up to switches.
"""

from dataclasses import replace
from typing import Final

from reconciler.simulator.body import Body, text
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.request import Rejection
from reconciler.simulator.world import FIBO, Dataset, Project, family_of

_BY_MODE: Final = {"fully_automated": ("max", "light"), "expert": ("bria-3.2", "bria-2.3")}


def version_of_project(exchange: Exchange, body: Body) -> str | None:
    """The family that a new project is locked to at once, if it is to be."""
    version = text(body, "training_version")
    return _allowed_today(exchange, version) if version is not None else None


def version_of_dataset(exchange: Exchange, project: Project, body: Body) -> str:
    """The version of a new dataset; it locks its project, or has to fit the lock."""
    version = _allowed_today(exchange, text(body, "training_version") or _default(exchange))
    if exchange.plays("era", "legacy"):
        return version
    if project.training_version is None:
        exchange.world.projects.put(replace(project, training_version=version))
    elif family_of(project.training_version) != family_of(version):
        raise mixed(exchange, "training_version belongs to another family than the project")
    return version


def _default(exchange: Exchange) -> str:
    if exchange.plays("era", "mixed"):
        return exchange.switches["default_family"]
    return FIBO if exchange.plays("era", "current") else "max"


def _allowed_today(exchange: Exchange, version: str) -> str:
    """The version that an object gets; in the current era one of the prefix family is up to a switch."""
    if not exchange.plays("era", "current") or version == FIBO:
        return version
    match exchange.switches["legacy_create_today"]:
        case "accepted":
            return version
        case "becomes_fibo":
            return FIBO
        case rule:
            status = int(rule[:3])
            raise Rejection(status, "This training_version is no longer supported", name="training_version")


def mixed(exchange: Exchange, message: str) -> Rejection:
    """The refusal of two families in one project; the documents forbid it and give no status."""
    rule = exchange.switches["family_mix_error"]
    return Rejection(int(rule[:3]), message, name="training_version", shape="list" if rule == "422_list" else "message")


def version_of_model(exchange: Exchange, dataset: Dataset, mode: str, version: str | None) -> str:
    """The version of a new model: of the family of its dataset, and one that goes with the training mode."""
    if exchange.plays("era", "current") and dataset.family == "prefix":
        usual = _BY_MODE[mode][0]
        if _allowed_today(exchange, version or usual) == FIBO:
            return FIBO
    if dataset.family == "schema":
        if version not in (None, FIBO):
            raise mixed(exchange, f"A model of version {version} needs a dataset of its own family")
        return FIBO
    if version == FIBO:
        raise mixed(exchange, "A model of version fibo needs a dataset of its own family")
    return _version_by_mode(exchange, mode, version)


def _version_by_mode(exchange: Exchange, mode: str, version: str | None) -> str:
    usual, other = _BY_MODE[mode]
    if version is None:
        return usual if exchange.plays("default_training_version", "max") else other
    if version not in _BY_MODE[mode]:
        raise Rejection(400, f"training_mode {mode} takes {usual} or {other}", name="training_version", given=version)
    return version
