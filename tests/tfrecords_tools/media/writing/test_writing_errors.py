import av
import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.media.writing import writing_errors


@pytest.mark.parametrize(
    "said, remedy",
    [
        ("packet duration: 3000000000 is out of range", "write .mkv"),
        ("Application provided non monotonically", "write new ones"),
        ("width x height 3 not divisible", "another size"),
        ("Input contains NaN/+-Inf", "repair them"),
        ("something new", "choose other settings"),
    ],
)
def test_what_ffmpeg_says_comes_with_what_helps(said, remedy):
    found = str(writing_errors.refusal("a.mp4", said))
    assert found.startswith("cannot write a.mp4: ") and remedy in found
    assert f"(FFmpeg: {said})" in found
    assert found.endswith("The previous file is untouched")


def explained(error):
    with writing_errors.explained("a.mp4"):
        raise error


def test_a_refusal_of_ffmpeg_is_one_clear_error():
    error = av.error.FFmpegError(-22, "frame too large")
    with pytest.raises(errors.UserError, match="use a smaller number"):
        explained(error)


def test_a_number_that_is_too_large_is_one_clear_error():
    with pytest.raises(errors.UserError, match="too large"):
        explained(OverflowError("value too large to convert to int"))


@pytest.mark.parametrize("error", [OSError(28, "full"), MemoryError()])
def test_errors_of_the_machine_stay_what_they_are(error):
    with pytest.raises(type(error)) as caught:
        explained(error)
    assert caught.value is error
