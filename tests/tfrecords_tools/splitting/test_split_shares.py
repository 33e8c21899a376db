import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.splitting import split_shares


@pytest.mark.parametrize(
    "given, wanted",
    [
        ("8:1:1", [8, 1, 1]),
        ("0.8:0.1:0.1", [8, 1, 1]),
        (" 1 : 0 : 0.25 ", [4, 0, 1]),
    ],
)
def test_shares_are_whole_numbers(given, wanted):
    found = split_shares.whole(split_shares.Config(given))
    assert found == dict(
        zip(("train", "validation", "test"), wanted, strict=True)
    )


@pytest.mark.parametrize(
    "given", ["8:1", "8:1:1:1", "8:-1:1", "a:b:c", "", "8:1:"]
)
def test_what_is_not_three_numbers_is_refused(given):
    with pytest.raises(errors.UserError, match="wanted TRAIN:VALIDATION:TEST"):
        split_shares.whole(split_shares.Config(given))


def test_nothing_to_train_on_is_refused():
    with pytest.raises(errors.UserError, match="leaves no training data"):
        split_shares.whole(split_shares.Config("0:1:1"))
