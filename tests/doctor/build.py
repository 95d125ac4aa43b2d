"""Small trees for the doctor: manifests as text, images by their names, pixels by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from reconciler.core.kind import Kind
from reconciler.core.manifest.image import Facts, ImageFile
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder, Loaded, Manifest
from reconciler.core.manifest.reading import declared_refs, read_manifest
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.doctor.diagnose import Evidence, diagnose
from reconciler.doctor.finding import DeclaredCaption, Diagnosis
from reconciler.doctor.pixels import Measured, Pixels
from reconciler.files.yaml.reading import read_yaml

TODAY = date(2026, 6, 1)
HERE = Location("m/0.yaml", 3, 1)
POSES = Ref(Kind.DATASET, "poses")
PREFIX = "An illustration of a character named Lora, a female character with purple hair,"
SHARP = 0.3
GREY = bytes(768)


def sha(name: str) -> str:
    """The digest of an image that is known by its name."""
    return name.encode().hex().ljust(64, "0")[:64]


def picture(name: str, width: int = 1024, height: int = 1024, **fields: object) -> ImageFile:
    """A sound image file."""
    facts = Facts(format="PNG", width=width, height=height)
    made = ImageFile(name=name, path=f"images/{name}", digest=sha(name), size=100, facts=facts)
    return replace(made, **fields)  # type: ignore[arg-type]


def pointer(name: str) -> ImageFile:
    """An image of which only the Git LFS pointer is here."""
    return picture(name, has_content=False, facts=None)


def pixels(bits: int = 0, **fields: object) -> Pixels:
    """The pixels of a sharp picture with this hash."""
    return replace(Pixels(hash=bits, cells=GREY, contrast=50.0, blur=SHARP), **fields)  # type: ignore[arg-type]


def far(number: int) -> int:
    """Hashes of which any two differ in 16 bits."""
    return 0xFF << (8 * number)


def painted(ground: tuple[int, int, int], middle: tuple[int, int, int], share: int = 8) -> bytes:
    """A square of one colour on a ground of another; `share` of 16 fields wide and high."""
    low = (16 - share) // 2
    inside = range(low, low + share)
    return b"".join(bytes(middle if x in inside and y in inside else ground) for y in range(16) for x in range(16))


def caption(text: str, image: str = "wave.png") -> DeclaredCaption:
    return DeclaredCaption(image=image, text=text, location=Location(f"m/images/{image[:-4]}.txt"))


def sidecar(image: str, text: str) -> CaptionEntry:
    return CaptionEntry(key=image[:-4], text=text, location=Location(f"m/images/{image[:-4]}.txt"), is_sidecar=True)


def project(ip_type: str = "defined_character", name: str = "lora", description: str = "a female character") -> str:
    return (
        f"apiVersion: reconciler/v1\nkind: Project\nmetadata: {{name: {name}}}\nspec:\n  ip_name: Lora\n"
        f"  ip_description: {description}\n  ip_medium: illustration\n  ip_type: {ip_type}\n"
    )


def dataset(name: str = "poses", *lines: str, prefix: str = PREFIX) -> str:
    spec = ["project: lora", f'caption_prefix: "{prefix}"', "images: {path: images/}", *lines]
    body = "".join(f"  {line}\n" for line in spec)
    return f"apiVersion: reconciler/v1\nkind: Dataset\nmetadata: {{name: {name}}}\nspec:\n{body}"


def folder(*images: ImageFile, captions: tuple[CaptionEntry, ...] = (), **fields: object) -> ImageFolder:
    return replace(ImageFolder(root="m", images=images, captions=captions), **fields)  # type: ignore[arg-type]


def tree(*texts: str, folders: Mapping[str, ImageFolder] | None = None) -> Loaded:
    """Each text is a file `m/0.yaml`, `m/1.yaml`, …; folders by the name of the dataset."""
    manifests: list[Manifest] = []
    broken: set[Ref] = set()
    problems: list[Problem] = []
    for index, text in enumerate(texts):
        for document in read_yaml(text.encode(), f"m/{index}.yaml").documents:
            read = read_manifest(document)
            if isinstance(read, Manifest):
                manifests.append(read)
            else:
                problems += read
                broken |= declared_refs(document) or set()
    held = {
        index: (folders or {})[manifest.ref.name]
        for index, manifest in enumerate(manifests)
        if isinstance(manifest.body, DatasetBody) and manifest.ref.name in (folders or {})
    }
    return Loaded(
        location=Location("m"),
        manifests=tuple(manifests),
        folders=held,
        broken=frozenset(broken),
        problems=tuple(problems),
    )


def examined(
    *texts: str,
    poses: ImageFolder | None = None,
    measured: Mapping[str, Measured] | None = None,
    today: date = TODAY,
    wanted: tuple[Ref, ...] = (),
) -> Diagnosis:
    """A diagnosis of these manifests; `measured` is by the name of the image."""
    by_digest = {sha(name): one for name, one in (measured or {}).items()}
    loaded = tree(*texts, folders={} if poses is None else {"poses": poses})
    return diagnose(loaded, Evidence(today=today, measured=by_digest), wanted)


def rules(diagnosis: Diagnosis) -> list[str]:
    """What was found in the datasets, by rule."""
    return [finding.rule for one in diagnosis.datasets for finding in one.findings]


def with_problem(loaded: Loaded, problem: Problem) -> Loaded:
    """The same tree, with a problem that was met on loading."""
    return replace(loaded, problems=(*loaded.problems, problem))
