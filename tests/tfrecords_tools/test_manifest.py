import json

import pytest

from tfrecords_tools import manifest, schema
from tfrecords_tools.base import errors


@pytest.mark.parametrize(
    "text", ["[]", "3", f'{{"schema_version": {schema.VERSION}}}', "{"]
)
def test_what_is_no_manifest_is_told(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(errors.UserError, match="manifest.json"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    "field, value",
    [("tasks", []), ("splits", {"train": [3]}), ("settings", {"media": 1}),
     ("labels", "run"), ("label_counts", {"train": ["3"]})],
)  # fmt: skip
def test_a_manifest_of_wrong_types_is_told(built, tmp_path, field, value):
    values = json.loads((built[0] / "manifest.json").read_text())
    values[field] = value
    (tmp_path / "manifest.json").write_text(json.dumps(values))
    with pytest.raises(errors.UserError, match="is damaged"):
        manifest.read(tmp_path)
