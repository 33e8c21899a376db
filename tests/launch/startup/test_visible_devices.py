"""What a command says of its devices at the start."""

import subprocess
import sys

import pytest

from launch.startup import visible_devices
from tests.house import sources


def fresh(program):
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
    )


def test_a_cpu_is_named_with_its_cores():
    assert visible_devices.describe([], 2) == (
        "device: CPU with 2 cores, no GPU"
    )


def test_gpus_are_named():
    told = visible_devices.describe(["NVIDIA H200", "NVIDIA H200"], 8)
    assert told == "devices: 2 GPUs (NVIDIA H200, NVIDIA H200)"


def test_a_gpu_that_tensorflow_cannot_use_is_warned_of():
    said = "W: Cannot dlopen some GPU libraries\nI: oneDNN is on"
    told = visible_devices.unused_gpus(1, 0, said)
    assert "driver shows 1 GPU" in told and "video-models[gpu]" in told
    assert "Cannot dlopen" in told and "oneDNN" not in told


@pytest.mark.parametrize("visible, used", [(0, 0), (1, 1), (2, 1)])
def test_nothing_is_warned_of_otherwise(visible, used):
    assert not visible_devices.unused_gpus(visible, used, "no cuda")


def test_gpus_of_the_driver_are_counted(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for bus in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / "proc/driver/nvidia/gpus" / bus).mkdir(parents=True)
    assert visible_devices.driver_gpus(str(tmp_path)) == 2


def test_gpus_of_a_container_are_counted_by_their_device_files(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (tmp_path / "dev").mkdir()
    for name in ("nvidia0", "nvidiactl", "nvidia-uvm"):
        (tmp_path / "dev" / name).touch()
    assert visible_devices.driver_gpus(str(tmp_path)) == 1


@pytest.mark.parametrize("value", ["", "-1"])
def test_gpus_that_are_hidden_on_purpose_are_not_missed(
    value, tmp_path, monkeypatch
):
    (tmp_path / "proc/driver/nvidia/gpus/0").mkdir(parents=True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert visible_devices.driver_gpus(str(tmp_path)) == 0


def test_loading_says_the_devices_and_nothing_else():
    program = (
        "from launch.startup import visible_devices as v\n"
        "v.driver_gpus = lambda: 0\n"
        "v.load_tensorflow()"
    )
    result = fresh(program)
    assert result.stdout == ""
    assert [line[:6] for line in result.stderr.splitlines()] == ["device"]


def test_what_was_printed_is_shown_when_loading_fails():
    program = (
        "import os, sys\n"
        "from launch.startup import visible_devices as v\n"
        "class Broken:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'tensorflow':\n"
        "            os.write(2, b'a library is missing\\n')\n"
        "            raise ImportError('broken')\n"
        "sys.meta_path.insert(0, Broken())\n"
        "v.load_tensorflow()"
    )
    result = fresh(program)
    assert "a library is missing" in result.stderr
