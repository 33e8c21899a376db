"""PyTorch's names of a layer's variables."""

VARIABLES = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def split(path: str) -> tuple[str, str | None]:
    """Returns our layer, and PyTorch's name of its variable.

    Args:
        path: path of our weight, such as "stem_norm/gamma".

    Returns:
        Such as ("stem_norm", "weight"); the name is None if PyTorch has no
        such variable, such as the state of a random layer.
    """
    layer, _, variable = path.rpartition("/")
    return layer.rpartition("/")[2], VARIABLES.get(variable)
