"""One report from the predictions of all folds."""

import numpy as np
import pytest

from launch.cross_validation import fold_report, fold_table

LABELS = ("fight", "calm")


def fold(number, *clips):
    """Clips: number, group, label, predicted, answer of the majority."""
    rows = [
        {
            "fold": str(number),
            "clip": str(clip),
            "group": group,
            "label": label,
            "predicted": predicted,
            "correct": str(int(label == predicted)) if label else "",
            "score": "0.8",
            "score_of_label": "0.8" if label == predicted else "0.2",
            "majority": majority,
        }
        for clip, group, label, predicted, majority in clips
    ]
    report = {
        "accuracy": 0.0,
        "floors": {"majority": {"title": "always 'fight'"}},
    }
    return fold_report.Fold(rows, report)


FOLDS = [
    fold(
        1,
        (3, "g", "fight", "fight", "fight"),
        (0, "g", "fight", "fight", "calm"),
        (1, "g", "calm", "calm", "fight"),
        (9, "g", "", "calm", ""),
    ),
    fold(2, (4, "h", "calm", "fight", "fight")),
]


def test_the_accuracy_is_that_of_all_labelled_clips():
    report = fold_report.build(FOLDS)
    assert report["examples"] == 4 and report["accuracy"] == 0.75
    assert report["folds"] == [1.0, 0.0] and report["mean"] == 0.5
    assert report["standard_deviation"] == pytest.approx(np.sqrt(0.5))
    assert report["clips"] == [3, 1]


def test_floors_answer_the_same_clips():
    floor = fold_report.build(FOLDS)["floors"]["majority"]
    assert floor["accuracy"] == 0.5
    assert floor["folds"] == [pytest.approx(2 / 3), 0.0]


def test_the_majority_is_that_of_all_clips():
    # Without each clip's own fold, 10 and 10 clips would be right never.
    folds = [
        fold(n, (n, str(n), LABELS[n % 2], "calm", LABELS[1 - n % 2]))
        for n in range(20)
    ]
    floor = fold_report.build(folds)["floors"]["majority"]
    assert floor["accuracy"] == 0.5
    assert floor["title"] == "always 'fight', most frequent of all clips"


def test_a_difference_is_tested_over_groups():
    floor = fold_report.build(FOLDS)["floors"]["majority"]
    assert (floor["model_better"], floor["model_worse"]) == (1, 0)


def test_answers_are_those_of_the_tables_by_clip():
    found = fold_report.answers(FOLDS, "", LABELS)
    assert found.numbers.tolist() == [0, 1, 3, 4, 9]
    assert found.hits.tolist() == [True, True, True, False, False]
    assert found.counted.tolist() == [True] * 4 + [False]
    assert found.scores[3].tolist() == pytest.approx([0.8, 0.2])


def test_the_table_has_a_line_a_fold_and_the_floors_of_all_clips():
    lines = fold_table.format_report(fold_report.build(FOLDS)).splitlines()
    assert lines[0].split() == ["fold", "clips", "this", "model", "majority"]
    assert lines[1].split() == ["1", "3", "1.0000", "0.6667"]
    assert lines[3] == "mean of folds 0.5000, standard deviation 0.7071"
    assert lines[-1].startswith("these 4 clips cannot tell it")
