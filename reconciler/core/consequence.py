"""What merging a change does without a call to the API. Programs and later plans notice it, so a review must tell it.

`core.look.consequences` finds them, and `Plan` holds them. Exit code, headline, comment, page and JSON read them there.
"""

from typing import Literal

from reconciler.core.change import Scalar
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What an alias names: the `target` as the manifest has it, and the version that this is, as far as it is known."""

    target: str
    version: int | None = None
    """None where no account was asked, or none in it answers."""
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasMove:
    """An alias that names something else than before; `before` is None for a new one, `after` for one that goes."""

    kind: Literal["alias"] = "alias"
    ref: Ref
    alias: str
    before: Named | None
    after: Named | None
    is_pending: bool = False
    """Does `after` answer only once it is trained?"""

    @property
    def moves(self) -> bool:
        """Do programs get another version? Else only what the alias follows from now on is another."""
        if self.before is None or self.after is None:
            return True
        then, now = self.before.fingerprint, self.after.fingerprint
        if then is None or now is None:
            return (then, self.before.version) != (now, self.after.version)
        return not then.startswith(now) and not now.startswith(then)  # one may be known by its first digits alone


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestGone:
    """A manifest that is no longer there. What is live of it stays; the `aliases` of a model end.

    `to` is the root that declares it now, if it moved to another one.
    """

    kind: Literal["manifest-gone"] = "manifest-gone"
    ref: Ref
    to: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceDeclared:
    """`ensure: absent` for something that the base does not declare, so that nobody knows here what is live of it."""

    kind: Literal["absence"] = "absence"
    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMove:
    """Another value of a key that says whether and when a model is trained (`training.retrain`)."""

    kind: Literal["policy"] = "policy"
    ref: Ref
    path: str
    before: Scalar
    after: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionKept:
    """The definition of a model changes, and `retrain: never` keeps the version that is live."""

    kind: Literal["kept"] = "kept"
    ref: Ref
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLoosened:
    """A limit that lets more through than before; `after` is None for no limit."""

    kind: Literal["limit"] = "limit"
    ref: None = None
    limit: str
    before: int
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationGone:
    """A number that the tree no longer says it expects."""

    kind: Literal["expect"] = "expect"
    ref: None = None
    name: str
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRepinned:
    """Another account is pinned than before, in words, or none any more (`after` is None)."""

    kind: Literal["account"] = "account"
    ref: None = None
    before: str
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionMove:
    """An entry of what was adopted that is new or differs; `id` is None where it is gone.

    `believed` of the `images` are known by nothing but a name or a caption, or are of no known file.
    """

    kind: Literal["adopted"] = "adopted"
    ref: Ref
    id: int | None
    images: int = 0
    believed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardMove:
    """An alias that is guarded otherwise: by another gallery (`before` and `after`, None for none), or by other cases of it.

    Cases that count no more are `gone`, others are `new`, and those that are defined otherwise are `changed`.
    """

    kind: Literal["guard"] = "guard"
    ref: Ref
    alias: str
    before: str | None
    after: str | None
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def loosens(self) -> bool:
        """May the alias move to a version that it could not move to before?"""
        return self.before is not None and (self.before != self.after or bool(self.gone))


Consequence = (
    AliasMove
    | ManifestGone
    | AbsenceDeclared
    | PolicyMove
    | DefinitionKept
    | LimitLoosened
    | ExpectationGone
    | AccountRepinned
    | AdoptionMove
    | GuardMove
)
