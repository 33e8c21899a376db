"""Labels in tables: whole where there is room, never two alike."""

import io
import re
import sys

import pytest

from launch.generation import metrics_table, sample_protocol
from launch.prediction import answer_table
from launch.reporting import report_table
from launch.serving import model_metadata
from pipelines import batch
from tfrecords_tools.base.text import text_cells
from tfrecords_tools.checking.report import report_charts
from tfrecords_tools.media import reader

LONG = (
    "passing American football (in game)",
    "passing American football (not in game)",
)
WIDE = (
    "バスケットボールをする人たちの試合",
    "バスケットボールをする人たちの練習",
)
VALUES = {"precision": 0.5, "recall": 0.25, "f1": 0.125, "count": 8.0}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def report(labels):
    return {
        "accuracy": 0.5,
        "per_class": dict.fromkeys(labels, VALUES),
        "confusion": [[3, 0], [1, 2]],
    }


def rows(labels):
    """What predict prints about a video of each label."""
    about = model_metadata.ModelMetadata(
        batch.ClipSpec(), labels, reader.Config()
    )
    show = answer_table.start_table(about)
    for label in labels:
        show({"label": label, "score": 0.5, "seconds": [0, 1], "path": "a.mp4"})


@pytest.mark.parametrize("labels", [LONG, WIDE])
def test_predict_shows_whole_labels_where_nothing_limits_them(labels, capsys):
    rows(labels)
    head, first, second = capsys.readouterr().out.splitlines()
    assert labels[0] in first and labels[1] in second
    assert len({text_cells.width(line) for line in (first, second)}) == 1
    before = second[: second.index("0.500")]
    assert text_cells.width(before) == head.index("score")


@pytest.mark.parametrize("labels", [LONG, WIDE])
@pytest.mark.parametrize("columns", ["60", "80"])
def test_predict_cuts_labels_to_the_terminal_but_never_alike(
    labels, columns, monkeypatch
):
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("COLUMNS", columns)
    rows(labels)

    _, *lines = sys.stdout.getvalue().splitlines()
    shown = {line[18:].rpartition(" 0.500")[0] for line in lines}
    assert len(shown) == 2
    assert all("…" in each and text_cells.width(each) <= 23 for each in shown)


@pytest.mark.parametrize("labels", [LONG, WIDE])
@pytest.mark.parametrize("width", [None, 40, 100])
def test_the_report_never_shows_two_labels_alike(labels, width):
    lines = report_table.format_report(report(labels), width).splitlines()
    ending = re.compile(r"[\d. ]+$")
    of_labels = [ending.sub("", line) for line in lines[3:5]]
    of_confusion = [ending.sub("", line) for line in lines[-2:]]
    assert len(set(of_labels)) == len(set(of_confusion)) == 2
    if width != 40:
        assert tuple(of_labels) == tuple(of_confusion) == labels


@pytest.mark.parametrize("labels", [LONG, WIDE, ("a", "打篮球")])
def test_the_columns_of_the_report_stand_under_one_another(labels):
    lines = report_table.format_report(report(labels)).splitlines()[2:5]
    assert len(set(map(text_cells.width, lines))) == 1


def test_recognised_labels_of_samples_are_not_alike():
    values = {f"recognised/{label}": 0.5 for label in LONG}
    sets = dict.fromkeys(("samples", "real", "shuffled"), values)
    protocol = sample_protocol.Protocol(
        features="f" * 64, classifier=None, real="r", frames=4, size=16,
        short_side=None, sampling="dense", frame_rate=None, clips=4, k=3,
        seed=0,
    )  # fmt: skip
    found = sample_protocol.Measured(protocol, sets)
    whole = metrics_table.format_metrics(found)
    assert all(label in whole for label in LONG)
    cut = metrics_table.format_metrics(found, width=50).splitlines()[1:3]
    assert len({line[:23] for line in cut}) == 2
    assert not any(label in line for label in LONG for line in cut)


@pytest.mark.parametrize("labels", [LONG, WIDE])
def test_bars_of_the_report_page_are_not_alike(labels):
    drawn = report_charts.bars([(label, 3) for label in labels], "clips")
    shown = re.findall(r'text-anchor="end">([^<]+)<', drawn)
    assert len(set(shown)) == 2
    assert all(text_cells.width(each) <= 24 for each in shown)
