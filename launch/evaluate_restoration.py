"""Evaluates an exported super-resolution network on whole videos.

    python -m launch.evaluate_restoration --model=EXPORT --videos=FILE_OR_FOLDER

Each video is its own ground truth: its frames are downscaled (antialiased
bicubic of `tf.image.resize`, rounded to 8 bits), enlarged by the network in
windows and tiles as in `launch.enhance`, and compared with the originals.
Bicubic enlargement is the baseline.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("evaluate_restoration")
