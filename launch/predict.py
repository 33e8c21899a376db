"""Predicts the labels of video files with an exported model.

python -m launch.predict --model=EXPORT --videos=FILE_OR_FOLDER
ffmpeg -i CAMERA -f mpegts - |
    python -m launch.predict --model=EXPORT --videos=- --stream
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("predict")
