"""Describes a network: layers, parameters, multiply-adds, memory, latency.

    python -m launch.describe --backbone=movinet --backbone.variant=a0

Takes all flags of launch.train and reads no shards; a flag file of a run may
be given. Clip and classes are as published where they are not given.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("describe")
