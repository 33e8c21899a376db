import keras
import numpy as np
import pytest

from video_models.families.fusion import modalities
from video_models.fusion import spatial, temporal

FRAMES = modalities.Modality((3, 2, 1, 4), (0.0, 0.5))


def changed_steps(module, clock):
    """The time steps that change with the fifth of six audio columns."""
    keras.utils.set_random_seed(5)
    audio = modalities.Modality((6, 1, 1, 4), clock)
    config = module.Config(width=16)
    network = module.build(config, {"frames": FRAMES, "audio": audio})
    generator = np.random.default_rng(0)
    given = {
        "frames": generator.normal(size=(1, *FRAMES.shape)),
        "audio": generator.normal(size=(1, *audio.shape)),
        "has_audio": np.ones(1, "float32"),
    }
    before = network(given).numpy()
    given["audio"][:, 4] *= -1
    change = np.abs(network(given).numpy() - before).max(axis=(0, 2))
    return (change > 1e-4).tolist()


@pytest.mark.parametrize("module", [temporal, spatial])
def test_audio_reaches_the_time_step_at_which_it_is_heard(module):
    # Columns of 0.25 s; the fifth lies at 0.75 to 1 s, as the third frame.
    assert changed_steps(module, (-0.125, 0.25)) == [False, False, True]


@pytest.mark.parametrize("module", [temporal, spatial])
def test_audio_without_a_clock_reaches_every_time_step(module):
    assert changed_steps(module, None) == [True, True, True]
