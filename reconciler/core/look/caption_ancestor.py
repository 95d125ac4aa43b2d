"""Where the captions of a live version and those of git come from: found by going back through the trees of git's history.

The way back ends at the origin: the tree whose fingerprint the name of the live version bears. Captions that were pulled into git
since then change nothing on the live side, so the name stays older than they are. Two things tell of them:

- A live text that git has said since the origin is no news. Git knew it, and said something else later.
- The oldest tree that has what Bria wrote, word for word and in no caption otherwise, is the one that was pulled. What people wrote
  on the live side after that is compared with this tree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from reconciler.core.desired import DesiredDataset
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.live import LiveContent
from reconciler.core.name import image_key
from reconciler.core.ref import Ref
from reconciler.core.text import normal
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCaption:
    """A live caption as git would declare it, without the guide; `is_automatic` says that Bria wrote it."""

    text: str
    is_automatic: bool


def live_captions(content: LiveContent) -> dict[str, LiveCaption]:
    """The captions of a live version, by the keys of its images; an image without one is left out."""
    guide = content.guide
    return {
        key: LiveCaption(
            text=normal(image.caption) if guide is None else guide.own_words(image.caption),
            is_automatic=image.is_automatic,
        )
        for key, image in content.keyed.items()
        if image.caption
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionPast:
    """What the trees of git's history said about the captions of one dataset, the newest first.

    `origin` and `pulled` have the captions that these trees declare, by the keys of images; `origin` is None until it is found.
    `known` are the keys whose live text git has said. `commit` is the one that both sides come from.
    """

    ref: Ref
    fingerprint: str | None
    """That of the live version's name; None for a name that a person gave."""
    live: Mapping[str, LiveCaption]
    known: frozenset[str] = frozenset()
    pulled: Mapping[str, str] = field(default_factory=dict)
    origin: Mapping[str, str] | None = None
    commit: str = ""

    def further(self, commit: str, datasets: Mapping[Ref, DesiredDataset]) -> "CaptionPast":
        """The same after one more tree, which is older."""
        past = self
        if (dataset := datasets.get(self.ref)) is not None:
            declared = _declared(dataset)
            same = {key for key in declared if key in self.live and _says(dataset, declared[key], self.live[key])}
            past = replace(past, known=past.known | same)
            if _is_pulled(declared, same, self.live):
                past = replace(past, pulled=declared, commit=commit)
        for dataset in datasets.values():
            if dataset_fingerprint(dataset) == self.fingerprint:
                return replace(
                    past, origin=_left_to_bria(dataset, self.live) | _declared(dataset), commit=past.commit or commit
                )
        return past

    def ancestor(self, key: str) -> str | None:
        """What both sides said about an image before one of them, or both, said something else; None if nobody can tell."""
        if self.origin is None:
            return None
        return self.live[key].text if key in self.known else self.pulled.get(key, self.origin.get(key))


def _is_pulled(declared: Mapping[str, str], same: Iterable[str], live: Mapping[str, LiveCaption]) -> bool:
    """Does a tree say what Bria wrote, as far as it says something about these images?"""
    automatic = {key for key, one in live.items() if one.is_automatic}
    told = automatic & declared.keys()
    return bool(told) and told <= set(same)


def _left_to_bria(dataset: DesiredDataset, live: Mapping[str, LiveCaption]) -> dict[str, str]:
    """A caption that a tree leaves to Bria is what Bria wrote."""
    keys = map(image_key, dataset.digests)
    return {key: live[key].text for key in keys if key in live and live[key].is_automatic}


def _declared(dataset: DesiredDataset) -> dict[str, str]:
    pairs = zip(map(image_key, dataset.digests), dataset.captions or (), strict=False)
    return {key: caption for key, caption in pairs if caption is not None}


def _says(dataset: DesiredDataset, declared: str, live: LiveCaption) -> bool:
    return dataset.guide.canonical_caption(declared) == dataset.guide.canonical_caption(live.text)
