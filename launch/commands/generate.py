"""Makes clips with a trained generator."""

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
    """Which generator, and what to make."""

    workdir: str = settings.setting("", "Folder of the run.")
    checkpoint: str = settings.setting(
        "newest", "Which of its checkpoints: newest, best, or a step."
    )
    output: str = settings.setting(
        "",
        "An mp4 or gif file of all clips in one grid, or a new folder that "
        "gets an mp4 file for each, <label>/<number>.mp4 as "
        "launch.evaluate_generation reads them.",
    )
    count: int = settings.setting(16, "Clips to make.", minimum=1)
    seed: int = settings.setting(
        0, "Of the noise; equal seeds make equal clips.", minimum=0
    )
    label: str | None = settings.setting(
        None, "What all clips are made for; not given: each label in turn."
    )
    frame_rate: int = settings.setting(
        12, "Frames a second of what is written.", minimum=1
    )


COMMAND = flags.Command(
    summary="Makes clips of noise with a generator of --objective=gan.",
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
            f"--output={output} is there already: wanted a new folder, so "
            "that it holds the clips of one generator"
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
