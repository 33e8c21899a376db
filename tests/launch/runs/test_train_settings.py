"""Settings of the train loop that exclude one another are refused."""

import dataclasses

import keras
import pytest

from launch.runs import train_settings
from tfrecords_tools.base import errors
from video_models import objective


def _objective(synchronized=False, gather=False, every=1):
    made = objective.Objective()
    norm = keras.layers.BatchNormalization(synchronized=synchronized)
    made.networks = {"one": keras.Sequential([keras.Input((3,)), norm])}
    made.players = (
        objective.Player("p", ("one",), keras.optimizers.SGD(), every),
    )
    made.needs_gather = gather
    return made


def _check(made, replicas=1, xla=False, **settings):
    config = dataclasses.replace(train_settings.Config(), **settings)
    train_settings.check(config, made, replicas, xla)


@pytest.mark.parametrize(
    "made, settings, match",
    [
        ({"synchronized": True}, {"replicas": 2, "xla": True}, "--devices.xla"),
        ({"every": 2}, {"steps_per_execution": 4}, "--train.steps_per_exec"),
        ({"gather": True}, {"accumulation_steps": 2}, "compares all clips"),
        ({}, {"patience": 3}, "--train.patience=3 counts evaluations"),
        (
            {},
            {"replicas": 2, "accumulation_steps": 3},
            "accumulation_steps=3: 8 clips on a replica cannot be split",
        ),
    ],
)
def test_settings_that_exclude_one_another_are_refused(made, settings, match):
    with pytest.raises(errors.UserError, match=match):
        _check(_objective(**made), **settings)


@pytest.mark.parametrize(
    "made, settings",
    [
        ({"synchronized": True}, {"xla": True}),
        ({"synchronized": True}, {"replicas": 2}),
        ({"every": 2}, {}),
        ({"gather": True}, {}),
        ({}, {"patience": 3, "evaluate_every": 5}),
        ({}, {"replicas": 2, "accumulation_steps": 4}),
    ],
)
def test_each_of_them_alone_is_accepted(made, settings):
    _check(_objective(**made), **settings)
