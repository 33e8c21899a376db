"""Draws the demo's clips, a sprite on moving ground, and their audio.

A motion and its reverse pass through the same poses, so only their order in
time distinguishes them. Writes no files; sources/demo.py does.
"""

import dataclasses

import cv2
import numpy as np

SAMPLE_RATE = 16_000


@dataclasses.dataclass(frozen=True)
class Motion:
    """What changes (an axis of `poses`), in which direction, and its text."""

    axis: str
    sign: int
    pitch: float  # Hz of its own tone.
    words: str


MOTIONS = {
    "left": Motion("x", -1, 262, "moves to the left"),
    "right": Motion("x", 1, 330, "moves to the right"),
    "up": Motion("y", -1, 392, "moves up"),
    "down": Motion("y", 1, 494, "moves down"),
    "clockwise": Motion("angle", 1, 587, "turns clockwise"),
    "counter_clockwise": Motion("angle", -1, 698, "turns counter-clockwise"),
    "grow": Motion("scale", 1, 880, "grows"),
    "shrink": Motion("scale", -1, 1047, "shrinks"),
}

# Hz of the tones that tell only the sign of a motion.
SIGN_PITCHES = {-1: 330, 1: 660}

# Corners in a unit circle, x to the right and y down; all point up. None looks
# the same after part of a full turn, so the sense of a rotation is visible.
SHAPES = {
    "arrow": [(0, -1), (0.9, -0.1), (0.35, -0.1), (0.35, 0.9), (-0.35, 0.9),
              (-0.35, -0.1), (-0.9, -0.1)],
    "wedge": [(0, -1), (0.6, 0.8), (-0.6, 0.8)],
    "dart": [(0, -1), (0.7, 0.7), (0, 0.3), (-0.7, 0.7)],
    "house": [(0, -1), (0.7, -0.2), (0.7, 0.7), (-0.7, 0.7), (-0.7, -0.2)],
}  # fmt: skip
PATTERNS = ("striped", "chequered", "dotted", "cloudy")


def poses(motion: Motion, frames: int, rng: np.random.Generator) -> np.ndarray:
    """Places the sprite in each frame; the reverse motion reverses the rows.

    Returns:
        float64 [frames, 4]: x and y of the centre and scale (radius), all in
        image sizes, and the angle in radians, clockwise on the screen.
    """
    x, y = rng.uniform(0.4, 0.6, 2)
    angle = rng.uniform(-0.6, 0.6)
    scale = rng.uniform(0.2, 0.26)
    reach = rng.uniform(0.75, 1.0)
    # From -reach to reach, symmetric round the middle of the clip.
    path = motion.sign * reach * _moments(frames)
    return np.stack(
        [
            x + 0.28 * path * (motion.axis == "x"),
            y + 0.28 * path * (motion.axis == "y"),
            scale * np.exp(0.6 * path * (motion.axis == "scale")),
            angle + 1.2 * path * (motion.axis == "angle"),
        ],
        axis=1,
    )


def draw_clip(
    seed: int, number: int, frames: int, size: int
) -> tuple[np.ndarray, str, str]:
    """Draws one clip, determined by seed and number.

    Args:
        seed: of the data set.
        number: of the clip; number modulo 8 selects the motion.
        frames: number of frames.
        size: height and width, pixels.

    Returns:
        uint8 [frames, size, size, 3] RGB, the label and the caption.
    """
    rng = np.random.default_rng([seed, number])
    label = list(MOTIONS)[number % len(MOTIONS)]
    motion = MOTIONS[label]
    shape = rng.choice(list(SHAPES))
    inner, outer = rng.choice(PATTERNS, 2)
    sprite = _sprite(shape, inner, size, rng)
    ground = _ground(outer, 2 * size, rng)
    drift = rng.uniform(-0.25, 0.25, 2) * size
    moments = _moments(frames)
    images = [
        _compose(sprite, ground, pose, moment * drift, size)
        for pose, moment in zip(
            poses(motion, frames, rng), moments, strict=True
        )
    ]
    caption = f"a {inner} {shape} {motion.words} over a {outer} background"
    return np.stack(images), label, caption


def tone(pitch: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Synthesises a pitch, slightly detuned, with faint noise.

    Returns:
        float32 [seconds * SAMPLE_RATE] in (-1, 1).
    """
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = pitch * rng.uniform(0.98, 1.02)
    phase = pitch * time + rng.uniform()
    wave = rng.uniform(0.2, 0.5) * np.sin(2 * np.pi * phase)
    noise = rng.normal(0, 0.01, time.shape).clip(-0.1, 0.1)
    return (wave + noise).astype(np.float32)


def _moments(frames: int) -> np.ndarray:
    """Returns float64 [frames] from -1 to 1; its reverse is its negative."""
    return np.arange(1 - frames, frames, 2) / (frames - 1)


def _pattern(
    name: str, size: int, waves: float, rng: np.random.Generator
) -> np.ndarray:
    """Returns float32 [size, size] in [0, 1], with `waves` across it."""
    if name == "cloudy":
        cells = int(waves) + 2
        coarse = rng.uniform(0, 1, (cells, cells)).astype(np.float32)
        return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_LINEAR)
    phase = waves * np.linspace(0, 2 * np.pi, size, dtype=np.float32)
    start = rng.uniform(0, 2 * np.pi, 2).astype(np.float32)
    across, down = np.sin(phase + start[0]), np.sin(phase + start[1])[:, None]
    wave = {
        "striped": across + 0 * down,
        "chequered": np.sign(across) * np.sign(down),
        "dotted": 2 * np.maximum(across, 0) * np.maximum(down, 0) - 1,
    }[name]
    return 0.5 + 0.5 * wave


def _sprite(
    shape: str, pattern: str, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Returns float32 [size, size, 4]: RGB times alpha, and alpha in [0, 1].

    The unit circle of the shape fills the square; its top is lit.
    """
    corners = (np.array(SHAPES[shape]) + 1) * (size - 1) / 2
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 255, cv2.LINE_AA)
    alpha = mask[..., None].astype(np.float32) / 255
    texture = _pattern(pattern, size, 3, rng)
    light = np.linspace(1, 0.6, size, dtype=np.float32)[:, None]
    colour = rng.uniform(150, 255, 3).astype(np.float32)
    shade = (0.65 + 0.35 * texture) * light
    return np.concatenate([colour * shade[..., None] * alpha, alpha], axis=2)


def _ground(pattern: str, size: int, rng: np.random.Generator) -> np.ndarray:
    """Returns float32 [size, size, 3], darker than the sprites."""
    colour = rng.uniform(15, 75, 3).astype(np.float32)
    texture = _pattern(pattern, size, rng.uniform(5, 9), rng)
    return colour * (0.5 + texture[..., None])


def _compose(
    sprite: np.ndarray,
    ground: np.ndarray,
    pose: np.ndarray,
    shift: np.ndarray,
    size: int,
) -> np.ndarray:
    """Puts the posed sprite over the shifted ground; uint8 [size, size, 3]."""
    x, y, scale, angle = pose
    # The sprite's square is 2 radii wide; its middle goes to (x, y).
    zoom = 2 * scale * size / len(sprite)
    cos, sin = zoom * np.cos(angle), zoom * np.sin(angle)
    middle = (len(sprite) - 1) / 2
    place = np.array(
        [
            [cos, -sin, x * size - 0.5 - (cos - sin) * middle],
            [sin, cos, y * size - 0.5 - (sin + cos) * middle],
        ]
    )
    over = cv2.warpAffine(sprite, place, (size, size), flags=cv2.INTER_LINEAR)
    corner = (len(ground) - size) / 2 + shift
    slide = np.float64([[1, 0, -corner[0]], [0, 1, -corner[1]]])
    under = cv2.warpAffine(ground, slide, (size, size), flags=cv2.INTER_LINEAR)
    image = over[..., :3] + under * (1 - over[..., 3:])
    return np.round(image).clip(0, 255).astype(np.uint8)
