"""What a command begins before it imports what it runs."""

from pathlib import Path

from reconciler.cli.shared_options import Invocation


def begin_reading(invocation: Invocation, *, for_base: bool = False) -> None:
    """Let git look at the manifests while everything else is imported. Whoever reads them next takes its answer.

    `for_base`: a revision will be read beside them.
    """
    from reconciler.files.git.git_tree_ids import begin_asking

    root = invocation.given.get("root") or invocation.environ.get("RECONCILER_ROOT") or "manifests"
    begin_asking(Path(str(root)), invocation.environ, sees_untracked=for_base)
