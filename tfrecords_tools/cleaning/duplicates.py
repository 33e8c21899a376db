"""Videos that stand in the data set more than once.

It judges the data set as a whole: see `survey/duplicates.py` for what counts as
a copy, and `survey/splits.py` for what becomes of it.
"""

from tfrecords_tools.video_analysis import duplicates

Config = duplicates.Config
