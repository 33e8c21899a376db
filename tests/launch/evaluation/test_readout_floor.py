"""The closed-form readout of cached features as a floor."""

import numpy as np
import pytest

from launch.evaluation import floors, readout_floor
from launch.features import cached_split, readout_fit
from pipelines import clip_dataset

LABELS = ("a", "b")


def split(numbers, mask=1.0):
    """Features of three crops of two frames; those of odd clips are large."""
    odd = np.array(numbers) % 2
    noise = np.random.default_rng(0).normal(size=(len(numbers), 3, 2, 8))
    rows = {
        "features": np.float32(10 + 5 * odd[:, None, None, None] + noise),
        "clip_id": np.array(numbers),
        "mask": np.full(len(numbers), mask, np.float32),
    }
    return cached_split.CachedSplit(rows, None, 3)


def clips(numbers, labels=None):
    labels = np.array(numbers) % 2 if labels is None else np.array(labels)
    return floors.Clips(
        np.array(numbers),
        np.zeros((len(numbers), 5)),
        labels[:, None] == np.arange(2),
        tuple(f"{number}.mp4" for number in numbers),
    )


def guess(tmp_path, known=None, queries=None, **reader):
    floor = readout_floor.build(
        str(tmp_path),
        split(range(12)),
        split([31, 30, 33]) if queries is None else queries,
        clip_dataset.Config(**reader),
    )
    known = clips([*range(2, 10)]) if known is None else known
    unknown = clips([30, 31], labels=[0, 0])  # It must not read the labels.
    return floor.guess(known, unknown, LABELS)


def test_it_answers_by_features(tmp_path):
    assert guess(tmp_path).given.tolist() == [[True, False], [False, True]]


@pytest.mark.parametrize("queries", [split([30, 29]), split([30, 31], 0.0)])
def test_without_the_features_of_a_clip_there_is_none(tmp_path, queries):
    assert guess(tmp_path, queries=queries) is None


def test_with_several_labels_a_clip_there_is_none(tmp_path):
    known = clips([2, 3, 4])
    known.labels[0] = True
    assert guess(tmp_path, known) is None


def test_with_one_label_there_is_none(tmp_path):
    assert guess(tmp_path, clips([2, 4, 6])) is None


def test_folds_are_of_the_groups_of_the_given_table(tmp_path, monkeypatch):
    table = tmp_path / "groups.csv"
    rows = [f"{number}.mp4,{'xy'[number // 6]}\n" for number in range(2, 10)]
    table.write_text("path,group\n" + "".join(rows))
    dealt, deal = [], readout_fit.deal
    monkeypatch.setattr(
        readout_fit, "deal", lambda *given: dealt.append(given) or deal(*given)
    )
    assert guess(tmp_path, groups=str(table))
    assert dealt[0][0] == [*"xxxxyyyy"]


def test_without_its_table_of_groups_there_is_none(tmp_path, capsys):
    assert guess(tmp_path, groups=f"{tmp_path}/moved.csv") is None
    assert "note: no floor" in capsys.readouterr().out
