"""Flags of a run that were renamed: recorded flags and old commands answer."""

from video_models import renamed_flags

NAMES = {
    "sound.": "audio.",
    "view": "extra_inputs",
    "train.watch": "train.monitor",
    "train.average": "train.ema_decay",
    "train.parts": "train.accumulation_steps",
    "blur.least": "blur.min_sigma",
    "blur.most": "blur.max_sigma",
    "crop.share": "crop.fraction",
    "gaussian_noise.most": "gaussian_noise.max_sigma",
    "random_erasing.least_area": "random_erasing.min_area",
    "random_erasing.most_area": "random_erasing.max_area",
    "random_resized_crop.least_area": "random_resized_crop.min_area",
    "random_resized_crop.most_area": "random_resized_crop.max_area",
    "scale.least": "scale.min_zoom",
    "scale.most": "scale.max_zoom",
    "low_resolution.least_blur": "low_resolution.min_blur",
    "low_resolution.most_blur": "low_resolution.max_blur",
    "low_resolution.most_noise": "low_resolution.max_noise",
    "low_resolution.least_light": "low_resolution.min_brightness",
    "low_resolution.most_lost": "low_resolution.max_lost_blocks",
    "low_resolution.least_quality": "low_resolution.min_quality",
    "low_resolution.most_quality": "low_resolution.max_quality",
    "generator.noise": "noise.length",
    "generator.piece": "generator.window",
    "objective.factor": "low_resolution.factor",
    **renamed_flags.NAMES,
}
"""Old name to new name; a name that ends in a dot is of a section."""
