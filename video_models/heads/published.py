"""The head of the backbone's paper."""

import dataclasses

import keras

from tfrecords_tools.base import errors, registry, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the published head."""

    dropout: float | None = settings.setting(
        None,
        "Dropout rate of the features; unset: the paper's.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config()


def build(
    config: Config,
    backbone: registry.Chosen,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
) -> keras.Model:
    """Builds the head of the paper on all outputs of the backbone.

    Args:
        config: dropout.
        backbone: a backbone whose file has `published_head`.
        shapes: shapes of its outputs, without the batch.
        classes: number of classes.

    Returns:
        The backbone's outputs -> logits float32 [B, classes].

    Raises:
        UserError: the backbone has no published head.
    """
    if backbone.module.published_head is None:
        raise errors.UserError(
            f"--head=published, but --backbone={backbone.name} has none: "
            "choose another head, such as --head=classifier"
        )
    return backbone.module.published_head(
        backbone.config, shapes, classes, config.dropout
    )
