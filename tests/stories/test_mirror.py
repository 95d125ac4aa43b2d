"""Promotion, seen on the live side."""

from tests.stories.versions import Stage, with_model


async def test_a_promotion_is_written_into_the_descriptions_and_then_in_sync() -> None:
    """Two names change in place, nothing is trained, and the next plan is empty."""
    stage = Stage()
    await stage.trained(stage.tree())
    await stage.trained(stage.tree(other=True))
    first, second = (model.name[-14:-1] for model in stage.world.models())
    for target, versions in ((first, ["aliases: production", ""]), (second, ["", "aliases: production"])):
        tree = with_model(stage.tree(other=True), aliases=(("production", target[:7]),), mirror_aliases=True)
        trainings = stage.world.trainings()
        await stage.apply(tree)
        assert [model.description for model in stage.world.models()] == versions
        assert stage.world.trainings() == trainings
        assert (await stage.plan(tree)).is_empty
