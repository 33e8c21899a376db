"""Generates clips with a trained generator.

python -m launch.generate --workdir=RUN --count=16 --output=samples.mp4
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("generate")
