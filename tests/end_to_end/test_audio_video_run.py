"""A run that learns which frames and audio belong together."""

import json

import numpy as np
import pytest

import video_models
from launch.commands import export
from launch.evaluation import evaluated_run, view_settings
from launch.runs import restored_run, run_flags
from launch.serving import loaded_model
from launch.training import training_run
from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools.base import errors, flags


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Clips of two labels, each of a loudness of its own."""

    def change(record):
        loud = 0.25 + 0.5 * record["label_ids"][0]
        record["waveform"] = [loud] * len(record["waveform"])

    return written_shards.write(
        tmp_path_factory.mktemp("shards"),
        change=change,
        settings={"media": {}, "sound": {"rate": written_shards.RATE}},
    )


def _run(shards, workdir, steps):
    arguments = [
        f"--shards={shards}",
        f"--workdir={workdir}",
        "--objective=audio_video",
        "--modalities=frames,audio",
        "--extra_inputs=shifted_audio",
        "--shifted_audio.seconds=0.08",
        "--audio.features=log_mel",
        "--audio.seconds=0.08",
        "--audio.bins=8",
        "--audio_backbone.widths=2,4",
        "--audio_backbone.features=4",
        "--backbone.widths=4",
        "--temporal=none",
        "--head.hidden=4",
        f"--train.steps={steps}",
        "--train.batch_size=4",
        "--clip.frames=2",
        "--clip.stride=1",
        "--clip.size=16",
        "--learning_rate.schedule=constant",
    ]
    resolved = flags.parse(run_flags.COMMAND, arguments)
    workdir.mkdir(exist_ok=True)
    run_flags.record(resolved)
    return training_run.run(run_flags.to_experiment(resolved), workdir)


@pytest.fixture(scope="module")
def finished(shards, tmp_path_factory):
    """The folder of a run of two steps, and its report."""
    folder = tmp_path_factory.mktemp("finished")
    return folder, _run(shards, folder, 2)


def _weights(folder):
    run = restored_run.load_run(str(folder))
    return [w for each in run.networks.values() for w in each.get_weights()]


def test_metrics_stand_beside_chance_and_interval(finished):
    _, report = finished
    assert report["chance"]["recall_at_1"] == pytest.approx(1 / 3)
    assert report["chance"].keys() == report["interval"].keys()
    assert "in_time_accuracy" in report["chance"]


@pytest.mark.full
def test_run_is_evaluated_again_one_clip_at_a_time(finished):
    folder, report = finished
    result = evaluated_run.evaluate(
        evaluated_run.Request(str(folder)), view_settings.Config(batch_size=1)
    )
    for name in report["chance"]:
        assert result.report[name] == report[name]
    stored = json.loads((folder / "metrics.json").read_text())
    assert "recall_at_1" in json.dumps(stored)


@pytest.mark.full
def test_run_resumes_to_the_same_bits(finished, shards, tmp_path):
    folder, _ = finished
    _run(shards, tmp_path / "run", 1)
    _run(shards, tmp_path / "run", 2)
    for one, other in zip(
        _weights(folder), _weights(tmp_path / "run"), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def exported(finished, tmp_path_factory):
    """The export of the run, verified with its golden clip."""
    output = tmp_path_factory.mktemp("export")
    given = [f"--workdir={finished[0]}", f"--output={output}"]
    assert export.main(flags.parse(export.COMMAND, given)) == 0
    return loaded_model.LoadedModel(output)


def test_export_gives_the_vectors_of_frames_and_audio(exported):
    clips, waveforms, _ = exported.golden.clips
    found = exported.answers(clips)
    assert np.linalg.norm(found["embedding"]) == pytest.approx(1, abs=1e-5)
    assert not found["audio_embedding"].any()
    heard = exported.answers(clips, waveforms)["audio_embedding"]
    assert np.linalg.norm(heard) == pytest.approx(1, abs=1e-5)


def test_export_has_no_scores_to_predict(exported):
    with pytest.raises(errors.UserError, match="and no scores of labels"):
        exported.check_scores()


def test_run_is_no_classifier(finished):
    with pytest.raises(errors.UserError, match="wanted a run that classifies"):
        video_models.load(finished[0])
