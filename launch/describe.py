"""Describes a network: layers, parameters, multiply-adds, memory, latency.

    python -m launch.describe --backbone=movinet --backbone.variant=a0

Takes all flags of launch.train, also as the flag file of a run, and reads no
shards. Clip and classes default to the published ones.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("describe")
