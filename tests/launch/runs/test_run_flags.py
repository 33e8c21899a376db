"""The flags of a run describe its experiment, or are refused."""

import pytest

from launch.runs import run_flags
from tfrecords_tools.base import errors, flags


def _parse(*more):
    return flags.parse(run_flags.COMMAND, ["--shards=a", *more])


def test_flag_file_of_a_run_says_it_again(tmp_path):
    said = [
        "--shards=a",
        "--augment=flip,color_jitter",
        "--flip.probability=0.25",
        "--backbone.widths=8,16",
        "--temporal=gru",
        "--train.clip_norm=0.5",
        "--train.evaluate_every=7",
        "--clip.sampling=uniform",
    ]
    first = flags.parse(run_flags.COMMAND, said)
    path = tmp_path / "flags.flagfile"
    flags.write(first, run_flags.COMMAND, path)
    again = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    assert again == first
    assert first.one("backbone").config.widths == (8, 16)


def test_float16_is_refused_since_its_losses_would_have_to_be_scaled():
    with pytest.raises(errors.UserError, match="wanted one of float32, bfloat"):
        _parse("--devices.precision=float16")


def test_component_that_the_objective_does_not_use_is_refused():
    parsed = _parse("--generator=srresnet")
    with pytest.raises(
        errors.UserError,
        match="--generator with --objective=classification, which has no use "
        "for it: wanted --backbone or --temporal or --head",
    ):
        run_flags.to_components(parsed)


def test_components_that_an_objective_does_not_use_are_none():
    found = run_flags.to_components(_parse("--objective=gan"))
    assert found.backbone is None and found.generator is not None


def test_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="is .* the --workdir of"):
        run_flags.read_experiment(str(tmp_path))


def test_features_of_a_run_without_a_backbone_are_refused(tmp_path):
    run_flags.record(_parse("--objective=gan", f"--workdir={tmp_path}"))
    parsed = _parse("--objective=super_resolution", f"--features={tmp_path}")
    with pytest.raises(errors.UserError, match="has no backbone"):
        run_flags.to_experiment(parsed)


def test_path_that_leaves_no_room_for_the_files_of_a_run_is_refused():
    parsed = _parse(f"--workdir={'/long' * 900}")
    with pytest.raises(errors.UserError, match="workdir"):
        run_flags.check_paths(parsed)


@pytest.mark.parametrize(
    "modalities, names",
    [
        ("frames", ("frame_conv", None, None, None)),
        ("audio", (None, "spectrogram_conv", None, None)),
        (
            "audio,frames",
            ("frame_conv", "spectrogram_conv", None, "concatenate"),
        ),
    ],
)
def test_components_follow_from_what_the_network_sees(modalities, names):
    found = run_flags.to_components(_parse(f"--modalities={modalities}"))
    chosen = (
        found.backbone,
        found.audio_backbone,
        found.text_backbone,
        found.fusion,
    )
    assert tuple(each and each.name for each in chosen) == names
    # One row a clip has no time steps to attend to.
    temporal = "attention" if modalities == "frames" else "none"
    assert (found.temporal.name, found.head.name) == (temporal, "classifier")


def test_modalities_need_the_settings_of_their_entries():
    with pytest.raises(errors.UserError, match="without --audio.features"):
        run_flags.to_experiment(_parse("--modalities=audio"))
    seen = run_flags.to_experiment(
        _parse("--modalities=audio", "--audio.features=log_mel")
    )
    assert not seen.input.frames
