"""Two facts of EXIF that matter before an upload: is the image rotated, does it say where it was taken?"""

import struct

from reconciler.core.manifest.image import Trait

ENTRY_LIMIT = 512
"""Entries read of one directory."""

_ORIENTATION, _LOCATION = 0x0112, 0x8825
_LATITUDE, _LONGITUDE = 2, 4


def read_exif(data: bytes) -> set[Trait]:
    """The traits that an EXIF block (from its byte order mark on) shows; none if it is damaged."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        return set()
    found = set()
    entries = _directory(data, struct.unpack_from(order + "I", data, 4)[0], order)
    if _LOCATION in entries:
        place = _directory(data, struct.unpack(order + "I", entries[_LOCATION])[0], order)
        if _LATITUDE in place and _LONGITUDE in place:
            found.add(Trait.LOCATED)
    if _ORIENTATION in entries and 2 <= struct.unpack_from(order + "H", entries[_ORIENTATION])[0] <= 8:
        found.add(Trait.ROTATED)
    return found


def _directory(data: bytes, offset: int, order: str) -> dict[int, bytes]:
    """Tag to its four bytes of value or offset."""
    if offset + 2 > len(data):
        return {}
    count = min(struct.unpack_from(order + "H", data, offset)[0], ENTRY_LIMIT, (len(data) - offset - 2) // 12)
    found = {}
    for position in range(offset + 2, offset + 2 + 12 * count, 12):
        found[struct.unpack_from(order + "H", data, position)[0]] = data[position + 8 : position + 12]
    return found
