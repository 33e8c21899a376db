"""Sizes of drawn splits."""

import dataclasses
import fractions
import math
import re

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, settings

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?")


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes of drawn splits, for videos without a given split."""

    shares: str = settings.setting(
        "8:1:1",
        "Ratio of train, validation and test, stratified by label; train "
        "must be above 0. With few groups, each label goes to train first, "
        "then validation, then test.",
    )


def whole(config: Config) -> dict[str, int]:
    """Maps splits to whole shares: 8, 1 and 1 for `0.8:0.1:0.1`.

    Raises:
        UserError: not three numbers of at least 0, or no share for train.
    """
    given = config.shares.strip().split(":")
    numbers = [
        fractions.Fraction(text.strip())
        for text in given
        if _NUMBER.fullmatch(text.strip())
    ]
    wanted = "wanted TRAIN:VALIDATION:TEST, three numbers, such as 8:1:1"
    if not len(given) == len(numbers) == len(annotations.SPLITS):
        raise errors.UserError(f"--splits.shares={config.shares}: {wanted}")
    if not numbers[0]:
        raise errors.UserError(
            f"--splits.shares={config.shares} leaves no training data: "
            f"{wanted}; to put all clips into one split, set their split"
        )
    scale = math.lcm(*(number.denominator for number in numbers))
    return {
        split: int(number * scale)
        for split, number in zip(annotations.SPLITS, numbers, strict=True)
    }
