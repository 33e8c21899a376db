"""Numbers of channels that hardware likes."""


def divisible_by_8(number: float) -> int:
    """The nearest multiple of 8, at least 8, that is not below 90 %."""
    nearest = max(8, int(number + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * number else nearest
