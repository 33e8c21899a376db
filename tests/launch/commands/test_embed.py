import pytest

from launch.commands import embed
from pipelines import batch
from tfrecords_tools.base import errors, flags


def embed_into(output, exported, *more):
    arguments = [f"--model={exported}", f"--output={output}", *more]
    embed.main(flags.parse(embed.COMMAND, arguments))


@pytest.mark.parametrize("given", [[], ["--videos=a", "--shards=b"]])
def test_one_of_videos_and_shards_is_wanted(exported, tmp_path, given):
    with pytest.raises(errors.UserError, match="--videos"):
        embed_into(tmp_path / "index", exported, *given)


def test_engines_are_those_of_shards():
    assert embed.COMMAND.choices["engine"] == "tfrecords_tools.engines"


@pytest.mark.parametrize(
    "sampling, said",
    [("dense", "one row a window"), ("uniform", "one row a video")],
)
def test_rows_of_a_video_are_told(sampling, said):
    assert said in embed.describe_windows(batch.ClipSpec(sampling=sampling))
