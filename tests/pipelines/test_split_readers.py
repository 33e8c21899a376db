"""Settings that no split can be read with are refused before any shard."""

import pytest

from pipelines import batch, input_settings, split_readers
from tfrecords_tools.base import errors


def open_with(**reader):
    clip = batch.ClipSpec(size=64)
    config = input_settings.Config(**reader)
    wanted = input_settings.Input(clip, reader=config)
    return split_readers.open_split("no_folder", "train", wanted)


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        ({"folds": 2, "fold": 3}, "--reader.fold=3 of --reader.folds=2"),
        ({"fold": 1}, "--reader.fold=1 of --reader.folds=None"),
        (
            {"folds": 2, "fold": 1, "shuffle": "blocks"},
            "wanted --reader.shuffle=global",
        ),
        (
            {"cache": "cache", "cache_short_side": 63},
            "63 is less than the short side of 64 pixels",
        ),
    ],
)
def test_settings_that_fit_no_split_are_refused(reader, message):
    with pytest.raises(errors.UserError, match=message):
        open_with(**reader)
