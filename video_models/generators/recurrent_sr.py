"""Recurrent super resolution from neighbouring frames.

Features propagate through the clip, first backward, then forward; at each step
they are warped along the estimated flow and merged with the frame's features.

Source: BasicVSR, arXiv:2012.02181, with the coupled propagation of IconVSR,
from the same paper: forward features see backward ones. Differs: smaller (see
the settings); features are warped at a quarter of a pixel and updated by a
gate; the flow is trained jointly, by a warping loss, with a pyramid of small
convolutions that correct a closed form, similar to SPyNet, arXiv:1611.00850;
the output is added to the bicubically upscaled input; the last layer predicts
several pixels at once, so that most computation is where frames are merged.
The cost per frame does not depend on their number.
"""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.families import flow_pyramid, restoration
from video_models.layers.images import fine_warp, frame_folding

ops = keras.ops

_FINE = 4  # Features are warped at a quarter of a pixel.


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the network."""

    width: int = settings.setting(
        48, f"Channels, a multiple of {_FINE**2}.", minimum=_FINE**2
    )
    frame_blocks: int = settings.setting(
        3, "Residual blocks applied to each frame alone.", minimum=0
    )
    blocks: int = settings.setting(
        3, "Residual blocks of each direction.", minimum=1
    )
    fine_width: int = settings.setting(
        32, "Channels of the upscaling layers.", minimum=1
    )
    flow_width: int = settings.setting(
        16, "Channels of the motion estimation.", minimum=1
    )
    flow_levels: int = settings.setting(
        3,
        "Levels of the motion pyramid, each half the size of the next; "
        "every level doubles the largest motion that is found and adds "
        "about two pixels.",
        minimum=1,
        maximum=6,
    )
    window: int = settings.setting(
        6,
        "Frames per window when a whole video is enhanced; many more than "
        "--clip.frames reduce quality.",
        minimum=2,
    )
    overlap: int = settings.setting(
        1,
        "Frames at each end of a window that serve as context only.",
        minimum=0,
    )

    def __post_init__(self):
        if self.width % _FINE**2:
            raise errors.UserError(
                f"--generator.width={self.width}: wanted a multiple of "
                f"{_FINE**2}, which become {_FINE}x{_FINE} smaller pixels"
            )
        if self.window <= 2 * self.overlap:
            raise errors.UserError(
                f"--generator.window={self.window} with --generator.overlap="
                f"{self.overlap} keeps no frame: wanted more than "
                f"{2 * self.overlap}"
            )


TINY = Config(
    width=_FINE**2,
    frame_blocks=1,
    blocks=1,
    fine_width=4,
    flow_width=4,
    flow_levels=2,
)
MAKES = "frames of frames"


def build(config: Config, factor: int, frames: int) -> keras.Model:
    """Builds the network.

    Args:
        config: width, depth, flow.
        factor: upscaling factor; 1 restores without upscaling.
        frames: T of the clips, at least 2.

    Returns:
        float32 [B, T, h, w, 3], 0..255, any h and w -> {"frames": float32 [B,
        T, factor * h, factor * w, 3], "flows": float32 [B, 2 * (T - 1), h, w,
        2], pixels: the flow from each frame to the next, then from each frame
        to the previous one}.

    Raises:
        UserError: the clip has a single frame.
    """
    if frames < 2:
        raise errors.UserError(
            f"--clip.frames={frames} with --generator=recurrent_sr: wanted at "
            "least 2, or --generator=srresnet"
        )
    clip = keras.Input((frames, None, None, 3), name="frames")
    images = frame_folding.FoldFrames(name="fold")(clip)
    scaled = keras.layers.Rescaling(
        1 / 127.5, -1.0, dtype="float32", name="scale_pixels"
    )(clip)
    flows = _flows(config, scaled)
    x = frame_folding.FoldFrames(name="fold_scaled")(scaled)
    x = restoration.leaky(
        restoration.convolve(x, config.width, "first"), "first_relu"
    )
    own = restoration.residual(x, config.width, config.frame_blocks, "frame")
    seen = frame_folding.UnfoldFrames(name="unfold_own")(own, clip)
    pairs = frames - 1
    ahead = [flows[:, i] for i in range(pairs)]
    back = [flows[:, pairs + i] for i in range(pairs)]
    after = _travel(config, [seen], ahead, "backward")
    both = _travel(config, [seen, after], back, "forward")
    x = frame_folding.FoldFrames(name="fold_both")(both)
    x = keras.layers.Add(name="add_own")([x, own])
    made = restoration.finish(
        x, images, clip, config.fine_width, factor, _late(factor)
    )
    return keras.Model(
        clip, {"frames": made, "flows": flows}, name="recurrent_sr"
    )


def _late(factor: int) -> int:
    """Returns the last step of the upscaling."""
    return (restoration.prime_factors(factor) or [1])[-1]


def _flows(config: Config, clip: keras.KerasTensor) -> keras.KerasTensor:
    """The flows of all neighbours, in both directions."""
    here, there = flow_pyramid.neighbours(clip)
    fold = frame_folding.FoldFrames
    pyramid = flow_pyramid.build(config.flow_width, config.flow_levels)
    flow = pyramid([fold(name="here")(here), fold(name="there")(there)])
    return frame_folding.UnfoldFrames(dtype="float32", name="flows")(flow, here)


def _travel(
    config: Config,
    seen: list[keras.KerasTensor],
    flows: list[keras.KerasTensor],
    name: str,
) -> keras.KerasTensor:
    """Propagates features in one direction; returns [B, T, h, w, C].

    `seen` holds features of the frames, each of that shape.
    """
    step = _step(config, len(seen), name)
    aligned = fine_warp.FineWarp(_FINE, dtype="float32", name=f"{name}_warp")
    order = list(range(len(flows) + 1))
    if name == "backward":
        order.reverse()
    state = ops.zeros_like(seen[0][:, 0])
    found = {}
    for place, number in enumerate(order):
        if place:
            flow = flows[min(number, order[place - 1])]
            state = aligned(state, flow)
        state = step([*(each[:, number] for each in seen), state])
        found[number] = state
    return ops.stack([found[number] for number in sorted(found)], axis=1)


def _step(config: Config, seen: int, name: str) -> keras.Model:
    """[features of the frame, ..., propagated features] -> propagated ones.

    A gate interpolates between old and new features, as in a GRU,
    arXiv:1406.1078, so that old features need not pass through all layers.
    Differs: the gate sees the new features; there is no reset gate. Propagated
    features are float32, since they accumulate over frames.
    """
    known = [
        keras.Input((None, None, config.width), name=f"seen{number}")
        for number in range(1, seen + 1)
    ]
    carried = keras.Input((None, None, config.width), name="carried")
    x = keras.layers.Concatenate(name="with_carried")([*known, carried])
    x = restoration.convolve(x, config.width, "enter")
    x = restoration.leaky(x, "enter_relu")
    x = restoration.residual(x, config.width, config.blocks, "block")
    share = restoration.convolve(x, config.width, "new")
    share = keras.layers.Activation("sigmoid", name="new_share")(share)
    kept = carried + share * (x - carried)
    return keras.Model([*known, carried], kept, name=name)
