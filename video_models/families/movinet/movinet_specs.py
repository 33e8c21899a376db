"""The sizes of MoViNet A0 to A5, found by architecture search.

Source: arXiv:2103.11511; the tables are those of the networks released in
TensorFlow's Model Garden, which differ from the paper for A1 to A5.
"""

from typing import NamedTuple

_Kernel = tuple[int, int, int]

_K13, _K15 = (1, 3, 3), (1, 5, 5)
_K33, _K53 = (3, 3, 3), (5, 3, 3)

HIDDEN = 2048
"""Features of the head's hidden layer."""


class Stage(NamedTuple):
    """Blocks of one width.

    Attributes:
        width: input and output channels of each block.
    expansions: inner channels of each block.
    kernels: kernel size of each block in time, height and width.
    stride: stride of the first block over height and width.
    """

    width: int
    expansions: tuple[int, ...]
    kernels: tuple[_Kernel, ...]
    stride: int = 2


class Spec(NamedTuple):
    """One variant.

    Attributes:
        stem: channels of the stem, a 3x3 convolution with stride 2.
        stages: in order.
        features: output channels of the last layer.
    """

    stem: int
    stages: tuple[Stage, ...]
    features: int


SPECS = {
    "a0": Spec(
        8,
        (
            Stage(8, (24,), (_K15,)),
            Stage(32, (80,) * 3, (_K33,) * 3),
            Stage(56, (184, 112, 184), (_K53, _K33, _K33)),
            Stage(56, (184,) * 4, (_K53, *(_K33,) * 3), stride=1),
            Stage(104, (384, 280, 280, 344), (_K53, *(_K15,) * 3)),
        ),
        480,
    ),
    "a1": Spec(
        16,
        (
            Stage(16, (40, 40), (_K15, _K33)),
            Stage(40, (96, 120, 96, 96), (_K33,) * 4),
            Stage(64, (216, 128, 216, 168, 216), (_K53, *(_K33,) * 4)),
            Stage(
                64,
                (216, 216, 216, 128, 128, 216),
                (_K53, *(_K33,) * 3, _K15, _K33),
                stride=1,
            ),
            Stage(
                136,
                (456, 360, 360, 360, 456, 456, 544),
                (_K53, *(_K15,) * 4, _K33, _K13),
            ),
        ),
        600,
    ),
    "a2": Spec(
        16,
        (
            Stage(16, (40, 40, 64), (_K15, _K33, _K33)),
            Stage(40, (96, 120, 96, 96, 120), (_K33,) * 5),
            Stage(72, (240, 160, 240, 192, 240), (_K53, *(_K33,) * 4)),
            Stage(
                72,
                (240, 240, 240, 240, 144, 240),
                (_K53, *(_K33,) * 3, _K15, _K33),
                stride=1,
            ),
            Stage(
                144,
                (480, 384, 384, 480, 480, 480, 576),
                (_K53, *(_K15,) * 4, _K33, _K13),
            ),
        ),
        640,
    ),
    "a3": Spec(
        16,
        (
            Stage(16, (40, 40, 64, 40), (_K15, *(_K33,) * 3)),
            Stage(
                48,
                (112, 144, 112, 112, 144, 144),
                (*(_K33,) * 3, _K15, _K33, _K33),
            ),
            Stage(80, (240, 152, 240, 192, 240), (_K53, *(_K33,) * 4)),
            Stage(
                88,
                (264, 264, 264, 264, 160, 264, 264, 264),
                (_K53, *(_K33,) * 3, _K15, *(_K33,) * 3),
                stride=1,
            ),
            Stage(
                168,
                (560, 448, 448, 560, 560, 560, 448, 448, 560, 672),
                (_K53, *(_K15,) * 4, _K33, _K15, _K15, _K33, _K13),
            ),
        ),
        744,
    ),
    "a4": Spec(
        24,
        (
            Stage(24, (64, 64, 96, 64, 96, 64), (_K15, *(_K33,) * 5)),
            Stage(
                56,
                (168, 168, 136, 136, 168, 168, 168, 136, 136),
                (*(_K33,) * 7, _K15, _K33),
            ),
            Stage(
                96,
                (320, 160, 320, 192, 320, 160, 320, 256, 320),
                (_K53, *(_K33,) * 8),
            ),
            Stage(
                96,
                (320, 320, 320, 320, 192, 320, 320, 192, 320, 320),
                (_K53, *(_K33,) * 3, _K15, *(_K33,) * 5),
                stride=1,
            ),
            Stage(
                192,
                (
                    *(640, 512, 512, 640, 640, 640, 512),
                    *(512, 640, 768, 640, 640, 768),
                ),
                (_K53, *(_K15,) * 4, _K33, *(_K15,) * 5, _K33, _K33),
            ),
        ),
        856,
    ),
    "a5": Spec(
        24,
        (
            Stage(24, (64, 64, 96, 64, 96, 64), (_K15, _K15, *(_K33,) * 4)),
            Stage(
                64,
                (192, 152, 152, 152, 192, 192, 192, 152, 152, 192, 192),
                (_K53, *(_K33,) * 10),
            ),
            Stage(
                112,
                (
                    *(376, 224, 376, 376, 296, 376, 224),
                    *(376, 376, 296, 376, 376, 376),
                ),
                (_K53, *(_K33,) * 12),
            ),
            Stage(
                120,
                (376, 376, 376, 376, 224, 376, 376, 224, 376, 376, 376),
                (_K53, *(_K33,) * 3, _K15, *(_K33,) * 6),
                stride=1,
            ),
            Stage(
                224,
                (
                    *(744, 744, 600, 600, 744, 744, 744, 896, 600),
                    *(600, 896, 744, 744, 896, 600, 600, 744, 744),
                ),
                (
                    *(_K53, _K33, *(_K15,) * 4, _K33, *(_K15,) * 5),
                    *(_K33, *(_K15,) * 4, _K33),
                ),
            ),
        ),
        992,
    ),
}


def narrowed(spec: Spec, width: float, stages: int, blocks: int | None) -> Spec:
    """Returns a network with fewer channels, stages and blocks.

    Args:
        spec: the published network.
        width: fraction of the channels to keep.
        stages: number of stages to keep.
        blocks: maximum number of blocks per stage; None keeps all.
    """

    def scaled(channels: int) -> int:
        return max(1, round(width * channels))

    kept = tuple(
        Stage(
            scaled(stage.width),
            tuple(scaled(each) for each in stage.expansions[:blocks]),
            stage.kernels[:blocks],
            stage.stride,
        )
        for stage in spec.stages[:stages]
    )
    return Spec(scaled(spec.stem), kept, scaled(spec.features))
