"""Shards that tests of several rooms read."""

import collections
import signal

import keras
import numpy as np
import pytest

from tests import shards

# `nohup make test &` ignores Ctrl-C, which tests press, and their processes.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A gap at 5, as a failed clip leaves one; 4 has no label; 9 is very short.
CODED = [
    shards.Clip(
        number,
        frames=3 if number == 9 else 10 + 2 * number,
        labels=() if number == 4 else ("abc"[number % 3],),
        tasks={"place": ("xy"[number % 2],)},
    )
    for number in range(14)
    if number != 5
]
CODED_TRAIN, CODED_VALIDATION = CODED, CODED[:7]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Long files first, so that no worker waits for another at the end."""
    counts = collections.Counter(item.path for item in items)
    slow = {i.path for i in items if i.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, -counts[item.path]))


@pytest.fixture(autouse=True)
def _same_seed_for_every_test():
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="session")
def coded_shards(tmp_path_factory):
    """13 training and 7 validation clips whose pixels tell who they are."""
    folder = tmp_path_factory.mktemp("coded_shards")
    splits = {"train": CODED_TRAIN, "validation": CODED_VALIDATION}
    return shards.write(folder, splits, tasks={"place": ("x", "y")})


@pytest.fixture(scope="session")
def toy_shards(tmp_path_factory):
    """36 + 11 clips, 20 to 90 frames of 72x96; brightness is the label."""
    random = np.random.default_rng(0)

    def clips(count, gap):
        return [
            shards.Clip(
                number,
                frames=int(random.integers(20, 91)),
                labels=(("dark", "grey", "light")[number % 3],),
            )
            for number in range(count)
            if number != gap
        ]

    def draw(clip, frame):
        level = {"dark": 50, "grey": 125, "light": 200}[clip.labels[0]]
        noise = random.normal(0, 25, (9, 12, 3)).repeat(8, 0).repeat(8, 1)
        return np.clip(level + noise, 0, 255).astype(np.uint8)

    folder = tmp_path_factory.mktemp("toy_shards")
    splits = {"train": clips(37, gap=20), "validation": clips(11, gap=None)}
    names = ("dark", "grey", "light")
    return str(shards.write(folder, splits, draw, 2, 32, names))
