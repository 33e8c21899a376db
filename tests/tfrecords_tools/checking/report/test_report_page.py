import base64
import html.parser
import re

import numpy as np
import pytest
import simplejpeg

from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools import check_shards
from tfrecords_tools.base import flags
from tfrecords_tools.checking import shard_check
from tfrecords_tools.checking.report import (
    report_histogram,
    report_html,
    report_page,
    report_videos,
)
from tfrecords_tools.media.frames import frame_packets, stored_frame

REPORT = """path,split,status,reason,frames,seconds,blur,faces
a.mp4,train,ok,fine,8,0.5,0.25,none
<b>.mp4,train,truncated,is cut & short,0,0.0,,2
c.mp4,test,missing,,0,0.0,0.75,none
"""


def page(folder, clips=3, height=24):
    """The page's text."""
    found = shard_check.examine(folder, samples=clips)
    config = report_page.Config(clips=clips, height=height)
    report_page.write(folder / "page.html", folder, found, config)
    return (folder / "page.html").read_text(encoding="utf-8")


def levels(text):
    """The grey level of every image on the page."""
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', text)
    return [simplejpeg.decode_jpeg(base64.b64decode(d)).mean() for d in found]


class Tags(html.parser.HTMLParser):
    """Collects tags and attributes, and checks that they are closed."""

    VOID = ("meta", "img", "br", "line", "rect")

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, self.getpos()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    written_shards.write(folder)
    (folder / "report.csv").write_text(REPORT)
    return folder, page(folder)


def test_the_page_needs_nothing_else(written):
    tags = Tags(written[1]).found
    assert not {tag for tag, _ in tags} & {"script", "link", "iframe", "object"}
    sources = [a[n] for _, a in tags for n in ("src", "href") if n in a]
    assert sources
    assert all(s.startswith("data:image/jpeg;base64,") for s in sources)
    assert "@import" not in written[1] and "url(" not in written[1]


def test_equal_data_sets_give_equal_pages(written):
    assert page(written[0]) == written[1]


def test_the_summary_counts(written):
    text = written[1]
    for value, name in (("9", "clips"), ("54", "frames"), ("4", "shards")):
        assert f"<b>{value}</b><span>{name}</span>" in text
    assert "<b>2.2 s</b><span>shown in all</span>" in text
    assert "No damage" in text


def test_labels_are_counted_by_split(written):
    row = r"<td>{}</td>.*?>5</td>.*?>3</td><td class=.number.>2</td>"
    assert re.search(row.format("run"), written[1])


def test_sizes_and_rates_are_counted(written):
    assert "<title>24 × 32: 9 clips</title>" in written[1]
    assert "<title>25: 9 clips</title>" in written[1]
    assert "<title>0.24 s: 9 clips</title>" in written[1]


def test_the_contact_sheet_shows_first_middle_and_last_frame(written):
    found = levels(written[1])
    assert len(found) == 2 * 3 * 3
    wanted = [0, 3 * written_shards.LEVEL, 5 * written_shards.LEVEL] * 6
    assert np.allclose(found, wanted, atol=3)


def test_the_sheet_of_a_class_shows_every_split(written):
    sheet = written[1].partition("<h3>run ")[2].partition("<h3>")[0]
    assert re.findall(r"<br>(\w+) \d", sheet) == [
        "train", "validation", "train",
    ]  # fmt: skip


def test_without_labels_there_is_a_sheet_for_each_split(tmp_path):
    written_shards.write(tmp_path, labels=())
    text = page(tmp_path, clips=2)
    assert re.findall(r"<h3>(\w+) <span>(\d) clips", text) == [
        ("train", "6"), ("validation", "3"),
    ]  # fmt: skip
    assert len(levels(text)) == 2 * 2 * 3


def test_no_clips_means_no_sheet(written):
    assert levels(page(written[0], clips=0)) == []
    page(written[0])


def test_labels_and_paths_are_escaped(tmp_path):
    labels = ("<script>alert(1)</script>", '"a" & \udce9\0')
    written_shards.write(tmp_path, labels=labels[:1], name="<img src=x>")
    assert "<script" not in page(tmp_path)
    assert "<img src=x>" not in page(tmp_path)
    assert report_html.text(labels[1]) == ("&quot;a&quot; &amp; \\udce9\\x00")
    assert report_html.text("a\u202eb\u200dc\td") == "a\\u202eb\u200dc d"


def test_many_labels_are_folded_away(tmp_path):
    labels = tuple(f"class {number:03d}" for number in range(700))
    written_shards.write(tmp_path, {"train": 30}, labels)
    text = page(tmp_path, clips=1)
    Tags(text)
    assert "<summary>680 more labels</summary>" in text
    assert "<summary>670 labels without a training clip</summary>" in text
    assert "<summary>class 012 … class 029</summary>" in text
    table = text.partition('class="labels"')[2].partition("</table>")[0]
    assert table.count("<tr>") == 21


def test_statuses_and_failed_videos_are_listed(written):
    text = written[1]
    assert "<title>truncated: 1 videos</title>" in text
    assert "<details open><summary>2 videos not ok</summary>" in text
    assert "<td>&lt;b&gt;.mp4</td><td>truncated</td>" in text
    assert "<td>is cut &amp; short</td>" in text


def test_further_columns_are_shown_whatever_they_are(written):
    found = report_videos.read(written[0])
    assert {name: str(column) for name, column in found.columns.items()} == {
        "split": "train (2), test (1)",
        "blur": "0.25 (1), 0.75 (1)",
        "faces": "none (2), 2 (1)",
    }


def test_a_column_of_many_numbers_tells_their_range(tmp_path):
    rows = "".join(f"{n}.mp4,ok,{n / 10}\n" for n in range(101))
    (tmp_path / "report.csv").write_text(f"path,status,blur\n{rows}")
    found = report_videos.read(tmp_path)
    assert str(found.columns["blur"]) == "0 to 10, 5 on average"


def test_without_a_report_the_page_says_so(tmp_path):
    assert "There is no report.csv" in page(written_shards.write(tmp_path))


def test_settings_are_shown(written):
    assert "<code>media.quality</code></td><td><code>90</code>" in written[1]
    assert "<code>&lt;b&gt;</code>" in written[1]


def test_damage_is_named_and_the_rest_is_shown(tmp_path):
    written_shards.write(tmp_path)
    path = tmp_path / "train-00000-of-00002.tfrecord"
    path.write_bytes(b"")
    text = page(tmp_path)
    assert f"<li>{path.name}: the file is empty" in text
    assert "cover 6 clips that could be read, of 9" in text
    Tags(text)


def test_a_damaged_manifest_gives_a_page_that_says_so(tmp_path):
    written_shards.write(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    text = page(tmp_path)
    assert "Damaged: 1 problem" in text and "manifest.json" in text
    Tags(text)


def test_the_command_writes_the_page(tmp_path, capsys):
    folder = written_shards.write(tmp_path / "shards")
    path = tmp_path / "new/report.html"
    arguments = [f"--shards={folder}", f"--report={path}", "--report.clips=1"]
    resolved = flags.parse(check_shards.COMMAND, arguments)
    assert check_shards.run(resolved) == 0
    assert len(levels(path.read_text())) == 2 * 3
    assert capsys.readouterr().out.endswith(f"report: {path}\n")


def test_bins_have_round_edges_and_lose_nothing():
    values = np.random.default_rng(0).uniform(1, 9, 500)
    bins = report_histogram.binned(values, most=10)
    assert [each.low for each in bins] == list(range(1, 9))
    assert sum(each.count for each in bins) == 500


def test_rare_long_clips_share_the_last_bin():
    values = np.array([2.0] * 500 + [3.0] * 499 + [4000.0])
    bins = report_histogram.binned(values)
    assert bins[-1].high == np.inf and bins[-1].count == 1
    assert bins[-1].low < 5
    assert sum(each.count for each in bins) == 1000


@pytest.mark.parametrize("values", [[0.0], [2.5] * 3, [1e-6, 1e6], [0, 1]])
def test_any_amounts_can_be_binned(values):
    bins = report_histogram.binned(np.array(values, float))
    assert sum(each.count for each in bins) == len(values)
    assert "nan" not in report_histogram.columns(bins, "s", "clips")


@pytest.mark.parametrize("storage", frame_packets.STORAGES)
def test_a_thumbnail_of_packets_shows_the_last_of_them(storage):
    encoder = frame_packets.Encoder(storage, crf=20, key_every=4)
    packets = []
    for number in range(4):
        shapes = (64, 96), (32, 48), (32, 48)
        levels = 80 * number, 128, 128
        planes = [
            np.full(shape, level, np.uint8)
            for shape, level in zip(shapes, levels, strict=True)
        ]
        packets.append(encoder.encode(planes))
    for last in range(4):
        small = stored_frame.thumbnail(storage, packets[: last + 1], 32)
        image = simplejpeg.decode_jpeg(small)
        assert image.shape == (32, 48, 3)
        assert np.allclose(image, 80 * last, atol=4)


@pytest.mark.parametrize("storage", ["jpeg", "h264", "h265", "other"])
@pytest.mark.parametrize("frames", [[], [b""], [b"no image"]])
def test_what_is_no_frame_is_a_value_error(storage, frames):
    with pytest.raises(ValueError):
        stored_frame.thumbnail(storage, frames, 32)
