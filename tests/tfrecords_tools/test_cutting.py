import pytest

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, registry
from tfrecords_tools.video_analysis import clip_cutting, video_survey

Survey = video_survey.Survey
SECOND = 1_000_000


def cut(name, survey, start=0.0, end=None, **settings):
    module = registry.load("tfrecords_tools.cutting", name)
    end = None if end is None else round(end * SECOND)
    spans = module.cut(
        module.Config(**settings), survey, round(start * SECOND), end
    )
    return [
        (first / SECOND, None if last is None else last / SECOND)
        for first, last in spans
    ]


def lasting(seconds, begin=0.0, shots=()):
    return Survey(
        begin=round(begin * SECOND),
        end=round(seconds * SECOND),
        shots=tuple(round(each * SECOND) for each in shots),
    )


def rows(clip, name, survey, **settings):
    module = registry.load("tfrecords_tools.cutting", name)
    cutter = registry.choose(
        "tfrecords_tools.cutting", name, module.Config(**settings)
    )
    return clip_cutting.cut_all([clip], cutter, {clip.path: survey})


def test_annotated_leaves_the_span():
    assert cut("annotated", None, 1, 2) == [(1, 2)]
    assert cut("annotated", None) == [(0, None)]


def test_windows_follow_each_other():
    found = cut("windows", lasting(6), seconds=2)
    assert found == [(0, 2), (2, 4), (4, 6)]


def test_windows_may_overlap():
    found = cut("windows", lasting(4), seconds=2, overlap=0.5)
    assert found == [(0, 2), (1, 3), (2, 4)]


@pytest.mark.parametrize("least, count", [(0.5, 3), (0.51, 2), (0, 3), (1, 2)])
def test_half_a_window_at_the_end_is_kept_as_asked(least, count):
    found = cut("windows", lasting(5), seconds=2, least=least)
    assert found == [(0, 2), (2, 4), (4, 5)][:count]


def test_windows_stay_within_the_span():
    found = cut("windows", lasting(60), 10, 13, seconds=2)
    assert found == [(10, 12), (12, 13)]


def test_windows_begin_with_the_first_frame():
    found = cut("windows", lasting(9, begin=5), seconds=2)
    assert found == [(5, 7), (7, 9)]


def test_windows_do_not_drift():
    found = cut("windows", lasting(1000), seconds=1 / 3)
    assert found[2999] == (pytest.approx(2999 / 3, abs=1e-6), 1000)


def test_a_window_that_ends_the_span_is_the_last_one():
    found = cut("windows", lasting(4), seconds=2, overlap=0.5, least=0)
    assert found[-1] == (2, 4)


def test_an_overlap_that_never_moves_on_is_refused():
    with pytest.raises(errors.UserError, match="lower the overlap"):
        cut("windows", lasting(4), seconds=0.01, overlap=0.99)


def test_shots_end_where_the_next_begins():
    found = cut("shots", lasting(9, shots=(2, 5)))
    assert found == [(0, 2), (2, 5), (5, 9)]


def test_shots_are_cut_to_the_span():
    found = cut("shots", lasting(9, shots=(2, 5)), 1, 6)
    assert found == [(1, 2), (2, 5), (5, 6)]


def test_pieces_below_the_minimum_are_left_out():
    found = cut("shots", lasting(9, shots=(2, 5)), 1.9, 5.1)
    assert found == [(2, 5)]


def test_a_span_shorter_than_any_shot_stays_whole():
    found = cut("shots", lasting(9, shots=(2,)), 1.8, 2.2)
    assert found == [(1.8, 2.2)]


def test_long_shots_are_cut_into_equal_parts():
    found = cut("shots", lasting(10, shots=(3,)), maximum_seconds=3)
    assert found == [
        (0, 3),
        (3, pytest.approx(3 + 7 / 3)),
        (pytest.approx(3 + 7 / 3), pytest.approx(3 + 14 / 3)),
        (pytest.approx(3 + 14 / 3), 10),
    ]


def test_a_maximum_below_twice_the_minimum_is_refused():
    with pytest.raises(errors.UserError, match="at least twice"):
        cut("shots", lasting(9), maximum_seconds=1)


def test_a_new_row_differs_in_its_span_and_the_words_in_it():
    words = (annotations.Word("yes", 0.5, 1.0),)
    clip = annotations.Clip(
        "a.mp4", "run", "test", "g", caption="c", words=words, tasks={"t": "u"}
    )
    found, _ = rows(clip, "windows", lasting(4), seconds=2)
    assert [(c.start_seconds, c.end_seconds) for c in found] == [(0, 2), (2, 4)]
    for each in found:
        assert (each.label, each.split, each.group) == ("run", "test", "g")
        assert (each.caption, each.tasks) == ("c", {"t": "u"})
    assert [each.words for each in found] == [words, ()]


def test_annotated_rows_are_the_very_rows():
    clip = annotations.Clip("a.mp4")
    module = registry.choose("tfrecords_tools.cutting", "annotated")
    assert clip_cutting.cut_all([clip], module, {}) == ([clip], [])


def test_a_row_of_an_unreadable_video_stays():
    clip = annotations.Clip("a.mp4")
    survey = Survey("truncated", "is cut")
    assert rows(clip, "windows", survey) == ([clip], [])


def test_a_row_after_the_videos_end_stays():
    clip = annotations.Clip("a.mp4", start_seconds=8.0)
    assert rows(clip, "windows", lasting(4)) == ([clip], [])


def test_a_row_that_is_too_short_is_told():
    clip = annotations.Clip("a.mp4")
    found, left_out = rows(clip, "windows", lasting(4), seconds=10)
    assert found == []
    assert left_out[0][0] is clip and "too short" in left_out[0][1]


def test_a_shot_in_two_spans_is_one_clip():
    spans = [(0.0, 6.0), (1.0, 9.0)]
    clips = [
        annotations.Clip("a.mp4", start_seconds=first, end_seconds=last)
        for first, last in spans
    ]
    cutter = registry.choose("tfrecords_tools.cutting", "shots")
    surveys = {"a.mp4": lasting(9, shots=(2, 5))}
    found, _ = clip_cutting.cut_all(clips, cutter, surveys)
    assert sum(clip.start_seconds == 2 for clip in found) == 1


def test_spans_of_microseconds_survive_as_seconds():
    clip = annotations.Clip("a.mp4")
    found, _ = rows(clip, "windows", lasting(100), seconds=0.0333337)
    ends = [round(each.end_seconds * SECOND) for each in found]
    starts = [round(each.start_seconds * SECOND) for each in found]
    assert ends[:-1] == starts[1:]
