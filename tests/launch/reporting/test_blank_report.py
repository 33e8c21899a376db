"""The numbers of an evaluation are known before there is one."""

import keras
import pytest
import tensorflow as tf

from launch.evaluation import evaluation
from launch.runs import experiment
from pipelines import batch, clip_dataset
from tests import shards
from tfrecords_tools.base import registry
from video_models import objective

ONE = [shards.Clip(number, 10, ("ab"[number],)) for number in range(2)]
PLACES = {"place": ("x", "y")}
PLACED = [
    shards.Clip(number, 10, ("ab"[number],), {"place": ("x",)})
    for number in range(2)
]
SEVERAL = [shards.Clip(0, 10, ("a", "b")), shards.Clip(1, 10, ("b",))]
CLIP = batch.ClipSpec(frames=2, size=16)


@pytest.mark.parametrize(
    ("name", "clips", "tasks"),
    [
        ("classification", ONE, {}),
        ("multi_label", SEVERAL, {}),
        ("multi_task", PLACED, PLACES),
    ],
)
def test_blank_report_has_the_numbers_of_a_report(name, clips, tasks, tmp_path):
    splits = {"train": clips, "validation": clips}
    folder = shards.write(tmp_path, splits, tasks=tasks, labels=("a", "b"))
    names = {"backbones": "frame_conv", "temporal": "none"}
    components = objective.Components(
        *(
            chosen._replace(config=chosen.module.TINY)
            for chosen in (
                registry.choose(f"video_models.{each}", part)
                for each, part in (names | {"heads": "classifier"}).items()
            )
        )
    )
    goal = registry.choose("video_models.objectives", name)
    wanted = clip_dataset.Input(CLIP)
    reader = clip_dataset.open_split(str(folder), "validation", wanted)
    made = experiment.Experiment(str(folder), components, goal, clip=CLIP)
    built = goal.build(
        components, made.task(reader.manifest), keras.optimizers.SGD
    )
    strategy = tf.distribute.get_strategy()
    told = (built, built.networks, strategy, reader, wanted, 2)
    blank = evaluation.blank_report(*told)
    real = evaluation.evaluate(*told).report
    assert _numbers(blank) == _numbers(real)
    assert all(blank[each] == 0 for each in _numbers(blank))


def _numbers(report):
    return [k for k, value in report.items() if isinstance(value, float)]
