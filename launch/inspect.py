"""Inspects shards: probable label errors, near-duplicates, outliers.

python -m launch.inspect --shards=SHARDS --workdir=RUN
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("inspect")
