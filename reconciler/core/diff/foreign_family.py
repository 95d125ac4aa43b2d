"""The other family of datasets: how it is recognised, and what is said about it.

A dataset guides its captions with a text (`caption_prefix`, the prefix family) or with a JSON document
(`visual_schema`, the schema family). This release writes the first only, so it stops before it sends anything.
"""

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.live import RemoteDataset
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal

WHILE_RUNNING = (
    "the API guides captions of this dataset with a JSON document (visual_schema); "
    "this release writes caption_prefix only, so nothing was uploaded"
)


def is_foreign(dataset: RemoteDataset) -> bool:
    """Is a dataset of the schema family, as the answer to a read of this one dataset shows?

    Such an answer must have the guide's field. A line of a list need not: there, `is_foreign_project` judges.
    """
    return dataset.family == "schema" or dataset.guide is None


def is_foreign_project(project_id: int, index: AccountIndex) -> bool:
    """Is a project of the schema family, as far as the lists tell?

    Its own datasets say so. An empty project is judged by the rest of the account: it is foreign if only the schema
    family is in use there.
    """
    families = {dataset.family for dataset in index.datasets_inside(project_id)} - {None}
    return "schema" in families if families else index.families == {"schema"}


def foreign_project(ref: Ref, project_id: int) -> Refusal:
    """The refusal of a whole project, before the first upload."""
    return Refusal(
        rule="schema-family",
        ref=ref,
        summary=f"project {project_id} speaks the API's current family (visual_schema), which this release does not",
        remedies=("Use an account or project of the caption_prefix family; nothing was sent.",),
    )
