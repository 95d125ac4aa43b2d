"""Names for files and manifests, made of what people called a thing."""

import unicodedata

from reconciler.core.pattern import pattern

_OTHERS = pattern("[^a-z0-9]+")


def slug(text: str, limit: int, otherwise: str) -> str:
    """Lower-case letters, digits and hyphens, cut between words at `limit`; `otherwise` where nothing of the text is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    whole = _OTHERS.sub("-", plain).strip("-")
    cut = whole if len(whole) <= limit else whole[: limit + 1].rpartition("-")[0] or whole[:limit]
    return cut.strip("-") or otherwise
