"""Recognises video files by their names."""

import pathlib

SUFFIXES = frozenset(
    "3g2 3gp amv asf avi divx dv f4v flv gif h264 h265 hevc ivf m1v m2ts m2v "
    "m4v mj2 mjpeg mjpg mkv mov mp4 mpe mpeg mpg mpv mts mxf nut ogm ogv qt "
    "rm rmvb ts vob webm wmv y4m".split()
)


def is_likely(name: str) -> bool:
    """Whether the suffix is one of videos."""
    return pathlib.PurePath(name).suffix.lower().lstrip(".") in SUFFIXES
