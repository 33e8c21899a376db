"""How large the splits are that are drawn."""

import dataclasses
import fractions
import math
import re

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, settings

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?")


@dataclasses.dataclass(frozen=True)
class Config:
    """Splits that no row and no folder gives."""

    shares: str = settings.setting(
        "8:1:1",
        "Shares of train, validation and test in the clips, of each label "
        "too; train above 0. Where groups are few, each label is in train "
        "first, then in validation, then in test.",
    )


def whole(config: Config) -> dict[str, int]:
    """Split to its share in whole numbers, 8, 1 and 1 for `0.8:0.1:0.1`.

    Raises:
        UserError: not three numbers from 0 on, or no share for train.
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
            f"--splits.shares={config.shares} leaves nothing to train on: "
            f"{wanted}; to put all clips into one split give them that split"
        )
    scale = math.lcm(*(number.denominator for number in numbers))
    return {
        split: int(number * scale)
        for split, number in zip(annotations.SPLITS, numbers, strict=True)
    }
