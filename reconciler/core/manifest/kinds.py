"""What the manifests of each kind look like."""

from collections.abc import Mapping

from reconciler.core.kind import Kind
from reconciler.core.manifest import dataset, model, project
from reconciler.core.manifest.tree import KindRules

RULES: Mapping[Kind, KindRules] = {
    Kind.PROJECT: project.RULES,
    Kind.DATASET: dataset.RULES,
    Kind.MODEL: model.RULES,
}
