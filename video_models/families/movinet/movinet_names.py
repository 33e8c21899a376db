"""The names of MoViNet weights in TensorFlow's Model Garden.

They are the names returned by `video_models.weights.garden_checkpoint`.
"""

import re

_LAYERS = {
    "stem": "stem/_stem",
    "project": "head/_project",
    "hidden": "classifier_head/_head",
    "logits": "classifier_head/_classifier",
}
_PARTS = {
    "expand": "_expansion",
    "depthwise": "_feature",
    "space": "_feature",
    "time": "_feature",
    "squeeze": "_attention/_se_reduce",
    "excite": "_attention/_se_expand",
    "project": "_projection",
    "short": "_skip/_projection",
}
_NUMBERS = {
    "rezero": "_mobile_bottleneck/_rezero",
    "positions": "_attention/_pos_encoding/_rezero",
}
_PATH = re.compile(r"(?:stage(\d+)_block(\d+)_)?([a-z]+)(_norm)?/([a-z_]+)$")


def published_name(path: str) -> str | None:
    """Returns the name of a weight in a Model Garden checkpoint.

    Args:
        path: such as "stage1_block2_expand/kernel".

    Returns:
        Such as "block0_layer1/_expansion/_conv/kernel", for base and stream
        networks alike. Kernels are in TensorFlow's order and fit by a reshape.
        None if no checkpoint has the weight.
    """
    found = _PATH.search(path)
    if not found:
        return None
    stage, block, part, norm, variable = found.groups()
    within = _LAYERS.get(part)
    if stage:
        within = _PARTS.get(part)
        place = f"block{int(stage) - 1}_layer{int(block) - 1}"
        if part in _NUMBERS:
            return f"{place}/{_NUMBERS[part]}/{variable}"
        within = within and f"{place}/{within}"
    if within is None:
        return None
    kind = "_batch_norm" if norm else "_conv"
    when = "_temporal" if part == "time" else ""
    return f"{within}/{kind}{when}/{variable}"
