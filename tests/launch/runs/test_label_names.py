import pytest

from launch.runs import label_checks
from tfrecords_tools.base import errors

NFC, NFD = "\u00c9p\u00e9e", "E\u0301pe\u0301e"


def test_a_model_knows_its_labels_in_another_unicode_form():
    label_checks.check_labels(("run", NFD), ("run", NFC), "shards")


def test_other_labels_are_still_refused():
    with pytest.raises(errors.UserError, match="in another order"):
        label_checks.check_labels(("run", NFD), (NFC, "run"), "shards")


@pytest.mark.parametrize(
    ("trained", "found"),
    [
        ("\u2764\ufe0f", "\u2764"),
        ("\u2764", "\u2764\ufe0f"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\u200d\U0001f525"),
    ],
)
def test_a_model_knows_an_emoji_with_and_without_its_selector(trained, found):
    label_checks.check_labels(("run", trained), ("run", found), "shards")


def test_labels_in_a_message_are_shown_as_they_are():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    with pytest.raises(errors.UserError, match=f"missing \\['{family}'\\]"):
        label_checks.check_labels((family,), ("run",), "shards")
