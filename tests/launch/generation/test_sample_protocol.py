import dataclasses

import pytest

from launch.generation import sample_protocol
from pipelines import batch
from tfrecords_tools.base import errors

PROTOCOL = sample_protocol.Protocol(
    features="a" * 64,
    classifier=None,
    real="b" * 64,
    frames=16,
    size=32,
    short_side=32,
    sampling="dense, 1 stored frames",
    frame_rate=None,
    clips=100,
    k=3,
    seed=0,
)
OTHER = sample_protocol.Protocol(
    features="c" * 64,
    classifier="c" * 64,
    real="d" * 64,
    frames=8,
    size=64,
    short_side=72,
    sampling="uniform",
    frame_rate=12.0,
    clips=50,
    k=5,
    seed=1,
)
FIELDS = [field.name for field in dataclasses.fields(PROTOCOL)]


def test_figures_are_read_as_they_were_written(tmp_path):
    values = {"samples": {"frechet_distance": 1.25, "recognised/up": 0.5}}
    written = sample_protocol.Measured(PROTOCOL, values)
    sample_protocol.write(tmp_path / "figures.json", written)
    assert sample_protocol.read(tmp_path / "figures.json") == written


def test_equal_protocols_may_be_compared():
    sample_protocol.compare(PROTOCOL, dataclasses.replace(PROTOCOL))


@pytest.mark.parametrize("name", FIELDS)
def test_each_difference_is_refused_and_named(name):
    other = dataclasses.replace(PROTOCOL, **{name: getattr(OTHER, name)})
    with pytest.raises(errors.UserError) as caught:
        sample_protocol.compare(PROTOCOL, other)
    assert f"protocols: {name} " in str(caught.value)


def test_all_differences_are_named():
    with pytest.raises(errors.UserError) as caught:
        sample_protocol.compare(PROTOCOL, OTHER)
    assert all(f"{name} " in str(caught.value) for name in FIELDS)
    assert "clips 100 and 50" in str(caught.value)


@pytest.mark.parametrize("text", [None, "", "[]", '{"validation": {}}'])
def test_file_without_figures_is_named(tmp_path, text):
    path = tmp_path / "figures.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(errors.UserError, match="figures.json.*--output"):
        sample_protocol.read(path)


@pytest.mark.parametrize(
    "clip, wanted",
    [
        (batch.ClipSpec(stride=3), "dense, 3 stored frames"),
        (batch.ClipSpec(stride_seconds=0.04), "dense, 0.04 s"),
        (batch.ClipSpec(sampling="segments"), "segments"),
    ],
)
def test_sampling_is_said_in_words(clip, wanted):
    assert sample_protocol.sampling_of(clip) == wanted
