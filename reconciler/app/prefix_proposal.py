"""`prefix`: let the API look at a few images and propose a caption prefix. Nothing is stored."""

from reconciler.app.exceptions import WrongUsage, refused
from reconciler.app.images import content_problem
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.files.load import load
from reconciler.files.tree import Tree

MOST_IMAGES = 6
"""Images that the API looks at, at most (D05)."""

IP_TYPES = ("defined_character", "object_variants", "stylized_scene")
"""Values of `ip_type` for which the API proposes a prefix."""


def without_prefix(settings: Settings, ref: Ref) -> Desired:
    """The tree. This dataset may lack its `caption_prefix`. WrongUsage if there is no such dataset."""
    loaded = load(settings.root)
    desired = resolve_tree(loaded, without_guide_of=(ref,))
    if ref not in desired.datasets:
        raise WrongUsage(f"No manifest declares {ref}.")
    return desired


async def propose_prefix(opened: Session, settings: Settings, desired: Desired, ref: Ref) -> str:
    """The API's proposal, unchanged. Refused for an `ip_type` for which the API makes no proposal."""
    dataset = desired.datasets[ref]
    project = desired.projects[dataset.project]
    if project.ip_type not in IP_TYPES:
        summary = f"the API proposes no prefix for ip_type {project.ip_type}, only for {', '.join(IP_TYPES)}"
        raise refused("prefix-kind", summary, "Write caption_prefix yourself: the text that every caption continues.")
    name = project.ip_name if project.ip_type == "defined_character" else None
    return await opened.client.generate_prefix(
        _contents(settings, dataset), ip_type=project.ip_type, ip_medium=project.ip_medium, ip_name=name
    )


def _contents(settings: Settings, dataset: DesiredDataset) -> list[bytes]:
    """The bytes of the first images by name."""
    images = sorted(dataset.images, key=lambda image: image.name)[:MOST_IMAGES]
    with Tree(settings.root) as tree:
        problems = [content_problem(image, tree) for image in images if not image.has_content]
        if problems:
            raise ProblemsFound(problems)
        contents = []
        for image in images:
            with tree.open_file(image.path) as file:
                contents.append(file.read())
        return contents
