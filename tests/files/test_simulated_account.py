"""A simulated account that the tree names: kept beside the root, and never anywhere else on the machine (H78)."""

from pathlib import Path

import pytest

from reconciler.files.configuration import load_configuration
from reconciler.files.simulated_account import AccountFileRefused, account_file
from tests.files.conftest import Brand


def refusal(brand: Brand, path: str) -> str:
    with pytest.raises(AccountFileRefused) as refused:
        account_file(brand.root, path)
    return str(refused.value)


def test_the_file_counts_from_the_folder_that_holds_the_journals(empty: Brand) -> None:
    empty.write("reconciler.yaml", "endpoint: simulator:.reconciler/account.sqlite\n")
    assert load_configuration(empty.root).endpoint == f"simulator:{empty.folder}/.reconciler/account.sqlite"
    assert load_configuration(Path("manifests")).endpoint == f"simulator:{empty.folder}/.reconciler/account.sqlite"
    assert not (empty.folder / ".reconciler").exists()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "~/world.db",
        "../world.db",
        ".reconciler/../../world.db",
        "a\\b.db",
        "C:world.db",
        "folder/",
        ".",
        ".git/index",
        ".GIT/index",
        "a\u202eb.db",
        "x" * 201,
    ],
)
def test_h78_no_path_leaves_the_folder(empty: Brand, path: str) -> None:
    assert refusal(empty, path)


def test_h78_no_link_is_followed(empty: Brand, tmp_path: Path) -> None:
    """Neither on the way, nor at the file, nor at what is written beside it."""
    (tmp_path / "elsewhere").mkdir()
    own = empty.folder / ".reconciler"
    own.symlink_to(tmp_path / "elsewhere")
    assert refusal(empty, ".reconciler/account.sqlite") == '".reconciler" is a link'
    own.unlink()
    own.mkdir()
    for name in ("account.sqlite", "account.sqlite-wal", "account.sqlite-shm", "account.sqlite.archives"):
        (own / name).symlink_to(tmp_path / "elsewhere")
        assert refusal(empty, ".reconciler/account.sqlite") == f'"{name}" is a link'
        (own / name).unlink()
    (own / "account.sqlite.archives").mkdir()
    (own / "account.sqlite.archives/1.zip").symlink_to(tmp_path / "elsewhere")
    assert refusal(empty, ".reconciler/account.sqlite") == '"1.zip" is a link'


def test_what_is_there_and_is_no_file_is_refused(empty: Brand) -> None:
    (empty.folder / "account.sqlite").mkdir()
    assert refusal(empty, "account.sqlite") == '"account.sqlite" is something else already'
    (empty.folder / "file").write_text("")
    assert refusal(empty, "file/account.sqlite") == '"file" is something else already'


def test_a_root_that_is_the_whole_repository_has_no_place_for_it(empty: Brand) -> None:
    (empty.root / ".git").mkdir()
    empty.write("reconciler.yaml", "endpoint: simulator:.reconciler/account.sqlite\n")
    (problem,) = load_configuration(empty.root).problems
    assert str(problem.location) == "manifests/reconciler.yaml:1:11"
    assert problem.rule == "configuration-endpoint"
    assert problem.detail == (
        "The path is refused: the manifest folder is the whole repository, so the file would lie outside."
    )
