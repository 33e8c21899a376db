"""Draws the batches that a network is trained on.

    python -m launch.preview --recipe=demo --shards=DIR --output=DIR

Takes all flags of launch.train and draws the exact batch of a step.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("preview")
