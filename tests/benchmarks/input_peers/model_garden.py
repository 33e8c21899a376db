"""TF Model Garden's reader: its own task, configuration and augmentation.

Decodes whole frames and scales with tf.image; float32 in 0..1, because its
parser divides before it casts. It has no colour jitter; variant `randaug` is
its nearest to that. Reads one record a video, or a record of every chunk.
"""

from collections.abc import Iterator
from typing import Any

from official.vision.configs import common
from official.vision.configs import video_classification as configs
from official.vision.tasks import video_classification as tasks

from tests.benchmarks.input import input_worker

PACKAGES = ("tensorflow", "tf-models-official")


def batches(job: input_worker.Job) -> Iterator[Any]:
    """Yields float32 [B, T, H, W, 3]."""
    augmentation = common.Augmentation(type="randaug")
    params = configs.DataConfig(
        input_path=f"{job.data}/*.tfrecord",
        feature_shape=(job.frames, job.size, job.size, 3),
        temporal_stride=job.stride,
        num_classes=10,
        global_batch_size=job.batch,
        is_training=True,
        aug_min_aspect_ratio=3 / 4,
        aug_max_aspect_ratio=4 / 3,
        aug_min_area_ratio=0.3,
        aug_max_area_ratio=1.0,
        aug_type=augmentation if job.variant == "randaug" else None,
    )
    task = tasks.VideoClassificationTask(
        configs.VideoClassificationTask(train_data=params)
    )
    for features, _ in task.build_inputs(params):
        yield features["image"]
