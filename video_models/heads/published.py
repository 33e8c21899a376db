"""The head that the backbone's own paper gives it."""

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
    """Sees all that the backbone gives, unlike other heads.

    Args:
        config: dropout.
        backbone: whose file offers `published_head`.
        shapes: of its outputs, without the batch.
        classes: number of scores.

    Returns:
        The backbone's outputs -> logits float32 [B, classes].

    Raises:
        UserError: the backbone has no head of its own.
    """
    if backbone.module.published_head is None:
        raise errors.UserError(
            f"--head=published, but --backbone={backbone.name} has none: "
            "choose another head, such as --head=classifier"
        )
    return backbone.module.published_head(
        backbone.config, shapes, classes, config.dropout
    )
