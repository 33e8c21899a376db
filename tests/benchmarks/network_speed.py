"""Command: milliseconds of a training step, ours and peers' own code.

Run as below with nothing else on the machine; input_peers/requirements.txt says
how the two environments of the peers are made.

    python -m tests.benchmarks.network_speed --garden=GARDEN/bin/python \
        --torch=TORCH/bin/python --json=network_speed.json

Same network, clips and labels for all, of uint8, and the same update (SGD
with momentum), float32, two threads; without the input. Switches are
contenders too: `--contenders=ours,ours_tcmalloc,torch,torch_tcmalloc
--tcmalloc=libtcmalloc_minimal.so.4`. Every contender is a process that lives
from beginning to end and is stopped while it is not its turn; ratios are
medians over rounds of the ratio within a round.
"""

from tests.benchmarks.measuring import tables
from tests.benchmarks.networks import network_contenders, network_rounds
from tfrecords_tools.base import flags


def run(resolved: flags.Resolved) -> None:
    """Measures and prints a table for each network, and one of the goals."""
    own = resolved.settings
    measured = {}
    for name in own.networks:
        network = network_rounds.network_of(name)
        found = network_rounds.measure(
            own, network_contenders.TRAINING, name, "train", network.batch
        )
        measured[name] = found
        print(f"\n{_table(network, found)}", flush=True)
    goals = network_rounds.goal_table(
        measured,
        network_contenders.TRAINING_GOALS,
        network_contenders.TRAINING,
    )
    print(f"\n{goals}\n")
    every = [a for found in measured.values() for a in found.about.values()]
    print("\n".join(sorted({about["versions"] for about in every})))
    values = {name: found.values() for name, found in measured.items()}
    network_rounds.write(own, {"networks": values})


def _table(
    network: network_contenders.Network, found: network_rounds.Measured
) -> str:
    first = next(iter(found.rounds))
    rows = [
        [
            network_contenders.TRAINING[name].label,
            f"{1000 * found.middle(name):.0f}",
            f"{network.batch / found.middle(name):.2f}",
            f"{found.cores(name):.1f}",
            f"{found.memory_mb(name):.0f}",
            f"{found.ratio(first, name):.2f}",
        ]
        for name in found.rounds
    ]
    size = f"{network.frames}x{network.size}x{network.size}"
    title = f"{network.label}, batch {network.batch}, {size}"
    label = network_contenders.TRAINING[first].label
    head = [title, "ms a step", "clips/s", "cores", "peak MB"]
    return tables.markdown([*head, f"{label} is times"], rows)


COMMAND = flags.Command(
    summary="Measures training steps beside those of peers.",
    settings=network_rounds.Config,
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
