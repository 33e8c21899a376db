"""Exports a trained run for serving, or verifies an export.

python -m launch.export --workdir=RUN --output=EXPORT
python -m launch.export --workdir=RUN --output=EXPORT --stream
python -m launch.export --verify=EXPORT
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("export")
