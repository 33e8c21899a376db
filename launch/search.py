"""Finds the videos of an index that are most similar to a video.

python -m launch.search --index=INDEX --video=FILE
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("search")
