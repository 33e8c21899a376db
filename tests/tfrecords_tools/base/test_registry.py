import pickle

import pytest

from tfrecords_tools.base import errors, registry

PACKAGE = "tfrecords_tools.cutting"


def test_names_are_those_of_the_files():
    names = registry.names_in(PACKAGE)
    assert names == tuple(sorted(names))
    assert {"annotated", "windows"} <= set(names)
    assert not [name for name in names if name.startswith("_")]


def test_the_first_line_says_what_a_file_is():
    assert registry.first_line(f"{PACKAGE}.windows").startswith("Cuts a span")


def test_an_unknown_name_is_refused_with_the_nearest_and_all():
    with pytest.raises(errors.UserError) as caught:
        registry.load(PACKAGE, "window")
    said = str(caught.value)
    assert f"no 'window' in {PACKAGE}" in said
    assert "did you mean 'windows'" in said and "annotated" in said


def test_a_choice_has_the_default_settings_or_those_given():
    chosen = registry.choose(PACKAGE, "windows")
    assert chosen.config == chosen.module.Config()
    given = chosen.module.Config(seconds=3.0)
    assert registry.choose(PACKAGE, "windows", given).config == given


def test_a_choice_is_sent_to_other_processes():
    config = registry.load(PACKAGE, "windows").Config(seconds=3.0)
    chosen = registry.choose(PACKAGE, "windows", config)
    again = pickle.loads(pickle.dumps(chosen))
    assert again == chosen and again.module is chosen.module


def test_what_is_no_package_has_no_names():
    with pytest.raises(ValueError, match="not a package"):
        registry.names_in("tfrecords_tools.nothing")
