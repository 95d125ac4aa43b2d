"""What the comparison does for each kind of object. A kind without a live side has no row here."""

from collections.abc import Mapping

from reconciler.core.diff import dataset_versions, model_versions, project
from reconciler.core.diff.comparison import KindRules
from reconciler.core.kind import Kind

RULES: Mapping[Kind, KindRules] = {
    Kind.PROJECT: project.RULES,
    Kind.DATASET: dataset_versions.RULES,
    Kind.MODEL: model_versions.RULES,
}
