"""Shows what a network will see, as pictures.

    python -m launch.preview --recipe=demo --shards=DIR --output=DIR

Takes all flags of launch.train; the batch is the very one of that step.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("preview")
