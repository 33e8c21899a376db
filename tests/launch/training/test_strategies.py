"""The same losses on one device, on replicas, on workers, and compiled."""

import functools

import numpy as np
import pytest

from tests.launch import loop_run

OBJECTIVES = ("classification", "two_players", "following")
OF_CLIPS = ("gan", "super_resolution", "style_transfer")
SLOW = OF_CLIPS
LOOSE = {"style_transfer": 1e-4}  # Sums of many products, and large ones.


def longer_in_full(names, long):
    """All as parameters; but the long ones only in `make test-full`."""
    return [
        pytest.param(name, marks=[pytest.mark.full] * (name in long))
        for name in names
    ]


@pytest.fixture(scope="module")
def one():
    process = loop_run.Process()
    yield process
    process.close()


@pytest.fixture(scope="module")
def replicas():
    process = loop_run.Process("mirrored", replicas=2)
    yield process
    process.close()


@pytest.fixture(scope="module")
def workers():
    processes = [
        loop_run.Process("multi_worker", environment=environment)
        for environment in loop_run.cluster(2)
    ]
    yield processes
    for process in processes:
        process.close()


@pytest.fixture(scope="module")
def one_device(one):
    return functools.cache(lambda name: one.run(objective=name))


def _assert_same(two, one, rtol=1e-5):
    steps = len(two["rows"])
    np.testing.assert_allclose(
        two["rows"], one["rows"][:steps], rtol=rtol, atol=1e-5
    )


@pytest.mark.parametrize("name", longer_in_full(OBJECTIVES + OF_CLIPS, SLOW))
def test_two_replicas_give_the_losses_of_one_device(name, one_device, replicas):
    found = replicas.run(objective=name)
    _assert_same(found, one_device(name), LOOSE.get(name, 1e-5))


@pytest.mark.parametrize(
    "name", ["audio_video", pytest.param("modalities", marks=pytest.mark.full)]
)
def test_frames_and_audio_go_to_both_replicas(name, one, replicas):
    # Adam makes much of slopes that are all but 0, and of their rounding.
    settings = {"objective": name, "steps": 6, "learning_rate": 1e-5}
    _assert_same(replicas.run(**settings), one.run(**settings))


@pytest.mark.full
@pytest.mark.parametrize(
    "settings",
    (
        {"norm": "sync_batch"},
        pytest.param({"clip_norm": 0.1}, marks=pytest.mark.full),
        pytest.param({"with_care": True, "steps": 6}, marks=pytest.mark.full),
    ),
    ids=("synchronised_batch_norm", "clipping", "rates_and_recomputation"),
)
def test_setting_does_the_same_on_two_replicas(settings, one, replicas):
    _assert_same(replicas.run(**settings), one.run(**settings))


@pytest.mark.parametrize("xla", longer_in_full(("off", "on"), ("on",)))
def test_dropout_differs_between_replicas(xla, replicas):
    found = replicas.run(objective="dropping", xla=xla, steps=2)
    rows = [
        dict(zip(found["names"], row, strict=True)) for row in found["rows"]
    ]
    # Equal inputs and weights: only the masks can make a difference.
    assert all(row["replica_0"] != row["replica_1"] for row in rows)
    assert rows[0]["replica_0"] != 0


@pytest.mark.full
def test_two_replicas_compile(one_device, replicas):
    two = replicas.run(xla="on", steps=3)
    _assert_same(two, one_device("classification"), rtol=1e-4)


@pytest.mark.parametrize(
    "settings",
    (
        {"accumulation_steps": 4},
        pytest.param({"steps_per_execution": 7}, marks=pytest.mark.full),
    ),
)
def test_way_of_stepping_changes_nothing(settings, one, one_device):
    found = one.run(**settings)
    _assert_same(found, one_device("classification"), rtol=1e-4)


@pytest.mark.parametrize("name", longer_in_full(OBJECTIVES, OBJECTIVES[1:]))
def test_two_workers_agree_with_each_other_and_with_one(
    name, one_device, workers
):
    for worker in workers:
        worker.begin(loop_run.Trial(objective=name))
    first, second = (worker.result() for worker in workers)
    assert first["weights"] == second["weights"]
    _assert_same(first, one_device(name))
