"""What a fold starts from."""

import pytest

from launch.cross_validation import fold_weights
from pipelines import clip_dataset
from tfrecords_tools.base import errors

READER = clip_dataset.Config(folds=2, fold=2)


@pytest.fixture
def folds(tmp_path):
    """Folder of a cross-validation of two folds."""
    for number in (1, 2):
        lines = [
            f"--shards={tmp_path}/shards",
            "--reader.folds=2",
            f"--reader.fold={number}",
        ]
        folder = tmp_path / "folds" / f"fold_{number}"
        folder.mkdir(parents=True)
        (folder / "flags.flagfile").write_text("\n".join(lines))
    return tmp_path / "folds"


def of_fold(folds, reader=READER, shards="shards"):
    shards = str(folds.parent / shards)
    return fold_weights.of_fold(str(folds), shards, reader)


def test_a_fold_starts_from_the_same_fold(folds):
    assert of_fold(folds) == str(folds / "fold_2")


def test_other_weights_are_those_of_all_folds(folds):
    assert of_fold(folds / "fold_1") == str(folds / "fold_1")


@pytest.mark.parametrize(
    "other",
    [
        {"reader": clip_dataset.Config(folds=3, fold=3)},
        {"reader": clip_dataset.Config(folds=3, fold=1)},
        {"reader": clip_dataset.Config(folds=2, fold=2, deal=1)},
        {"shards": "others"},
    ],
)
def test_other_folds_are_refused(folds, other):
    with pytest.raises(errors.UserError, match="with other folds: wanted"):
        of_fold(folds, **other)


def test_weights_that_know_all_clips_are_noted(folds):
    shards, run = str(folds.parent / "shards"), str(folds / "fold_1")
    assert "optimistic" in fold_weights.warning(run, shards)
    for weights, of in ((str(folds), shards), (run, "others"), (None, shards)):
        assert fold_weights.warning(weights, of) == ""
