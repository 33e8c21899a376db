"""Multi-task classification: a head per label set on a shared trunk."""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfrecords_tools.base import errors, settings
from video_models import (
    modality_features,
    network_inputs,
    objective,
    video_network,
)
from video_models.classification import (
    blanked_modalities,
    clip_logits,
    label_heads,
    several_labels,
    single_label,
    unimodal_heads,
)

_MAIN = label_heads.MAIN


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the losses and the threshold."""

    weights: tuple[str, ...] = settings.setting(
        (),
        "Loss weights of the label sets, such as label=1,place=0.5; the "
        "main set is 'label', others are named by their task; unset: 1.",
    )
    label_smoothing: float = settings.setting(
        0.0,
        "Label smoothing: fraction of each target spread over all classes, "
        "or replaced by 0.5 in sets with several labels per clip.",
        minimum=0.0,
        maximum=0.9,
    )
    threshold: float = settings.setting(
        0.5,
        "Probability from which a clip counts as having a label, in sets "
        "with several labels per clip.",
        minimum=0.0,
        maximum=1.0,
    )


TINY = Config(weights=("label=0.5",))


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> "MultiTask":
    """Builds the objective; UserError if data, head or weights do not fit."""
    if not task.labels or not task.tasks:
        raise errors.UserError(
            f"this data has {1 if task.labels else 0} main and "
            f"{len(task.tasks)} further label sets, --objective=multi_task "
            "wants one and at least one: give the columns label and "
            "label.<task> and build the shards again, or choose "
            "--objective=classification"
        )
    if components.head.name == "published":
        raise errors.UserError(
            "--objective=multi_task with --head=published, which is of one "
            "label set: wanted --head=classifier"
        )
    clip_logits.check_head(components.head)
    return MultiTask(config, components, task, make_optimizer)


class MultiTask(objective.Objective):
    """A network `multi_task` and a player of the same name.

    The network returns a dict of logits by label set.
    """

    def __init__(
        self,
        config: Config,
        components: objective.Components,
        task: objective.Task,
        make_optimizer: Callable[[], keras.optimizers.Optimizer],
    ):
        """See `build`."""
        main = objective.LabelSet(task.labels, task.several_labels)
        further = {f"{_MAIN}.{k}": each for k, each in task.tasks.items()}
        asked = {_MAIN: main, **further}
        self._sets = {k: _learnt(each, config) for k, each in asked.items()}
        self._weights = _weights(config.weights, tuple(asked))
        self.answers = {
            f"scores{label_heads.suffix(name)}": each.answer
            for name, each in self._sets.items()
        }
        classes = {name: len(each.labels) for name, each in asked.items()}
        network = _network(components, task, classes)
        self._training = unimodal_heads.UnimodalHeads(
            network, components, classes
        )
        self.networks = {"multi_task": network, **self._training.networks}
        self.players = (
            objective.Player(
                "multi_task", tuple(self.networks), make_optimizer()
            ),
        )

    def forward(self, player: str, batch: dict, seed: Any, step: Any) -> Any:
        """Returns logits by label set, [B, classes] or [B, t, classes], and
        those of each modality alone; see `unimodal_heads`."""
        network = self.networks["multi_task"]
        inputs = network_inputs.of_batch(network, batch)
        return self._training.forward(network, inputs)

    def losses(
        self, player: str, batch: dict, outputs: Any, step: Any
    ) -> dict[str, Any]:
        """Returns `cross_entropy` or `binary_cross_entropy`, with the suffix
        `.<task>` for additional label sets; weighted, in nats."""
        found, logits = {}, unimodal_heads.fused(outputs)
        for name, each in self._sets.items():
            losses = {
                each.loss_name: each.loss(logits[name], batch[name]),
                **self._training.losses(each, batch[name], outputs, name),
            }
            for key, value in losses.items():
                found[key + label_heads.suffix(name)] = (
                    self._weights[name] * value
                )
        return found

    def hits(
        self, player: str, batch: dict, outputs: Any
    ) -> dict[str, tuple[Any, Any]]:
        """Returns `accuracy` or `exact_match`, with the suffix `.<task>` for
        additional label sets."""
        found, logits = {}, unimodal_heads.fused(outputs)
        for name, each in self._sets.items():
            hits = {
                each.hit_name: each.hits(logits[name], batch[name]),
                **self._training.hits(each, batch[name], outputs, name),
            }
            found |= {
                key + label_heads.suffix(name): pair
                for key, pair in hits.items()
            }
        return found

    def predict(self, networks: dict, inputs: Any) -> dict[str, Any]:
        """Returns `scores` and `scores.<task>`, float32 [B, classes], and
        `frame_scores` [B, t, classes] likewise, if the head scores time
        steps."""
        logits = networks["multi_task"](inputs, training=False)
        found: dict[str, Any] = {}
        for name, each in self._sets.items():
            found |= clip_logits.scores(
                each.scores, logits[name], label_heads.suffix(name)
            )
        return found

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns the counts of each label set, prefixed by its name and
        `/`."""
        return self.counts_and_rows(networks, batch)[0]

    def counts_and_rows(
        self, networks: dict, batch: dict
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Returns `counts`, and `scores` and `scores.<task>` of each clip."""
        network = networks["multi_task"]
        inputs = network_inputs.of_batch(network, batch)
        logits = clip_logits.predict_views(network, inputs)
        every = blanked_modalities.logits(network, inputs)
        counts, rows = {}, {}
        for name, each in self._sets.items():
            scored, known = logits[name], (batch[name], batch["mask"])
            blanked = {key: value[name] for key, value in every.items()}
            found = {
                **each.counts(scored, *known),
                **blanked_modalities.counts(each, blanked, *known),
            }
            counts |= {f"{name}/{key}": value for key, value in found.items()}
            rows[f"scores{label_heads.suffix(name)}"] = each.view_scores(scored)
        return counts, rows

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns the report of the main set, those of `tasks`, and their
        scalars also as `<task>/<metric>`."""
        reports = {
            name: blanked_modalities.report(
                each,
                {
                    key.removeprefix(f"{name}/"): value
                    for key, value in counts.items()
                    if key.startswith(f"{name}/")
                },
            )
            for name, each in self._sets.items()
        }
        main = reports.pop(_MAIN)
        tasks = {
            label_heads.suffix(name)[1:]: each for name, each in reports.items()
        }
        numbers = {
            f"{task}/{metric}": value
            for task, each in tasks.items()
            for metric, value in each.items()
            if isinstance(value, float)
        }
        return {**main, **numbers, "tasks": tasks}


def _learnt(
    asked: objective.LabelSet, config: Config
) -> single_label.SingleLabel | several_labels.SeveralLabels:
    if asked.several:
        return several_labels.SeveralLabels(
            asked.labels, config.threshold, config.label_smoothing
        )
    return single_label.SingleLabel(asked.labels, config.label_smoothing)


def _network(
    components: objective.Components,
    task: objective.Task,
    classes: dict[str, int],
) -> keras.Model:
    further = components.further(task.audio, task.text)
    if further is not None:
        modality_features.check(further, components.head)
    trunk = video_network.trunk(
        components.backbone, components.temporal, task.clip, further
    )
    logits = label_heads.logits(components.head, trunk.output, classes)
    return keras.Model(trunk.input, logits, name="multi_task")


def _weights(
    given: tuple[str, ...], names: tuple[str, ...]
) -> dict[str, float]:
    """Returns the weight of each label set."""
    known = {label_heads.suffix(name)[1:] or _MAIN: name for name in names}
    weights = dict.fromkeys(names, 1.0)
    for text in given:
        task, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if task not in known or not 0 <= value < float("inf"):
            raise errors.UserError(
                f"--objective.weights has {text!r}: wanted NAME=NUMBER, the "
                f"number at least 0 and the name one of {', '.join(known)}"
            )
        weights[known[task]] = value
    return weights
