"""Batches from shards, the Python interface.

    import pipelines

    train = pipelines.dataset("SHARDS", frames=8, size=64, augment=["flip"])
    validation = pipelines.dataset("SHARDS", "validation", frames=8, size=64)
    pipelines.labels("SHARDS")

`model.fit(train, validation_data=validation)` of Keras takes both.
"""

from pipelines import fit_dataset

__all__ = ["dataset", "labels"]

dataset = fit_dataset.dataset
labels = fit_dataset.labels
