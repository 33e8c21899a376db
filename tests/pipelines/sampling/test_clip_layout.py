"""What holds for every clip and every video."""

import hypothesis
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from pipelines import batch
from pipelines.sampling import clip_sampling

shapes = {
    "frames": st.integers(1, 40),
    "short": st.sampled_from(("loop", "pad")),
}
dense_clips = st.builds(batch.ClipSpec, stride=st.integers(1, 50), **shapes)
jittered_clips = st.builds(
    batch.ClipSpec,
    stride=st.integers(1, 50),
    speed_jitter=st.floats(0, 3),
    **shapes,
)
spread_clips = st.builds(
    batch.ClipSpec, sampling=st.sampled_from(("uniform", "segments")), **shapes
)
clips = st.one_of(dense_clips, jittered_clips, spread_clips)
stored = st.one_of(st.integers(1, 60), st.integers(1, 2**31 - 1))
places = st.floats(0, 1, exclude_max=True)
seeds = st.tuples(st.integers(0, 2**62), st.integers(0, 2**62))
videos = st.lists(st.tuples(stored, seeds), min_size=9, max_size=9)


def for_all(*strategies, examples=60):
    """Equal examples in every run, and nothing left in a folder."""
    settings = hypothesis.settings(
        max_examples=examples, deadline=None, derandomize=True, database=None
    )
    return lambda test: settings(hypothesis.given(*strategies)(test))


@for_all(clips, stored, seeds)
def test_every_frame_of_every_clip_is_in_the_video(clip, stored, seed):
    for found in (
        clip_sampling.training_frames(stored, clip, seed).numpy(),
        clip_sampling.evaluation_frames(stored, clip, seed[0] % 4, 4).numpy(),
    ):
        assert len(found) == clip.frames
        assert found.min() >= 0 and found.max() < stored
        is_looped = clip.sampling == "dense" and clip.short == "loop"
        assert is_looped or (np.diff(found) >= 0).all()


@for_all(dense_clips, stored, places)
def test_dense_frames_are_one_stride_apart_until_the_video_ends(
    clip, stored, place
):
    found = clip_sampling.sample_frames(stored, clip, place).numpy()
    wanted = found[0] + clip.stride * np.arange(clip.frames)
    if wanted[-1] >= stored:
        assert found[0] == 0
    looped, padded = wanted % stored, np.minimum(wanted, stored - 1)
    assert (found == (looped if clip.short == "loop" else padded)).all()


@for_all(dense_clips, st.integers(0, 10**9))
def test_dense_places_go_from_the_first_frame_to_the_last(clip, spare):
    stored = (clip.frames - 1) * clip.stride + 1 + spare
    first, last = (
        clip_sampling.sample_frames(stored, clip, place).numpy()
        for place in (0.0, np.nextafter(1.0, 0.0))
    )
    assert (first[0], last[-1]) == (0, stored - 1)


@for_all(clips, videos, examples=12)
def test_data_graph_draws_what_is_drawn_eagerly(clip, videos):
    counts, seeds = (np.array(column) for column in zip(*videos, strict=True))
    data = tf.data.Dataset.from_tensor_slices((counts, seeds))
    data = data.map(lambda n, s: clip_sampling.training_frames(n, clip, s))
    for found, count, seed in zip(data, counts, seeds, strict=True):
        wanted = clip_sampling.training_frames(count, clip, seed)
        assert found.numpy().tobytes() == wanted.numpy().tobytes()
