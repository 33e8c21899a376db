"""Backbones that start from public weights, a file or a run."""
