from launch.runs import flag_paths, run_flags
from tfrecords_tools.base import flags

FLAGS = ["--shards=a", "--workdir=run", "--init.weights=gs://bucket/a.keras"]


def parse(*more):
    return flags.parse(run_flags.COMMAND, [*FLAGS, *more])


def test_paths_are_recorded_from_the_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = flag_paths.with_absolute_paths(parse())
    assert found.settings.shards == str(tmp_path / "a")
    assert found.settings.workdir == str(tmp_path / "run")
    assert found.sections["init"].weights == "gs://bucket/a.keras"


def test_names_of_public_weights_are_no_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lite = "--backbone=frame_efficientnet_lite"
    for given, wanted in (("imagenet", "imagenet"), ("w", f"{tmp_path}/w")):
        parsed = parse(lite, f"--backbone.weights={given}")
        found = flag_paths.with_absolute_paths(parsed).one("backbone")
        assert found.config.weights == wanted


def test_weights_of_a_checkpoint_come_from_no_other_file():
    parsed = parse("--backbone=r3d", "--backbone.weights=w.pth")
    components = run_flags.to_components(parsed)
    found = flag_paths.with_stored_weights(components)
    assert components.backbone.config.weights == "w.pth"
    assert found.backbone.config.weights is None
