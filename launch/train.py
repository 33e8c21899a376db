"""Trains a model; run again with the same flags, it goes on.

python -m launch.train --recipe=demo --shards=DIR --workdir=RUN
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("train")
