"""Each command that writes is refused where another one writes."""

import json
import os
import pathlib
import shutil
import threading

import pytest

from launch.commands import (
    enhance,
    evaluate_generation,
    export,
    generate,
    preview,
    train,
)
from launch.evaluation import metrics_file
from launch.runs import restored_run, run_flags
from tests.launch import loop_run, short_runs
from tfrecords_tools import check_shards
from tfrecords_tools.base import errors, flags
from tfrecords_tools.base.files import folder_lock
from video_models.weights import run_checkpoints


def _complaint(module, *arguments: str) -> str:
    main = getattr(module, "main", None) or module.run
    command = getattr(module, "COMMAND", run_flags.COMMAND)
    with pytest.raises(errors.UserError) as caught:
        main(flags.parse(command, list(arguments)))
    return str(caught.value)


def test_second_run_into_a_workdir_is_refused_at_once(tmp_path):
    with folder_lock.held(tmp_path / "run", "run"):
        message = _complaint(
            train, "--shards=none", f"--workdir={tmp_path}/run/"
        )
    assert f"is writing into {tmp_path}/run: pro" in message
    assert f"process {os.getpid()}" in message
    assert message.endswith("or choose another --workdir")


def test_run_without_flags_is_refused_as_well(tmp_path, toy_shards):
    with folder_lock.held(tmp_path):
        with pytest.raises(errors.UserError, match="is writing into"):
            short_runs.run(toy_shards, tmp_path, "--train.steps=1")


def test_run_that_could_not_begin_leaves_no_folder(tmp_path):
    _complaint(train, f"--shards={tmp_path}/none", f"--workdir={tmp_path}/run")
    assert not (tmp_path / "run").exists()


def test_second_export_into_a_folder_is_told_of_the_first(trained, tmp_path):
    with folder_lock.held(tmp_path):
        message = _complaint(
            export, f"--workdir={trained}", f"--output={tmp_path}"
        )
    assert "is writing into" in message
    assert "or choose another --output" in message
    assert "space" not in message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("module", "flag", "name", "others"),
    [
        (generate, "output", "clips.mp4", ["--workdir=none"]),
        (generate, "output", "clips", ["--workdir=none"]),
        (
            evaluate_generation,
            "output",
            "a.json",
            ["--features=none", "--samples=none"],
        ),
        (enhance, "output", "a.mp4", ["--model=none", "--video=none"]),
        (check_shards, "report", "a.html", ["--shards=none"]),
    ],
)
def test_second_writer_of_a_file_is_refused(
    tmp_path, module, flag, name, others
):
    with folder_lock.held_for(tmp_path / name):
        message = _complaint(module, *others, f"--{flag}={tmp_path / name}")
    assert f"is writing into {tmp_path / name}: process" in message
    assert f"or choose another --{flag}" in message
    assert not list(tmp_path.iterdir())


def test_second_preview_into_a_folder_is_refused(tmp_path):
    with folder_lock.held(tmp_path):
        message = _complaint(preview, "--shards=none", f"--output={tmp_path}")
    assert "is writing into" in message


def test_two_evaluations_at_once_keep_the_figures_of_both(
    tmp_path, monkeypatch
):
    path, read = tmp_path / "metrics.json", threading.Event()
    real = metrics_file.standing

    def slowly(at):
        found = real(at)
        read.set()
        return found

    monkeypatch.setattr(metrics_file, "standing", slowly)
    with folder_lock.held_for(path):
        asked = path, "test", {}
        other = threading.Thread(target=metrics_file.add, args=asked)
        other.start()
        assert not read.wait(0.2)
        path.write_text('{"validation": {}}')
    other.join()
    assert json.loads(path.read_text()) == {"validation": {}, "test": {}}


@pytest.mark.parametrize(("index", "folder"), [(0, "."), (1, "worker-1")])
def test_each_worker_locks_what_it_writes(tmp_path, monkeypatch, index, folder):
    environment = loop_run.cluster(2)[index]
    monkeypatch.setenv("TF_CONFIG", environment["TF_CONFIG"])
    with folder_lock.held(tmp_path / folder):
        message = _complaint(
            train,
            "--shards=none",
            f"--workdir={tmp_path}",
            "--devices.strategy=multi_worker",
        )
    assert "is writing into" in message


def test_reading_a_run_needs_no_lock(trained, tmp_path):
    with folder_lock.held(trained):
        arguments = [f"--workdir={trained}", f"--output={tmp_path}/export"]
        export.main(flags.parse(export.COMMAND, arguments))
    assert (tmp_path / "export" / "1" / "saved_model.pb").exists()
    assert [p.name for p in pathlib.Path(tmp_path / "export").iterdir()] == [
        "1"
    ]


def test_checkpoint_that_training_replaces_meanwhile_is_followed(
    trained, tmp_path, monkeypatch
):
    run = shutil.copytree(trained, tmp_path / "run")
    saved = run_checkpoints.SavedCheckpoints
    folder, real = run / "checkpoints", saved.restore_averages

    def restore(self, step, networks):
        if step == 12:
            (folder / "00000012").rename(folder / "00000013")
        real(self, step, networks)

    monkeypatch.setattr(saved, "restore_averages", restore)
    assert restored_run.load_run(str(run)).step == 13
