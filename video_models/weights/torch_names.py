"""What PyTorch calls the variables of a layer."""

VARIABLES = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def split(path: str) -> tuple[str, str | None]:
    """Our layer, and PyTorch's name of its variable.

    Args:
        path: of a weight of ours, such as "stem_norm/gamma".

    Returns:
        Such as ("stem_norm", "weight"); the second is None where PyTorch has
        no such variable, as for the state of a random layer.
    """
    layer, _, variable = path.rpartition("/")
    return layer.rpartition("/")[2], VARIABLES.get(variable)
