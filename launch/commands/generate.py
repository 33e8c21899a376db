"""Generates clips with a trained generator."""

import dataclasses
import pathlib

from launch.generation import label_folders, sampler
from launch.reporting import drawing, shown_clips
from tfrecords_tools.base import atomic_write, errors, flags, settings
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.media.writing import writer

_ENDINGS = (".mp4", ".gif")


@dataclasses.dataclass(frozen=True)
class Config:
    """Generator and output."""

    workdir: str = settings.setting("", "Folder of the run.")
    checkpoint: str = settings.setting(
        "newest", "Checkpoint to use: newest, best or a step."
    )
    output: str = settings.setting(
        "",
        "An .mp4 or .gif file with all clips in one grid, or a new folder for "
        "one <label>/<number>.mp4 per clip, as launch.evaluate_generation "
        "reads them.",
    )
    count: int = settings.setting(16, "Clips to generate.", minimum=1)
    seed: int = settings.setting(
        0, "Seed of the noise; equal seeds give equal clips.", minimum=0
    )
    label: str | None = settings.setting(
        None, "Label of all clips. Unset: every label in turn."
    )
    frame_rate: int = settings.setting(
        12, "Frames per second of the output.", minimum=1
    )


COMMAND = flags.Command(
    summary="Generates clips from noise, for runs of --objective=gan.",
    settings=Config,
    required=("workdir", "output"),
)


def main(resolved: flags.Resolved) -> None:
    """Writes the file or the folder."""
    config = resolved.settings
    output = pathlib.Path(config.output)
    if output.suffix and output.suffix not in _ENDINGS:
        raise errors.UserError(
            f"--output={output}: wanted a file that ends in "
            f"{' or '.join(_ENDINGS)}, or a folder"
        )
    with folder_lock.held_for(output, instead="another --output"):
        _generate(config, output)


def _generate(config: Config, output: pathlib.Path) -> None:
    if not output.suffix and output.exists():
        raise errors.UserError(
            f"--output={output} already exists: wanted a new folder, so "
            "that it holds the clips of one generator only"
        )
    generator = sampler.load_sampler(config.workdir, config.checkpoint)
    clips, numbers = generator.sample(config.count, config.seed, config.label)
    if output.suffix:
        frames = shown_clips.grid(clips)
        if output.suffix == ".gif":
            drawing.save_gif(output, list(frames), 1 / config.frame_rate)
        else:
            writer.write_mp4(output, frames, config.frame_rate)
    else:
        with atomic_write.folder(output) as folder:
            for index, clip in enumerate(clips):
                label = (
                    "" if numbers is None else generator.labels[numbers[index]]
                )
                inside = folder / label_folders.folder_of(label)
                path = inside / f"{index:05d}.mp4"
                writer.write_mp4(path, clip, config.frame_rate)
    print(
        f"{config.count} clips of {generator.clip.frames} frames, "
        f"{generator.clip.size}x{generator.clip.size}, step "
        f"{generator.step}: {output}"
    )
