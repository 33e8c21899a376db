"""Frames made larger by what the frames around them show.

Features travel through the clip, first backward, then forward; at each step
they are moved along the estimated motion and joined with the frame's own.

Source: BasicVSR, arXiv:2012.02181, with the coupled propagation of IconVSR,
from the same paper: forward features see backward ones. Differs: small (see
the settings); features are moved as pixels of a quarter of the size, and kept
where a gate says so; the flow is learnt beside it, from how well moved frames
fit, by a pyramid of small convolutions that correct a closed form, in the
spirit of SPyNet, arXiv:1611.00850; what is added at the end is the input
scaled up bicubically; the last layer makes several pixels at once, so that
most of the work is done where frames meet. The cost of a frame does not
depend on how many there are.
"""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.families import flow_pyramid, restoration
from video_models.layers.images import fine_warp, frame_folding

ops = keras.ops

_FINE = 4  # Features are moved by quarters of a pixel.


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
    piece: int = settings.setting(
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
        if self.piece <= 2 * self.overlap:
            raise errors.UserError(
                f"--generator.piece={self.piece} with --generator.overlap="
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
    """The network.

    Args:
        config: width, depth, flow.
        factor: how many times larger frames become; 1 only cleans them.
        frames: T of the clips, at least 2.

    Returns:
        float32 [B, T, h, w, 3], 0..255, any h and w -> {"frames": float32
        [B, T, factor * h, factor * w, 3], "flows": float32 [B, 2 * (T - 1),
        h, w, 2], pixels: where each frame but the last finds the next one,
        then where each but the first finds the one before}.

    Raises:
        UserError: there is but one frame.
    """
    if frames < 2:
        raise errors.UserError(
            f"--clip.frames={frames} with --generator=recurrent_sr: wanted 2 "
            "at least, or --generator=srresnet"
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
    """The last of the steps of enlargement."""
    return (restoration.prime_factors(factor) or [1])[-1]


def _flows(config: Config, clip: keras.KerasTensor) -> keras.KerasTensor:
    """Of all neighbours, in both directions, at once."""
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
    """Features [B, T, h, w, C] of all frames, carried on in one direction.

    `seen` are what is known of the frames already, each of that shape.
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
    """[what is known of the frame, ..., carried features] -> carried ones.

    A gate says for each of them how much is new, as in a GRU,
    arXiv:1406.1078: what was seen long ago need not pass all the layers.
    Differs: the gate sees the new features, and nothing else is reset. What is
    carried is float32: it is added to frame by frame.
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
