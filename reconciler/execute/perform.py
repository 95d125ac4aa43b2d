"""Which coroutine performs which step, and what each way of failing means for the action."""

from typing import assert_never

from reconciler.api.error import CallFailed, Lost, Redirected, Unauthorised, Unreachable
from reconciler.core.action import (
    CheckClone,
    ClaimDraft,
    CloneDataset,
    CompleteDataset,
    CreateDataset,
    CreateModel,
    CreateProject,
    DeleteCheckpoint,
    DeleteObject,
    Regenerate,
    RemoveImage,
    RenameObject,
    SetDraftAside,
    SetGuide,
    StartTraining,
    StopTraining,
    UpdateModel,
    UpdateProject,
    UploadArchive,
    UploadImage,
    WriteCaptions,
)
from reconciler.core.run.ending import Ending, failed, unknown
from reconciler.execute.action_run import ActionRun, Ended
from reconciler.execute.archive import upload_archive
from reconciler.execute.caption import write_captions
from reconciler.execute.clone import check
from reconciler.execute.complete import complete_dataset
from reconciler.execute.guide import regenerate, set_guide
from reconciler.execute.image import remove_image, upload_image
from reconciler.execute.model import create_model, update_model
from reconciler.execute.open_draft import claim_draft, clone_dataset, create_dataset
from reconciler.execute.project import create_project, update_project
from reconciler.execute.removal import (
    delete_checkpoint,
    delete_object,
    rename_object,
    set_draft_aside,
    stop_training,
)
from reconciler.execute.training import start_training


async def perform(action_run: ActionRun) -> Ending:
    """Do one action; whatever the API answers becomes an ending."""
    try:
        return await _step(action_run)
    except Ended as ended:
        return ended.ending
    except Unauthorised as error:
        action_run.run.stop_for_token(error.message)
        return failed(error.message)
    except CallFailed as error:
        if is_of_the_way(error):
            action_run.run.cut_off(error.message)
        detail = f"{error.operation}: {error.message}"
        return unknown(detail) if isinstance(error, Lost) else failed(detail)


def is_of_the_way(error: CallFailed) -> bool:
    """Does a failure say that the API is not reached at all, so that every other action would fail as well?"""
    return isinstance(error, Redirected) or (isinstance(error, Unreachable) and error.status is None)


async def _step(action_run: ActionRun) -> Ending:  # noqa: C901, PLR0912 - one arm a step, nothing else
    match action_run.action.step:
        case CreateProject() as step:
            return await create_project(action_run, step)
        case UpdateProject() as step:
            return await update_project(action_run, step)
        case CreateDataset() as step:
            return await create_dataset(action_run, step)
        case CloneDataset() as step:
            return await clone_dataset(action_run, step)
        case ClaimDraft() as step:
            return await claim_draft(action_run, step)
        case CheckClone() as step:
            return await check(action_run, step)
        case RemoveImage() as step:
            return await remove_image(action_run, step)
        case SetGuide() as step:
            return await set_guide(action_run, step)
        case Regenerate() as step:
            return await regenerate(action_run, step)
        case UploadImage() as step:
            return await upload_image(action_run, step)
        case SetDraftAside() as step:
            return await set_draft_aside(action_run, step)
        case UploadArchive() as step:
            return await upload_archive(action_run, step)
        case WriteCaptions() as step:
            return await write_captions(action_run, step)
        case CompleteDataset() as step:
            return await complete_dataset(action_run, step)
        case CreateModel() as step:
            return await create_model(action_run, step)
        case UpdateModel() as step:
            return await update_model(action_run, step)
        case StartTraining() as step:
            return await start_training(action_run, step)
        case RenameObject() as step:
            return await rename_object(action_run, step)
        case StopTraining() as step:
            return await stop_training(action_run, step)
        case DeleteObject() as step:
            return await delete_object(action_run, step)
        case DeleteCheckpoint() as step:
            return await delete_checkpoint(action_run, step)
        case _ as other:
            assert_never(other)
