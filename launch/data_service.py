"""Computes batches in other processes or machines, for training to fetch.

    python -m launch.data_service --role=local --workers=2
    python -m launch.train --reader.service=grpc://localhost:5050 ...

With several machines, run one dispatcher, and a worker on each machine. All of
them need the shards under the same path. The port is not authenticated: expose
it to a trusted network only.
"""

from launch.startup import command_line

if __name__ == "__main__":
    command_line.run("data_service")
