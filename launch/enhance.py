"""Enhances or enlarges a video with an exported network.

python -m launch.enhance --model=EXPORT --video=in.mp4 --output=out.mp4
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("enhance")
