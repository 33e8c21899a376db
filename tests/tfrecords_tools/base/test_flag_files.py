import pytest

from tfrecords_tools.base import errors, flag_files


@pytest.fixture
def written(tmp_path):
    def write(text, name="a.flagfile"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


def expanded(*given):
    return flag_files.expanded(list(given), None)


def test_lines_of_a_file_stand_in_the_place_of_its_name(written):
    path = written("\ufeff# Goal\n--a=1\n\n// more\n  --b=2  \n")
    found = expanded("--x=0", f"--flagfile={path}", "--y=3")
    assert found == ["--x=0", "--a=1", "--b=2", "--y=3"]
    origins = [each.origin for each in found]
    assert origins == ["", f"{path}:2: ", f"{path}:5: ", ""]


def test_a_file_may_name_another(written):
    inner = written("--a=1", "inner")
    outer = written(f"--flagfile={inner}\n--a=2", "outer")
    assert expanded("--flagfile", outer) == ["--a=1", "--a=2"]


def test_a_file_that_names_itself_is_refused(written, tmp_path):
    path = written(f"--a=1\n--flagfile={tmp_path}/a.flagfile")
    with pytest.raises(errors.UserError, match=":2: .*includes itself"):
        expanded(f"--flagfile={path}")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="cannot read flag file .*none"):
        expanded(f"--flagfile={tmp_path}/none")


def test_a_file_of_another_encoding_is_refused(written):
    path = written(b"--a=\xff")
    with pytest.raises(errors.UserError, match="not UTF-8 .*at byte 4"):
        expanded(f"--flagfile={path}")


@pytest.mark.parametrize("given", [["--flagfile="], ["--flagfile"]])
def test_a_name_of_nothing_is_refused(given):
    with pytest.raises(errors.UserError, match="has no value: wanted --flagf"):
        expanded(*given)


def test_an_unknown_recipe_is_refused_with_those_that_there_are():
    with pytest.raises(errors.UserError) as caught:
        flag_files.expanded(["--recipe=dem"], "launch.recipes")
    assert "no recipe 'dem'; did you mean 'demo'?" in str(caught.value)
    assert "small_real" in str(caught.value)


def test_the_last_place_of_a_flag_is_told(written):
    path = written("--a=1\n--noc\n--a=2")
    found = expanded(f"--flagfile={path}", "--b=1")
    assert flag_files.origin("a", found) == f"{path}:3: "
    assert flag_files.origin("a", found, "1") == f"{path}:1: "
    assert flag_files.origin("c", found) == f"{path}:2: "
    assert flag_files.origin("b", found) == ""


def test_an_old_name_in_a_file_is_read_as_the_new_one(written):
    path = written("--old=1\n--older")
    found = flag_files.renamed(expanded(f"--flagfile={path}"), {"old": "new"})
    assert found == ["--new=1", "--older"]
    assert found[0].origin == f"{path}:1: "


def test_an_old_name_on_the_command_line_says_the_new_one():
    with pytest.raises(errors.UserError, match="write --new=1"):
        flag_files.renamed(expanded("--old=1"), {"old": "new"})
