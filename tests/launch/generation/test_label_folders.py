import pathlib

import numpy as np
import pytest

from launch.commands import generate
from launch.generation import label_folders, sampler, video_samples
from pipelines import batch
from tfrecords_tools.base import flags
from tfrecords_tools.media import reader

LABELS = ("push/pull", "../up", ".hidden", "50%", "%2F", "walk", "سلام")


class Sampler:
    """One clip of each label."""

    labels, step = LABELS, 1
    clip = batch.ClipSpec(frames=2, size=16)

    def sample(self, count, seed, label):
        clips = np.zeros((count, 4, 16, 16, 3), np.uint8)
        return clips, np.arange(count)


@pytest.mark.parametrize("label", LABELS)
def test_a_folder_gives_its_label_back(label):
    folder = label_folders.folder_of(label)
    assert label_folders.label_of(folder) == label
    assert len(pathlib.PurePath("x", folder).parts) == 2
    assert folder[0] != "."


def test_usual_labels_are_names_of_folders():
    assert label_folders.folder_of("walk (slow)") == "walk (slow)"


def test_generated_clips_are_measured_under_their_labels(tmp_path, monkeypatch):
    monkeypatch.setattr(sampler, "load_sampler", lambda *run: Sampler())
    output = tmp_path / "new" / "samples"
    given = [f"--output={output}", "--workdir=RUN", f"--count={len(LABELS)}"]
    generate.main(flags.parse(generate.COMMAND, given))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["samples"]
    found = video_samples.VideoSamples(output, Sampler.clip, reader.Config())
    assert found.labels == tuple(sorted(LABELS))
    assert found.available == len(LABELS)
