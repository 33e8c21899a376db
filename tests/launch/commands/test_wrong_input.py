"""Each wrong input gives one clear message, and nothing is lost."""

import dataclasses
import json
import re
import shutil

import pytest

from launch.commands import evaluate, export, predict, train
from launch.runs import devices, run_flags
from pipelines.cache import frame_cache
from tests import forked
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, flags


def _complaint(command, main, *arguments: str) -> str:
    with pytest.raises(errors.UserError) as caught:
        main(flags.parse(command, list(arguments)))
    return str(caught.value)


def _train(*arguments: str) -> str:
    return _complaint(run_flags.COMMAND, train.main, *arguments)


def test_misspelt_flag_suggests_the_right_one():
    assert "'--train.steps'" in _train("--train.stepz=3")


def test_misspelt_choice_suggests_the_right_one():
    assert "'frame_conv'" in _train("--backbone=frame_cnv")


def test_flag_of_a_part_that_is_not_chosen_is_unknown():
    message = _train("--temporal=none", "--temporal.layers=2")
    assert "unknown flag --temporal.layers" in message


def test_stale_recipe_line_is_named(tmp_path):
    recipe = tmp_path / "old.flagfile"
    recipe.write_text("# goal\n--train.steps=3\n--train.gone=1\n")
    assert f"{recipe}:3" in _train(f"--flagfile={recipe}")


def test_missing_flag_file_is_named(tmp_path):
    assert "none.flagfile" in _train(f"--flagfile={tmp_path}/none.flagfile")


def test_value_of_a_wrong_kind_is_named():
    assert "wanted a whole number" in _train("--train.steps=many")


def test_value_outside_its_limits_is_named():
    assert "at least 1" in _train("--train.steps=0")


def test_missing_shards_are_named(tmp_path):
    message = _train(f"--shards={tmp_path}/none", f"--workdir={tmp_path}/run")
    assert f"{tmp_path}/none/manifest.json" in message


def test_shards_of_another_schema_version_are_refused(toy_shards, tmp_path):
    shards = shutil.copytree(toy_shards, tmp_path / "shards")
    manifest = json.loads((shards / "manifest.json").read_text())
    manifest["schema_version"] = 99
    (shards / "manifest.json").write_text(json.dumps(manifest))
    message = _train(f"--shards={shards}", f"--workdir={tmp_path}/run")
    assert "schema version 99" in message


def test_batch_that_replicas_cannot_share_is_refused(toy_shards, tmp_path):
    trial = forked.run(
        "launch.train",
        f"--shards={toy_shards}",
        f"--workdir={tmp_path}/run",
        "--devices.strategy=mirrored",
        "--devices.logical_cpus=2",
        "--train.batch_size=3",
        "--clip.size=16",
    )
    assert trial.returncode == 2
    assert "multiple of 2" in trial.stderr
    assert "Traceback" not in trial.stderr


def test_missing_run_is_named(tmp_path):
    for module in (evaluate, export):
        message = _complaint(
            module.COMMAND,
            module.main,
            f"--workdir={tmp_path}/none",
            *(["--output=x"] if module is export else []),
        )
        assert f"no {tmp_path}/none/flags.flagfile" in message


def test_missing_model_is_named(tmp_path):
    message = _complaint(
        predict.COMMAND,
        predict.main,
        f"--model={tmp_path}",
        f"--videos={tmp_path}",
    )
    assert "launch.export" in message


def test_other_labels_than_the_checkpoint_s_are_refused(
    trained, toy_shards, tmp_path
):
    shards = shutil.copytree(toy_shards, tmp_path / "shards")
    about = manifest.read(shards)
    labels = ("somebody", *about.labels[1:])
    manifest.write(shards, dataclasses.replace(about, labels=labels))
    message = _complaint(
        evaluate.COMMAND,
        evaluate.main,
        f"--workdir={trained}",
        f"--shards={shards}",
    )
    assert "unknown ['somebody']" in message


def test_run_goes_on_only_with_the_flags_it_was_begun_with(trained, toy_shards):
    message = _train(
        f"--flagfile={trained}/flags.flagfile", "--train.batch_size=8"
    )
    assert "--train.batch_size=4, now 8" in message


def test_damaged_record_met_in_training_is_one_clear_message(
    toy_shards, tmp_path
):
    shards = shutil.copytree(toy_shards, tmp_path / "shards")
    for shard in shards.glob("train*.tfrecord"):
        content = bytearray(shard.read_bytes())
        content[len(content) // 8 :: 5000] = b"\0" * len(
            content[len(content) // 8 :: 5000]
        )
        shard.write_bytes(content)
    message = _train(
        f"--shards={shards}",
        f"--workdir={tmp_path}/run",
        "--clip.frames=2",
        "--clip.size=16",
        "--backbone.widths=8",
        "--temporal=none",
        "--train.batch_size=8",
    )
    assert "check_shards" in message


def test_mistyped_shards_leave_the_run_as_it_was(trained, tmp_path):
    before = (trained / "flags.flagfile").read_bytes()
    _train(f"--flagfile={trained}/flags.flagfile", f"--shards={tmp_path}/no")
    assert (trained / "flags.flagfile").read_bytes() == before


def test_run_is_exported_though_its_shards_are_gone(
    toy_shards, trained, tmp_path
):
    run = shutil.copytree(trained, tmp_path / "run")
    path = run / "flags.flagfile"
    path.write_text(path.read_text().replace(toy_shards, "/gone"))
    made = flags.parse(
        export.COMMAND, [f"--workdir={run}", f"--output={tmp_path}/export"]
    )
    assert export.main(made) == 0


def test_cluster_that_is_not_json_is_refused(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "{worker}")
    with pytest.raises(errors.UserError, match="TF_CONFIG is not JSON"):
        devices.start(devices.Config(strategy="multi_worker"))


def test_damaged_export_is_one_clear_message(exported, tmp_path):
    broken = shutil.copytree(exported, tmp_path / "export")
    (broken / "1" / "saved_model.pb").write_bytes(b"cut")
    message = _complaint(
        predict.COMMAND,
        predict.main,
        f"--model={broken}",
        f"--videos={tmp_path}",
    )
    assert "export it again" in message


def test_damaged_metadata_are_one_clear_message(trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    for metadata in run.glob("checkpoints/*/facts.json"):
        metadata.write_text("{")
    message = _complaint(evaluate.COMMAND, evaluate.main, f"--workdir={run}")
    assert "facts.json is damaged" in message


TINY = (
    "--clip.frames=4",
    "--clip.size=16",
    "--backbone.widths=4",
    "--temporal=none",
)


def _refused(shards, tmp_path, *arguments: str) -> str:
    run = f"--workdir={tmp_path}/run"
    return _train(f"--shards={shards}", run, *TINY, *arguments)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--text.tokens=words"], "have no vocabulary.*--words.size"),
        (["--audio.features=log_mel", "--audio.seconds=1"], "--audio.rate"),
        (
            ["--clip.short=refuse", "--clip.stride=9"],
            "clip needs 28 frames, shortest video has 20.*--clip.short=loop",
        ),
        (["--augment=flop"], "did you mean 'flip'"),
        (["--extra_inputs=tube_mesk"], "did you mean 'tube_mask'"),
        (
            [
                "--augment=mixup",
                "--extra_inputs=tube_mask",
                "--tube_mask.patch=8",
            ],
            "--augment=mixup mixes .* entries of --extra_inputs: leave one",
        ),
        (["--extra_inputs=tube_mask", "--tube_mask.patch=7"], "multiple of it"),
        (["--train.monitor=acuracy"], "wanted one of accuracy, top_5, loss"),
        (["--reader.service=localhost:5050"], "wanted grpc://HOST:PORT"),
        (["--reader.service=grpc://localhost:1"], "start python -m launch"),
    ],
)
def test_input_that_does_not_fit_is_one_message_before_the_first_step(
    toy_shards, tmp_path, arguments, wanted
):
    assert re.search(wanted, _refused(toy_shards, tmp_path, *arguments))
    assert not list((tmp_path / "run").glob("checkpoints/*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--train.monitor=loss"],
        ["--train.patience=2", "--train.evaluate_every=5"],
    ],
)
def test_number_to_watch_wants_a_validation_split(
    toy_shards, tmp_path, arguments
):
    shards = shutil.copytree(toy_shards, tmp_path / "shards")
    about = manifest.read(shards)
    alone = {"train": about.splits["train"]}
    manifest.write(shards, dataclasses.replace(about, splits=alone))
    message = _refused(shards, tmp_path, *arguments)
    assert f"{arguments[0]}: {shards} has no validation split" in message


@pytest.mark.parametrize("shuffle", ["global", "blocks"])
def test_shard_of_another_size_than_the_manifest_says_is_refused(
    toy_shards, tmp_path, shuffle
):
    shards = shutil.copytree(toy_shards, tmp_path / "shards")
    cut = sorted(shards.glob("train*.tfrecord"))[-1]
    cut.write_bytes(cut.read_bytes()[:-9])
    message = _refused(shards, tmp_path, f"--reader.shuffle={shuffle}")
    assert re.search(f"{cut} has .* bytes, its manifest says", message)


@pytest.mark.parametrize("shuffle", ["global", "blocks"])
def test_index_of_another_shard_is_refused(toy_shards, tmp_path, shuffle):
    shards = shutil.copytree(toy_shards, tmp_path / "shards")
    first, *_, last = sorted(shards.glob("train*.index"))
    last.write_bytes(first.read_bytes())
    message = _refused(shards, tmp_path, f"--reader.shuffle={shuffle}")
    assert str(last) in message


def test_cache_is_not_cached_again(toy_shards, tmp_path):
    cache = frame_cache.prepare(toy_shards, "validation", tmp_path, 16)
    with pytest.raises(errors.UserError, match="is a cache already"):
        frame_cache.prepare(cache, "validation", tmp_path, 16)
