from tfrecords_tools.checking.report import clip_strip


def test_figure_shows_the_images_and_the_caption():
    page = "".join(clip_strip.figure(lambda: [b"a", b"b"], "caption"))
    assert page.count("data:image/jpeg") == 2 and "caption" in page


def test_figure_shows_why_there_is_no_image():
    def images():
        raise ValueError("<broken>")

    page = "".join(clip_strip.figure(images, "caption"))
    assert "cannot be shown: &lt;broken&gt;" in page
