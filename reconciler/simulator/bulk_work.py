"""The work behind a zip upload that needs nothing of the world: fetch the zip, and judge what is in it.

It may take minutes. Where time is simulated it is done before the request is answered, for no time passes meanwhile. A
served simulator does it in a thread, as a service would, and answers other requests while it goes on.
"""

import hashlib
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.simulator.archive import Answer, FetchError, opened, save
from reconciler.simulator.bulk_contents import BulkError, Candidate, Contents, candidates
from reconciler.simulator.request import Rejection
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import BulkUpload, Dataset, Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is in a zip: the number of its images, rows for those that are taken, documents for those that are not.

    `failed_places` says at which place in the zip each of the latter stands.
    """

    found: int
    images: tuple[Image, ...]
    failures: tuple[dict[str, object], ...]
    failed_places: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class BulkWork:
    """The work behind one upload. `path` is where the zip goes."""

    upload: BulkUpload
    dataset: Dataset
    switches: Switches
    path: Path
    _stack: ExitStack = field(default_factory=ExitStack)
    _response: Answer | None = None

    def begin(self) -> None:
        """Ask the address, and look at no more than the head of its answer; BulkError where it gives nothing that counts."""
        rule = self.switches["zip_url_rules"]
        try:
            self._response = self._stack.enter_context(
                opened(self.upload.zip_url, head_first=rule == "head_first", redirects=rule != "no_redirect")
            )
        except FetchError as error:
            raise self._failure(error) from None

    def abandon(self) -> None:
        """Hang up."""
        self._stack.close()

    def finish(self, goes_on: Callable[[], bool]) -> Judged:
        """Fetch the rest, and read the zip; BulkError where nothing comes of it, or it is told not to go on.

        The zip is kept only where something comes of it.
        """
        assert self._response is not None
        try:
            with self._stack:
                save(self._response, self.path, goes_on=goes_on)
        except FetchError as error:
            raise self._failure(error) from None
        try:
            with zipfile.ZipFile(self.path) as archive:
                return self._read(archive, goes_on)
        except (BulkError, zipfile.BadZipFile, OSError, ValueError) as error:
            self.path.unlink(missing_ok=True)
            if isinstance(error, BulkError):
                raise
            raise self._failure(FetchError("zip_url does not give a zip archive")) from None

    def _failure(self, error: FetchError) -> BulkError:
        return BulkError(str(error), status=413 if error.status == 413 else refusal_of(self.switches))

    def _read(self, archive: zipfile.ZipFile, goes_on: Callable[[], bool]) -> Judged:
        contents = Contents(
            switches=self.switches, dataset=self.dataset, upload=self.upload, archive=archive, file=self.path.name
        )
        found = candidates(archive, self.switches, moderated=self.upload.moderated)
        images: list[Image] = []
        failures: list[dict[str, object]] = []
        failed_places: list[int] = []
        for place, candidate in enumerate(_in_order(found, self.switches["bulk_order"])):
            if not goes_on():
                raise BulkError("the simulator is closed")
            try:
                images.append(contents.row(candidate))
            except Rejection as refusal:
                name = candidate.entry.filename
                failures.append({"filename": name, "error_code": refusal.status, "error_message": refusal.message})
                failed_places.append(place)
        return Judged(
            found=len(found), images=tuple(images), failures=tuple(failures), failed_places=tuple(failed_places)
        )


def refusal_of(switches: Switches) -> int:
    """The status with which a request for an address without a zip is refused; 0 where only the job fails."""
    value = switches["zip_bad"]
    return int(value[:3]) if value[:3].isdigit() else 0


def _in_order(found: list[Candidate], rule: str) -> list[Candidate]:
    if rule == "zip_order":
        return found
    return sorted(found, key=lambda each: hashlib.sha256(each.entry.filename.encode(errors="replace")).digest())
