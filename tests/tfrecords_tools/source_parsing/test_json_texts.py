import json

import pytest

from tfrecords_tools import annotations
from tfrecords_tools.source_parsing import json_texts

Caption, Question = annotations.Caption, annotations.Question


def test_list_of_sentences_is_read():
    found = json_texts.parse_captions('["a dog | a cat", "it runs, fast"]')
    assert found == (Caption("a dog | a cat"), Caption("it runs, fast"))


def test_captions_may_have_spans():
    cell = json.dumps([{"text": "a", "start_seconds": 0, "end_seconds": 2.5}])
    assert json_texts.parse_captions(cell) == (Caption("a", 0, 2.5),)


@pytest.mark.parametrize(
    "cell, said",
    [
        ("a dog", "no JSON list"),
        ('{"text": "a"}', "no JSON list"),
        ("[1]", "caption '1'"),
        ('[""]', "wanted a sentence"),
        ('[{"text": "a", "start_seconds": 2, "end_seconds": 1}]', "after it"),
        ('[{"text": "a", "start_seconds": 0}]', "after it"),
        ('[{"text": "a", "end": 1}]', "'end' is unknown"),
    ],
)
def test_other_captions_are_refused(cell, said):
    with pytest.raises(ValueError, match=said):
        json_texts.parse_captions(cell)


def test_question_and_answer_may_be_plain_texts():
    assert json_texts.parse_questions("who?", "a dog") == (
        Question("who?", "a dog"),
    )


def test_questions_may_have_no_answers():
    found = json_texts.parse_questions('["who?", "why?"]', "")
    assert found == (Question("who?", ""), Question("why?", ""))


def test_as_many_answers_as_questions_are_wanted():
    with pytest.raises(ValueError, match="2 questions and 1 answers"):
        json_texts.parse_questions('["who?", "why?"]', "a dog")


def test_first_of_several_captions_is_the_caption():
    faults = []
    found = json_texts.parse_all("", '["a", "b"]', "", "", faults)
    assert (found.caption, len(found.captions), faults) == ("a", 2, [])


def test_caption_of_its_own_precedes_several():
    found = json_texts.parse_all("a", '["b"]', "", "", [])
    assert [each.text for each in found.captions] == ["a", "b"]
    assert found.caption == "a"


def test_what_is_wrong_is_a_fault():
    faults = []
    json_texts.parse_all("", "b", "", "", faults)
    assert len(faults) == 1
