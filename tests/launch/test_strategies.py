"""The same losses on one device, on replicas, on workers, and compiled."""

import numpy as np
import pytest

from tests.launch import loop_run

OBJECTIVES = ("classification", "two_players", "gathering")


@pytest.fixture(scope="module")
def one_device():
    return {name: loop_run.run(objective=name) for name in OBJECTIVES}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_two_replicas_give_the_losses_of_one_device(name, one_device):
    two = loop_run.run(objective=name, strategy="mirrored", replicas=2)
    np.testing.assert_allclose(
        two["rows"], one_device[name]["rows"], rtol=1e-5, atol=1e-5
    )


def test_synchronised_batch_norm_gives_the_losses_of_one_device():
    one = loop_run.run(norm="sync_batch")
    two = loop_run.run(norm="sync_batch", strategy="mirrored", replicas=2)
    np.testing.assert_allclose(two["rows"], one["rows"], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("xla", ("off", "on"))
def test_dropout_differs_between_replicas(xla):
    found = loop_run.run(
        objective="dropping", strategy="mirrored", replicas=2, xla=xla, steps=2
    )
    rows = [
        dict(zip(found["names"], row, strict=True)) for row in found["rows"]
    ]
    # Equal inputs and weights: only the masks can make a difference.
    assert all(row["replica_0"] != row["replica_1"] for row in rows)
    assert rows[0]["replica_0"] != 0


def test_clipping_is_by_the_norm_over_all_replicas():
    one = loop_run.run(clip_norm=0.1)
    two = loop_run.run(clip_norm=0.1, strategy="mirrored", replicas=2)
    np.testing.assert_allclose(two["rows"], one["rows"], rtol=1e-5, atol=1e-5)


def test_rates_by_depth_and_recomputation_are_the_same_on_replicas():
    one = loop_run.run(with_care=True, steps=6)
    two = loop_run.run(with_care=True, steps=6, strategy="mirrored", replicas=2)
    np.testing.assert_allclose(two["rows"], one["rows"], rtol=1e-5, atol=1e-5)


def test_two_replicas_compile(one_device):
    two = loop_run.run(strategy="mirrored", replicas=2, xla="on", steps=3)
    np.testing.assert_allclose(
        two["rows"], one_device["classification"]["rows"][:3], rtol=1e-4
    )


def test_parts_add_up_to_the_whole_batch(one_device):
    parts = loop_run.run(parts=4)
    np.testing.assert_allclose(
        parts["rows"], one_device["classification"]["rows"], rtol=1e-4
    )


def test_several_steps_an_execution_change_nothing(one_device):
    several = loop_run.run(steps_per_execution=7)
    np.testing.assert_allclose(
        several["rows"], one_device["classification"]["rows"], rtol=1e-4
    )


@pytest.mark.parametrize("name", OBJECTIVES)
def test_two_workers_agree_with_each_other_and_with_one(name, one_device):
    trial = loop_run.Trial(objective=name, strategy="multi_worker")
    workers = [
        loop_run.start(trial, environment)
        for environment in loop_run.cluster(2)
    ]
    first, second = (loop_run.result(worker) for worker in workers)
    assert first["weights"] == second["weights"]
    np.testing.assert_allclose(
        first["rows"], one_device[name]["rows"], rtol=1e-5, atol=1e-5
    )
