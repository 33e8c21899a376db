"""Embeds videos or shards into an index for launch.search.

python -m launch.embed --model=EXPORT --videos=FOLDER --output=INDEX
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("embed")
