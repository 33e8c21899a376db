import dataclasses

import pytest

from launch.prediction import file_texts
from launch.requests import served_text
from launch.serving import model_metadata
from pipelines import batch
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader

READS = model_metadata.ModelMetadata(
    batch.ClipSpec(),
    ("a",),
    reader.Config(),
    text=served_text.TextInput("words", 8, False),
)


def texts(folder, table, text=None, metadata=READS):
    path = folder / "texts.csv"
    path.write_text(table)
    return file_texts.FileTexts(metadata, text, str(path), folder)


def test_a_table_gives_videos_their_texts(tmp_path):
    found = texts(tmp_path, "text,path\na dog,b/a.mp4\n\n")
    assert found.text_of(tmp_path / "b" / "a.mp4") == "a dog"
    assert found.text_of(tmp_path / "other.mp4") == ""


@pytest.mark.parametrize(
    "table, message",
    [
        ("path\na.mp4\n", "texts.csv:1: no column text"),
        ("path,text\na.mp4,x\na.mp4,y\n", "texts.csv:3: .*another text above"),
        ("path,text\na.mp4\n", "texts.csv:2: 1 cells, wanted 2"),
    ],
)
def test_faults_of_a_table_have_their_line(tmp_path, table, message):
    with pytest.raises(errors.UserError, match=message):
        texts(tmp_path, table)


def test_texts_for_a_model_that_does_not_read_are_refused(tmp_path):
    deaf = dataclasses.replace(READS, text=None)
    with pytest.raises(errors.UserError, match="reads no text"):
        texts(tmp_path, "path,text\n", metadata=deaf)
    with pytest.raises(errors.UserError, match="--text and --texts"):
        texts(tmp_path, "path,text\n", text="a dog")
