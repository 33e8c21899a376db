"""The views of a clip whose features are cached, and where they are."""

import dataclasses

from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The views whose features are cached."""

    folder: str | None = settings.setting(
        None,
        "Folder for the features of any runs, which share them if encoder, "
        "clips and shards are equal. Unset: the folder `features` of the run.",
    )
    crops: int = settings.setting(
        1,
        "Crops of the evaluation view, as --evaluate.crops, an odd number: "
        "training draws one, evaluation sees the centre crop.",
        minimum=1,
    )
    augmented: int = settings.setting(
        0,
        "Further views of each training clip, by --augment; training draws "
        "one of all.",
        minimum=0,
    )
