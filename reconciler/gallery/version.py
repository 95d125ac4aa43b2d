"""Which versions of a model a gallery is looked at in: by alias, by fingerprint, or by the number that records say.

No account is asked: the manifest and the results are all there is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from reconciler.core.desired import CURRENT
from reconciler.core.diff.alias import is_version
from reconciler.core.gallery import CaseResult, Column, DesiredGallery
from reconciler.core.text import in_words, quoted
from reconciler.core.value import dataclass
from reconciler.gallery.comparison import ComparedColumn

ALL: Final = "all"
"""Every version that has a result."""

_WHOLE: Final = re.compile("[a-z][0-9a-f]{12}")
"""A fingerprint with all its digits, which needs no result to be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVersions:
    """The versions that a tree knows without an account: `current` is the fingerprint of the manifest.

    `drawn` are the columns of which the folder has anything, `numbers` the version numbers that their records say.
    """

    aliases: tuple[tuple[str, str], ...]
    current: str
    drawn: tuple[Column, ...] = ()
    numbers: Mapping[str, int] | None = None

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys([self.current, *(column.fingerprint for column in self.drawn)]))

    def found(self, target: str) -> str | None:
        """The fingerprint that a target names, as an alias would; None where nothing here says it, or several fit."""
        if target == CURRENT:
            return self.current
        if is_version(target):
            number = int(target[1:])
            fits = [one for one, told in (self.numbers or {}).items() if told == number]
        else:
            fits = [one for one in self.fingerprints if one.startswith(target)]
        if not fits and _WHOLE.fullmatch(target):
            return target
        return fits[0] if len(fits) == 1 else None

    def names_of(self, fingerprint: str) -> tuple[str, ...]:
        """The aliases that name a version, and `current` where the manifest describes it."""
        named = [alias for alias, target in self.aliases if self.found(target) == fingerprint]
        return (*named, *((CURRENT,) if fingerprint == self.current else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenVersions:
    """Fingerprints in the order in which they are shown, and what was asked for and is not here, as clauses."""

    fingerprints: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def known_versions(
    aliases: Iterable[tuple[str, str]], current: str, results: Mapping[tuple[Column, str], CaseResult]
) -> KnownVersions:
    """What the aliases of a model and the results of its gallery say."""
    numbers: dict[str, int] = {}
    for (column, _), one in sorted(results.items(), key=lambda item: (item[0][0], item[0][1])):
        is_own = one.record.get("fingerprint") == column.fingerprint  # of a damaged result it need not be
        number = one.record.get("version") if is_own else None
        if isinstance(number, int) and not isinstance(number, bool):
            numbers.setdefault(column.fingerprint, number)
    return KnownVersions(
        aliases=tuple(aliases),
        current=current,
        drawn=tuple(sorted({column for column, _ in results})),
        numbers=numbers,
    )


def usual_versions(known: KnownVersions) -> ChosenVersions:
    """What matters: the versions that aliases name, and the one that the manifest describes; the older ones first."""
    found: list[str] = []
    unknown = []
    for alias, target in known.aliases:
        fingerprint = known.found(target)
        if fingerprint is None:
            unknown.append(f"{alias} names {quoted(target)}, of which nothing is here")
        else:
            found.append(fingerprint)
    return ChosenVersions(fingerprints=_in_order([*found, known.current], known), unknown=tuple(unknown))


def chosen_versions(known: KnownVersions, wanted: Sequence[str]) -> ChosenVersions:
    """The versions that a person asks for, in that order: aliases, `v2`, digits of fingerprints, `current`, `all`."""
    aliases = dict(known.aliases)
    found: list[str] = []
    unknown = []
    for name in wanted:
        if name == ALL and name not in aliases:
            found += _in_order(known.fingerprints, known)
        elif (fingerprint := known.found(aliases.get(name, name))) is not None:
            found.append(fingerprint)
        else:
            unknown.append(_why(known, name))
    return ChosenVersions(fingerprints=tuple(dict.fromkeys(found)), unknown=tuple(dict.fromkeys(unknown)))


def columns_of(
    gallery: DesiredGallery, known: KnownVersions, fingerprints: Iterable[str]
) -> tuple[ComparedColumn, ...]:
    """The columns of these versions: each one's active checkpoint, those that the manifest declares, those that are drawn."""
    found = []
    for fingerprint in fingerprints:
        drawn = [column for column in known.drawn if column.fingerprint == fingerprint]
        found += [
            ComparedColumn(
                column=column, names=known.names_of(fingerprint), number=(known.numbers or {}).get(fingerprint)
            )
            for column in dict.fromkeys([*gallery.columns_of(fingerprint), *drawn])
        ]
    return tuple(found)


def _in_order(fingerprints: Iterable[str], known: KnownVersions) -> tuple[str, ...]:
    """The older versions first, as far as records say their numbers; then the others as they come."""
    numbers = known.numbers or {}
    return tuple(sorted(dict.fromkeys(fingerprints), key=lambda one: (one not in numbers, numbers.get(one, 0))))


def _why(known: KnownVersions, name: str) -> str:
    target = dict(known.aliases).get(name)
    if target is not None:
        return f"{name} names {quoted(target)}, of which nothing is here"
    fits = [one for one in known.fingerprints if one.startswith(name)]
    if len(fits) > 1:
        return f"{quoted(name)} fits {in_words(fits, 'and')}"
    return f"{quoted(name)} is no alias of the model, and no result is of a version of that name"
