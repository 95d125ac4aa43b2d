"""One live object on its way into files: its manifest, and the captions and pictures of a dataset."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path, PurePosixPath

from reconciler.api.endpoint import Endpoint, parse_address
from reconciler.api.network import Network
from reconciler.api.picture import Patience, download_pictures
from reconciler.api.result import ResultFetcher
from reconciler.app.exceptions import refused
from reconciler.app.file_fetch import ArrivingFile, fetch_file
from reconciler.clock import SystemClock
from reconciler.core.live import Observed, RemoteDataset, RemoteImage
from reconciler.core.look.export import (
    Exported,
    comment_of,
    family_of,
    manifest_of,
)
from reconciler.core.look.export_image import ImageName, image_names
from reconciler.core.manifest.image import FORMAT_OF
from reconciler.core.strictjson import Value
from reconciler.core.text import count
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.value import dataclass
from reconciler.files.caption.form import FORMS, CaptionForm
from reconciler.files.caption.reading import YAML_NAME
from reconciler.files.downloaded_zip import images_in
from reconciler.files.export_folder import ExportFolder, Put
from reconciler.files.new_manifest import commented_text
from reconciler.files.yaml.edit import EditRefused

PATIENCE = Patience(each=60.0, altogether=6 * 3600.0)
"""For pictures in their full size, and as many as a dataset has."""

PROGRESS_STEP = 25
"""Pictures after which a line says how far it is."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What is exported, and where to. `hosts` are those from which pictures may be fetched."""

    folder: Path
    projects: tuple[str, ...] = ()
    has_captions: bool = False
    has_images: bool = False
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Pictures of one dataset that did not come, and why."""

    ref: str
    names: tuple[str, ...]
    why: str


@dataclass(slots=True, kw_only=True)
class Written:
    """What became of the files, as paths below the folder."""

    files: dict[Put, list[str]] = field(default_factory=lambda: {put: [] for put in Put})
    pictures: int = 0
    """Pictures that are in their places, from before or from now."""
    missed: list[Missed] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    """Of a dataset: the name of a live image, and the other one that its file has."""
    doubles: list[tuple[str, str, str]] = field(default_factory=list)
    """Of a dataset: the name of a live image, and the file that holds the same picture already."""
    unfit: list[tuple[str, str]] = field(default_factory=list)
    """Of a dataset: an image whose live caption no file can hold."""


def address_of(image: RemoteImage) -> str:
    """Where the picture of an image is, in the largest size that the API names; empty where it names none."""
    return image.image_url or image.thumbnail_url or ""


@dataclass(slots=True)
class Writing:
    """One object on its way into files."""

    one: Exported
    observed: Observed
    request: ExportRequest
    folder: ExportFolder
    written: Written
    endpoint: Endpoint
    network: Network
    tell: Tell
    archive: str

    async def run(self) -> None:
        source = "automatic"
        live = self.one.live
        if isinstance(live, RemoteDataset):
            names = image_names(live.images or ())
            files = {one.live.id: one.name for one in names}
            if self.request.has_images:
                files = await self._images(names)
            if self.request.has_captions:
                source = self._captions(live, names, files)
        document = manifest_of(self.one, self.observed, source)
        comment = comment_of(self.one, self.observed, has_pictures=self.request.has_images)
        self._put_yaml(self.one.path, comment, document)

    def _put(self, path: str, data: bytes) -> Put:
        outcome = self.folder.put(path, data)
        self.written.files[outcome].append(path)
        return outcome

    def _put_yaml(self, path: str, comment: Iterable[str], document: Mapping[str, Value]) -> None:
        try:
            text = commented_text(comment, document, path=str(self.request.folder / path))
        except EditRefused as error:
            raise refused("export-text", f"{self.one.ref} cannot be written as YAML: {error}") from None
        self._put(path, text)

    def _key(self, image: ImageName) -> str:
        """What tells a picture from all others, also of other accounts, whose ids may be the same."""
        place = parse_address(address_of(image.live))
        path = b"" if place is None else f"{place.origin}{place.target.partition('?')[0]}".encode()
        return f"{self.one.live.id}/{image.live.id}/{hashlib.sha256(path).hexdigest()[:12]}"

    def _placed(self, image: ImageName) -> tuple[str, str] | None:
        """The file that a picture was put into, and its digest; None where it has to come (again)."""
        found = self.folder.file_of(self._key(image))
        return found if found is not None and found[0].startswith(f"{self.one.images}/") else None

    async def _images(self, names: Sequence[ImageName]) -> dict[int, str]:
        """Fetch what is missing, and put it in its place; the files below the image folder by the ids of the images."""
        placed = {one.live.id: found for one in names if (found := self._placed(one)) is not None}
        wanted = [one for one in names if one.live.id not in placed]
        if self.archive and any(not self.folder.has_arrived(self._key(one)) for one in wanted):
            await self._fetch_archive(wanted)
        await self._fetch([one for one in wanted if not self.folder.has_arrived(self._key(one))], len(names))
        if self.archive and all(self.folder.has_arrived(self._key(one)) for one in wanted):
            self._drop_archive()
        files = {id_: path.removeprefix(f"{self.one.images}/") for id_, (path, _) in placed.items()}
        by_digest = {digest: files[id_] for id_, (_, digest) in sorted(placed.items(), reverse=True)}
        for image in wanted:
            if self.folder.has_arrived(self._key(image)) and (name := self._place(image, by_digest)) is not None:
                files[image.live.id] = name
        self.written.pictures += len(files)
        return files

    async def _fetch_archive(self, wanted: Sequence[ImageName]) -> None:
        """Fetch the file with all images of the dataset, and take those that can be told apart by their names."""
        clock = SystemClock()
        with self.folder.archive(self.one.live.id) as file:
            part = ArrivingFile(file, clock=clock, say=self.tell, word=f"pictures of {self.one.ref}")
            async with ResultFetcher(
                self.endpoint, self.request.hosts, network=self.network, transport=None
            ) as fetcher:
                reason = await fetch_file(part, fetcher, self.archive)
            if reason:
                self.tell(f"{self.one.ref}: one by one, since the file with all pictures did not come: {reason}")
                return
            found = 0
            for key, data in images_in(file.path, {self._key(one): one.live.image_name for one in wanted}):
                self.folder.keep(key, data)
                found += 1
            file.drop()
        self.tell(f"{self.one.ref}: {found:,} of {count(len(wanted), 'picture')} in one file")

    def _drop_archive(self) -> None:
        """Leave nothing of a file that did not come whole, once all pictures came one by one."""
        with self.folder.archive(self.one.live.id) as file:
            file.drop()

    async def _fetch(self, wanted: Sequence[ImageName], total: int) -> None:
        done = total - len(wanted)

        def take(key: str, body: bytes) -> None:
            nonlocal done
            self.folder.keep(key, body)
            done += 1
            if done % PROGRESS_STEP == 0 or done == total:
                self.tell(f"{self.one.ref}: {done:,} of {count(total, 'picture')}")

        missing = await download_pictures(
            {self._key(one): address_of(one.live) for one in wanted},
            self.request.hosts,
            take=take,
            clock=SystemClock(),
            network=self.network,
            patience=PATIENCE,
        )
        by_key = {self._key(one): one.live.image_name for one in wanted}
        for why in dict.fromkeys(missed.reason for missed in missing.values()):
            self._miss([by_key[key] for key, missed in missing.items() if missed.reason == why], why)

    def _miss(self, names: Iterable[str], why: str) -> None:
        self.written.missed.append(Missed(ref=str(self.one.ref), names=tuple(names), why=why))

    def _place(self, image: ImageName, by_digest: dict[str, str]) -> str | None:
        """Put a picture that has come in its place; its file, or None where it is not there."""
        key = self._key(image)
        found, data = self.folder.arrived(key)
        name: str | None = by_digest.get(found.digest)
        if name is not None:
            self.written.doubles.append((str(self.one.ref), image.live.image_name, name))
        elif found.form not in FORMAT_OF.values():
            self._miss([image.live.image_name], "what came is no PNG, JPEG or WebP")
            self.folder.forget([key])
            return None
        else:
            name = image.file_for(found.form)
            if self._put(f"{self.one.images}/{name}", data) is Put.DIFFERS:
                return None
            if image.is_changed:
                self.written.renamed.append((str(self.one.ref), image.live.image_name, name))
        by_digest[found.digest] = name
        self.folder.remember(key, f"{self.one.images}/{name}", found.digest)
        self.folder.forget([key])
        return name

    def _captions(self, live: RemoteDataset, names: Sequence[ImageName], files: Mapping[int, str]) -> str:
        """Write the captions; where they stand, which does not depend on the pictures that have come so far."""
        form = FORMS[family_of(live, self.observed)]
        told = list(self._told(names, form))
        if not told:
            return "automatic"
        if self.request.has_images and live.content.uploads == ONE_BY_ONE:
            for one, caption in _by_file(told, files):
                beside = PurePosixPath(self.one.images, files[one.live.id]).with_suffix(form.suffixes[0])
                self._put(str(beside), form.sidecar(caption, ""))
            return "sidecar"
        if self.request.has_images:
            values = {one.stem: form.value(caption, {}) for one, caption in _by_file(told, files)}
        else:
            values = {one.name: form.value(caption, {}) for one, caption in told}
            self.written.renamed += [
                (str(self.one.ref), one.live.image_name, one.name) for one, _ in told if one.is_changed
            ]
        if values:
            self._put_yaml(f"{self.one.images}/{YAML_NAME}", (), values)
        return "file"

    def _told(self, names: Sequence[ImageName], form: CaptionForm) -> Iterator[tuple[ImageName, str]]:
        """The captions that a file can hold."""
        for one in names:
            caption = one.live.caption
            if caption is None or not caption.strip():
                continue
            if form.takes(caption):
                yield one, caption
            else:
                self.written.unfit.append((str(self.one.ref), one.live.image_name))


def _by_file(told: Iterable[tuple[ImageName, str]], files: Mapping[int, str]) -> Iterator[tuple[ImageName, str]]:
    """Captions of images that have a file; of those that show the same picture, the first."""
    seen: set[str] = set()
    for one, caption in told:
        file = files.get(one.live.id)
        if file is not None and file not in seen:
            seen.add(file)
            yield one, caption
