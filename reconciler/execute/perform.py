"""Which coroutine performs which step, and what each way of failing means for the action."""

from typing import assert_never

from reconciler.api.error import CallFailed, Lost, Unauthorised
from reconciler.core.action import (
    CheckClone,
    ClaimDraft,
    CloneDataset,
    CompleteDataset,
    CreateDataset,
    CreateModel,
    CreateProject,
    DeleteObject,
    Regenerate,
    RemoveImage,
    RenameObject,
    SetGuide,
    StartTraining,
    StopTraining,
    UpdateModel,
    UpdateProject,
    UploadImage,
    WriteCaptions,
)
from reconciler.core.run.ending import Ending, failed, unknown
from reconciler.execute.action_run import Ended, Turn
from reconciler.execute.caption import write_captions
from reconciler.execute.clone import check
from reconciler.execute.complete import complete_dataset
from reconciler.execute.guide import regenerate, set_guide
from reconciler.execute.image import remove_image, upload_image
from reconciler.execute.model import create_model, update_model
from reconciler.execute.open_draft import claim_draft, clone_dataset, create_dataset
from reconciler.execute.project import create_project, update_project
from reconciler.execute.removal import delete_object, rename_object, stop_training
from reconciler.execute.training import start_training


async def perform(turn: Turn) -> Ending:
    """Do one action; whatever the API answers becomes an ending."""
    try:
        return await _step(turn)
    except Ended as ended:
        return ended.ending
    except Unauthorised as error:
        turn.run.forbid(error.message)
        return failed(error.message)
    except CallFailed as error:
        detail = f"{error.operation}: {error.message}"
        return unknown(detail) if isinstance(error, Lost) else failed(detail)


async def _step(turn: Turn) -> Ending:  # noqa: C901, PLR0912 - one arm a step, nothing else
    match turn.action.step:
        case CreateProject() as step:
            return await create_project(turn, step)
        case UpdateProject() as step:
            return await update_project(turn, step)
        case CreateDataset() as step:
            return await create_dataset(turn, step)
        case CloneDataset() as step:
            return await clone_dataset(turn, step)
        case ClaimDraft() as step:
            return await claim_draft(turn, step)
        case CheckClone() as step:
            return await check(turn, step)
        case RemoveImage() as step:
            return await remove_image(turn, step)
        case SetGuide() as step:
            return await set_guide(turn, step)
        case Regenerate() as step:
            return await regenerate(turn, step)
        case UploadImage() as step:
            return await upload_image(turn, step)
        case WriteCaptions() as step:
            return await write_captions(turn, step)
        case CompleteDataset() as step:
            return await complete_dataset(turn, step)
        case CreateModel() as step:
            return await create_model(turn, step)
        case UpdateModel() as step:
            return await update_model(turn, step)
        case StartTraining() as step:
            return await start_training(turn, step)
        case RenameObject() as step:
            return await rename_object(turn, step)
        case StopTraining() as step:
            return await stop_training(turn, step)
        case DeleteObject() as step:
            return await delete_object(turn, step)
        case _ as other:
            assert_never(other)
