from tfrecords_tools.media import image_folder


def test_images_are_in_natural_order(tmp_path):
    for name in ("f10.png", "f9.JPG", "f1.webp", ".f2.png", "Thumbs.db"):
        (tmp_path / name).touch()
    found = image_folder.list_images(tmp_path)
    assert found == ["f1.webp", "f9.JPG", "f10.png"]


def test_natural_order_takes_equal_numbers_by_their_text():
    names = ["a1", "a01", "a001b", "a10", "a2"]
    found = sorted(names, key=image_folder.natural_order)
    assert found == ["a01", "a1", "a001b", "a2", "a10"]
