"""Videos that stand in the data set more than once.

It judges the data set as a whole: see `tfrecords_tools.duplicates` for what
counts as a copy, and `tfrecords_tools.splits` for what becomes of it.
"""

from tfrecords_tools import duplicates

Config = duplicates.Config
