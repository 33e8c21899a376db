"""Evaluates a trained run on a split.

python -m launch.evaluate --workdir=RUN --split=validation
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("evaluate")
