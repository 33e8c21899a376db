import cv2
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned
from tfrecords_tools.cleaning import blur


def blurred(images, sigma):
    return [cv2.GaussianBlur(image, (0, 0), sigma) for image in images]


@pytest.fixture(scope="module")
def sharp(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sharp")
    return cleaned.write(folder, cleaned.moving(20))


@pytest.fixture(scope="module")
def soft(tmp_path_factory):
    folder = tmp_path_factory.mktemp("soft")
    return cleaned.write(folder, blurred(cleaned.moving(20), 3))


def sharpness_of(path):
    column = cleaned.decided(path, "blur").columns["blur"]
    return float(column.split()[-1])


def test_blurred_clip_is_far_less_sharp(sharp, soft):
    assert sharpness_of(soft) < sharpness_of(sharp) / 10


def test_blurred_clip_is_reported_and_kept(soft):
    decision = cleaned.decided(soft, "blur")
    assert decision.columns["blur"].startswith("blurred, sharpness ")
    assert not decision.dropped


def test_only_the_blurred_clip_is_dropped(sharp, soft):
    config = {"action": "drop"}
    assert cleaned.decided(soft, "blur", blur=config).dropped
    assert not cleaned.decided(sharp, "blur", blur=config).dropped


def test_a_clip_blurred_for_a_moment_is_sharp(tmp_path):
    images = cleaned.moving(60)
    images[:20] = blurred(images[:20], 3)
    path = cleaned.write(tmp_path, images)
    assert not cleaned.decided(path, "blur").columns["blur"].startswith("blur")


def test_contrast_does_not_count():
    image = cleaned.texture()[..., 0]
    faint = (image // 4 + 90).astype(np.uint8)
    wanted = blur._sharpness(image)
    assert blur._sharpness(faint) == pytest.approx(wanted, rel=0.1)


def test_noise_does_not_hide_blur():
    random = np.random.default_rng(0)
    soft = blurred([cleaned.texture()[..., 0]], 3)[0]
    noisy = (soft + random.normal(0, 3, soft.shape)).clip(0, 255)
    assert blur._sharpness(noisy.astype(np.uint8)) < blur.Config().sharpness


def test_frame_without_contrast_has_no_sharpness():
    assert blur._sharpness(np.full((64, 64), 7, np.uint8)) == 0
