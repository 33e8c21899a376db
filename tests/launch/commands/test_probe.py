import json

import pytest

from launch.commands import probe
from launch.embedding import encoders, stored_clips
from tfrecords_tools.base import errors, flags


def probed(toy_shards, tmp_path, *more):
    arguments = [
        f"--shards={toy_shards}", f"--json={tmp_path}/probe.json", *more,
    ]  # fmt: skip
    probe.main(flags.parse(probe.COMMAND, arguments))
    return json.loads((tmp_path / "probe.json").read_text())


def test_a_row_is_a_kind_and_a_share(toy_shards, trained, tmp_path):
    rows = probed(
        toy_shards, tmp_path, f"--workdir={trained}", "--label_share=0.5,1"
    )
    assert [(row["kind"], row["share"]) for row in rows] == [
        ("linear", 0.5), ("linear", 1.0), ("knn", 0.5), ("knn", 1.0),
    ]  # fmt: skip
    assert all(row["tested"] == 11 for row in rows)


def test_a_random_encoder_is_another_one(trained):
    named = encoders.Named(None, str(trained), None, None, encoders.Clip())
    own = encoders.build(named).fingerprint
    random = [encoders.build_random(named, seed).fingerprint for seed in (0, 1)]
    assert len({own, *random}) == 3


@pytest.mark.full
def test_a_backbone_is_followed_by_statistics(toy_shards, tmp_path, capsys):
    rows = probed(
        toy_shards,
        tmp_path,
        "--backbone=frame_conv",
        "--backbone.widths=4",
        "--temporal=none",
        "--clip.frames=2",
        "--clip.size=16",
        "--kind=knn",
    )
    assert len(rows) == 1
    assert "frame_conv with weights random" in capsys.readouterr().out


def test_labels_are_checked_before_clips_are_encoded(
    toy_shards, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        stored_clips, "list_clips", lambda folder, manifest, split: iter(())
    )
    monkeypatch.setattr(encoders, "build", None)
    with pytest.raises(errors.UserError, match="train part .*two labels"):
        probed(toy_shards, tmp_path, "--backbone=frame_conv")
