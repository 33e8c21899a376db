"""Measures generated clips against real ones, by a network of our own.

python -m launch.measure --features=RUN --shards=SHARDS --samples=GANRUN
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("measure")
