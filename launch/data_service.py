"""Makes batches on further processes or machines, for training to fetch.

    python -m launch.data_service --role=local --workers=2
    python -m launch.train --reader.service=grpc://localhost:5050 ...

Over several machines: one dispatcher, and on each machine that is to help a
worker; all of them see the shards under the same path. Whoever reaches the
port can have the workers compute: keep it within a trusted network.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("data_service")
