"""Recognises files of videos and of images by their names."""

import pathlib

SUFFIXES = frozenset(
    "3g2 3gp amv asf avi divx dv f4v flv gif h264 h265 hevc ivf m1v m2ts m2v "
    "m4v mj2 mjpeg mjpg mkv mov mp4 mpe mpeg mpg mpv mts mxf nut ogm ogv qt "
    "rm rmvb ts vob webm wmv y4m".split()
)

_IMAGES = frozenset("bmp jpeg jpg pgm png ppm tif tiff webp".split())


def is_likely(name: str) -> bool:
    """Whether the suffix is one of videos."""
    return _suffix(name) in SUFFIXES


def is_image(name: str) -> bool:
    """Whether the suffix is one of images that are single frames."""
    return _suffix(name) in _IMAGES


def _suffix(name: str) -> str:
    return pathlib.PurePath(name).suffix.lower().lstrip(".")
