"""A head for each modality in the loss, with `--fusion.unimodal`.

Answers come from the fused network alone.
"""

from typing import Any, NamedTuple

import keras

from video_models import network_inputs, objective
from video_models.classification import (
    label_heads,
    several_labels,
    single_label,
)
from video_models.families.fusion import modalities, unimodal
from video_models.introspection import keras_internals

Labels = single_label.SingleLabel | several_labels.SeveralLabels


class Outputs(NamedTuple):
    """What a network gives in training.

    Attributes:
        logits: of the network.
        alone: modality to logits by label set; empty without heads.
        present: modality to float32 [B], 0 where it is missing.
    """

    logits: Any
    alone: dict[str, dict[str, Any]]
    present: dict[str, Any]


class UnimodalHeads:
    """Runs a network in training, with a head on each modality if asked for.

    Each head sees what one backbone gives, averaged over time and space: the
    modality that learns fastest cannot silence the others. After the encoders'
    own losses of arXiv:1905.12681 (G-Blend); differs: one weight for all.

    Attributes:
        networks: `unimodal_heads`, empty without a weight.
    """

    def __init__(
        self,
        network: keras.Model,
        components: objective.Components,
        classes: dict[str, int],
    ):
        """Builds the heads if `--fusion.unimodal` gives them a weight.

        Args:
            network: holds the backbones, and the fusion of `components`.
            components: of the network.
            classes: number of labels by label set.
        """
        fusion = components.fusion
        self._weight = 0.0 if fusion is None else fusion.config.unimodal
        self.networks = {}
        if not self._weight:
            return
        given = _fusion_inputs(network)
        shapes = {
            name: modalities.Modality(tuple(given[name].shape[1:]))
            for name in network_inputs.MODALITIES
            if name in given
        }
        features = unimodal.build(shapes)(given)
        heads = _heads(
            {name: features[name] for name in shapes}, components, classes
        )
        outputs = Outputs(
            network.output,
            heads({name: features[name] for name in shapes}),
            {name: features[network_inputs.has(name)] for name in shapes},
        )
        self._with_heads = keras.Model(network.input, outputs._asdict())
        self.networks = {"unimodal_heads": heads}

    def forward(self, network: keras.Model, inputs: Any) -> Any:
        """Runs a network in training mode.

        Args:
            network: that of the heads; without heads, any.
            inputs: of the network.

        Returns:
            `Outputs`; without heads, what the network gives.
        """
        if not self.networks:
            return network(inputs, training=True)
        return Outputs(**self._with_heads(inputs, training=True))

    def losses(
        self, labels: Labels, label: Any, outputs: Any, name: str
    ) -> dict[str, Any]:
        """Returns the weighted loss of each modality, 0 where it is missing.

        Args:
            labels: the label set.
            label: of the clips.
            outputs: of `forward`.
            name: of the label set.

        Returns:
            `cross_entropy_audio` and the like, float32 [B], in nats.
        """
        if not self.networks:
            return {}
        return {
            f"{labels.loss_name}_{modality}": self._weight
            * outputs.present[modality]
            * labels.loss(logits[name], label)
            for modality, logits in outputs.alone.items()
        }

    def hits(
        self, labels: Labels, label: Any, outputs: Any, name: str
    ) -> dict[str, tuple[Any, Any]]:
        """Returns `accuracy_audio` and the like; see `losses`."""
        if not self.networks:
            return {}
        found = {}
        for modality, logits in outputs.alone.items():
            present = outputs.present[modality]
            right, counted = labels.hits(logits[name], label)
            found[f"{labels.hit_name}_{modality}"] = (
                right * present,
                counted * present,
            )
        return found


def fused(outputs: Any) -> Any:
    """Returns the logits of the network itself of what `forward` gave."""
    return outputs.logits if isinstance(outputs, Outputs) else outputs


def _heads(
    features: dict[str, keras.KerasTensor],
    components: objective.Components,
    classes: dict[str, int],
) -> keras.Model:
    """Features [B, 1, C] by modality -> logits by modality and label set."""
    inputs, logits = {}, {}
    for name, each in features.items():
        inputs[name] = keras.Input(each.shape[1:], name=name)
        alone = keras.Input(each.shape[1:], name="features")
        found = label_heads.logits(components.head, alone, classes)
        logits[name] = keras.Model(alone, found, name=f"of_{name}")(
            inputs[name]
        )
    return keras.Model(inputs, logits, name="unimodal_heads")


def _fusion_inputs(network: keras.Model) -> dict[str, keras.KerasTensor]:
    """What a network gives its fusion, by the names of the fusion's inputs."""
    (call,) = (
        call
        for call in keras_internals.calls_in_order(network)
        if _is_fusion(call.operation)
    )
    names = keras.tree.flatten({name: name for name in call.operation.input})
    return dict(zip(names, call.inputs, strict=True))


def _is_fusion(operation: keras.Operation) -> bool:
    given = getattr(operation, "input", None)
    if not isinstance(given, dict):
        return False
    return len(given.keys() & set(network_inputs.MODALITIES)) > 1
