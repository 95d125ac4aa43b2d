"""Compare everything declared with everything live: `desired` and `observed` in, an assessment out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.core.change import DatasetWish, Note
from reconciler.core.desired import Desired, DesiredDataset, DesiredModel
from reconciler.core.diff.absence import assess_absences
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.alias import resolve_aliases
from reconciler.core.diff.assessment import Assessment, Standing, Verdict, gather, held, wish_for
from reconciler.core.diff.dataset import assess_dataset
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.model import assess_model
from reconciler.core.diff.move import move
from reconciler.core.diff.project import assess_project
from reconciler.core.diff.prune import prune
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.live import Observed
from reconciler.core.ref import Ref
from reconciler.core.run_options import NOTHING_ASKED, RunOptions


def fingerprints(desired: Desired) -> dict[Ref, str]:
    """The fingerprint of every declared dataset; worth computing once where `diff` is asked several times."""
    return {ref: dataset_fingerprint(dataset) for ref, dataset in desired.datasets.items()}


def diff(
    desired: Desired,
    observed: Observed,
    asked: RunOptions = NOTHING_ASKED,
    *,
    prints: Mapping[Ref, str] | None = None,
) -> Assessment:
    """Judge every object, and carry out in thought what was asked of this run.

    Where the assessment's `unread` is not empty, those datasets must be read before it means anything.
    """
    look = _Look(desired, observed, asked, prints or fingerprints(desired))
    verdicts = tuple(look.verdicts())
    return gather(verdicts, look.project_ids, look.versions())


class _Look:
    """One pass over the refs in the order of the kinds, keeping what the later kinds need of the earlier."""

    def __init__(self, desired: Desired, observed: Observed, asked: RunOptions, prints: Mapping[Ref, str]) -> None:
        self.desired = desired
        self.observed = observed
        self.index = AccountIndex(observed)
        self.asked = asked
        self.prints = prints
        self.project_ids: dict[Ref, int] = {}
        self._usable: set[Ref] = set()
        self._standing: dict[Ref, Standing] = {}
        self._held: dict[Ref, str] = {}

    def verdicts(self) -> Iterator[Verdict]:
        yield from self._projects()
        moves = move(self.desired, self.observed, self.project_ids, self.prints)
        if moves.unread:
            yield Verdict(unread=moves.unread)
            return
        self.index = AccountIndex(moves.observed)
        made = (*moves.verdicts, *self._datasets(), *self._models())
        yield from made
        yield from assess_absences(self.desired, self.index, self.project_ids)
        if self.asked.prunes:
            yield from prune(self.desired, self.index, made, self.project_ids, self.prints)
        if self._nothing_is_ours():
            text = "nothing of ours was found in this account"
            yield Verdict(notes=(Note(rule="nothing-ours", ref=None, text=text),))

    def versions(self) -> int:
        """Live versions of all manifests, present and absent."""
        datasets = (self.index.datasets_anywhere(ref.name) for ref in self._refs(Kind.DATASET))
        models = (self.index.models(ref.name, None) for ref in self._refs(Kind.MODEL))
        return sum(map(len, datasets)) + sum(not m.model.is_gone for family in models for m in family)

    def _refs(self, kind: Kind) -> Iterator[Ref]:
        declared = self.desired.datasets if kind is Kind.DATASET else self.desired.models
        yield from declared
        yield from (ref for ref in self.desired.absent if ref.kind is kind)

    def _projects(self) -> Iterator[Verdict]:
        for ref, project in sorted(self.desired.projects.items()):
            verdict, remote, usable = assess_project(
                project, self.desired, self.index, self.asked.accepted, self.prints
            )
            if usable:
                self._usable.add(ref)
                if remote is not None:
                    self.project_ids[ref] = remote.id
            yield verdict

    def _datasets(self) -> Iterator[Verdict]:
        for ref, dataset in sorted(self.desired.datasets.items()):
            if dataset.project not in self._usable:
                self._held[ref] = f"{dataset.project} was refused"
                yield held(ref, self._held[ref])
                continue
            verdict, standing = assess_dataset(self._context(dataset))
            if standing is not None:
                self._standing[ref] = standing
            else:
                self._held[ref] = f"{ref} {'was refused' if verdict.refusals else 'is a draft'}"
            yield verdict

    def _context(self, dataset: DesiredDataset) -> DatasetContext:
        project_id = self.project_ids.get(dataset.project)
        return DatasetContext(
            dataset=dataset,
            fingerprint=self.prints[dataset.ref],
            desired=self.desired,
            index=self.index,
            project_id=project_id,
            family=self.index.datasets(dataset.ref.name, project_id),
            asked=self.asked,
        )

    def _models(self) -> Iterator[Verdict]:
        for ref, model in sorted(self.desired.models.items()):
            project_id = self.project_ids.get(self.desired.project_of(ref))
            standing = self._standing.get(model.dataset)
            if standing is None:
                family = self.index.models(ref.name, project_id)
                aliases = resolve_aliases(model, None, family)
                yield replace(held(ref, self._held[model.dataset]), aliases=aliases)
                continue
            verdict = assess_model(model, standing, self.desired, self.index, project_id, self.asked)
            yield replace(verdict, wishes=self._wish_behind(model, standing)) if verdict.changes else verdict

    def _wish_behind(self, model: DesiredModel, standing: Standing) -> tuple[DatasetWish, ...]:
        """What a dataset that stands must hold when money is spent on it; one that is made brings its own wish."""
        if standing.id is None:
            return ()
        ref = model.dataset
        return (wish_for(self.desired.datasets[ref], self.prints[ref], standing.version),)

    def _nothing_is_ours(self) -> bool:
        return bool(self.observed.projects) and not self.project_ids and bool(self.desired.projects)
