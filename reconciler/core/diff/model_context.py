"""One declared model beside its live versions: what differs in its words and in its definition."""

from reconciler.core.change import FieldChange
from reconciler.core.desired import Desired, DesiredModel
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.alias import resolve_aliases
from reconciler.core.diff.assessment import TrainingData
from reconciler.core.diff.election import ALIVE, ModelMember, elect_model, newest_model
from reconciler.core.diff.field import field_changes
from reconciler.core.diff.mirror import mirrored, plain
from reconciler.core.live import ModelStatus, RemoteModel, called
from reconciler.core.plan import Basis
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.core.run_options import RunOptions
from reconciler.core.text import quoted, shown
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelContext:
    """One declared model beside its live versions; `training_data` is the dataset version that it trains on."""

    model: DesiredModel
    fingerprint: str
    training_data: TrainingData
    desired: Desired
    index: AccountIndex
    project_id: int | None
    versions: tuple[ModelMember, ...]
    asked: RunOptions

    @property
    def ref(self) -> Ref:
        return self.model.ref

    @property
    def newest(self) -> ModelMember | None:
        """The newest living version, whatever its fingerprint."""
        return newest_model(member for member in self.versions if member.model.status in ALIVE)


def description_change(context: ModelContext, live: RemoteModel) -> tuple[FieldChange, ...]:
    wish, now = wished_description(context, live), live.description or ""
    return () if wish is None or wish == now else (FieldChange(path="description", before=now, after=wish),)


def wished_description(context: ModelContext, live: RemoteModel) -> str | None:
    """What the manifest declares, with the version's aliases where it mirrors them; None where it says nothing."""
    declared = context.model.description
    if not context.model.mirror_aliases:
        return declared
    aliases = resolve_aliases(context.model, context.fingerprint, context.versions)
    return mirrored(plain(live.description or "") if declared is None else declared, aliases, live.id)


def definition_change(context: ModelContext, live: RemoteModel) -> tuple[FieldChange, ...]:
    """What differs in mode, version and declared parameters, as far as the live side tells."""
    wish: dict[str, object] = {
        "training_mode": context.model.training_mode,
        "training": dict(context.model.parameters),
    }
    told = dict(live.parameters)
    is_known = bool(told) or live.training_mode == "fully_automated"
    now = {
        "training_mode": live.training_mode or context.model.training_mode,
        "training": {name: told.get(name) for name, _ in context.model.parameters} if is_known else wish["training"],
    }
    if context.model.training_version is not None:
        wish["training_version"] = context.model.training_version
        now["training_version"] = live.training_version or context.model.training_version
    return field_changes(now, wish)


def duplicate_notes(context: ModelContext) -> tuple[Note, ...]:
    if len(context.versions) < 2:  # most models have one version, and there are many
        return ()
    extra = elect_model(context.versions, context.fingerprint)[1:]
    return tuple(
        Note(
            rule="duplicate",
            ref=context.ref,
            text=f"{quoted(member.model.name)} (id {member.model.id}, {shown(member.model.word)}) is a duplicate: "
            "never trained, `reconciler apply --prune` deletes it",
        )
        for member in extra
    )


def unwanted_notes(context: ModelContext) -> tuple[Note, ...]:
    """Trainings that go on beside the version that git asks for, as after a change that was taken back: each is paid for."""
    if len(context.versions) < 2 or not elect_model(context.versions, context.fingerprint):
        return ()
    return tuple(
        Note(
            rule="training-unwanted",
            ref=context.ref,
            text=f"{called(member.model)} is still in training, and git asks for another "
            "version: stop it in the console if nobody wants it",
        )
        for member in context.versions
        if member.model.status is ModelStatus.IN_PROGRESS and member.name.fingerprint != context.fingerprint
    )


def basis_of(context: ModelContext) -> Basis:
    facts = tuple(
        f"model {member.model.id} {quoted(member.model.name)}, {member.model.status.value}, "
        f"dataset {member.model.dataset_id}"
        for member in context.versions
    )
    return Basis(ref=context.ref, facts=facts or (f"no model is a version of {context.ref.name}",))
