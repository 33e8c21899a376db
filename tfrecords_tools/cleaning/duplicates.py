"""Detects videos that are in the data set more than once.

Concerns the data set as a whole: `video_analysis/duplicates.py` defines what
counts as a copy, `splitting/copies.py` handles copies.
"""

from tfrecords_tools.video_analysis import duplicates

Config = duplicates.Config
