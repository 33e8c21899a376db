"""Measures how fast a recipe trains on this machine, and what bounds it.

python -m launch.benchmark --flagfile=RECIPE --shards=DIR

Takes all flags of launch.train and writes nothing.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("benchmark")
