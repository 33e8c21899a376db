import numpy as np
import pytest

from video_models.families.fusion import modalities, unimodal

SHAPES = {
    "frames": modalities.Modality((2, 2, 2, 1)),
    "text": modalities.Modality((3, 1, 1, 1)),
}


@pytest.fixture(scope="module")
def found():
    text = np.float32([[1, 3, 99], [7, 8, 9]])
    given = {
        "frames": np.ones((2, 2, 2, 2, 1), "float32"),
        "text": text[..., None, None, None],
        "has_text": np.float32([1, 0]),
        "text_mask": np.float32([[1, 1, 0], [1, 1, 1]]),
    }
    answers = unimodal.build(SHAPES)(given)
    return {name: answer.numpy().tolist() for name, answer in answers.items()}


def test_features_are_means_without_padding(found):
    assert found["text"][0] == [[2]]


def test_a_missing_modality_is_said_to_be(found):
    assert (found["has_text"], found["has_frames"]) == ([1, 0], [1, 1])


def test_a_missing_modality_has_features_of_0(found):
    assert found["text"][1] == [[0]]
