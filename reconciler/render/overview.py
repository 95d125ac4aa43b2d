"""An account without manifests: its projects, datasets and models as a screen and as JSON."""

from collections.abc import Iterator, Sequence

from reconciler.core.kind import Kind
from reconciler.core.live import Live, ModelStatus, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.look.overview import AccountOverview, DatasetOverview, ProjectOverview, is_ours
from reconciler.core.strictjson import dumps
from reconciler.core.text import count, quoted
from reconciler.render.view import Block, Item, Items, Line, Role, View, say, screen
from reconciler.render.words import quoted_text

_MODELS = {ModelStatus.COMPLETED: "trained", ModelStatus.IN_PROGRESS: "in training", ModelStatus.CREATED: "not started"}
_WAY = "`reconciler export --out DIR` writes manifests of what is live, `reconciler init` those of something new."
_STAYS = "What is live stays as it is until manifests declare it."


def overview_view(found: AccountOverview, *, endpoint: str, root: str | None = None) -> View:
    """Each project with what it holds, set in by what it stands on, and how much there is.

    `root` is the folder of manifests that declares nothing; None where nobody looked for any.
    """
    what = "All" if root is None else f"No manifests in {quoted(root)}, so this is all"
    context = f"{what} that the account holds · {endpoint}"
    return screen(
        [Line(text=say(context, Role.QUIET))],
        *([*_project(one)] for one in found.projects),
        [Line(text=say(f"{_counted(found)}.", Role.STRONG)), Line(text=say(f"{_WAY} {_STAYS}"))],
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
    words = (*words, "by hand") if is_ours(live) is False else words
    text = (*quoted_text(live.name), *say(f" (id {live.id}){': ' if words else ''}{', '.join(words)}"))
    return Item(sign=None, name=live.kind.value, text=text)


def _counted(found: AccountOverview) -> str:
    live = found.live
    told = (_number([one for one in live if one.kind is kind], kind) for kind in Kind)
    return ", ".join(filter(None, told)) or "Nothing is live"


def _number(live: Sequence[Live], kind: Kind) -> str:
    """`3 datasets (2 by hand)`: how many there are, and how many of them people made; empty where there are none."""
    if not live:
        return ""
    others = sum(is_ours(one) is False for one in live)
    return count(len(live), kind.value, kind.plural) + (f" ({others:,} by hand)" if others else "")


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
        "by_hand": is_ours(live) is False,
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
        "by_hand": is_ours(live) is False,
    }
