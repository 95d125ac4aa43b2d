"""The kinds of object that a manifest can declare: one row of traits for each.

Code that treats all kinds alike reads these rows: reading manifests, absence, pruning, selection, the order of removals,
strays, status. Code that differs by kind stands in one file for each kind in `manifest`, `diff`, `planning` and `execute`;
a table there, `kinds.py`, names these files.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from reconciler.core.name import LiveName, parse_dataset_name, parse_model_name
from reconciler.core.value import dataclass


class Kind(StrEnum):
    """The kinds of object, in the order in which they need each other."""

    PROJECT = "project"
    DATASET = "dataset"
    MODEL = "model"

    @property
    def title(self) -> str:  # type: ignore[override]
        """The kind as a manifest writes it: `Project`, `Dataset`, `Model`."""
        return self.value.capitalize()

    @property
    def plural(self) -> str:
        """The word for many of them."""
        return TRAITS[self].plural

    @property
    def parent(self) -> "Kind | None":
        """The kind that it is declared in or on; None for the kind that holds all others."""
        return TRAITS[self].parent

    @property
    def preposition(self) -> str:
        """How a sentence names the parent: a dataset is `in` a project, a model `on` a dataset."""
        return TRAITS[self].preposition

    @property
    def has_versions(self) -> bool:
        """Does a change make a new live object beside the old one, and not change it in place?"""
        return TRAITS[self].parse_name is not None

    @property
    def below(self) -> "tuple[Kind, ...]":
        """The kinds that stand on this one, in their order."""
        return tuple(kind for kind in Kind if self in kind.above)

    @property
    def above(self) -> "tuple[Kind, ...]":
        """The kinds that this one stands on, the nearest first."""
        return () if self.parent is None else (self.parent, *self.parent.above)

    def parse_name(self, text: str) -> LiveName | None:
        """The parts of a live name that this tool made; None for a name that a person chose."""
        parse = TRAITS[self].parse_name
        return None if parse is None else parse(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is true of every object of a kind.

    `plural` is the word for many of them. `parent` is the kind that it is declared in or on; sentences join the two with
    `preposition`, and a manifest names it under the parent's word. `parse_name` reads the live names of its versions;
    it is None for a kind without versions, whose live names people choose.
    """

    plural: str
    parent: Kind | None = None
    preposition: str = ""
    parse_name: Callable[[str], LiveName | None] | None = None


TRAITS: Mapping[Kind, Traits] = {
    Kind.PROJECT: Traits(plural="projects"),
    Kind.DATASET: Traits(plural="datasets", parent=Kind.PROJECT, preposition="in", parse_name=parse_dataset_name),
    Kind.MODEL: Traits(plural="models", parent=Kind.DATASET, preposition="on", parse_name=parse_model_name),
}
