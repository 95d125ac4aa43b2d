"""The body of an upload: JSON around a file in base64, streamed, hashed on the way, closed only if the hash agrees."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from typing import BinaryIO, Final, Protocol

from reconciler.api.error import ContentChanged
from reconciler.core.value import dataclass

PIECE: Final = 192 * 1024
"""Bytes of a file read and sent at once; a multiple of three, so that the pieces' base64 can be joined."""

_TAIL: Final = b'"}'


class ImageSource(Protocol):
    """A file to upload: what was hashed before, and the way to its bytes now."""

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, 64 hex digits in lower case."""
        ...

    @property
    def size(self) -> int:
        """The number of bytes that were hashed."""
        ...

    def open(self) -> BinaryIO:
        """The bytes as they are now, from the first; OSError if they cannot be had."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One image on its way; may be sent again from the start, and is hashed each time (F36, I17)."""

    operation: str
    image_name: str
    source: ImageSource
    increase_resolution: bool

    @property
    def length(self) -> int:
        """Bytes of the whole body, known before the first is read."""
        return len(self._head) + 4 * ((self.source.size + 2) // 3) + len(_TAIL)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body; ContentChanged in place of its last bytes if the file is not what was hashed."""
        yield self._head
        try:
            with self.source.open() as file:
                for piece in self._checked(file):
                    yield b64encode(piece)
        except OSError as error:
            raise self._changed(f"can no longer be read ({error.strerror or type(error).__name__})") from None
        yield _TAIL

    @property
    def _head(self) -> bytes:
        fields = json.dumps({"image_name": self.image_name, "increase_resolution": self.increase_resolution})
        return fields[:-1].encode() + b', "file": "'

    def _checked(self, file: BinaryIO) -> Iterator[bytes]:
        """The pieces of the file; ends without an exception only if all of it was as hashed."""
        digest = sha256()
        left = self.source.size
        while piece := _filled(file, min(PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise self._changed("has grown")
            digest.update(piece)
            yield piece
        if left:
            raise self._changed("has shrunk")
        if digest.hexdigest() != self.source.digest:
            raise self._changed("has other bytes")

    def _changed(self, how: str) -> ContentChanged:
        return ContentChanged(self.operation, f"the file {how} since it was hashed; nothing of it was uploaded")


def _filled(file: BinaryIO, size: int) -> bytes:
    """The next `size` bytes, fewer only at the end: a raw file may give less at each reading."""
    pieces: list[bytes] = []
    while size and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
