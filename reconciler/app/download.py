"""`download`: the files of a trained model, or of a dataset of archives, fetched without the token and kept with their digests.

The API gives addresses that expire. A file that broke off goes on where it ended, in this run or in the next one; one that
is there already is never written over.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from reconciler.api.download import Files
from reconciler.api.error import Rejected, Unauthorised
from reconciler.api.picture import unnamed_hosts
from reconciler.api.result import ResultFetcher
from reconciler.app.chosen_version import chosen_dataset, chosen_model
from reconciler.app.exceptions import WrongUsage, refused
from reconciler.app.file_fetch import ArrivingFile, fetch_file
from reconciler.app.generation_results import known_hosts
from reconciler.app.history import datasets_of, models_of, require_known
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.kind import Kind
from reconciler.core.live import called
from reconciler.core.ref import Ref
from reconciler.core.text import in_words, shown
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.value import dataclass
from reconciler.files.downloaded import DownloadDiffers, KeptFile, digest_of, kept_before, write_record
from reconciler.files.part_file import PartFile, PartInUse
from reconciler.render.words import megabytes

_VERSION: Final = "download-version"
_ONE_BY_ONE: Final = "`reconciler export --images` fetches images one by one, as the API shows them."
_PLAN: Final = "The plan of the account may not include downloads, or its quota is spent."


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadRequest:
    """What is asked for, and where it goes. `version` is an alias, a number as `v2`, a fingerprint, or empty."""

    ref: Ref
    version: str = ""
    folder: Path
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the use case speaks with a person: sentences, files, and whether to fetch from hosts that nobody named."""

    say: Callable[[str], None]
    keep: Callable[[Path], None]
    """Told of each file that is there whole."""
    may_fetch: Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The version whose files are fetched, the name under which they are kept, and what the record says of it."""

    kind: Kind
    id: int
    title: str
    stem: str
    about: Mapping[str, object]


def choose(planned: Planned, ref: Ref, version: str) -> Chosen:
    """The version that is meant. Refused where the API has no file of it; nothing was asked for then."""
    index = AccountIndex(planned.observed)
    if ref.kind is Kind.MODEL:
        require_known(planned, ref, models_of(planned, index, ref))
        model = chosen_model(planned, ref, version, _VERSION)
        id_, name = model.model.id, model.name
        more: dict[str, object] = {"training_version": model.model.training_version or "fibo"}
    else:
        require_known(planned, ref, datasets_of(planned, index, ref))
        member = chosen_dataset(planned, ref, version, _VERSION)
        id_, name, more = member.dataset.id, member.name, {}  # type: ignore[assignment]
        if member.dataset.upload_type is not None and member.dataset.content.uploads == ONE_BY_ONE:
            words = f"{called(member.dataset)} is no advanced dataset, and of no other does the API give a file"
            raise refused("download-kind", words, _ONE_BY_ONE)
    about = {ref.kind.value: ref.name, "version": name.version, "fingerprint": name.fingerprint, **more}
    return Chosen(
        kind=ref.kind,
        id=id_,
        title=f"{ref} v{name.version} ({name.fingerprint})",
        stem=f"{ref.name}-{name.fingerprint}",
        about=about,
    )


async def download_files(
    opened: Session, settings: Settings, chosen: Chosen, request: DownloadRequest, told: Told
) -> tuple[str, ...]:
    """Fetch what is not there yet. Why some did not come, if anything did not. Refused where a file is in the way."""
    try:
        request.folder.mkdir(parents=True, exist_ok=True)
        listed, is_all = await asyncio.to_thread(kept_before, request.folder, chosen.stem)
    except DownloadDiffers as error:
        raise refused(
            "download-file", f"{error}", "Nothing was fetched. Move it away, or choose another --out."
        ) from None
    except OSError as error:
        place = shown(str(error.filename or request.folder))
        raise WrongUsage(f"--out: {place} cannot be used: {error.strerror}. Nothing was fetched.") from None
    if is_all:
        told.say("All of it is there already, and is what its record says.")
        for one in listed:
            told.keep(request.folder / one.name)
        return ()
    files = await _addresses(opened, chosen)
    hosts = known_hosts(settings.endpoint, request.hosts)
    hosts = (*hosts, *_allowed(unnamed_hosts(files.addresses.values(), hosts), told))
    async with opened.client.results(hosts) as fetcher:
        return await _Fetching(opened, chosen, request.folder, told, fetcher, files).all(listed)


async def _addresses(opened: Session, chosen: Chosen) -> Files:
    """Where the files are. Refused where the API says that it gives none of this object, or none to this account."""
    try:
        return await opened.client.get_files(chosen.kind, chosen.id)
    except Rejected as error:
        if chosen.kind is Kind.DATASET and error.status == 409:
            raise refused("download-kind", f"{chosen.title}: {error.message}", _ONE_BY_ONE) from None
        raise
    except Unauthorised as error:
        if error.status != 403:
            raise
        raise refused("download-plan", f"{chosen.title}: {error.message}", _PLAN) from None


def _allowed(others: Sequence[str], told: Told) -> Sequence[str]:
    """Hosts that a person who is here allows now. WrongUsage where nobody named them: no address was opened then."""
    if not others or told.may_fetch(others):
        return others
    options = " ".join(f"--pictures-from {host}" for host in others)
    raise WrongUsage(f"The file is at {in_words(others, 'and')}. To fetch it from there, add `{options}`.")


class _Fetching:
    """Fetches the files of one version, one after the other, and writes the record after each."""

    def __init__(
        self, opened: Session, chosen: Chosen, folder: Path, told: Told, fetcher: ResultFetcher, files: Files
    ) -> None:
        self._opened = opened
        self._chosen = chosen
        self._folder = folder
        self._told = told
        self._fetcher = fetcher
        self._files = files

    async def all(self, listed: Sequence[KeptFile]) -> tuple[str, ...]:
        """Why some did not come, if anything did not."""
        missed = []
        kept = {one.holds: one for one in listed if (self._folder / one.name).exists()}
        for holds in self._files.addresses:
            if holds in kept:
                self._told.keep(self._folder / kept[holds].name)
                continue
            try:
                reason = await self._one(holds, kept)
            except PartInUse as error:
                reason = f"{shown(str(error.filename))}: another run is fetching it"
            except OSError as error:
                place = shown(str(error.filename or self._folder))
                reason = f"{place} cannot be written: {error.strerror or error}; what came stays, and the same command goes on"
            if reason:
                missed.append(f"the {holds}: {reason}")
        return tuple(missed)

    async def _one(self, holds: str, kept: dict[str, KeptFile]) -> str:
        """Fetch one file and give it its name; why not, or nothing."""
        stem = self._chosen.stem + ("" if holds in {"model", "images"} else f".{holds}")
        with PartFile(self._folder, stem) as file:
            reason = await self._fetched(holds, file)
            if reason:
                rest = f"; {megabytes(file.size)} of it stay, and the same command goes on there" if file.size else ""
                return reason + rest
            digest = await asyncio.to_thread(file.digest)
            assert file.note is not None, "what is whole has a note"
            path = self._folder / f"{stem}.{file.note.suffix}"
            kept[holds] = KeptFile(holds=holds, name=path.name, size=file.size, sha256=digest)
            # The record comes first: a file without one could be anything, and one that is missing is fetched again.
            write_record(self._folder, self._chosen.stem, {**self._chosen.about, **self._files.words}, kept.values())
            if not file.keep(path):
                file.drop()
                if digest_of(path) != digest:
                    raise refused("download-file", f"{path} came into being meanwhile with other content, and stays")
        self._told.say(f"The {holds}: {megabytes(kept[holds].size)}, sha256 {digest}.")
        self._told.keep(path)
        return ""

    async def _fetched(self, holds: str, file: PartFile) -> str:
        """Why it was given up, or nothing."""

        async def renewed() -> str:
            self._files = await _addresses(self._opened, self._chosen)
            return self._files.addresses.get(holds, "")

        part = ArrivingFile(file, clock=self._opened.clock, say=self._told.say, word=holds)
        return await fetch_file(part, self._fetcher, self._files.addresses.get(holds, ""), renewed)
