"""Who runs in input_speed, and what is to come out of it."""

from typing import NamedTuple


class Contender(NamedTuple):
    """One line of the table.

    Attributes:
        label: what the table calls it.
        peer: file in `input_peers`.
        variant: what that file is told.
        data: folder of `input_clips`.
        environment: own, garden or torch.
    """

    label: str
    peer: str
    variant: str
    data: str
    environment: str = "own"


class Goal(NamedTuple):
    """How many times faster the one shall be than the other."""

    ours: str
    peer: str
    times: float


CONTENDERS = {
    "ours": Contender("ours", "ours", "", "short_256"),
    "ours_jitter": Contender(
        "ours, with colour jitter", "ours", "jitter", "short_256"
    ),
    "ours_128": Contender(
        "ours, shards of short side 128", "ours", "", "short_128"
    ),
    "ours_64": Contender(
        "ours, records of 64 frames", "ours", "", "shards_256"
    ),
    "ours_cache": Contender(
        "ours, cache of frames at short side 128",
        "ours", "cache", "shards_256",
    ),
    "garden": Contender(
        "TF Model Garden", "model_garden", "", "records", "garden"
    ),
    "garden_randaug": Contender(
        "TF Model Garden, with its RandAugment",
        "model_garden", "randaug", "records", "garden",
    ),
    "garden_chunks": Contender(
        "TF Model Garden on our chunks of 64 frames",
        "model_garden", "", "shards_256", "garden",
    ),
    "map_fn": Contender(
        "map_fn and tf.image, float32", "map_fn", "float32", "records"
    ),
    "map_fn_uint8": Contender(
        "map_fn and tf.image, uint8", "map_fn", "uint8", "records"
    ),
    "torchcodec": Contender(
        "torch DataLoader, TorchCodec on mp4",
        "torchcodec_videos", "", "videos", "torch",
    ),
    "simplejpeg": Contender(
        "torch DataLoader, simplejpeg on single JPEGs",
        "simplejpeg_frames", "", "frames", "torch",
    ),
    "libjpeg": Contender(
        "libjpeg-turbo alone, whole frames",
        "libjpeg_frames", "whole", "frames",
    ),
    "libjpeg_window": Contender(
        "libjpeg-turbo alone, windows only",
        "libjpeg_frames", "window", "frames",
    ),
}  # fmt: skip

DEFAULT = (
    "ours@112", "ours_jitter@112", "ours_128@112", "ours_64@112",
    "garden@112",
    "map_fn@112", "map_fn_uint8@112", "torchcodec@112", "simplejpeg@112",
    "libjpeg@112", "libjpeg_window@112",
    "ours@224", "ours_jitter@224", "garden@224", "simplejpeg@224",
    "libjpeg@224",
)  # fmt: skip

GOALS = (
    Goal("ours_jitter@112", "garden@112", 1.6),
    Goal("ours_jitter@112", "map_fn@112", 2.2),
    Goal("ours_jitter@112", "torchcodec@112", 6.0),
    Goal("ours@112", "libjpeg@112", 0.9),
    Goal("ours_128@112", "garden@112", 2.5),
    Goal("ours@224", "garden@224", 1.4),
    Goal("ours@224", "simplejpeg@224", 1.2),
)
