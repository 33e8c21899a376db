"""What every objective is given: the task and the components."""

import dataclasses

import pytest

from pipelines import batch
from pipelines.extra_inputs import low_resolution
from tfrecords_tools.base import errors, registry
from video_models import objective

CLIP = batch.ClipSpec(frames=2, size=16)


def tiny(folder, name):
    module = registry.load(f"video_models.{folder}", name)
    return registry.Chosen(name, module, module.TINY)


def test_settings_of_an_extra_input_are_found():
    given = {"low_resolution": low_resolution.Config(factor=2)}
    task = objective.Task(CLIP, (), extra_inputs=given)
    found = task.input_config("low_resolution", "--objective=a")
    assert found.factor == 2


def test_extra_input_that_is_not_chosen_is_refused():
    with pytest.raises(
        errors.UserError,
        match="--objective=a needs .*: add --extra_inputs=low_resolution",
    ):
        objective.Task(CLIP, ()).input_config("low_resolution", "--objective=a")


def test_generator_that_makes_something_else_is_refused():
    chosen = objective.Components(generator=tiny("generators", "srresnet"))
    with pytest.raises(
        errors.UserError,
        match="--generator=srresnet with --objective=gan: wanted one that "
        "makes frames of noise, such as content_motion",
    ):
        chosen.check_generator("gan", "frames of noise", "content_motion")


def test_components_without_a_discriminator_build_none():
    assert objective.Components().discriminators(CLIP) == {}


def test_generator_without_windows_enhances_each_frame_alone():
    found = objective.Enhancement(tiny("generators", "srresnet"), factor=2)
    assert (found.frames, found.overlap) == (1, 0)


def test_generator_with_windows_enhances_as_many_frames_at_once():
    chosen = tiny("generators", "recurrent_sr")
    config = dataclasses.replace(chosen.config, window=5, overlap=2)
    found = objective.Enhancement(chosen._replace(config=config), factor=2)
    assert (found.frames, found.overlap) == (5, 2)
