"""Runs, exports and data whose paths hold what programs take as patterns."""

import pathlib
import shutil

import pytest
import tensorflow as tf

from launch.commands import evaluate, export, train
from launch.runs import checkpoints, run_flags
from launch.serving import loaded_model
from tests.launch import images
from tfrecords_tools.base import errors, flags
from tfrecords_tools.base.files import plain_path
from video_models.weights import garden_checkpoint, weight_files

NAME = "run[1]*? {a,b}\\ @2~-ü"


def command(module, described, *arguments):
    return module.main(flags.parse(described, list(arguments)))


def trained(shards, workdir, *more):
    command(
        train,
        run_flags.COMMAND,
        f"--shards={shards}",
        f"--workdir={workdir}",
        "--train.batch_size=4",
        "--train.checkpoint_every=1",
        "--clip.frames=2",
        "--clip.size=16",
        "--backbone.widths=4",
        "--temporal=none",
        "--temporal=none",
        *more,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("odd") / NAME


@pytest.fixture(scope="module")
def shards(toy_shards, folder):
    return shutil.copytree(toy_shards, folder / "shards [1]")


@pytest.fixture(scope="module")
def run(shards, folder):
    """Two steps, with a cache of frames."""
    cache = f"--reader.cache={folder}/cache[1]/"
    trained(
        shards,
        folder / "run[1]",
        "--train.steps=2",
        cache,
        "--reader.cache_short_side=16",
    )
    return folder / "run[1]"


def test_a_run_goes_on(shards, run, tmp_path):
    copy = shutil.copytree(run, tmp_path / NAME)
    shutil.rmtree(copy / "checkpoints" / "00000002")
    lines = (copy / "flags.flagfile").read_text().replace(str(run), str(copy))
    (copy / "flags.flagfile").write_text(lines)
    before = (run / "losses.csv").read_text()
    command(train, run_flags.COMMAND, f"--flagfile={copy}/flags.flagfile")
    assert checkpoints.Checkpoints(copy / "checkpoints").steps() == [1, 2]
    assert (copy / "losses.csv").read_text() == before


def test_a_run_is_evaluated(run):
    command(evaluate, evaluate.COMMAND, f"--workdir={run}")
    assert (run / "metrics.json").is_file()


def test_a_run_starts_from_another(shards, run, tmp_path, capsys):
    weights = f"--init.weights={run}"
    trained(shards, tmp_path / "run[2]", "--train.steps=1", weights)
    assert "loaded 100.0 % of the parameters" in capsys.readouterr().out


def test_an_export_is_verified_and_asked(run, folder):
    output = folder / "export[1]"
    given = f"--workdir={run}", f"--output={output}"
    assert command(export, export.COMMAND, *given) == 0
    loaded = loaded_model.LoadedModel(output)
    frames = [[images.encoded(images.waves())] * 2]
    assert loaded.scores(frames).shape == (1, len(loaded.metadata.labels))
    assert not list(folder.glob("**/*.partial"))


def test_a_checkpoint_of_model_garden_is_found(tmp_path):
    folder = tmp_path / NAME
    root = tf.train.Checkpoint(model=tf.train.Checkpoint(w=tf.Variable(1.0)))
    saved = root.save(str(folder / "ckpt"))
    assert weight_files.garden_path(folder) == saved
    assert garden_checkpoint.read(saved) == {}  # It has no layers.


@pytest.mark.parametrize(
    "name", ["two\nlines", "blank ", "line\u2028", "\udcff"]
)
@pytest.mark.parametrize("flag", ["--shards", "--workdir"])
def test_paths_that_no_flag_file_can_hold_are_refused(
    toy_shards, tmp_path, flag, name
):
    given = {"--shards": toy_shards, "--workdir": tmp_path / "run"}
    given[flag] = tmp_path / name
    with pytest.raises(errors.UserError, match=f"{flag}=.* flag file"):
        trained(*given.values(), "--train.steps=1")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["x" * 300, "/".join(["x" * 200] * 20)])
def test_paths_that_are_too_long_are_refused(toy_shards, tmp_path, name):
    with pytest.raises(errors.UserError, match="too long"):
        trained(toy_shards, tmp_path / name, "--train.steps=1")


def test_a_version_is_loaded_from_any_folder(run, folder, tmp_path):
    given = f"--workdir={run}", f"--output={tmp_path}"
    command(export, export.COMMAND, *given)
    moved = shutil.move(tmp_path / "1", tmp_path / "model[1]")
    assert loaded_model.LoadedModel(moved).golden_difference() < 1e-4


def test_names_of_checkpoints_may_be_odd(tmp_path):
    value = tf.Variable(3.0)
    tf.train.Checkpoint(value=value).write(str(tmp_path / "w[1]"))
    with plain_path.to(tmp_path / "w[1]") as prefix:
        name = "value/.ATTRIBUTES/VARIABLE_VALUE"
        assert tf.train.load_variable(prefix, name) == 3.0


def test_only_odd_paths_go_through_a_link(tmp_path):
    odd = tmp_path / "a[b]"
    odd.mkdir()
    (odd / "file").write_text("here")
    with plain_path.to(odd) as path:
        assert not set(path) & set("*?[\\")
        assert pathlib.Path(path, "file").read_text() == "here"
    assert not pathlib.Path(path).exists() and (odd / "file").exists()
    with plain_path.to(tmp_path / "b") as path:
        assert path == str(tmp_path / "b")


@pytest.mark.parametrize("name", [" lead", "~", "~root", "-dash", "#hash"])
def test_flags_of_a_run_are_read_by_the_name_they_were_given(
    name, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    given = ["--shards=a", f"--workdir={name}", "--train.steps=7"]
    (tmp_path / name).mkdir()
    run_flags.record(flags.parse(run_flags.COMMAND, given))
    assert run_flags.read_experiment(name).train.steps == 7
