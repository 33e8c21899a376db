"""A run on cached features: what it computes, reads, and refuses."""

import pathlib

import keras
import numpy as np
import pytest

from launch.evaluation import evaluated_run, view_settings
from launch.features import feature_extraction, feature_store, run_features
from launch.runs import run_flags
from launch.training import opened_run, training_run
from pipelines import clip_dataset
from tests.launch import short_runs, toy_objectives
from tfrecords_tools.base import errors, flags

CACHED = (
    "--train.freeze=backbone",
    "--train.cache_features",
    "--feature_cache.crops=3",
    "--temporal=none",
    "--learning_rate.schedule=constant",
)


def parsed(shards, *more):
    arguments = [
        f"--shards={shards}",
        "--train.batch_size=4",
        "--clip.frames=2",
        "--clip.size=16",
        "--backbone.widths=8",
        *more,
    ]
    return flags.parse(run_flags.COMMAND, arguments)


def experiment(shards, *more):
    return run_flags.to_experiment(parsed(shards, *more))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The features that the runs of this file share."""
    return tmp_path_factory.mktemp("features")


@pytest.fixture(scope="module")
def whole(toy_shards, folder, tmp_path_factory):
    """Folder of a run of four steps."""
    workdir = tmp_path_factory.mktemp("cached")
    short_runs.run(toy_shards, workdir, *steps(4, folder))
    return workdir


@pytest.fixture(scope="module")
def opened(toy_shards, whole, folder):
    """The finished run, opened again."""
    described = experiment(toy_shards, *steps(4, folder))
    return opened_run.open_run(described, whole)


def steps(count, folder):
    shared = f"--feature_cache.folder={folder}"
    return (*CACHED, f"--train.steps={count}", shared)


def losses(workdir):
    return (workdir / "losses.csv").read_text()


@pytest.fixture(scope="module")
def reports(toy_shards, folder, tmp_path_factory):
    """Those of a run and of its evaluation."""
    workdir = tmp_path_factory.mktemp("evaluated")
    resolved = parsed(toy_shards, *steps(2, folder), f"--workdir={workdir}")
    described = run_flags.to_experiment(resolved)
    trained = training_run.run(described, workdir)
    run_flags.record(resolved)
    request = evaluated_run.Request(str(workdir))
    views = view_settings.Config()
    return trained, evaluated_run.evaluate(request, views).report


def test_the_run_evaluates_the_centre_crop(reports):
    for report in reports:
        assert report["examples"] == 11 and report["crops"] == 1


def test_the_centre_crop_is_that_of_the_encoder_alone(opened):
    batch_shard = clip_dataset.BatchShard(1)
    found = next(iter(opened.cached.evaluation(batch_shard)))["features"]
    given = clip_dataset.evaluation(
        opened.data, opened.experiment.input, batch_shard
    )
    frames = next(iter(given))["frames"].numpy()[0].astype(np.float32)
    wanted = opened.loop.objective.split().encoder(frames)
    np.testing.assert_allclose(found[0], wanted, rtol=1e-4, atol=1e-4)


def test_the_readout_of_the_same_features_is_a_floor(reports):
    trained, evaluated = (each["floors"]["readout"] for each in reports)
    assert trained["accuracy"] > 0.9 and trained["verdict"]
    assert evaluated["accuracy"] == trained["accuracy"]


def test_features_are_those_of_the_encoder(opened):
    given = next(
        iter(
            clip_dataset.evaluation(
                opened.data,
                opened.experiment.input,
                clip_dataset.BatchShard(1),
                crops=3,
            )
        )
    )
    halves = opened.loop.objective.split()
    wanted = halves.encoder(given["frames"].numpy()[0].astype(np.float32))
    found = opened.cached.rows["features"][0]
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_a_split_has_the_path_of_each_video(opened):
    paths = opened.cached.rows["path"]
    assert len(paths) == 36 and all(paths)


def test_a_resumed_run_takes_the_same_steps(
    toy_shards, whole, folder, tmp_path
):
    short_runs.run(toy_shards, tmp_path, *steps(2, folder))
    short_runs.run(toy_shards, tmp_path, *steps(4, folder))
    assert losses(tmp_path) == losses(whole)


def test_steps_draw_all_views_of_a_clip(opened):
    batches = opened.batches(opened.start)
    rows = opened.cached.rows["features"]
    clips = list(opened.cached.rows["clip_id"])
    drawn = set()
    for _ in range(20):
        batch = next(batches)
        for number, found in zip(
            batch["clip_id"].numpy(), batch["features"].numpy(), strict=True
        ):
            views = rows[clips.index(number)]
            drawn |= {v for v in (0, 1) if np.array_equal(views[v], found)}
    assert drawn == {0, 1}


def test_the_last_batch_is_masked(opened, toy_shards):
    validated = opened.validation._cached
    batches = validated.evaluation(clip_dataset.BatchShard(4))
    assert [int(b["mask"].numpy().sum()) for b in batches] == [4, 4, 3]


def test_features_are_computed_once(toy_shards, whole, folder, monkeypatch):
    monkeypatch.setattr(feature_extraction, "_compute", None)
    described = experiment(toy_shards, *steps(4, folder))
    opened_run.open_run(described, whole)


def test_a_stopped_computation_gives_the_same_bytes(
    toy_shards, whole, folder, tmp_path, monkeypatch
):
    add, counts = feature_store.Writer.add, []

    def stopping(writer, rows):
        if len(counts) == 5:
            writer._save()
            raise KeyboardInterrupt
        counts.append(1)
        add(writer, rows)

    described = experiment(
        toy_shards, *steps(4, folder), f"--feature_cache.folder={tmp_path}"
    )
    monkeypatch.setattr(feature_store.Writer, "add", stopping)
    with pytest.raises(KeyboardInterrupt):
        opened_run.open_run(described, whole)
    assert not list(tmp_path.glob("*/features.npy")) == []
    monkeypatch.setattr(feature_store.Writer, "add", add)
    opened_run.open_run(described, whole)
    for path in pathlib.Path(folder).glob("*/features.npy"):
        again = tmp_path / path.parent.name / path.name
        assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--train.freeze="], "wanted --train.freeze=backbone"),
        (["--train.freeze=conv1$"], "the backbone is trained"),
        (["--augment=mixup"], "mixes the pixels"),
        (["--augment=flip"], "--feature_cache.augmented"),
        (["--reader.shuffle=blocks"], "--reader.shuffle=blocks"),
        (["--extra_inputs=tube_mask"], "--extra_inputs"),
        (["--feature_cache.crops=2"], "no centre crop"),
    ],
)
def test_what_features_cannot_replace_is_refused(
    toy_shards, tmp_path, more, message
):
    given = [*CACHED, *more]
    with pytest.raises(errors.UserError, match=message):
        training_run.run(experiment(toy_shards, *given), tmp_path)
    assert not (tmp_path / "features").exists()


def test_a_network_without_halves_is_refused(opened, tmp_path):
    objective = toy_objectives.classification(lambda: keras.optimizers.SGD())
    objective.split = lambda: None
    features = run_features.RunFeatures(
        opened.experiment, objective, [], tmp_path
    )
    with pytest.raises(errors.UserError, match="--head=classifier"):
        features.check(1)


def test_several_hosts_are_refused(opened, tmp_path):
    features = run_features.RunFeatures(
        opened.experiment,
        opened.loop.objective,
        opened.loop.frozen,
        tmp_path,
    )
    with pytest.raises(errors.UserError, match="2 hosts"):
        features.check(2)


@pytest.mark.full
def test_augmented_views_follow_the_crops(toy_shards, tmp_path):
    described = experiment(
        toy_shards,
        "--train.freeze=backbone",
        "--train.cache_features",
        "--feature_cache.augmented=2",
        "--augment=flip",
        "--temporal=none",
        "--train.steps=1",
    )
    training_run.run(described, tmp_path)
    (train,) = tmp_path.glob("features/train-*")
    (validation,) = tmp_path.glob("features/validation-*")
    assert feature_store.read(train)["features"].shape[1] == 3
    assert feature_store.read(validation)["features"].shape[1] == 1
