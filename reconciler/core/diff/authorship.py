"""Who wrote a live caption: git, or a person in the console?

The API marks both as `manual`. But a version's name carries the fingerprint of what git declared for it, and a
fingerprint can be computed from live content: the set of captions with which it comes out right is what git declared.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, islice

from reconciler.core.fingerprint import content_fingerprint
from reconciler.core.live import LiveContent, RemoteImage

MOST_TRIED = 2_000
"""Sets of captions to try; beyond that every caption counts as a person's."""
MOST_ROWS = 1_000_000
"""Images to hash for that, all in all: a dataset of thousands gets fewer tries, so that a plan takes a second and no more."""


def declared_by_git(fingerprint: str, content: LiveContent) -> frozenset[str] | None:
    """Keys of the captions that git declared for a version; None where the content does not tell."""
    if content.guide is None:
        return None
    live = content.keyed
    for ours in islice(_sets(live), _tries(live)):
        rows = [(key, image.caption if key in ours else None) for key, image in live.items()]
        if content_fingerprint(content.guide, content.uploads, rows) == fingerprint:
            return ours
    return None


def is_disproved(fingerprint: str, content: LiveContent) -> bool:
    """Is it certain that a version does not hold what its fingerprint says, whoever wrote its captions?"""
    live = content.keyed
    # What git declared of an adopted image need not be marked as a person's text, so not every set of those is tried.
    can_try_all = 2 ** len(_written(live)) <= _tries(live) and not _declarable(live)
    return can_try_all and content.guide is not None and declared_by_git(fingerprint, content) is None


def _tries(live: Mapping[str, RemoteImage]) -> int:
    return min(MOST_TRIED, MOST_ROWS // max(len(live), 1))


def _sets(live: Mapping[str, RemoteImage]) -> Iterator[frozenset[str]]:
    """Every set of hand-written captions once, the likely ones first: all, none, all but one, one, all but two, …"""
    written = _written(live)
    everything = frozenset(written)
    if found := _declarable(live):
        yield everything | found
    for few in range(len(written) // 2 + 1):
        for some in combinations(written, few):
            yield everything - frozenset(some)
        if 2 * few < len(written):
            yield from (frozenset(some) for some in combinations(written, few))


def _declarable(live: Mapping[str, RemoteImage]) -> frozenset[str]:
    """Images that people made and git adopted, whose captions Bria wrote: git may have declared just those."""
    adopted = (key for key, image in live.items() if image.adopted_from is not None)
    return frozenset(key for key in adopted if live[key].caption is not None and not live[key].is_hand_written)


def _written(live: Mapping[str, RemoteImage]) -> list[str]:
    return sorted(key for key, image in live.items() if image.is_hand_written)
