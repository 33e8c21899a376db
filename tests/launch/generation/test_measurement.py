"""Samples of a stand-in for a generator, measured by a short real run."""

import dataclasses
import json

import numpy as np
import pytest

from launch.commands import evaluate_generation
from launch.generation import sampler
from pipelines import batch
from tfrecords_tools.base import errors, flags
from tfrecords_tools.media.writing import writer

LEVELS = {"dark": 50, "grey": 125, "light": 200}


class Sampler:
    """Draws clips of the toy shards' labels, or without any."""

    clip = batch.ClipSpec(frames=4, size=16)

    def __init__(self, labels=("light", "dark"), clip=clip):
        self.labels, self.clip = labels, clip

    def sample(self, count, seed=0):
        random = np.random.default_rng(seed)
        ids = np.arange(count, dtype=np.int32) % max(1, len(self.labels))
        names = self.labels or tuple(LEVELS)
        levels = [LEVELS[names[i % len(names)]] for i in range(count)]
        noise = random.normal(0, 10, (count, *self.clip.shape))
        clips = np.array(levels)[:, None, None, None, None] + noise
        clips = np.clip(clips, 0, 255).astype(np.uint8)
        return clips, ids if self.labels else None


@pytest.fixture
def generator(tmp_path, monkeypatch):
    """Gives a function that puts a sampler in the place of a run."""
    (tmp_path / "gan").mkdir()
    (tmp_path / "gan" / "flags.flagfile").write_text("")

    def put(made):
        monkeypatch.setattr(sampler, "load_sampler", lambda _: made)
        return f"--samples={tmp_path}/gan"

    return put


def run(trained, *arguments):
    given = [f"--features={trained}", *arguments]
    evaluate_generation.main(flags.complete(evaluate_generation.COMMAND, given))


def complaint(trained, *arguments):
    with pytest.raises(errors.UserError) as caught:
        run(trained, *arguments)
    return str(caught.value)


def test_figures_of_a_generator_are_printed_and_written(
    trained, classifier, generator, tmp_path, capsys
):
    output = tmp_path / "figures.json"
    samples = generator(Sampler())
    run(trained, samples, f"--classifier={classifier}", f"--output={output}")
    found = json.loads(output.read_text())
    assert found["protocol"]["clips"] == 5  # Half of 11.
    assert set(found["values"]) == {"real", "shuffled", "samples"}
    names = {"frechet_distance", "precision", "recall", "diversity"}
    for values in found["values"].values():
        assert names | {"recognised"} <= set(values)
    assert "recognised/light" in found["values"]["samples"]
    assert "recognised/grey" not in found["values"]["samples"]
    printed = capsys.readouterr().out
    assert "Fréchet distance" in printed and "FVD" not in printed
    assert "5 clips are too few for 128 features" in printed


def test_equal_seeds_give_equal_figures(trained, generator, tmp_path):
    samples = generator(Sampler(()))
    texts = []
    for name in ("a", "b"):
        run(trained, samples, f"--output={tmp_path}/{name}.json")
        texts.append((tmp_path / f"{name}.json").read_text())
    assert texts[0] == texts[1]


def test_folder_of_videos_is_measured(trained, tmp_path, capsys):
    clips, _ = Sampler().sample(6)
    for number, clip in enumerate(clips):
        frames = clip.repeat(2, axis=0)
        writer.write_mp4(tmp_path / f"{number}.mp4", frames, 12)
    run(trained, f"--samples={tmp_path}", "--count=5")
    assert "5 clips against the same 5 real ones" in capsys.readouterr().out


@pytest.mark.full
def test_other_figures_of_the_protocol_stand_beside(
    trained, generator, tmp_path, capsys
):
    samples, output = generator(Sampler()), tmp_path / "figures.json"
    run(trained, samples, f"--output={output}")
    run(trained, samples, f"--against={output}")
    printed = capsys.readouterr().out.splitlines()
    (row,) = [x for x in printed if x.startswith("Fréchet") and len(x) > 60]
    samples, against = row.split()[-2:]
    assert samples == against


def test_figures_of_another_protocol_are_refused_at_once(
    trained, generator, tmp_path
):
    samples, output = generator(Sampler()), tmp_path / "figures.json"
    run(trained, samples, f"--output={output}")
    message = complaint(
        trained, samples, f"--against={output}", "--count=4", "--seed=1"
    )
    assert "clips 5 and 4; seed 0 and 1" in message


def test_missing_flags_are_named(trained):
    assert "--samples is not set" in complaint(trained)


def test_missing_run_is_named(tmp_path):
    message = complaint(tmp_path / "none", f"--samples={tmp_path}")
    assert f"no {tmp_path}/none/flags.flagfile" in message


def test_samples_of_another_size_are_refused(trained, generator):
    clip = dataclasses.replace(Sampler.clip, size=32)
    message = complaint(trained, generator(Sampler(clip=clip)))
    assert "size 32, here 16" in message and "--clip flags" in message


@pytest.mark.parametrize(
    "flag, wanted",
    [
        ("--count=6", "got 11 real clips, wanted 12"),
        ("--k=5", "5 clip(s) on each side, wanted more than --k=5"),
    ],
)
def test_too_few_clips_are_refused(trained, generator, flag, wanted):
    assert wanted in complaint(trained, generator(Sampler()), flag)


@pytest.mark.parametrize(
    "labels, wanted", [((), "no labels"), (("blue",), "the unknown ['blue']")]
)
def test_samples_that_cannot_be_recognised_are_refused(
    trained, classifier, generator, labels, wanted
):
    samples = generator(Sampler(labels))
    message = complaint(trained, samples, f"--classifier={classifier}")
    assert wanted in message and "leave --classifier out" in message


def test_the_network_of_the_features_is_no_judge(trained, generator):
    asked = f"--classifier={trained}"
    message = complaint(trained, generator(Sampler()), asked)
    assert "is the network of --features" in message
