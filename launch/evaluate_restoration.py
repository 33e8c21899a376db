"""Measures an exported network that enlarges, on whole videos.

    python -m launch.evaluate_restoration --model=EXPORT --videos=FILE_OR_FOLDER

Each video is taken as the truth: all of its frames are made smaller
(antialiased bicubic, as `tf.image.resize` does it, rounded to 8 bits), sent
through the network in pieces and tiles as `launch.enhance` does it, and
compared with what they were. Beside it stands the bicubic enlargement.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("evaluate_restoration")
