"""What an exported model refuses, and what that costs."""

import json
import pathlib
import zlib

import numpy as np
import pytest
import simplejpeg
import tensorflow as tf

from launch.commands import export, predict
from launch.serving import loaded_model, model_metadata
from tests.launch import causal_network, images
from tfrecords_tools.base import errors, flags
from tfrecords_tools.media.writing import writer

T = causal_network.CLIP.frames
HONEST = images.encoded(images.waves())
INK = np.concatenate([255 - images.waves(), np.zeros((20, 24, 1), "u1")], -1)
STATUS = pathlib.Path("/proc/self/status")


@pytest.fixture(scope="module")
def loaded(exported_stream):
    return loaded_model.LoadedModel(exported_stream)


@pytest.fixture(scope="module")
def signatures(loaded):
    model = tf.saved_model.load(str(loaded.path))
    yield model.signatures
    del model


@pytest.fixture(scope="module")
def ask(signatures):
    def asked(frames):
        found = signatures["serving_default"](frames_bytes=tf.constant(frames))
        return found["scores"].numpy()

    return asked


def refusal(call, *given, **inputs):
    """The message with which the graph refuses."""
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        call(*given, **inputs)
    return caught.value.message


def peak_rise(call):
    """MB that the process needs at most while it runs, above before."""

    def read(name):
        lines = STATUS.read_text().splitlines()
        return next(int(x.split()[1]) for x in lines if x.startswith(name))

    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = read("VmRSS")
    call()
    return (read("VmHWM") - before) / 1000


LARGE = {
    "jpeg": images.grey(4000, 4000),
    "progressive": images.grey(4000, 4000, settings=images.PROGRESSIVE),
    "png": images.grey(4000, 4000, ".png"),
}


@pytest.mark.parametrize("kind", LARGE)
def test_large_frames_are_refused_before_they_are_decoded(ask, kind):
    if not STATUS.exists():
        pytest.skip("memory is read from /proc")
    ask([[HONEST] * T])
    said = []
    rise = peak_rise(lambda: said.append(refusal(ask, [[LARGE[kind]] * T])))
    assert "frame 0 of clip 0 has 4000x4000 pixels" in said[0]
    assert "at most 9437184" in said[0] and "--limits.frame_pixels" in said[0]
    assert rise < 60


LIES = {
    "jpeg": images.with_size(HONEST, 65000, 65000),
    "png": images.png(2**31 - 1, 2**31 - 1),
    "png of 2^32": images.png(2**32 - 1, 2**32 - 1),
    "long jpeg": images.grey(1, 65000),
    "high png": images.png(60000, 1),
    "png without pixels": images.png(0, 7),
}


PNG = images.encoded(images.waves(), ".png")
INFLATED = zlib.compress(bytes(7_900_000), 9)
TEXTS = {
    "zTXt": (b"zTXt", b"a\0\0" + INFLATED),
    "iTXt": (b"iTXt", b"a\0\1\0\0\0" + INFLATED),
    "iCCP": (b"iCCP", b"a\0\0" + INFLATED),
}
BOUNDED = {
    "tEXt": (b"tEXt", b"a\0" + b"b" * 5000),
    "eXIf": (b"eXIf", b"MM\0*\0\0\0\x08\0\0"),
    "sPLT": (b"sPLT", b"a\0\x08" + bytes(6000)),
    "unknown": (b"abCd", bytes(5000)),
}


@pytest.mark.parametrize("at", [33, -12], ids=["before", "after its pixels"])
@pytest.mark.parametrize("kind", TEXTS)
def test_pngs_of_many_compressed_chunks_are_refused(ask, kind, at):
    large = images.with_chunks(PNG, *[TEXTS[kind]] * 5, at=at)
    said = refusal(ask, [[PNG] * T, [PNG] * 3 + [large] + [PNG] * (T - 4)])
    assert "frame 3 of clip 1" in said and "more than 4" in said
    assert "zTXt, iTXt, iCCP" in said and "without its metadata" in said


def test_compressed_chunks_are_not_inflated_first(ask):
    if not STATUS.exists():
        pytest.skip("memory is read from /proc")
    large = images.with_chunks(PNG, *[TEXTS["zTXt"]] * 60)
    ask([[PNG] * T])
    assert peak_rise(lambda: refusal(ask, [[large] * T])) < 60


@pytest.mark.parametrize("kind", TEXTS)
def test_a_few_compressed_chunks_are_honest(ask, kind):
    texts = [TEXTS[kind][:1] + (b"a" + TEXTS[kind][1],)] * 2
    honest = images.with_chunks(PNG, *texts)
    np.testing.assert_allclose(ask([[honest] * T]), ask([[PNG] * T]))


@pytest.mark.parametrize("kind", BOUNDED)
def test_chunks_that_their_bytes_bound_are_taken(ask, kind):
    honest = images.with_chunks(PNG, *[BOUNDED[kind]] * 6)
    np.testing.assert_allclose(ask([[honest] * T]), ask([[PNG] * T]))


@pytest.mark.parametrize("ending", [".png", ".jpg"])
@pytest.mark.parametrize("shape", [(1, 17), (2300, 1), (3, 70)])
def test_long_frames_are_not_scaled_up(ask, ending, shape):
    height, width = shape
    said = refusal(ask, [[HONEST] * T, [images.grey(*shape, ending)] * T])
    assert f"frame 0 of clip 1 has {width}x{height} pixels" in said
    assert "with a short side of 16" in said
    assert "at most 4096" in said and "--limits.frame_pixels" not in said


@pytest.mark.parametrize("shape", [(1, 16), (64, 4), (100, 2000), (7, 100)])
def test_panoramas_are_answered(ask, shape):
    assert np.isfinite(ask([[images.grey(*shape, ".png")] * T])).all()


@pytest.mark.parametrize("shape", [(120, 0), (0, 7), (0, 0)])
def test_frames_without_pixels_are_named(ask, signatures, shape):
    told = f"has {shape[1]}x{shape[0]} pixels; wanted at least 1x1"
    said = refusal(ask, [[images.png(*shape)] * T])
    assert f"frame 0 of clip 0 {told}" in said
    pixels = tf.zeros((1, T, *shape, 3), tf.uint8)
    said = refusal(signatures["predict_tensor"], frames=pixels)
    assert f"each frame {told}" in said


@pytest.mark.parametrize("kind", LIES)
def test_a_header_alone_is_reason_enough(ask, kind):
    said = refusal(ask, [[LIES[kind]] + [HONEST] * (T - 1)])
    assert "frame 0 of clip 0 has" in said and "wanted at " in said


STRANGE = {
    "empty": b"",
    "text": b"no image",
    "one byte": b"\xff",
    "gif": images.gif(2000),
    "gif of one frame": images.gif(1),
    "bmp": images.encoded(images.waves(), ".bmp"),
    "upside down bmp": images.bmp(-20, 24),
    "huge bmp": images.bmp(2**30, 2**30),
    "webp": images.encoded(images.waves(), ".webp"),
    "cut png": images.png(20, 24)[:20],
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_jpeg_or_png_is_named(ask, kind):
    frames = [
        [HONEST] * T,
        [HONEST, HONEST, STRANGE[kind], *[HONEST] * (T - 3)],
    ]
    said = refusal(ask, frames)
    assert "frame 2 of clip 1 is not an image" in said
    assert f"got {len(STRANGE[kind])} bytes" in said


DAMAGED = {
    "cut in its header": HONEST[:60],
    "cut in its pixels": images.encoded(images.waves(90, 90))[:700],
    "three bytes": b"\xff\xd8\xff",
    "png without data": images.png(20, 24),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_images_are_refused(ask, kind):
    refusal(ask, [[DAMAGED[kind]] * T])


@pytest.mark.parametrize(
    "jpeg",
    [HONEST[:60], HONEST[:400], b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" * 99],
    ids=["cut at 60", "cut at 400", "three bytes", "repeated"],
)
def test_jpegs_without_a_whole_header_are_named(ask, jpeg):
    said = refusal(ask, [[HONEST] * T, [HONEST, jpeg, *[HONEST] * (T - 2)]])
    assert "frame 1 of clip 1 is not an image" in said
    assert f"got {len(jpeg)} bytes" in said


def test_bytes_after_a_jpeg_are_taken(ask):
    scores = ask([[HONEST] * T, [HONEST + bytes(5)] * T])
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-5)


@pytest.mark.parametrize(
    "image",
    [
        images.encoded(images.waves(), ".png"),
        images.encoded(images.waves().astype(np.uint16) * 257, ".png"),
        images.encoded(images.waves()[..., 0], ".png"),
        images.encoded(images.waves()[..., 0]),
        images.encoded(images.waves(), settings=images.PROGRESSIVE),
        images.with_exif(HONEST),
        simplejpeg.encode_jpeg(INK, colorspace="CMYK"),
    ],
    ids="png png16 grey_png grey progressive exif cmyk".split(),
)
def test_every_kind_of_jpeg_and_png_is_answered(ask, image):
    scores = ask([[HONEST] * T, [image] * T])
    assert np.abs(scores[0] - scores[1]).max() < 0.2


def test_frames_of_a_clip_have_one_size(ask):
    other = images.encoded(images.waves(22, 24))
    said = refusal(ask, [[HONEST] * T, [HONEST] * 5 + [other] * (T - 5)])
    assert "frame 0 has 24x20 pixels, frame 5 has 24x22" in said
    assert "clip 1" in said


def test_clips_of_a_request_may_have_different_sizes(ask):
    other = images.encoded(images.waves(40, 30))
    both = ask([[HONEST] * T, [other] * T])
    np.testing.assert_allclose(both[1:], ask([[other] * T]), atol=1e-5)


@pytest.mark.parametrize("length", [0, 1, T - 1, T + 1])
def test_another_number_of_frames_is_named(ask, length):
    frames = np.full((2, length), HONEST, object)
    said = refusal(ask, tf.constant(frames, tf.string))
    assert f"frames_bytes has shape [2, {length}], wanted [N, {T}]" in said


RANKS = [(), (T,), (T + 1,), (1,), (0,), (1, T, 1), (1, 1, T), (1, T, 1, 1)]


@pytest.mark.parametrize("shape", RANKS, ids=str)
def test_frames_of_another_rank_are_named(ask, shape):
    said = refusal(ask, tf.fill(shape, HONEST))
    assert f"frames_bytes has shape {list(shape)}, wanted [N, {T}]" in said


@pytest.mark.parametrize(
    "shape", [(), (8,), (T, 64, 64, 3), (5, 64, 64, 3), (1, 1, T, 9, 9, 3)]
)
def test_pixels_of_another_rank_are_named(signatures, shape):
    pixels = tf.zeros(shape, tf.uint8)
    said = refusal(signatures["predict_tensor"], frames=pixels)
    wanted = f"wanted [N, {T}, any, any, 3]"
    assert f"frames has shape {list(shape)}, {wanted}" in said


def test_too_many_clips_are_refused_before_they_are_decoded(ask):
    most = 2**25 // (T * 16 * 16)
    said = refusal(ask, tf.fill((most + 1, T), HONEST))
    assert f"got {most + 1} clips in one request, at most {most}" in said


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((1, T - 1, 20, 24, 3), f"[1, {T - 1}, 20, 24, 3], wanted [N, {T},"),
        ((1, T, 20, 24, 1), "20, 24, 1], wanted"),
        ((1, T, 0, 0, 3), "0x0 pixels"),
        ((1, T, 1, 65000, 3), "65000x1 pixels"),
        ((1, T, 4000, 4000, 3), "--limits.frame_pixels"),
        ((20000, T, 1, 1, 3), "got 20000 clips"),
    ],
)
def test_pixels_of_other_shapes_are_refused(signatures, shape, told):
    pixels = tf.zeros(shape, tf.uint8)
    assert told in refusal(signatures["predict_tensor"], frames=pixels)


def stream_inputs(loaded, streams=1, shape=(2, 20, 24, 3)):
    frames = tf.zeros((streams, *shape), tf.uint8)
    zeros = loaded.metadata.stream.zeros(streams)
    return {"frames": frames, **{k: tf.constant(v) for k, v in zeros.items()}}


def test_frames_of_a_chunk_are_counted(loaded, signatures):
    given = stream_inputs(loaded, shape=(3, 20, 24, 3))
    said = refusal(signatures["stream"], **given)
    assert "frames has shape [1, 3, 20, 24, 3], wanted [N, 2," in said


def test_chunks_of_large_frames_are_refused(loaded, signatures):
    given = stream_inputs(loaded, shape=(2, 1, 65000, 3))
    assert "65000x1 pixels" in refusal(signatures["stream"], **given)


@pytest.mark.parametrize("shape", [(), (1,), (2, 2, 2, 2, 2)])
def test_states_of_another_rank_are_refused(loaded, signatures, shape):
    given = stream_inputs(loaded)
    given["state_head_total"] = tf.zeros(shape)
    said = refusal(signatures["stream"], **given)
    assert f"state_head_total has shape {list(shape)}, wanted [N, " in said


@pytest.mark.parametrize("shape", [(), (2, 20, 24, 3), (1, 1, 2, 20, 24, 3)])
def test_chunks_of_another_rank_are_refused(loaded, signatures, shape):
    given = {**stream_inputs(loaded), "frames": tf.zeros(shape, tf.uint8)}
    said = refusal(signatures["stream"], **given)
    assert f"frames has shape {list(shape)}, wanted [N, 2, " in said


def test_states_of_other_streams_are_refused(loaded, signatures):
    given = stream_inputs(loaded)
    given["state_head_total"] = stream_inputs(loaded, 2)["state_head_total"]
    said = refusal(signatures["stream"], **given)
    assert "state_head_total has shape [2," in said and "wanted [N, " in said


def test_none_asked_is_none_answered(ask, signatures):
    scores = ask(tf.zeros((0, T), tf.string))
    assert scores.shape == (0, len(causal_network.LABELS))
    found = signatures["predict_tensor"](
        frames=tf.zeros((0, T, 9, 9, 3), tf.uint8)
    )
    assert found["scores"].shape == scores.shape and found["label"].shape == 0


def test_no_streams_have_no_scores(loaded, signatures):
    found = signatures["stream"](**stream_inputs(loaded, 0))
    for name, state in loaded.metadata.stream.zeros(0).items():
        assert found[name].shape == state.shape
    assert found["scores"].shape == (0, len(causal_network.LABELS))


def test_an_empty_list_of_clips_has_no_scores(loaded):
    assert loaded.scores([]).shape == (0, len(causal_network.LABELS))


def test_a_refusal_is_one_clear_message(loaded):
    with pytest.raises(errors.UserError) as caught:
        loaded.scores([[b"no image"] * T])
    said = str(caught.value)
    assert "refuses the request: frame 0 of clip 0 is not an image" in said
    assert "\n" not in said


def test_a_clip_of_too_few_frames_is_named(loaded):
    with pytest.raises(errors.UserError, match=f"2 frames, wanted {T}"):
        loaded.scores([[HONEST] * T, [HONEST] * 2])


def test_exporting_decodes_frames_in_a_graph(tmp_path, monkeypatch):
    eager, map_fn = [], tf.map_fn

    def noted(*given, **more):
        eager.append(tf.executing_eagerly())
        return map_fn(*given, **more)

    monkeypatch.setattr(tf, "map_fn", noted)
    causal_network.export(tmp_path)
    assert eager and not any(eager)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """An export that takes small frames, and one clip at a time."""
    given = [
        "--limits.frame_pixels=20000",
        f"--limits.request_pixels={T * 256}",
    ]
    limits = flags.parse(export.COMMAND, given).sections["limits"]
    folder = tmp_path_factory.mktemp("small")
    return loaded_model.LoadedModel(
        causal_network.export(folder, limits=limits)
    )


def test_limits_are_settings_of_the_export_and_told_to_clients(small):
    assert small.metadata.limits.frame_pixels == 20000
    assert small.metadata.max_clips == 1
    with pytest.raises(errors.UserError, match="at most 20000 pixels"):
        small.scores([[images.grey(200, 200)] * T])


def test_predict_asks_for_no_more_clips_than_are_taken(small, tmp_path):
    path = tmp_path / "a.mp4"
    writer.write_mp4(path, np.zeros((4 * T, 32, 48, 3), np.uint8), 25)
    asked = predict.Config(model="", videos="", batch_size=8)
    (row,) = predict.predict(small, path, asked)
    assert row["label"] in causal_network.LABELS


def test_an_older_export_has_no_limits(loaded):
    values = json.loads(loaded.metadata.to_json())
    del values["limits"]
    metadata = model_metadata.ModelMetadata.from_json(json.dumps(values))
    assert metadata.limits is None and metadata.max_clips is None
