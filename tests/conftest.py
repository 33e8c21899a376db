"""Shards that tests of several rooms read."""

import gc
import signal

import numpy as np
import pytest

from tests import file_order, shards

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


def pytest_addoption(parser):
    parser.addoption("--record-durations", action="store_true")


def pytest_configure(config):
    if config.getoption("--record-durations") and not is_worker(config):
        config.pluginmanager.register(file_order.Recorder())


def is_worker(config):
    return hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    file_order.sort(items)


def pytest_collection_finish():
    # Imported modules and collected items live as long as the process: a
    # collection of garbage that looks through all of them takes a second.
    gc.collect()
    gc.freeze()
    # Nor is what tests leave worth as many collections of all of it.
    gc.set_threshold(700, 10, 50)


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
