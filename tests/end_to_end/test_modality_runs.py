"""Runs of networks that hear, alone and beside frames."""

import dataclasses
import json

import numpy as np
import pytest

from launch.commands import export, predict
from launch.evaluation import evaluated_run, view_settings
from launch.runs import checkpoints, restored_run, run_flags
from launch.serving import exported_model, loaded_model
from launch.training import training_run
from pipelines import clip_dataset
from pipelines.reading import shard_reader
from tests import forked
from tests.launch import images
from tests.tfrecords_tools.fixtures import sounding_videos, written_shards
from tfrecords_tools.base import errors, flags

ON_TWO_DEVICES = """
import json, sys
from launch.evaluation import evaluated_run, view_settings
from launch.runs import devices, restored_run

strategy = devices.start(devices.Config(strategy="mirrored", logical_cpus=2))
assert strategy.num_replicas_in_sync == 2
restored_run._start = lambda config: strategy
request = evaluated_run.Request(sys.argv[1])
found = evaluated_run.evaluate(request, view_settings.Config(batch_size=2))
print(json.dumps(found.report))
"""
SEES = {"audio": "audio", "both": "frames,audio"}


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


def _run(shards, workdir, sees, steps, *more):
    arguments = [
        f"--shards={shards}",
        f"--workdir={workdir}",
        f"--modalities={SEES[sees]}",
        "--audio.features=log_mel",
        "--audio.seconds=0.08",
        "--audio.bins=8",
        "--audio_backbone.widths=2,4",
        "--audio_backbone.features=4",
        f"--train.steps={steps}",
        "--train.batch_size=4",
        "--clip.frames=2",
        "--clip.stride=1",
        "--clip.size=16",
        "--learning_rate.schedule=constant",
        *more,
    ]
    if sees == "both":
        arguments += ["--backbone.widths=4", "--fusion.width=4"]
        arguments += ["--temporal=none", "--fusion.dropout=0.3"]
    resolved = flags.parse(run_flags.COMMAND, arguments)
    workdir.mkdir(exist_ok=True)
    run_flags.record(resolved)
    return training_run.run(run_flags.to_experiment(resolved), workdir)


@pytest.fixture(scope="module", params=SEES)
def finished(request, shards, tmp_path_factory):
    """What it sees, the folder of a run of four steps, and its report."""
    folder = tmp_path_factory.mktemp("finished")
    return request.param, folder, _run(shards, folder, request.param, 4)


def _weights(folder):
    run = restored_run.load_run(str(folder))
    (network,) = run.networks.values()
    return network.get_weights()


def test_report_has_the_accuracy_without_each_modality(finished):
    sees, _, report = finished
    names = {"accuracy_without_frames", "accuracy_without_audio"}
    found = {name for name in report if "_without_" in name}
    assert found == (names if sees == "both" else set())
    assert np.isfinite(report["loss"])


@pytest.mark.full
def test_run_resumes_to_the_same_bits(finished, shards, tmp_path):
    sees, folder, _ = finished
    if sees == "audio":
        pytest.skip("a part of the other")
    _run(shards, tmp_path / "run", sees, 2)
    _run(shards, tmp_path / "run", sees, 4)
    for one, other in zip(
        _weights(folder), _weights(tmp_path / "run"), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_evaluation_needs_no_flags(finished):
    _, folder, report = finished
    request = evaluated_run.Request(str(folder))
    result = evaluated_run.evaluate(request, view_settings.Config())
    assert result.report["accuracy"] == report["accuracy"]
    assert result.report["loss"] == pytest.approx(report["loss"], rel=1e-5)


@pytest.mark.full
def test_no_batch_and_no_device_changes_a_figure(finished):
    _, folder, report = finished
    request = evaluated_run.Request(str(folder))
    found = [
        evaluated_run.evaluate(
            request, view_settings.Config(batch_size=size)
        ).report
        for size in (1, 7, 64)
    ]
    done = forked.run_code(ON_TWO_DEVICES, str(folder))
    assert done.returncode == 0, done.stderr
    found.append(json.loads(done.stdout.splitlines()[-1]))
    for each in found:
        for name, value in report.items():
            if name.startswith(("accuracy", "confusion")):
                assert each[name] == value, name
        assert each["loss"] == pytest.approx(report["loss"], rel=1e-5)


@pytest.fixture(scope="module")
def exported(finished, tmp_path_factory):
    """The export of the run, verified with its golden clip."""
    _, folder, _ = finished
    output = tmp_path_factory.mktemp("export")
    given = [f"--workdir={folder}", f"--output={output}"]
    assert export.main(flags.parse(export.COMMAND, given)) == 0
    return loaded_model.LoadedModel(output)


def _batch(shards, input_config):
    reader = shard_reader.ShardReader(shards, "validation")
    batch_shard = clip_dataset.BatchShard(3)
    (found,) = clip_dataset.evaluation(reader, input_config, batch_shard)
    return {name: each[:, 0] for name, each in found.items() if each.ndim > 1}


def test_export_answers_as_the_network_in_memory(finished, exported, shards):
    run = restored_run.load_run(str(finished[1]))
    wanted = run.experiment.input
    heard = dataclasses.replace(wanted.audio, features="waveform")
    sent = _batch(shards, dataclasses.replace(wanted, audio=heard))
    inputs = exported_model.network_input(run.networks, _batch(shards, wanted))
    scores = run.objective.predict(run.networks, inputs)["scores"]
    clips = np.array(sent.get("frames", np.zeros((3, 2, 16, 16, 3), np.uint8)))
    jpegs = [
        [images.encoded(frame[..., ::-1], ".png") for frame in clip]
        for clip in clips
    ]
    found = exported.answers(jpegs, list(sent["waveform"].numpy()))["scores"]
    np.testing.assert_allclose(found, scores, atol=1e-5)


def _best(exported, path):
    asked = predict.Config(model="", videos="", window_seconds=0.4)
    return [row["score"] for row in predict.predict(exported, path, asked)]


def test_files_are_heard_window_by_window(exported, tmp_path):
    loud = sounding_videos.write(tmp_path / "a.mkv", rate=written_shards.RATE)
    silent = sounding_videos.write(tmp_path / "b.mkv", languages=())
    found, without = _best(exported, loud), _best(exported, silent)
    # The clip lies in the centre: the tone at 0.5 s is heard, that at 2 not.
    changed = np.abs(np.subtract(found, without)) > 1e-5
    assert changed[1] and not changed[0] and not changed[5]


def test_a_run_needs_audio_in_its_shards(tmp_path):
    silent = written_shards.write(tmp_path / "shards", extras=())
    with pytest.raises(errors.UserError, match="--audio.rate"):
        _run(silent, tmp_path / "run", "audio", 1)
    saved = checkpoints.Checkpoints(tmp_path / "run" / "checkpoints")
    assert not saved.steps()
