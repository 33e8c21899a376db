import av
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned

pytestmark = pytest.mark.skipif(
    not hasattr(av.VideoFrame, "metadata"),
    reason="PyAV 17, of Python 3.10, hides what filters note",
)
COUNT = 24
FIELDS = cleaned.moving(2 * COUNT, 4)  # 50 moments a second.


def woven(bottom_first=False):
    """Frames of two moments each: one in the even rows, one in the odd."""
    images = []
    for number in range(COUNT):
        image = FIELDS[2 * number].copy()
        odd = 0 if bottom_first else 1
        image[odd::2] = FIELDS[2 * number + 1][odd::2]
        images.append(image)
    return images


def write(folder, images, flagged=""):
    """Says that the video is interlaced where `flagged` is tff or bff."""
    options = {"crf": "4", "g": "12"}
    if flagged:
        options |= {"x264-params": f"{flagged}=1", "flags": "+ildct+ilme"}
    return cleaned.write(folder, images, options=options)


def combing(image):
    """How much rows differ from their neighbours and those agree."""
    rows = image[..., 0].astype(float)[:, 8:-8]
    above, row, below = rows[:-2], rows[1:-1], rows[2:]
    comb = np.minimum(row - above, row - below)
    comb = np.maximum(comb, np.minimum(above - row, below - row))
    return float(comb.clip(0).mean())


def deinterlaced(path, **config):
    decision = cleaned.decided(path, "deinterlace", deinterlace=config)
    return cleaned.read(path, decision), decision.columns["deinterlace"]


def off_by(images):
    """Mean error against the moment that the first field shows."""
    return np.mean(
        [
            abs(image.astype(float) - FIELDS[2 * place]).mean()
            for place, image in enumerate(images[4:-4], 4)
        ]
    )


@pytest.mark.parametrize("first", ["tff", "bff"])
@pytest.mark.parametrize("flagged", [True, False])
def test_combs_go_whether_or_not_the_file_tells(tmp_path, first, flagged):
    images = woven(first == "bff")
    path = write(tmp_path, images, first if flagged else "")
    before, times = cleaned.read(path)
    (after, same_times), column = deinterlaced(path)
    assert combing(after[9]) < combing(before[9]) / 20
    assert off_by(after) < off_by(before) / 2
    assert same_times == times
    assert column.startswith("flagged" if flagged else "interlaced")


def test_field_order_is_seen_where_the_flag_is_wrong(tmp_path):
    path = write(tmp_path, woven(), "bff")
    with av.open(str(path)) as file:
        assert next(file.decode(video=0)).interlaced_frame
    (images, _), column = deinterlaced(path)
    assert column == "flagged interlaced, top field first: bwdif"
    assert off_by(images) < off_by(woven()) / 2


def test_field_order_is_found(tmp_path):
    _, column = deinterlaced(write(tmp_path, woven(bottom_first=True)))
    assert column == "interlaced, bottom field first: bwdif"


def test_progressive_video_stays_as_it_is(tmp_path):
    path = write(tmp_path, FIELDS[::2])
    decision = cleaned.decided(path, "deinterlace")
    assert decision.columns == {"deinterlace": "progressive"}
    assert decision.edits.filters == ()


def test_always_deinterlaces_what_seems_progressive(tmp_path):
    path = write(tmp_path, FIELDS[::2])
    (images, times), column = deinterlaced(path, when="always", method="yadif")
    assert column == "progressive: yadif"
    assert len(images) == len(set(times)) == COUNT
