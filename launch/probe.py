"""Probes how well labels can be read from the features of an encoder.

python -m launch.probe --workdir=RUN --shards=SHARDS --label_share=0.02,1
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("probe")
