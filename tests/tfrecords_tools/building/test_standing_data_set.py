import pytest

from tfrecords_tools import manifest
from tfrecords_tools.base import errors, registry
from tfrecords_tools.building import build_request, standing_data_set


@pytest.fixture
def request_of(tmp_path):
    def make(output="shards", source="video_folder"):
        (tmp_path / "videos").mkdir(exist_ok=True)
        return build_request.Request(
            registry.choose("tfrecords_tools.sources", source),
            str(tmp_path / "videos"),
            str(tmp_path / output),
        )

    return make


def stand(request):
    made = manifest.Manifest(
        labels=(), tasks={}, several_labels=False, splits={},
        settings=request.recorded(),
    )  # fmt: skip
    manifest.write(request.output, made)
    return made


def test_an_empty_place_begins_anew(request_of):
    assert standing_data_set.find(request_of(), replace=False) is None


def test_the_data_set_of_the_same_source_is_continued(request_of):
    made = stand(request_of())
    found = standing_data_set.find(request_of(), replace=False)
    assert found.settings["source"] == made.settings["source"]


def test_the_data_set_of_another_source_is_refused(request_of):
    stand(request_of(source="demo"))
    with pytest.raises(errors.UserError, match="--source=demo.*or add --repl"):
        standing_data_set.find(request_of(), replace=False)
    assert standing_data_set.find(request_of(), replace=True) is None


def test_a_damaged_manifest_is_refused_with_what_to_do(request_of, tmp_path):
    stand(request_of())
    (tmp_path / "shards" / manifest.FILE_NAME).write_text("{")
    with pytest.raises(errors.UserError, match="add --replace to overwrite"):
        standing_data_set.find(request_of(), replace=False)


def test_shards_without_a_manifest_are_refused(request_of, tmp_path):
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "train-00000-of-00001.tfrecord").touch()
    with pytest.raises(errors.UserError, match="holds train-0.* but no "):
        standing_data_set.find(request_of(), replace=False)


@pytest.mark.parametrize("output", ["videos", "videos/shards"])
def test_an_output_among_the_videos_is_refused(request_of, output):
    with pytest.raises(errors.UserError, match="in the folder of the videos"):
        standing_data_set.find(request_of(output), replace=True)
