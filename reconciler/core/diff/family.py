"""The family of a project: what the live side shows of it, and what is refused where the manifests say another one.

A family is found object by object, since one account may hold both. Where nothing live tells, the manifests decide.
"""

from collections.abc import Iterator

from reconciler.core.desired import DesiredProject
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.guide import BOTH, VERSIONS, Family, Guide, field_of
from reconciler.core.live import RemoteDataset, RemoteProject, called
from reconciler.core.name import DraftName, parse_dataset_name
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import in_words

RULE = "family"


def live_families(project: RemoteProject, index: AccountIndex) -> frozenset[Family]:
    """The families that a live project shows: more than one only if the API mixes what its documents keep apart.

    What it is bound to counts first, then what is completed or trained in it, then its drafts: a clone may come out as a
    draft of the other family (V95), and says nothing of its project.
    """
    if project.family is not None:
        return frozenset({project.family})
    datasets = index.datasets_inside(project.id)
    settled = [dataset.family for dataset in datasets if not dataset.is_draft]
    settled += [model.family for model in index.models_inside(project.id)]
    found = frozenset(family for family in settled if family is not None)
    return found or frozenset(dataset.family for dataset in datasets if dataset.family is not None)


def contradicted(
    project: DesiredProject,
    declared: Family | None,
    remote: RemoteProject | None,
    index: AccountIndex,
    *,
    is_accepted: bool,
) -> Refusal | None:
    """Why a project cannot be of its declared family; None where it can be, or where nothing tells.

    What an account knows is guessed from the fields of its answers, so that a person may decide otherwise.
    """
    if declared is None:
        return None
    found = frozenset[Family]() if remote is None else live_families(remote, index)
    if remote is not None and (others := found - {declared}):
        return _other_project(project, declared, min(others), remote, index)
    if not found and index.knows and declared not in index.knows and not is_accepted:
        return _other_account(project, declared, min(index.knows))
    return None


def _other_project(
    project: DesiredProject, declared: Family, live: Family, remote: RemoteProject, index: AccountIndex
) -> Refusal:
    left = tuple(_left_behind(remote.id, index))
    return Refusal(
        rule=RULE,
        ref=project.ref,
        summary=f"live project {called(remote)} is of the {live} family ({field_of(live)}), "
        f"and these manifests declare a {field_of(declared)}",
        remedies=(
            f"Declare a {field_of(live)} in its datasets; docs/families.md says what else differs.",
            *((_destroy(remote, left),) if left else ("Or give the new project another name: families never mix.",)),
        ),
    )


def _left_behind(project_id: int, index: AccountIndex) -> Iterator[RemoteDataset]:
    """The drafts of ours in a project that holds nothing else: what an apply made before it learned of the family."""
    inside = index.inside(project_id)
    drafts = [one for one in inside if isinstance(one, RemoteDataset) and one.is_draft and not one.images_count]
    if len(drafts) == len(inside) and all(isinstance(parse_dataset_name(one.name), DraftName) for one in drafts):
        yield from drafts


def _destroy(remote: RemoteProject, left: tuple[RemoteDataset, ...]) -> str:
    drafts = in_words((f"draft {one.id}" for one in left), "and")
    return f"`reconciler destroy` removes what an earlier apply left here: project {remote.id} with the empty {drafts}."


def _other_account(project: DesiredProject, declared: Family, live: Family) -> Refusal:
    return Refusal(
        rule=RULE,
        ref=project.ref,
        summary=f"all that is live in this account is of the {live} family ({field_of(live)}), "
        f"and these manifests declare a {field_of(declared)}",
        remedies=(
            f"Declare a {field_of(live)} in its datasets; docs/families.md says what else differs.",
            f"If this account knows both: `--accept {project.ref}`; the first answer shows whether it does.",
        ),
    )


def version_to_ask_for(index: AccountIndex, family: Family | None) -> str | None:
    """The `training_version` of a new project or dataset: sent only where the account is seen to know both families.

    There a default would choose, and nobody knows which (V99). Elsewhere the field is not in the documents.
    """
    return VERSIONS[family] if family is not None and index.knows == BOTH else None


def is_of_another_family(dataset: RemoteDataset, guide: Guide) -> bool:
    """Does a live dataset show that it is of another family than this guide? One that shows nothing does not."""
    return dataset.family is not None and dataset.family != guide.family


def draft_of_another_family(ref: Ref, draft: RemoteDataset, guide: Guide, *, is_clone: bool) -> Refusal:
    """The refusal to fill a draft that can never have its guide."""
    way = "Delete that draft in the console"
    return Refusal(
        rule=RULE,
        ref=ref,
        summary=f"draft {called(draft)} is of the {draft.family} family, so it takes no {guide.field}"
        + (": the API made the clone so" if is_clone else ""),
        remedies=(
            f"{way}, and write `clone: never` in the manifest: the next version is then uploaded afresh."
            if is_clone
            else f"{way}; the next apply makes another.",
        ),
    )
