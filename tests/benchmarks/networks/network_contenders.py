"""Who runs in network_speed and inference_speed, on which networks."""

from typing import NamedTuple

from tests.benchmarks.networks import network_job


class Network(NamedTuple):
    """One network and the batch that it is trained with.

    Attributes:
        label: what the table calls it.
        batch: clips.
        frames: of a clip.
        size: height and width, pixels.
        classes: of its head.
    """

    label: str
    batch: int
    frames: int
    size: int
    classes: int = 400


class Contender(NamedTuple):
    """One column of a network's table.

    Attributes:
        label: what the table calls it.
        peer: file in `network_peers`.
        environment: own, garden or torch.
        options: what the peer is told.
        has_tcmalloc: whether memory is given by tcmalloc.
        threads: for each operation; None for as many as all have.
        variables: of its environment.
    """

    label: str
    peer: str
    environment: str = "own"
    options: tuple[str, ...] = ()
    has_tcmalloc: bool = False
    threads: int | None = None
    variables: tuple[tuple[str, str], ...] = ()


class Goal(NamedTuple):
    """How many times faster the one shall be than the other."""

    network: str
    ours: str
    peer: str
    times: float


_SPLIT, _LITE = "movinet_2plus1d", "frame_efficientnet_lite"

NETWORKS = {
    "r2plus1d": Network("R(2+1)D-18", 2, 16, 112),
    "r3d": Network("R3D-18", 2, 16, 112),
    "frame_resnet": Network("ResNet-18 a frame + 2 attention", 4, 8, 112),
    "movinet": Network("MoViNet-A0", 2, 16, 172, 600),
    _SPLIT: Network("MoViNet-A0, 2plus1d", 2, 16, 172, 600),
    "vit": Network("ViT-S", 1, 16, 224),
    _LITE: Network("EfficientNet-Lite0 a frame", 1, 16, 224, 1000),
}

OURS, TORCH, GARDEN = "ours", "torch", "garden"

# glibc gives large blocks back to the kernel, and each step asks for them
# anew, page by page: here it keeps them, or has pages of 2 MB.
_KEPT = (("MALLOC_MMAP_MAX_", "0"), ("MALLOC_TRIM_THRESHOLD_", "17179869184"))
_HUGE = (("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"),)

TRAINING = {
    OURS: Contender("ours", "ours"),
    "ours_loop": Contender(
        "ours, the whole train loop with averaging", "ours", options=("loop",)
    ),
    "ours_xla": Contender("ours, XLA", "ours", options=("xla",)),
    "ours_remat": Contender(
        "ours, blocks recomputed", "ours", options=("remat",)
    ),
    "ours_bfloat16": Contender(
        "ours, bfloat16", "ours", options=("bfloat16",)
    ),
    "ours_one_thread": Contender("ours, one thread", "ours", threads=1),
    "ours_tcmalloc": Contender("ours, tcmalloc", "ours", has_tcmalloc=True),
    "ours_kept": Contender("ours, malloc keeps", "ours", variables=_KEPT),
    "ours_huge": Contender("ours, huge pages", "ours", variables=_HUGE),
    TORCH: Contender("PyTorch", "pytorch", "torch"),
    "torch_first": Contender(
        "PyTorch, channels first", "pytorch", "torch", ("first",)
    ),
    "torch_flat": Contender(
        "PyTorch, depthwise convolutions as 2-D ones",
        "pytorch", "torch", ("flat",),
    ),
    "torch_tcmalloc": Contender(
        "PyTorch, tcmalloc", "pytorch", "torch", has_tcmalloc=True
    ),
    GARDEN: Contender("TF Model Garden", "model_garden", "garden"),
}  # fmt: skip

PREDICTION = {
    OURS: Contender("ours, exported", "ours"),
    "ours_plain": Contender("ours, as it trains", "ours", options=("plain",)),
    "ours_xla": Contender("ours, exported, XLA", "ours", options=("xla",)),
    "ours_bfloat16": Contender(
        "ours, exported, bfloat16", "ours", options=("bfloat16",)
    ),
    "ours_tflite": Contender("ours, TFLite", "ours", options=("tflite",)),
    "ours_int8": Contender(
        "ours, TFLite int8", "ours", options=("tflite", "int8")
    ),
    "ours_tcmalloc": Contender(
        "ours, exported, tcmalloc", "ours", has_tcmalloc=True
    ),
    TORCH: Contender("PyTorch", "pytorch", "torch"),
    "torch_bfloat16": Contender(
        "PyTorch, bfloat16", "pytorch", "torch", ("bfloat16",)
    ),
    "torch_compiled": Contender(
        "PyTorch, compiled", "pytorch", "torch", ("compiled",)
    ),
    GARDEN: Contender("TF Model Garden", "model_garden", "garden"),
}

# Of a network only these have it.
_MOVINETS = ("movinet", _SPLIT)
ONLY = {GARDEN: _MOVINETS, "torch_flat": _MOVINETS}

TRAINING_GOALS = (
    *(
        Goal(name, OURS, TORCH, 1.0)
        for name in NETWORKS
        if name not in (_SPLIT, _LITE)
    ),
    Goal("movinet", OURS, GARDEN, 1.0),
    Goal(_SPLIT, OURS, TORCH, 1.5),
    Goal(_SPLIT, OURS, GARDEN, 1.5),
)
PREDICTION_GOALS = (
    *(
        Goal(name, OURS, TORCH, 1.0 if name == _LITE else 1.3)
        for name in NETWORKS
    ),
    *(Goal(name, OURS, "torch_compiled", 1.0) for name in NETWORKS),
)


def usual(known: dict[str, Contender]) -> list[str]:
    """Who runs where nobody is named: all that need no switch or library."""
    switches = {"loop", "xla", "remat", "bfloat16", "first"}
    return [
        name
        for name, each in known.items()
        if not switches & set(each.options)
        and not (each.has_tcmalloc or each.threads or each.variables)
    ]


def job(
    contender: Contender, name: str, task: str, batch: int, threads: int
) -> network_job.Job:
    """What a contender is told for a network."""
    network = NETWORKS[name]
    return network_job.Job(
        contender.peer,
        name,
        task,
        batch,
        network.frames,
        network.size,
        network.classes,
        contender.threads or threads,
        contender.options,
    )
