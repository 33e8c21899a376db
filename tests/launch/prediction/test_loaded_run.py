"""`video_models.load` reads a run as launch.evaluate and launch.predict do."""

import json
import shutil

import keras
import numpy as np
import pytest

import pipelines
import video_models
from launch.commands import train
from launch.runs import restored_run, run_flags
from tfrecords_tools.base import errors, flags
from video_models import renamed_flags

FRAMES = np.random.default_rng(0).integers(0, 256, (3, 4, 16, 16, 3), np.uint8)
NEWEST = "00000012"


def train_run(data, workdir, objective, *more):
    """The folder of a run of one step."""
    arguments = [
        f"--shards={data}",
        f"--workdir={workdir}",
        f"--objective={objective}",
        "--train.steps=1",
        "--train.batch_size=4",
        "--clip.frames=4",
        "--clip.size=16",
        "--backbone.widths=8",
        "--temporal=none",
        *more,
    ]
    train.main(flags.parse(run_flags.COMMAND, arguments))
    return workdir


def scores(workdir, frames=FRAMES, checkpoint="newest"):
    """What launch answers for clips."""
    run = restored_run.load_run(str(workdir), checkpoint=checkpoint)
    return run.objective.predict(run.networks, frames.astype(np.float32))


@pytest.fixture(scope="module")
def tasks_run(coded_shards, tmp_path_factory):
    workdir = tmp_path_factory.mktemp("tasks")
    return train_run(coded_shards, workdir, "multi_task")


def test_a_run_answers_as_its_evaluation_does(trained):
    model = video_models.load(trained / "checkpoints" / NEWEST)
    wanted = scores(trained)["scores"]
    np.testing.assert_allclose(model(FRAMES), wanted, atol=1e-6)


def test_a_run_is_loaded_from_its_best_checkpoint(toy_shards, tmp_path):
    more = "--train.steps=2", "--train.checkpoint_every=1"
    train_run(toy_shards, tmp_path, "classification", *more)
    best = tmp_path / "checkpoints" / "best.json"
    best.write_text(json.dumps({"step": 1}))
    found = np.array(video_models.load(tmp_path)(FRAMES))
    newest, wanted = (
        np.array(scores(tmp_path, checkpoint=each)["scores"])
        for each in ("newest", "best")
    )
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert not np.allclose(found, newest, atol=1e-4)


def test_a_run_has_the_accuracy_of_its_evaluation(trained, toy_shards):
    model = video_models.load(str(trained))
    validation = pipelines.dataset(
        toy_shards, "validation", frames=4, size=16, batch_size=4
    )
    model.compile(metrics=["accuracy"], loss="sparse_categorical_crossentropy")
    accuracy = model.evaluate(validation, verbose=0)[1]
    right = [
        np.argmax(scores(trained, x.numpy())["scores"], 1) == y
        for x, y in validation
    ]
    assert accuracy == pytest.approx(np.mean(np.concatenate(right)))


def test_a_run_has_the_names_of_its_classes(trained):
    model = video_models.load(trained)
    assert video_models.labels(model) == ("dark", "grey", "light")


def test_a_run_of_several_labels_a_clip_gives_a_probability_of_each(
    toy_shards, tmp_path
):
    train_run(toy_shards, tmp_path, "multi_label")
    wanted = scores(tmp_path)["scores"]
    found = video_models.load(tmp_path)(FRAMES)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_run_of_several_label_sets_gives_a_dict(tasks_run):
    wanted = scores(tasks_run, FRAMES)
    found = video_models.load(tasks_run)(FRAMES)
    assert sorted(found) == ["label", "label.place"]
    np.testing.assert_allclose(
        found["label.place"], wanted["scores.place"], atol=1e-6
    )


def test_each_label_set_has_its_names(tasks_run):
    model = video_models.load(tasks_run)
    assert video_models.labels(model) == ("a", "b", "c")
    assert video_models.labels(model, "place") == ("x", "y")


def test_a_loaded_run_is_saved_and_loaded_by_keras(trained, tmp_path):
    model = video_models.load(trained)
    model.save(tmp_path / "run.keras")
    again = keras.saving.load_model(tmp_path / "run.keras")
    np.testing.assert_array_equal(again(FRAMES), model(FRAMES))


def test_a_file_of_the_python_api_starts_a_run(trained, tmp_path, toy_shards):
    video_models.load(trained).save(tmp_path / "start.keras")
    small = {"frames": 4, "size": 16, "widths": (8, 16)}
    names = pipelines.labels(toy_shards)
    model = video_models.classifier("frame_conv", names, trained, **small)
    again = video_models.classifier(
        "frame_conv", names, tmp_path / "start.keras", **small
    )
    np.testing.assert_array_equal(model(FRAMES), again(FRAMES))


def test_runs_before_weights_had_names_are_read(trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    for path in run.glob("checkpoints/*/names.json"):
        path.unlink()
    np.testing.assert_array_equal(
        video_models.load(run)(FRAMES), video_models.load(trained)(FRAMES)
    )


def test_a_moved_run_is_read_without_its_shards(trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "other" / "place")
    flags = (run / "flags.flagfile").read_text()
    lines = [
        "--shards=/gone" if line.startswith("--shards=") else line
        for line in flags.splitlines()
    ]
    (run / "flags.flagfile").write_text("\n".join(lines))
    assert video_models.load(run).output_shape == (None, 3)


def test_a_run_of_a_later_version_is_refused(trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    for path in run.glob("checkpoints/*/facts.json"):
        facts = json.loads(path.read_text())
        path.write_text(json.dumps(facts | {"format_version": 99}))
    with pytest.raises(errors.UserError, match="format version 99"):
        video_models.load(run)


# As a run wrote them before flags were renamed.
OLD_FLAGS = {
    "--train.parts": "--train.accumulation_steps",
    "--train.average": "--train.ema_decay",
    "--sound.": "--audio.",
    "--view": "--extra_inputs",
    "--backbone.channels": "--backbone.widths",
}
OLD_METADATA = {"monitor": "watch", "reference_fingerprint": "taught_by"}


@pytest.fixture
def old_run(trained, tmp_path):
    """A run whose flags and metadata have the names of version 1."""
    run = shutil.copytree(trained, tmp_path / "run")
    text = (run / "flags.flagfile").read_text()
    for old, new in OLD_FLAGS.items():
        assert f"\n{new}" in text
        text = text.replace(f"\n{new}", f"\n{old}")
    (run / "flags.flagfile").write_text(text)
    for path in run.glob("checkpoints/*/facts.json"):
        facts = json.loads(path.read_text())
        del facts["format_version"]
        old = {OLD_METADATA.get(k, k): each for k, each in facts.items()}
        assert old.keys() >= set(OLD_METADATA.values())
        path.write_text(json.dumps(old))
    return run


def test_a_run_with_old_names_is_read(old_run, trained, monkeypatch):
    # Flags that a classifier needs have kept their names until now.
    names = {"backbone.channels": "backbone.widths"}
    monkeypatch.setattr(renamed_flags, "NAMES", names)
    np.testing.assert_array_equal(
        video_models.load(old_run)(FRAMES), video_models.load(trained)(FRAMES)
    )


def test_old_names_of_flags_that_a_loaded_run_needs_are_known():
    needed = ("objective.", "backbone.", "temporal.", "head.", "clip.")
    assert not [
        old
        for old, new in run_flags.COMMAND.renamed.items()
        if new.startswith(needed) and old not in renamed_flags.NAMES
    ]
