"""Channel counts that suit hardware."""


def divisible_by_8(number: float) -> int:
    """Returns the nearest multiple of 8 that is at least 8 and 90 %."""
    nearest = max(8, int(number + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * number else nearest
