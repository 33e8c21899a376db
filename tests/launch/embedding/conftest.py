"""Videos of plain brightness, and an index of them."""

import numpy as np
import pytest

from launch.commands import embed, search
from tfrecords_tools.base import flags
from tfrecords_tools.media.writing import writer


def embed_into(output, exported, *more):
    """Runs launch.embed."""
    arguments = [f"--model={exported}", f"--output={output}", *more]
    embed.main(flags.parse(embed.COMMAND, arguments))
    return output


def searched(capsys, index, video, *more):
    arguments = [f"--index={index}", f"--video={video}", *more]
    capsys.readouterr()
    search.main(flags.parse(search.COMMAND, arguments))
    return capsys.readouterr().out


@pytest.fixture(scope="session")
def videos(tmp_path_factory):
    """a (dark, 4 windows), b (light), c (dark), and a file that is none."""
    folder = tmp_path_factory.mktemp("videos")
    random = np.random.default_rng(0)
    for name, level, frames in (("a", 50, 32), ("b", 200, 8), ("c", 55, 8)):
        noise = random.normal(level, 20, (frames, 24, 32, 3))
        clip = noise.clip(0, 255).astype(np.uint8)
        writer.write_mp4(folder / f"{name}.mp4", clip, 25)
    (folder / "broken.mp4").write_bytes(b"no video")
    return folder


@pytest.fixture(scope="session")
def index(exported, videos, tmp_path_factory):
    """Folder of the index of `videos`."""
    output = tmp_path_factory.mktemp("index") / "index"
    return embed_into(output, exported, f"--videos={videos}")
