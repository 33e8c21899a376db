import numpy as np
import pytest

from launch.embedding import index_chunks, index_files
from tfrecords_tools.base import errors

CHUNK = index_chunks.Chunk(0, ("a.mp4",), "digest")
ROWS = index_chunks.Rows(
    [{"path": "a.mp4", "windows": 2}],
    np.array([[0.0, 1.0], [1.0, 2.0]]),
    np.ones((2, 3), np.float32),
)
FAILED = index_chunks.Rows(
    [{"path": "a.mp4", "windows": 0, "error": "no video"}],
    np.zeros((0, 2)),
    np.zeros((0, 3), np.float32),
)
METADATA = index_files.Metadata("f", 3, 0, 0, 0, "m", "r", "videos", "d")


def test_chunk_is_read_as_it_was_written(tmp_path):
    index_chunks.write_chunk(tmp_path, CHUNK, ROWS)
    found = index_chunks.read_chunk(tmp_path, CHUNK)
    assert found.videos == ROWS.videos
    assert found.features.tobytes() == ROWS.features.tobytes()


def test_chunk_of_another_digest_is_left_to_do(tmp_path):
    index_chunks.write_chunk(tmp_path, CHUNK, ROWS)
    other = index_chunks.Chunk(0, CHUNK.items, "another")
    assert index_chunks.unfinished(tmp_path, [other]) == [other]
    assert not list(tmp_path.iterdir())


def test_nothing_readable_is_refused(tmp_path):
    output = tmp_path / "index"
    folder = index_chunks.folder_of(output)
    folder.mkdir()
    index_chunks.write_chunk(folder, CHUNK, FAILED)
    with pytest.raises(errors.UserError, match="nothing could be read"):
        index_chunks.assemble(output, [CHUNK], METADATA)
    assert not output.exists()


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped"])
def test_a_damaged_chunk_is_left_to_do(tmp_path, damage):
    index_chunks.write_chunk(tmp_path, CHUNK, ROWS)
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    if damage == "flipped":
        data[data.index(b"windows")] ^= 1
    kept = {"empty": 0, "cut": len(data) // 2, "flipped": len(data)}[damage]
    path.write_bytes(data[:kept])
    assert index_chunks.unfinished(tmp_path, [CHUNK]) == [CHUNK]
