"""Command: latency and throughput of exported networks and of peers.

Run as below with nothing else on the machine; input_peers/requirements.txt says
how the environments of the peers are made.

    python -m tests.benchmarks.inference_speed --torch=TORCH/bin/python \
        --networks=frame_resnet,r2plus1d --json=inference_speed.json

Median time of one clip, and clips a second of eight at a time; float32 but
for int8, uint8 frames in memory to logits, two threads. Contenders take
turns as in network_speed. What 8 bits cost in accuracy, export_accuracy
says.
"""

from tests.benchmarks.measuring import tables
from tests.benchmarks.networks import network_contenders, network_rounds
from tfrecords_tools.base import flags

_TOGETHER = 8


def run(resolved: flags.Resolved) -> None:
    """Measures and prints a table for each network, and two of the goals."""
    own, known = resolved.settings, network_contenders.PREDICTION
    measured = {1: {}, _TOGETHER: {}}
    for name in own.networks:
        network = network_rounds.network_of(name)
        for batch, found in measured.items():
            found[name] = network_rounds.measure(
                own, known, name, "predict", batch
            )
        alone, together = (found[name] for found in measured.values())
        print(f"\n{_table(network, alone, together)}", flush=True)
    for batch, found in measured.items():
        print(f"\nbatch {batch}\n")
        goals = network_contenders.PREDICTION_GOALS
        print(network_rounds.goal_table(found, goals, known))
    every = [
        about
        for found in measured.values()
        for one in found.values()
        for about in one.about.values()
    ]
    print("\n" + "\n".join(sorted({about["versions"] for about in every})))
    values = {
        f"batch_{batch}": {name: one.values() for name, one in found.items()}
        for batch, found in measured.items()
    }
    network_rounds.write(own, values)


def _table(
    network: network_contenders.Network,
    alone: network_rounds.Measured,
    together: network_rounds.Measured,
) -> str:
    first = next(iter(alone.rounds))
    rows = [
        [
            network_contenders.PREDICTION[name].label,
            f"{1000 * alone.middle(name):.1f}",
            f"{alone.ratio(first, name):.2f}",
            f"{_TOGETHER / together.middle(name):.1f}",
            f"{together.ratio(first, name):.2f}",
        ]
        for name in alone.rounds
    ]
    size = f"{network.frames}x{network.size}x{network.size}"
    label = f"{network_contenders.PREDICTION[first].label} is times"
    head = [f"{network.label}, {size}", "ms, one clip", label]
    head += [f"clips/s, {_TOGETHER} together", label]
    return tables.markdown(head, rows)


COMMAND = flags.Command(
    summary="Measures predictions beside those of peers.",
    settings=network_rounds.Config,
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
