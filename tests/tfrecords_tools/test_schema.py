import google_crc32c
import numpy as np
import pytest
import tensorflow as tf

from tfrecords_tools import schema
from tfrecords_tools.base.files import tfrecord

RECORD = {
    "frames": [b"one", b"two"],
    "times": [0, 40_000],
    "format": "jpeg",
    "height": 4,
    "width": 6,
    "frame_rate": 29.97,
    "path": "a/ü.mp4",
    "media_id": "a/ü",
    "start_time": 0,
    "end_time": 80_000,
    "label_ids": [2, 0],
    "labels": ["walk", "run"],
    "caption": "",
    "mood.label_ids": [],
    "mood.labels": [],
    "waveform": [0.5, -0.25, 0.0],
    "sample_rate": 16_000.0,
    "captions": ["a dog", "it runs"],
    "caption_starts": [-1, 5],
    "caption_ends": [-1, 40_000],
    "questions": ["who?"],
    "answers": ["it"],
    "voice_starts": [],
    "voice_ends": [],
    "words": ["bin", "blue"],
    "word_times": [10, 30],
    "word_lengths": [20, 5],
}
CONTENTS = schema.Contents(("mood",), tuple(schema.EXTRAS))


def tensorflows(record):
    """The same SequenceExample, made by TensorFlow's own classes."""

    train = tf.train

    def several(values, kind):
        if kind == "int64":
            made = {"int64_list": train.Int64List(value=values)}
        elif kind == "float32":
            made = {"float_list": train.FloatList(value=values)}
        else:
            texts = [v.encode() if isinstance(v, str) else v for v in values]
            made = {"bytes_list": train.BytesList(value=texts)}
        return train.Feature(**made)

    context, lists = {}, {}
    for f in CONTENTS.features:
        value = record[f.name]
        if f.holds in ("one", "several", "some"):
            values = [value] if f.holds == "one" else value
            context[f.key] = several(values, f.dtype)
            continue
        steps = [value] if f.holds == "signal" else [[each] for each in value]
        lists[f.key] = train.FeatureList(
            feature=[several(step, f.dtype) for step in steps]
        )
    return tf.train.SequenceExample(
        context=tf.train.Features(feature=context),
        feature_lists=tf.train.FeatureLists(feature_list=lists),
    )


def test_bytes_equal_tensorflows_own():
    wanted = tensorflows(RECORD).SerializeToString(deterministic=True)
    found = schema.encode(RECORD, CONTENTS)
    assert found == wanted


def test_record_without_captions_has_the_same_bytes_as_before():
    some = [f.name for f in CONTENTS.features if f.holds == "some"]
    none = RECORD | dict.fromkeys(some, [])
    with_them = schema.Contents(("mood",), tuple(schema.EXTRAS))
    before = schema.Contents(("mood",), ("waveform", "voice", "words"))
    data = schema.encode(none, with_them)
    assert data == schema.encode(none, before)
    assert schema.decode(data, with_them)["captions"] == []
    parsed = schema.parse(tf.constant([data]), with_them)
    assert parsed["captions"].to_list() == [[]]


def test_readers_that_know_one_caption_read_the_first():
    record = {**RECORD, "caption": "a dog"}
    data = schema.encode(record, CONTENTS)
    before = schema.Contents(("mood",), ("waveform", "voice", "words"))
    assert schema.decode(data, before)["caption"] == b"a dog"


def test_parsing_in_a_graph_gives_the_values_back():
    found = tf.function(lambda s: schema.parse(s, CONTENTS))(
        tf.constant([schema.encode(RECORD, CONTENTS)])
    )
    assert found["frames"].numpy().tolist() == [[b"one", b"two"]]
    assert found["label_ids"].to_list() == [[2, 0]]
    assert found["mood.labels"].to_list() == [[]]
    assert found["path"].numpy()[0].decode() == "a/ü.mp4"
    assert found["waveform"].to_list() == [[0.5, -0.25, 0.0]]
    assert found["words"].to_list() == [[b"bin", b"blue"]]
    np.testing.assert_allclose(found["frame_rate"], 29.97, rtol=1e-6)


def test_decoding_without_tensorflow_gives_the_values_back():
    found = schema.decode(schema.encode(RECORD, CONTENTS), CONTENTS)
    assert found["times"] == [0, 40_000]
    assert found["labels"] == [b"walk", b"run"]
    assert found["height"] == 4
    assert found["waveform"] == [0.5, -0.25, 0.0]
    assert found["word_lengths"] == [20, 5]


def test_decoding_what_is_no_record_raises():
    with pytest.raises(ValueError, match="SequenceExample"):
        schema.decode(b"\xff\xff\xff")


def test_a_missing_feature_is_named():
    with pytest.raises(ValueError, match="image/format has 0 values"):
        schema.decode(b"")


def test_file_equals_tensorflows_own(tmp_path):
    records = [b"", b"abc", bytes(range(256)) * 300]
    with tf.io.TFRecordWriter(str(tmp_path / "wanted")) as writer:
        for record in records:
            writer.write(record)
    found = b"".join(
        tfrecord.frame(data, google_crc32c.value(data)) for data in records
    )
    assert found == (tmp_path / "wanted").read_bytes()
