r"""Compares generated clips with real ones, on features of a trained run.

    python -m launch.evaluate_generation --features=RUN --shards=SHARDS \
        --samples=GAN_RUN
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("evaluate_generation")
