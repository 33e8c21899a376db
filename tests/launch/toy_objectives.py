"""Two small objectives that walk the roads which later ones will take."""

import dataclasses
import os
import tempfile

import cv2
import keras
import numpy as np
import tensorflow as tf

from pipelines import batch
from pipelines.extra_inputs import low_resolution, noise, shifted_audio
from tfrecords_tools.base import registry
from video_models import objective
from video_models.layers import randomness

# Of the train loop, for `classification`.
WITH_CARE = {
    "freeze": ("frame_conv/conv1",),
    "remat": "blocks",
    "average_from": 0.5,
}

_AUDIO = batch.AudioSpec("log_mel", 800, 80, columns=10, bins=8, hop=8)


def _flat(units: tuple[int, ...], name: str) -> keras.Model:
    frames = keras.Input((2, 8, 8, 3))
    x = keras.layers.Flatten()(frames / 255.0)
    for number, width in enumerate(units[:-1]):
        x = keras.layers.Dense(width, "tanh", name=f"{name}_{number}")(x)
    return keras.Model(frames, keras.layers.Dense(units[-1])(x))


def classification(make_optimizer, norm="layer", dropout=0.0):
    """The registered objective over tiny components, for clips of `clips`."""
    frame_conv = registry.load("video_models.backbones", "frame_conv")
    attention = registry.load("video_models.temporal", "attention")
    classifier = registry.load("video_models.heads", "classifier")
    components = objective.Components(
        registry.Chosen(
            "frame_conv",
            frame_conv,
            dataclasses.replace(frame_conv.TINY, norm=norm),
        ),
        registry.Chosen(
            "attention",
            attention,
            dataclasses.replace(attention.TINY, dropout=dropout),
        ),
        registry.Chosen(
            "classifier", classifier, classifier.Config(dropout=dropout)
        ),
    )
    clip = batch.ClipSpec(frames=2, size=8)
    task = objective.Task(clip, ("a", "b", "c"))
    chosen = registry.choose("video_models.objectives", "classification")
    return chosen.build(components, task, make_optimizer)


def modalities(make_optimizer):
    """Classification of frames and audio, with a head for each of them."""
    components = objective.Components(
        _tiny("backbones", "frame_conv", norm="layer"),
        _tiny("temporal", "none"),
        _tiny("heads", "classifier", dropout=0.0),
        # Norms over two channels only would magnify rounding.
        audio_backbone=_tiny(
            "audio_backbones", "spectrogram_conv", norm="layer", widths=(4, 8)
        ),
        fusion=_tiny("fusion", "bottleneck", unimodal=0.3),
    )
    clip = batch.ClipSpec(frames=2, size=8)
    task = objective.Task(clip, ("a", "b", "c"), audio=_AUDIO)
    chosen = registry.choose("video_models.objectives", "classification")
    return chosen.build(components, task, make_optimizer)


def audio_video(make_optimizer):
    """Frames and audio of one clip, with audio of another time."""
    clip = batch.ClipSpec(frames=2, size=8)
    components = objective.Components(
        _tiny("backbones", "frame_conv", norm="layer"),
        _tiny("temporal", "none"),
        _tiny("heads", "projection", layers=1, features=8),
        audio_backbone=_tiny(
            "audio_backbones", "spectrogram_conv", norm="layer"
        ),
    )
    task = objective.Task(
        clip,
        ("a", "b", "c"),
        extra_inputs={"shifted_audio": shifted_audio.Config()},
        audio=_AUDIO,
    )
    chosen = _tiny("objectives", "audio_video")
    return chosen.build(components, task, make_optimizer)


def _restoring(name, make_optimizer, generator, critics, **settings):
    """A registered objective that makes clips, for clips of `clips`."""
    goal = registry.load("video_models.objectives", name)
    components = objective.Components(
        generator=_tiny("generators", generator[0], **generator[1]),
        discriminator=tuple(
            _tiny("discriminators", c[0], **c[1]) for c in critics
        ),
    )
    inputs = {
        "low_resolution": low_resolution.Config(factor=2),
        "noise": noise.Config(length=8),
    }
    clip = batch.ClipSpec(frames=2, size=8)
    task = objective.Task(clip, ("a", "b", "c"), extra_inputs=inputs)
    config = dataclasses.replace(goal.TINY, **settings)
    # Not by `build`, which refuses clips as small as these.
    made = goal.Gan if name == "gan" else goal.SuperResolution
    return made(config, components, task, make_optimizer)


def _tiny(folder, name, **settings):
    module = registry.load(f"video_models.{folder}", name)
    config = dataclasses.replace(module.TINY, **settings)
    return registry.Chosen(name, module, config)


def _tiny_critics():
    return ("image", {"widths": (4,)}), ("video", {"widths": (4,)})


def gan(make_optimizer):
    """Of clips of three labels, with a penalty on gradients."""
    return _restoring(
        "gan",
        make_optimizer,
        ("content_motion", {"widths": (8,)}),
        _tiny_critics(),
    )


def super_resolution(make_optimizer):
    """Twice as large, by a recurrent network that a critic judges."""
    return _restoring(
        "super_resolution",
        make_optimizer,
        ("recurrent_sr", {}),
        _tiny_critics()[1:],
        temporal=0.5,
    )


def style_transfer(make_optimizer):
    """In the style of a picture of stripes, felt by a small backbone."""
    goal = registry.load("video_models.objectives", "style_transfer")
    clip = batch.ClipSpec(frames=2, size=8)
    stripes = np.zeros((8, 8, 3), np.uint8)
    stripes[::2] = 255
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "stripes.png")
        cv2.imwrite(path, stripes)
        return goal.build(
            dataclasses.replace(goal.TINY, style=path),
            objective.Components(
                generator=_tiny("generators", "style_net"),
                features=_tiny("backbones", "frame_conv").build(clip),
            ),
            objective.Task(clip, ()),
            make_optimizer,
        )


class TwoPlayers(objective.Objective):
    """Discriminator with a gradient penalty (R1), then generator."""

    def __init__(self, optimizer):
        latent = keras.Input((4,))
        pixels = keras.layers.Dense(2 * 8 * 8 * 3, "sigmoid")(latent)
        pixels = keras.layers.Reshape((2, 8, 8, 3))(pixels * 255.0)
        self.networks = {
            "discriminator": _flat((16, 1), "discriminator"),
            "generator": keras.Model(latent, pixels),
        }
        self.players = (
            objective.Player("critic", ("discriminator",), optimizer(), 1, 2),
            objective.Player("maker", ("generator",), optimizer()),
        )

    def forward(self, player, batch, seed, step):
        # Latents from the clips, so that one device and two agree.
        latent = tf.reduce_mean(batch["frames"], axis=(2, 3))[:, :, :2] / 255.0
        latent = tf.reshape(latent, (-1, 4))
        return self.networks["generator"](latent, training=True)

    def losses(self, player, batch, outputs, step):
        critic = self.networks["discriminator"]
        of_made = critic(outputs, training=True)[:, 0]
        if player == "maker":
            return {"fooled": tf.nn.softplus(-of_made)}
        frames = batch["frames"]
        with tf.GradientTape() as tape:
            tape.watch(frames)
            of_real = critic(frames, training=True)[:, 0]
        slope = tape.gradient(of_real, frames) * 255.0
        penalty = tf.reduce_sum(slope**2, axis=(1, 2, 3, 4))
        judged = tf.nn.softplus(-of_real) + tf.nn.softplus(of_made)
        return {"judged": judged, "penalty": 0.05 * penalty}


class Gathering(objective.Objective):
    """Each clip against all clips of the global batch (InfoNCE)."""

    needs_gather = True

    def __init__(self, optimizer):
        self.networks = {"encoder": _flat((16, 8), "encoder")}
        self.players = (objective.Player("encoder", ("encoder",), optimizer()),)

    def forward(self, player, batch, seed, step):
        encoder = self.networks["encoder"]
        frames = batch["frames"]
        return (
            encoder(frames, training=True),
            encoder(255.0 - frames, training=True),
        )

    def losses(self, player, batch, outputs, step):
        one, other = (tf.math.l2_normalize(x, axis=1) for x in outputs)
        context = tf.distribute.get_replica_context()
        everyone = context.all_gather(other, axis=0)
        scores = tf.matmul(one, everyone, transpose_b=True) / 0.2
        own = tf.range(tf.shape(one)[0])
        own += context.replica_id_in_sync_group * tf.shape(one)[0]
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(own, scores)
        return {"contrast": loss}


class Following(Gathering):
    """Beside it a teacher that follows the encoder, ever more slowly."""

    unaveraged = frozenset({"teacher"})

    def __init__(self, optimizer):
        super().__init__(optimizer)
        self.networks["teacher"] = keras.models.clone_model(
            self.networks["encoder"]
        )
        self.decay = keras.Variable(0.5, trainable=False, dtype="float32")

    @property
    def extra_state(self):
        return {"schedule": [self.decay]}

    def follow(self, step):
        pairs = zip(
            self.networks["teacher"].variables,
            self.networks["encoder"].variables,
            strict=True,
        )
        decay = tf.where(step == 0, 0.0, self.decay.value)
        for behind, ahead in pairs:
            behind.assign(decay * behind + (1.0 - decay) * ahead)
        self.decay.assign(0.9 * self.decay + 0.1)

    def losses(self, player, batch, outputs, step):
        taught = self.networks["teacher"](batch["frames"], training=False)
        distance = tf.reduce_mean((outputs[0] - taught) ** 2, axis=1)
        return {
            **super().losses(player, batch, outputs, step),
            "distance": distance,
        }


class Dropping(objective.Objective):
    """Tells what dropout did on each of two replicas."""

    def __init__(self, optimizer):
        frames = keras.Input((2, 8, 8, 3))
        ones = keras.layers.Flatten()(frames * 0.0 + 1.0)
        kept = randomness.Dropout(0.5)(ones)
        self.networks = {
            "dropping": keras.Model(frames, keras.layers.Dense(1)(kept))
        }
        self.players = (
            objective.Player("dropping", ("dropping",), optimizer()),
        )

    def forward(self, player, batch, seed, step):
        return self.networks["dropping"](batch["frames"], training=True)

    def losses(self, player, batch, outputs, step):
        context = tf.distribute.get_replica_context()
        own = context.replica_id_in_sync_group
        return {
            f"replica_{number}": outputs[:, 0]
            * tf.cast(tf.equal(own, number), tf.float32)
            for number in range(2)
        }


def clips(batch_size: int, batches: int = 4) -> dict[str, np.ndarray]:
    """Clips whose label is told by their brightness."""
    numbers = np.random.default_rng(0)
    count = batch_size * batches
    label = numbers.integers(0, 3, count).astype(np.int32)
    noise = numbers.normal(0, 40, (count, 2, 8, 8, 3))
    frames = 60 + 60 * label[:, None, None, None, None] + noise
    return {
        "frames": np.clip(frames, 0, 255).astype(np.uint8),
        "label": label,
        "mask": np.ones(count, np.float32),
        "clip_id": np.arange(count),
        "low_frames": frames[:, :, ::2, ::2].clip(0, 255).astype(np.uint8),
        "noise": numbers.normal(size=(count, 3, 8)).astype(np.float32),
        "augment_seeds": numbers.uniform(size=(count, 2, 8)).astype(np.float32),
        "spectrogram": numbers.normal(size=(count, 10, 8)).astype(np.float32),
        "has_audio": (np.arange(count) % 4 > 0).astype(np.float32),
        "shifted_audio": numbers.normal(size=(count, 10, 8)).astype(np.float32),
        "has_shifted_audio": (np.arange(count) % 3 > 0).astype(np.float32),
    }
