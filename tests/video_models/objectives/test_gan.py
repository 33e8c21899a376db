import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.extra_inputs import noise
from tfrecords_tools.base import errors, registry
from video_models import objective
from video_models.objectives import gan

CLIP = batch.ClipSpec(frames=4, size=16)


def tiny(folder, name):
    module = registry.load(f"video_models.{folder}", name)
    return registry.Chosen(name, module, module.TINY)


NOISE = {"noise": noise.Config(length=8)}


def build(
    labels=("a", "b"),
    clip=CLIP,
    discriminators=("image", "video"),
    inputs=NOISE,
    **changes,
):
    components = objective.Components(
        generator=tiny("generators", "content_motion"),
        discriminator=tuple(tiny("discriminators", c) for c in discriminators),
    )
    config = dataclasses.replace(gan.TINY, **changes)
    task = objective.Task(clip, labels, extra_inputs=inputs)
    return gan.build(config, components, task, keras.optimizers.SGD)


def clips(seed=0):
    random = np.random.default_rng(seed)
    return {
        "frames": tf.constant(
            random.uniform(0, 255, (3, *CLIP.shape)), tf.float32
        ),
        "label": tf.constant([0, 1, 0]),
        "noise": tf.constant(random.normal(size=(3, 5, 8)), tf.float32),
        "other_noise": tf.constant(random.normal(size=(3, 5, 8)), tf.float32),
        "augment_seeds": tf.constant(
            random.uniform(size=(3, 2, 8)), tf.float32
        ),
        "mask": tf.ones(3),
    }


def evaluated(goal, given=None):
    given = clips() if given is None else given
    views = ("frames", "noise", "other_noise", "augment_seeds")
    given = {k: v[:, None] if k in views else v for k, v in given.items()}
    counts = goal.counts(goal.networks, given)
    return goal.report({k: np.asarray(v) for k, v in counts.items()})


def test_made_clips_have_the_shape_and_range_of_real_ones():
    generated = build().forward("generator", clips(), None, 0)
    assert generated.shape == (3, *CLIP.shape)
    assert np.all(generated >= 0) and np.all(generated <= 255)


def test_content_noise_changes_all_frames():
    goal, given = build(), clips()
    changed = given["noise"].numpy()
    changed[:, 0] += 1.0
    one, other = (
        goal.generate(goal.networks, noise, given["label"])
        for noise in (given["noise"], tf.constant(changed))
    )
    apart = np.abs(one - other).max(axis=(0, 2, 3, 4))
    assert (apart > 1e-4).all()


def test_motion_noise_changes_no_frame_long_before_it():
    # Frames are joined over two sizes: it reaches two frames back.
    goal, given = build(), clips()
    changed = given["noise"].numpy()
    changed[:, 4] += 1.0  # That of the last frame.
    one, other = (
        goal.generate(goal.networks, noise, given["label"])
        for noise in (given["noise"], tf.constant(changed))
    )
    apart = np.abs(one - other).max(axis=(0, 2, 3, 4))
    assert apart[0] == 0 and apart[3] > 0


def test_label_steers_what_is_made():
    goal, given = build(), clips()
    one, other = (
        goal.generate(goal.networks, given["noise"], tf.fill((3,), label))
        for label in (0, 1)
    )
    assert np.abs(one - other).max() > 1e-3


def test_without_labels_none_are_asked_for():
    goal = build(labels=())
    assert set(goal.networks["generator"].input) == {"noise"}
    assert evaluated(goal)["diversity"] > 0


def test_discriminator_learns_and_the_generator_does_not_in_its_turn():
    goal, given = build(), clips()
    with tf.GradientTape() as tape:
        generated = goal.forward("discriminator", given, None, 0)
        found = goal.losses("discriminator", given, generated, 0)
        total = tf.add_n([v for k, v in found.items() if k != "accuracy"])
    of_maker = goal.networks["generator"].trainable_variables
    of_discriminator = goal.networks["video"].trainable_variables
    slopes = tape.gradient(total, of_maker + of_discriminator)
    assert all(s is None for s in slopes[: len(of_maker)])
    assert any(s is not None for s in slopes[len(of_maker) :])


def test_one_clip_a_label_raises_the_alarm():
    goal = build(min_diversity=0.1)
    # What is drawn is all in the first layers: without them only labels act.
    generator = goal.networks["generator"]
    for layer, rows in (("looks", 8), ("motion_input", 4 + 8), ("code", 8)):
        kernel = generator.get_layer(layer).kernel.numpy()
        kernel[:rows] = 0
        generator.get_layer(layer).kernel.assign(kernel)
    report = evaluated(goal)
    assert report["diversity"] == pytest.approx(0, abs=1e-3)
    assert "mode collapse" in goal.alarm(report)


def test_diversity_is_the_spread_of_one_label():
    goal, given = build(), clips()
    alike = np.repeat(given["frames"][:1], 3, axis=0)
    alike[1] = given["frames"][1]  # The only clip of its label.
    report = evaluated(goal, {**given, "frames": tf.constant(alike)})
    assert report["diversity"] > 100


def test_diversity_of_made_clips_is_their_standard_deviation():
    goal = build()
    random = np.random.default_rng(1)
    shape = 4000, *CLIP.shape
    flat = np.broadcast_to(
        random.normal(size=(2, 4000, 1, 1, 1, 1)), (2, *shape)
    )
    # A generator of clips of one grey level, drawn with deviation 20.
    goal.generate = lambda networks, noise, label, training=False: noise
    report = evaluated(
        goal,
        {
            "frames": tf.constant(128 + 20 * flat[0], tf.float32),
            "noise": tf.constant(128 + 20 * flat[1], tf.float32),
            "other_noise": tf.constant(128 + 20 * flat[0], tf.float32),
            "label": tf.zeros(4000, tf.int32),
            "mask": tf.ones(4000),
        },
    )
    assert report["diversity"] == pytest.approx(1.0, abs=0.05)


def test_clips_as_different_as_real_ones_raise_none():
    assert build().alarm({"diversity": 0.9}) is None


def test_still_clips_have_no_motion():
    goal = build()
    given = clips()
    still = tf.repeat(given["frames"][:, :1], 4, axis=1)
    report = evaluated(goal, {**given, "frames": still})
    assert report["motion"] > 100  # Generated ones over hardly any.


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"discriminators": ()}, "without --discriminator"),
        ({"diff_augment": ("wobble",)}, "wobble"),
        ({"clip": batch.ClipSpec(frames=4, size=64)}, "--generator.widths"),
        ({"inputs": {}}, "add --extra_inputs=noise"),
        ({"inputs": {"noise": noise.Config(length=3)}}, "--noise.length=3"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(errors.UserError, match=message):
        build(**settings)


@pytest.mark.parametrize("length", [4, 9])
def test_generator_takes_as_much_noise_as_the_batch_has(length):
    goal = build(inputs={"noise": noise.Config(length=length)})
    assert goal.noise_shape == (1 + CLIP.frames, length)


def test_logits_do_not_grow_with_the_frame():
    chosen = registry.choose("video_models.discriminators", "image")
    sizes = 32, 128
    discriminators = [
        chosen.build(batch.ClipSpec(frames=1, size=size), 0) for size in sizes
    ]
    discriminators[1].set_weights(discriminators[0].get_weights())
    small, large = (
        float(
            discriminator({"frames": tf.fill((1, 1, size, size, 3), 200.0)})[0]
        )
        for size, discriminator in zip(sizes, discriminators, strict=True)
    )
    # At the edges padding is seen; 16 times as many places would be 16 times.
    assert 1 / 3 < large / small < 3
