import io

import google_crc32c
import pytest
import tensorflow as tf

from tfrecords_tools.base.files import tfrecord

RECORDS = [b"first", b"", b"third" * 100]


@pytest.fixture
def content():
    return b"".join(
        tfrecord.frame(data, google_crc32c.value(data)) for data in RECORDS
    )


def read(content):
    return list(tfrecord.read(io.BytesIO(content), len(content)))


def test_tensorflow_reads_what_is_framed(content, tmp_path):
    path = tmp_path / "a.tfrecord"
    path.write_bytes(content)
    found = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    assert list(found) == RECORDS


def test_what_tensorflow_writes_is_the_same_to_the_byte(content, tmp_path):
    path = tmp_path / "a.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for data in RECORDS:
            writer.write(data)
    assert path.read_bytes() == content


def test_records_come_with_their_place(content):
    found = read(content)
    assert [each.data for each in found] == RECORDS
    assert [each.offset for each in found] == [0, 21, 37]
    assert not any(each.fault for each in found)


def test_reading_begins_at_a_record(content):
    (only,) = tfrecord.read(io.BytesIO(content), len(content), 37)
    assert only.data == RECORDS[2]


def test_damaged_data_is_told_and_the_next_is_read(content):
    spoiled = bytearray(content)
    spoiled[13] ^= 1
    faults = [each.fault for each in read(bytes(spoiled))]
    assert faults == ["checksum is wrong", "", ""]


def test_nothing_is_read_behind_a_damaged_length(content):
    spoiled = bytearray(content)
    spoiled[21] ^= 1
    first, last = read(bytes(spoiled))
    assert (first.fault, last.data) == ("", b"")
    assert last.fault == "checksum of the length is wrong"


@pytest.mark.parametrize("rest", [5, 14])
def test_a_file_that_ends_early_is_told(content, rest):
    *_, last = read(content[: 21 + rest])
    assert last.fault == "the file ends inside a record"
