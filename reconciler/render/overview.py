"""An account without manifests: its projects, datasets and models as a screen and as JSON."""

from collections import Counter
from collections.abc import Iterator

from reconciler.core.kind import Kind
from reconciler.core.live import Live, ModelStatus, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.look.overview import AccountOverview, DatasetOverview, ProjectOverview
from reconciler.core.strictjson import dumps
from reconciler.core.text import count, quoted
from reconciler.render.view import Block, Item, Items, Line, Role, View, say, screen
from reconciler.render.words import quoted_text

_MODELS = {ModelStatus.COMPLETED: "trained", ModelStatus.IN_PROGRESS: "in training", ModelStatus.CREATED: "not started"}
_WAY = "`reconciler init` writes first manifests. What is live stays as it is until manifests declare it."


def overview_view(found: AccountOverview, *, endpoint: str, root: str) -> View:
    """Each project with what it holds, set in by what it stands on, and how much there is."""
    context = f"No manifests in {quoted(root)}, so this is all that the account holds · {endpoint}"
    return screen(
        [Line(text=say(context, Role.QUIET))],
        *([*_project(one)] for one in found.projects),
        [Line(text=say(f"{_counted(found)}.", Role.STRONG)), Line(text=say(_WAY))],
    )


def overview_json(found: AccountOverview) -> str:
    """`{"projects": [{"id", "name", ..., "datasets": [{..., "models": [...]}], "models"}]}`; ASCII."""
    return dumps({"projects": [_project_values(one) for one in found.projects]})


def _project(one: ProjectOverview) -> Iterator[Block]:
    if one.project is None:
        yield Line(text=say("of no live project"))
    else:
        yield Items(items=(_item(one.project, *_traits(one.project)),))
    for each in one.datasets:
        yield Items(items=(_dataset(each.dataset),), indent=2)
        if each.models:
            yield Items(items=tuple(map(_model, each.models)), indent=4)
    if one.models:
        yield Items(items=tuple(map(_model, one.models)), indent=2)


def _traits(project: RemoteProject) -> Iterator[str]:
    yield from (word for word in (project.ip_type, project.ip_medium) if word)
    if project.family is not None:
        yield f"{project.family} family"


def _dataset(live: RemoteDataset) -> Item:
    images = () if live.images_count is None else (count(live.images_count, "image"),)
    return _item(live, live.status.value, *images)


def _model(live: RemoteModel) -> Item:
    state = _MODELS.get(live.status) or live.word
    return _item(live, state, *(part for part in (live.training_mode, live.training_version) if part))


def _item(live: Live, *words: str) -> Item:
    text = (*quoted_text(live.name), *say(f" (id {live.id}){': ' if words else ''}{', '.join(words)}"))
    return Item(sign=None, name=live.kind.value, text=text)


def _counted(found: AccountOverview) -> str:
    numbers = Counter(one.kind for one in found.live)
    told = [count(numbers[kind], kind.value, kind.plural) for kind in Kind if numbers[kind]]
    return ", ".join(told) or "Nothing is live"


def _project_values(one: ProjectOverview) -> dict[str, object]:
    live = one.project
    own = (
        {}
        if live is None
        else {
            "id": live.id,
            "name": live.project_name,
            "ip_type": live.ip_type,
            "ip_medium": live.ip_medium,
            "family": live.family,
        }
    )
    return {
        **({"id": None, "name": None} if live is None else own),
        "datasets": [_dataset_values(each) for each in one.datasets],
        "models": [_model_values(model) for model in one.models],
    }


def _dataset_values(one: DatasetOverview) -> dict[str, object]:
    live = one.dataset
    return {
        "id": live.id,
        "name": live.name,
        "status": live.status.value,
        "images": live.images_count,
        "models": [_model_values(model) for model in one.models],
    }


def _model_values(live: RemoteModel) -> dict[str, object]:
    return {
        "id": live.id,
        "name": live.name,
        "status": live.status.value,
        "training_mode": live.training_mode,
        "training_version": live.training_version,
        "dataset_id": live.dataset_id,
        "created_at": live.created_at,
    }
