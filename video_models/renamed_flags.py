"""Old names of the flags of networks and objectives, for runs that hold them.

launch.train knows them too; a renamed flag of objectives, backbones, temporal
modules, heads or clips belongs here, so that `video_models.load` reads it.
"""

NAMES = {
    "objective.changes": "objective.diff_augment",
    "objective.least_diversity": "objective.min_diversity",
    "objective.game": "objective.gan_loss",
}
"""Old name to new name, without dashes."""
