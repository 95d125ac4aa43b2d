"""A digest of rules, made of their source: a number that counts up would be forgotten one day."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def source_digest(files: Iterable[Path]) -> bytes:
    """16 bytes, for the key of a row of the cache: another version of the rules finds none of this one."""
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.digest()[:16]
