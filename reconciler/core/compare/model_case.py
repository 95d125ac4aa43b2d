"""One declared model beside its live versions: what differs in its words and in its definition."""

from dataclasses import dataclass

from reconciler.core.change import FieldChange, Note
from reconciler.core.compare.alias import resolve_aliases
from reconciler.core.compare.assessment import Standing
from reconciler.core.compare.census import Census
from reconciler.core.compare.election import ALIVE, ModelMember, elect_model
from reconciler.core.compare.field import field_changes
from reconciler.core.compare.mandate import Mandate
from reconciler.core.compare.mirror import mirrored, plain
from reconciler.core.desired import Desired, DesiredModel
from reconciler.core.observed import ModelStatus, RemoteModel
from reconciler.core.plan import Basis
from reconciler.core.ref import Ref
from reconciler.core.text import quoted, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCase:
    """One declared model beside its live versions; `standing` is the dataset version that it trains on."""

    model: DesiredModel
    fingerprint: str
    standing: Standing
    desired: Desired
    census: Census
    project_id: int | None
    family: tuple[ModelMember, ...]
    mandate: Mandate

    @property
    def ref(self) -> Ref:
        return self.model.ref

    @property
    def newest(self) -> ModelMember | None:
        """The newest living version, whatever its fingerprint."""
        alive = [member for member in self.family if member.model.status in ALIVE]
        return min(alive, key=lambda member: (-member.name.version, member.model.id), default=None)


def description_change(case: ModelCase, live: RemoteModel) -> tuple[FieldChange, ...]:
    wish, now = wished_description(case, live), live.description or ""
    return () if wish is None or wish == now else (FieldChange(path="description", before=now, after=wish),)


def wished_description(case: ModelCase, live: RemoteModel) -> str | None:
    """What the manifest declares, with the version's aliases where it mirrors them; None where it says nothing."""
    declared = case.model.description
    if not case.model.mirror_aliases:
        return declared
    aliases = resolve_aliases(case.model, case.fingerprint, case.family)
    return mirrored(plain(live.description or "") if declared is None else declared, aliases, live.id)


def definition_change(case: ModelCase, live: RemoteModel) -> tuple[FieldChange, ...]:
    """What differs in mode, version and declared parameters, as far as the live side tells."""
    wish = {
        "training_mode": case.model.training_mode,
        "training_version": case.model.training_version,
        "training": dict(case.model.parameters),
    }
    told = dict(live.parameters)
    is_known = bool(told) or live.training_mode == "fully_automated"
    now = {
        "training_mode": live.training_mode or case.model.training_mode,
        "training_version": live.training_version or case.model.training_version,
        "training": {name: told.get(name) for name, _ in case.model.parameters} if is_known else wish["training"],
    }
    return field_changes(now, wish)


def duplicate_notes(case: ModelCase) -> tuple[Note, ...]:
    extra = elect_model(case.family, case.fingerprint)[1:]
    return tuple(
        Note(
            rule="duplicate",
            ref=case.ref,
            text=f"{quoted(member.model.name)} (id {member.model.id}, {shown(member.model.word)}) is a duplicate: "
            "never trained, safe to delete in the console",
        )
        for member in extra
    )


def unwanted_notes(case: ModelCase) -> tuple[Note, ...]:
    """Trainings that go on beside the version that git asks for, as after a change that was taken back: each is paid for."""
    if not elect_model(case.family, case.fingerprint):
        return ()
    return tuple(
        Note(
            rule="training-unwanted",
            ref=case.ref,
            text=f"{quoted(member.model.name)} (id {member.model.id}) is still in training, and git asks for another "
            "version: stop it in the console if nobody wants it",
        )
        for member in case.family
        if member.model.status is ModelStatus.IN_PROGRESS and member.name.fingerprint != case.fingerprint
    )


def basis_of(case: ModelCase) -> Basis:
    facts = tuple(
        f"model {member.model.id} {quoted(member.model.name)}, {member.model.status.value}, "
        f"dataset {member.model.dataset_id}"
        for member in case.family
    )
    return Basis(ref=case.ref, facts=facts or (f"no model is a version of {case.ref.name}",))
