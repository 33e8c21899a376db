"""The sheet of the surest wrong answers."""

import numpy as np
import pytest

from launch.evaluation import mistakes
from pipelines import batch, clip_dataset
from pipelines.reading import shard_reader
from tests import shards
from tests.launch.evaluation import answered

INPUT = clip_dataset.Input(batch.ClipSpec(frames=4, stride=1, size=24))


def test_the_surest_wrong_answers_come_first():
    assert mistakes.surest(answered.ONE).tolist() == [2, 1]
    assert mistakes.surest(answered.ONE, 1).tolist() == [2]


def test_of_several_labels_the_largest_error_counts():
    # 0.8 for the missed b; 0.6 for the invented one.
    assert mistakes.surest(answered.SEVERAL).tolist() == [2, 1]


@pytest.mark.parametrize("whole", [True, False])
def test_the_sheet_shows_the_frames_of_wrong_clips(coded_shards, whole):
    reader = shard_reader.ShardReader(coded_shards, "validation", whole)
    answers = answered.single([0, 1], [[0.9, 0.1, 0], [0.9, 0.1, 0]], [2, 6])
    sheet = mistakes.sheet([answers], {}, reader, INPUT)
    reds = np.unique(sheet[..., 0][sheet[..., 2] == 0])
    is_six = np.abs(reds.astype(int) - 6 * shards.STEP) <= 3
    assert len(reds) and is_six[reds > 20].all()


def test_a_sheet_without_mistakes_says_so(coded_shards):
    reader = shard_reader.ShardReader(coded_shards, "validation")
    answers = answered.single([0], [[0.9, 0.1, 0]])
    sheet = mistakes.sheet([answers], {}, reader, INPUT)
    assert sheet.shape[0] < 60
