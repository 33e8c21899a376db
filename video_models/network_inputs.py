"""What a network sees of a batch: frames, audio, text.

A network of frames alone takes one tensor. Any other takes a dict with the
names of the entries of batches.
"""

from typing import Any

import keras

from tfrecords_tools.base import errors, registry

ops = keras.ops

FRAMES, AUDIO, TEXT = "frames", "audio", "text"
MODALITIES = FRAMES, AUDIO, TEXT  # In the order of every network.
BACKBONES = {
    FRAMES: "backbone",
    AUDIO: "audio_backbone",
    TEXT: "text_backbone",
}
"""Modality to the component that encodes it."""


def check_modalities(
    given: tuple[str, ...], has_audio: bool, has_text: bool
) -> None:
    """Checks `--modalities` against the settings of audio and text.

    Args:
        given: modalities.
        has_audio: whether batches hold features of audio.
        has_text: whether batches hold tokens.

    Raises:
        UserError: none or one twice, or a batch lacks one.
    """
    if not given or len(set(given)) < len(given):
        raise errors.UserError(
            f"{_flag(given)}: wanted one or more of {', '.join(MODALITIES)}, "
            "each once"
        )
    if AUDIO in given and not has_audio:
        raise errors.UserError(
            f"{_flag(given)} without --audio.features: add "
            "--audio.features=log_mel, or another kind"
        )
    if TEXT in given and not has_text:
        raise errors.UserError(
            f"{_flag(given)} without --text.tokens: add --text.tokens=words, "
            "or pieces"
        )


def check_components(
    given: tuple[str, ...],
    components: dict[str, Any],
    objective: registry.Chosen,
) -> None:
    """Checks that a network has components for what it sees, and no others.

    Args:
        given: modalities.
        components: name to the file that is chosen; None or empty: none.
        objective: a file of `video_models.objectives`.

    Raises:
        UserError: the objective sees frames alone, or needs other modalities,
            or a component has no use.
    """
    takes, flag = objective.module.COMPONENTS, _flag(given)
    needed = objective.module.MODALITIES
    if needed is not None and set(given) != set(needed):
        raise errors.UserError(
            f"{flag} with --objective={objective.name}: wanted {_flag(needed)}"
        )
    for modality, component in BACKBONES.items():
        chosen = components[component]
        if modality not in given and chosen:
            raise errors.UserError(
                f"--{component}={chosen} with {flag}: add {modality} to "
                "--modalities, or leave it out"
            )
        unseen = modality in given and component not in takes
        if unseen and given != (FRAMES,):
            raise errors.UserError(
                f"{flag} with --objective={objective.name}, which sees frames "
                "alone: wanted --modalities=frames, or another --objective, "
                "such as classification"
            )
    if components["fusion"] and len(given) < 2:
        raise errors.UserError(
            f"--fusion={components['fusion']} with {flag}: wanted several "
            "modalities, as in --modalities=frames,audio"
        )


def check_frames_alone(given: tuple[str, ...], needed_by: str) -> None:
    """Checks that a network takes frames, and nothing else.

    Args:
        given: modalities of the network.
        needed_by: what cannot give it more, for the message.

    Raises:
        UserError: the network takes more, or other things.
    """
    if given != (FRAMES,):
        raise errors.UserError(
            f"{needed_by} gives a network frames only so far, this one sees "
            f"{' and '.join(given)}: wanted a run of --modalities=frames; "
            "launch.evaluate and video_models.load take this one"
        )


def of_batch(network: keras.Model, batch: dict[str, Any]) -> Any:
    """Returns the entries of a batch that a network takes.

    Args:
        network: of frames, or of a dict of entries.
        batch: see `pipelines.batch`.
    """
    if isinstance(network.input, dict):
        return {name: batch[name] for name in network.input}
    return batch[FRAMES]


def count_views(inputs: Any) -> int:
    """Returns the views of each clip, crops included.

    Args:
        inputs: of a network, with an axis of views after B.
    """
    return max(each.shape[1] for each in keras.tree.flatten(inputs))


def flat_views(inputs: Any) -> Any:
    """Joins the axes of clips and views.

    Args:
        inputs: [B, views, ...] each. Frames have views in time times crops,
            crop by crop; audio and text have those in time, and are repeated.

    Returns:
        [B * views, ...] each.
    """
    views = count_views(inputs)

    def flat(each: Any) -> Any:
        crops = views // each.shape[1]
        if crops > 1:
            each = ops.concatenate([each] * crops, axis=1)
        return ops.reshape(each, (-1, *each.shape[2:]))

    return keras.tree.map_structure(flat, inputs)


def blankable(network: keras.Model) -> tuple[str, ...]:
    """Returns the modalities that `blanked` can take away, if several."""
    if not isinstance(network.input, dict):
        return ()
    found = [each for each in (AUDIO, TEXT) if has(each) in network.input]
    return tuple([FRAMES] * (FRAMES in network.input) + found) if found else ()


def blanked(inputs: dict[str, Any], modality: str) -> dict[str, Any]:
    """Returns the inputs of a network without one of its modalities.

    Audio and text count as missing; frames are black.
    """
    name = FRAMES if modality == FRAMES else has(modality)
    return {**inputs, name: ops.zeros_like(inputs[name])}


def has(modality: str) -> str:
    """Returns the entry that says which clips have audio, or text."""
    return f"has_{modality}"


def _flag(given: tuple[str, ...]) -> str:
    return f"--modalities={','.join(given)}"
