import pytest

from launch.inspection import findings, inspection_notes


def noted(is_trained, agreement=0.5, unjudged="", is_judged=True):
    found = findings.Findings([], [], [], [], agreement, unjudged, is_judged)
    return "\n".join(inspection_notes.lines(found, is_trained))


@pytest.mark.parametrize("is_trained", [False, True])
def test_only_without_a_run_one_is_advised(is_trained):
    said = noted(is_trained)
    assert "that it doubts are right" in said
    assert ("--workdir" in said) != is_trained


def test_a_trained_network_has_seen_its_labels():
    assert "has seen the labels" in noted(True, 1.0)


def test_labels_that_are_read_well_need_no_note():
    assert "note" not in noted(False, 1.0)


def test_without_a_judgement_its_reason_is_given():
    assert noted(True, 0.0, "why", is_judged=False) == "note: why"
