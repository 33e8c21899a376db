import numpy as np

from pipelines.cache import raw_records


def test_every_chunk_has_the_texts_of_the_clip():
    record = {
        "frames": [b"1", b"2"],
        "times": [0, 10],
        "start_time": 0,
        "end_time": 20,
        "captions": [b"a", b"b"],
        "questions": [b"who?"],
    }
    pixels = np.zeros((2, 1, 1, 3), np.uint8)
    extras = "captions", "questions"
    chunks = list(raw_records.split_record(record, pixels, extras, 1))
    assert len(chunks) == 2
    for chunk in chunks:
        assert chunk["captions"] == [b"a", b"b"]
        assert chunk["questions"] == [b"who?"]
