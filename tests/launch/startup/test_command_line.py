"""How commands start: flags are right before TensorFlow is loaded."""

import json
import os
import signal
import subprocess
import sys

import pytest

from launch.startup import command_line
from tests.house import sources
from tests.launch.startup import help_texts
from tfrecords_tools.base import registry

COMMANDS = registry.names_in("launch.commands")


def run(*arguments, **more):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        **more,
    )


@pytest.fixture(scope="module")
def every_help():
    other = run("-m", "tests.launch.startup.help_texts")
    return {"stand_ins": json.loads(other.stdout), "real": help_texts.texts()}


def test_flags_read_with_stand_ins_are_the_real_ones(every_help):
    assert len(every_help["real"]) > 60 and "keras" in sys.modules
    assert every_help["stand_ins"] == every_help["real"]


def test_every_choice_has_a_heading_of_its_own(every_help):
    assert "backbone = vivit (" in every_help["real"]["--backbone=vivit"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_run_as_a_module(name):
    text = (sources.ROOT / "launch" / f"{name}.py").read_text()
    assert f'command_line.run("{name}")' in text


def test_nothing_else_stands_at_the_top_that_is_run():
    stubs = [
        path.stem
        for path in (sources.ROOT / "launch").glob("*.py")
        if "command_line.run(" in path.read_text()
        and path.stem != "command_line"
    ]
    assert sorted(stubs) == sorted(COMMANDS)


@pytest.mark.parametrize(
    "flag, code",
    [
        ("--help", 0),
        ("--version", 0),
        ("--trian.steps=3", 2),
        ("--recipe=x", 2),
    ],
)
def test_flags_are_answered_without_tensorflow(flag, code):
    result = run("-X", "importtime", "-m", "launch.train", flag)
    assert result.returncode == code
    assert "launch.runs.run_flags" in result.stderr
    assert "pywrap_tensorflow" not in result.stderr


def test_importing_launch_changes_nothing():
    program = (
        "import signal, sys, os; before = os.fstat(2); import launch; "
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler;"
        "assert 'tensorflow' not in sys.modules; "
        "assert os.fstat(2) == before and 'TF_CPP_MIN_LOG_LEVEL' not in "
        "os.environ"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    result = run("-c", program, env=clean)
    assert result.returncode == 0, result.stderr


def console(*arguments):
    program = "from launch.startup import command_line; command_line.main()"
    return run("-c", program, *arguments)


def test_console_script_lists_what_may_be_chosen():
    lines = console("--list").stdout.splitlines()
    kinds = dict(line.split(": ", 1) for line in lines)
    assert "demo" in kinds["recipes"].split(", ")
    assert "video_folder" in kinds["sources"].split(", ")
    assert "movinet" in kinds["backbones"].split(", ")


def test_console_script_lists_one_kind_a_name_a_line():
    assert "lstm" in console("--list=temporal").stdout.splitlines()


def test_console_script_refuses_an_unknown_kind():
    result = console("--list=backbnes")
    assert result.returncode == 2 and "backbones" in result.stderr


def test_console_script_alone_names_every_command():
    shown = console().stdout
    assert not [n for n in (*COMMANDS, "build_shards") if f"  {n}" not in shown]


def test_console_script_suggests_a_near_command():
    result = console("trian")
    assert result.returncode == 2
    assert "did you mean 'train'" in result.stderr


@pytest.mark.parametrize(
    "old, new",
    [("measure", "evaluate_generation"), ("fidelity", "evaluate_restoration")],
)
def test_an_old_name_of_a_command_answers_with_the_new_one(
    old, new, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", ["video-models", old])
    with pytest.raises(SystemExit):
        command_line.main()
    assert f"it is now {new!r}" in capsys.readouterr().err


def test_an_old_name_of_a_list_answers_with_the_new_one(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["video-models", "--list=views"])
    with pytest.raises(SystemExit):
        command_line.main()
    assert "it is now 'extra_inputs'" in capsys.readouterr().err


def test_console_script_hands_flags_on():
    result = console("train", "--trian.steps=3")
    assert result.returncode == 2 and "--train.steps" in result.stderr


@pytest.mark.parametrize("name", ["build_shards", "check-shards"])
def test_console_script_runs_the_tools(name):
    shown = console(name, "--help")
    assert shown.returncode == 0 and "Every command:" in shown.stdout


def test_every_list_is_a_folder_with_files():
    lines = console("--list").stdout.splitlines()
    assert not [line for line in lines if not line.partition(": ")[2]]


def test_every_registry_has_a_list():
    lines = console("--list").stdout.splitlines()
    kinds = [line.partition(": ")[0] for line in lines]
    folders = [name.rpartition(".")[2] for name in sources.registries()]
    assert kinds == ["recipes", *folders] and len(folders) >= 12


def test_misspelt_optional_name_is_told_before_tensorflow_loads(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/__init__.py").write_text(
        "from typing import Protocol\n"
        "class Part(Protocol):\n    FRAMES_ALONE: bool = False\n"
    )
    (tmp_path / "parts/new.py").write_text("FRAME_ALONE = True\n")
    (tmp_path / "command.py").write_text(
        "import dataclasses\n"
        "from tfrecords_tools.base import flags, settings\n"
        "@dataclasses.dataclass(frozen=True)\n"
        "class Config:\n    part: str = settings.setting('new', 'A part.')\n"
        "COMMAND = flags.Command('A.', Config, choices={'part': 'parts'})\n"
    )
    program = (
        "from launch.startup import command_line; "
        "command_line._check_flags('command')"
    )
    paths = f"{tmp_path}{os.pathsep}{sources.ROOT}"
    told = run("-c", program, env=os.environ | {"PYTHONPATH": paths})
    assert told.returncode == 2
    assert "new.py:1: got FRAME_ALONE; did you mean 'FRAMES_ALONE'" in (
        told.stderr
    )


def test_a_failing_stand_in_leaves_the_answer_to_the_real_packages(monkeypatch):
    def fail():
        raise AttributeError("a stand-in lacks something")

    monkeypatch.setattr(command_line.stand_ins, "install", fail)
    status = command_line._flags_status("launch.commands.train")
    assert status == command_line._GOOD_FLAGS


def ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.full
def test_ctrl_c_that_was_ignored_stays_ignored_while_tensorflow_loads():
    program = (
        "import signal; from launch.startup import visible_devices; "
        "visible_devices.load_tensorflow(); "
        "print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    )
    assert run("-c", program, preexec_fn=ignored).stdout == "True\n"


def test_console_script_lists_a_kind_after_a_blank():
    assert "lstm" in console("--list", "temporal").stdout.splitlines()


def test_console_script_lists_every_command_apart_from_its_summary():
    rows = [line.split() for line in console().stdout.splitlines() if line]
    assert set(COMMANDS) <= {row[0] for row in rows}


@pytest.mark.parametrize("words", [("help", "train"), ("--help", "train")])
def test_console_script_helps_with_a_command(words):
    assert "--train.steps=" in console(*words).stdout


def test_a_misspelt_flag_of_the_console_script_suggests_another():
    assert "did you mean '--version'" in console("--versoin").stderr


def test_flags_may_come_through_a_pipe():
    told = subprocess.run(
        [
            "bash",
            "-c",
            f"exec {sys.executable} -m launch.train "
            "--flagfile=<(echo --train.batch_size=x)",
        ],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 2
    assert "1: --train.batch_size=x: wanted a whole number" in told.stderr
