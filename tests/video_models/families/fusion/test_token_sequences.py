import keras
import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.families.fusion import modalities, token_sequences

ops = keras.ops


def stream(steps, present):
    """Of one place at each time step."""
    present = np.float32(present)
    volume = np.zeros((len(present), steps, 1, 1, 1), "float32")
    mask = np.ones((len(present), steps), "float32") * present[:, None]
    return modalities.Stream(volume, mask, present, True)


def sequence(values, mask):
    return token_sequences.Tokens(
        np.float32(values)[None, :, None], np.float32([mask])
    )


def read_out(has_frames, has_audio):
    """Two time steps of frames, 1 and 2; audio of 10, 20 and padding."""
    found = token_sequences.read_out(
        {
            "frames": sequence([1, 2], [1, 1]),
            "audio": sequence([10, 20, 99], [1, 1, 0]),
        },
        {"frames": stream(2, [has_frames]), "audio": stream(3, [has_audio])},
    )
    return ops.convert_to_numpy(found)[0, :, 0].tolist()


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        ((1, 1), [8, 8.5]),
        ((1, 0), [1, 2]),
        ((0, 1), [15, 15]),
        ((0, 0), [0, 0]),
    ],
)
def test_answer_averages_the_modalities_that_are_there(present, wanted):
    assert read_out(*present) == wanted


@pytest.mark.parametrize(("mask", "null"), [((1, 0), 0), ((0, 0), 1)])
def test_the_null_token_is_there_if_nothing_else_is(mask, null):
    tokens = sequence([1, 2], mask)
    found = token_sequences.with_null(tokens, "null")
    assert ops.convert_to_numpy(found.mask)[0].tolist() == [*mask, null]


def test_tokens_are_places_before_time_steps():
    volume = np.arange(24, dtype="float32").reshape(1, 2, 3, 4, 1)
    x = volume.reshape(1, 24, 1)
    there = modalities.Stream(volume, np.ones((1, 2)), np.ones(1), False)
    found = token_sequences.over_places(x, there)
    assert ops.convert_to_numpy(found)[0, :, 0].tolist() == [5.5, 17.5]


def test_a_width_that_heads_do_not_divide_is_refused():
    config = token_sequences.Config(width=10, heads=4)
    with pytest.raises(errors.UserError, match="--fusion.width=10"):
        config.block()
