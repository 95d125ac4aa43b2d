"""`guide --write`: put a proposal into the file that declares the guide, so that only the lines that differ change."""

from collections.abc import Iterator

from reconciler.app.exceptions import Refused, refused
from reconciler.app.guide_proposal import GuideRequest
from reconciler.app.settings import Settings
from reconciler.core.guide import Guide, PrefixGuide
from reconciler.core.manifest.guide_rules import judge_document
from reconciler.core.manifest.text_rules import judge_text
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.files.guide_file import GuideEdit, guide_edit
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.yaml.edit import EditRefused


def edit_of(settings: Settings, request: GuideRequest, guide: Guide) -> GuideEdit:
    """What writing the guide changes. ProblemsFound if it cannot be declared, or its file cannot be edited."""
    problems = [problem for problem in _judge(request, guide) if problem.is_error]
    if problems:
        raise ProblemsFound(problems, end="nothing was written")
    with Tree(settings.root) as tree:
        try:
            return guide_edit(tree, request.manifest, request.spec, guide)
        except EditRefused as error:
            raise ProblemsFound([error.problem], end="nothing was written") from None
        except FileRefused as error:
            raise _unwritable(tree.shown(error.path), error.reason) from None


def _judge(request: GuideRequest, guide: Guide) -> Iterator[Problem]:
    place = request.manifest.document.at("spec", guide.field)
    if isinstance(guide, PrefixGuide):
        yield from judge_text(guide.text, place, "the proposal", "prefix")
    else:
        document = guide.document
        assert isinstance(document, dict), "a schema that the API proposed was read as an object"
        yield from judge_document(document, place)


def require_committed(settings: Settings, edit: GuideEdit) -> None:
    """Refused where writing would lose words that git does not hold."""
    if not edit.is_committed:
        summary = f"the guide in {settings.root / edit.file.path} is not committed, and writing would lose it"
        raise refused("guide-uncommitted", summary, "Commit it first, or write over it with `--overwrite`.")


def _unwritable(place: str, reason: str) -> Refused:
    return refused("guide-file", f"{place} {reason}", "Put the file itself there, or write the guide by hand.")
