"""`reconciler validate`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler.cli.early import begin_reading
from reconciler.cli.options import format_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.core.problem import Problem


@declare("validate", example="reconciler validate\nreconciler validate --root examples/quickstart --format json")
@format_option("text", "json", "github", "gitlab", "sarif", "junit")
@pass_invocation
def command(invocation: Invocation, form: str) -> int:
    """Check manifests, images and captions. Nothing is sent, and no token is needed.

    Every problem is listed with its place and what to do about it; exit code 3 where there is one. Warnings that say the
    same of many files are told once, with the first places. Where there is no problem the fingerprint of each model is
    printed: the version that an alias can name, the same in every account. github prints the problems as annotations,
    gitlab as a code quality report, sarif and junit as those formats ask.
    """
    begin_reading(invocation)
    from reconciler.app.validate import fingerprints_of, validate
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE, PROBLEMS
    from reconciler.core.problem import ProblemsFound
    from reconciler.render.fingerprint import fingerprints_view
    from reconciler.render.problem import valid_view, warnings_view

    context = open_context(invocation)
    advice = context.console.advice
    try:
        desired = validate(context.settings, context.today, believes_cache=True)
    except ProblemsFound as found:
        if form == "text":
            raise
        context.console.result_text(_listed(form, advice.problems(found.problems)))
        return PROBLEMS
    if form == "text":
        context.console.say(warnings_view(desired.warnings))
        context.console.result(valid_view(desired) + fingerprints_view(fingerprints_of(desired)))
    elif form == "json":
        from reconciler.render.json import fingerprints_json

        context.console.result_text(fingerprints_json(advice.problems(desired.warnings), fingerprints_of(desired)))
    else:
        context.console.result_text(_listed(form, advice.problems(desired.warnings)))
    return DONE


def _listed(form: str, problems: "Iterable[Problem]") -> str:
    """The problems for a machine."""
    from reconciler import __version__
    from reconciler.render import ci

    match form:
        case "github":
            return ci.problems_github(problems)
        case "gitlab":
            return ci.problems_gitlab(problems)
        case "sarif":
            return ci.problems_sarif(problems, version=__version__)
        case "junit":
            return ci.problems_junit(problems)
        case _:
            from reconciler.render.json import problems_json

            return problems_json(problems)
