"""Trains a model, or resumes a run with the same flags.

python -m launch.train --recipe=demo --shards=DIR --workdir=RUN
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("train")
