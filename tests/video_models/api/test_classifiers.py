"""`video_models.classifier` builds plain Keras models by name."""

import inspect
import warnings

import keras
import numpy as np
import pytest

import video_models
from tfrecords_tools.base import errors, registry, versions
from video_models.pretrained import backbone_weights

FRAMES = np.random.default_rng(0).integers(0, 256, (2, 4, 32, 32, 3), np.uint8)
SMALL = {"frames": 4, "size": 32, "widths": (8, 16), "features": 16}


def small(classes=3, **more):
    return video_models.classifier("frame_conv", classes, **{**SMALL, **more})


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A file of a small classifier of the classes a, b, c."""
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    small(["a", "b", "c"]).save(path)
    return path


def kernel(model):
    return np.array(model.get_layer("classifier").get_layer("logits").kernel)


def test_backbones_are_the_files_of_their_folder():
    assert video_models.list_backbones() == list(
        registry.names_in("video_models.backbones")
    )


def test_version_is_that_of_the_package():
    assert (
        f"video-models {video_models.__version__}" == versions.package_version()
    )


@pytest.mark.parametrize("name", video_models.__all__)
def test_public_names_are_documented(name):
    value = getattr(video_models, name)
    assert name == "__version__" or inspect.getdoc(value)


@pytest.mark.parametrize(
    "name", [n for n in video_models.__all__ if n != "__version__"]
)
def test_public_functions_are_typed(name):
    signature = inspect.signature(getattr(video_models, name))
    given = [each.annotation for each in signature.parameters.values()]
    assert inspect.Signature.empty not in [*given, signature.return_annotation]


def test_name_of_public_weights_is_that_of_the_backbone(monkeypatch):
    loaded = []
    monkeypatch.setattr(
        backbone_weights, "load", lambda backbone, *_: loaded.append(backbone)
    )
    video_models.classifier(
        "frame_efficientnet_lite", 2, "imagenet", frames=1, size=32, stages=1
    )
    assert loaded[0].config.weights == "imagenet"


def test_a_classifier_is_a_functional_model():
    assert isinstance(small(), keras.Model) and small().inputs


def test_scores_are_probabilities_of_each_class():
    scores = small()(FRAMES)
    assert scores.shape == (2, 3) and scores.dtype == "float32"
    np.testing.assert_allclose(np.sum(scores, axis=1), 1, rtol=1e-5)


def test_uint8_and_float_frames_give_the_same():
    model = small()
    np.testing.assert_array_equal(
        model(FRAMES), model(FRAMES.astype(np.float32))
    )


@pytest.mark.parametrize(
    "name, settings",
    [
        ("movinet", {"variant": "a0", "width": 0.25}),
        ("slowfast", {"width": 8, "blocks": (1, 1, 1, 1)}),
        ("motion_energy", {"grid": 4}),
    ],
)
def test_a_backbone_has_its_usual_parts(name, settings):
    model = video_models.classifier(name, 3, frames=8, size=32, **settings)
    assert model.output_shape == (None, 3)


def test_none_as_activation_gives_logits():
    model = small(classifier_activation=None)
    assert np.any(model(FRAMES) < 0)


def test_sigmoid_is_for_several_classes_a_clip():
    scores = np.array(small(classifier_activation="sigmoid")(FRAMES))
    assert not np.allclose(scores.sum(axis=1), 1)
    assert np.all((scores > 0) & (scores < 1))


def test_scores_of_each_time_step_are_averaged():
    assert small(head="per_frame").output_shape == (None, 3)


def test_settings_reach_all_parts():
    model = small(temporal_layers=1, head_dropout=0.75)
    head = model.get_layer("classifier").get_layer("dropout")
    names = [each.name for each in model.get_layer("attention").layers]
    assert head.rate == 0.75
    assert "attention1" in names and "attention2" not in names


def test_the_model_is_fitted_by_the_loss_of_its_classes():
    model = small()
    loss = "sparse_categorical_crossentropy"
    model.compile("adam", loss, run_eagerly=True)
    history = model.fit(FRAMES, np.array([0, 1]), verbose=0, shuffle=False)
    assert np.isfinite(history.history["loss"][0])


def test_classes_may_have_names():
    assert video_models.labels(small(["a", "b"])) == ("a", "b")


def test_a_number_of_classes_has_no_names():
    with pytest.raises(errors.UserError, match="stores no names of classes"):
        video_models.labels(small())


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"name": "movnet"}, "did you mean 'movinet'?"),
        ({"varient": "a0"}, "no setting 'varient'"),
        ({"widths": 8}, "widths=8: wanted a list of whole numbers"),
        ({"frames": 0}, "frames=0: wanted at least 1"),
        ({"size": "8"}, "size='8': wanted a whole number"),
        ({"temporal": "atention"}, "did you mean 'attention'?"),
        ({"head": "clasifier"}, "did you mean 'classifier'?"),
        ({"head": "projection"}, "head=projection gives no scores"),
        ({"head_droput": 0.1}, "did you mean 'head_dropout'?"),
        ({"classes": 0}, "classes=0: wanted the names of the classes"),
        ({"classes": "ab"}, "classes='ab': wanted the names"),
        ({"classes": ["a", "a"]}, "classes names 'a' twice"),
        ({"classes": True}, "classes=True: wanted the names"),
        ({"classifier_activation": "sofmax"}, "did you mean 'softmax'?"),
        ({"weights": "no.keras"}, "weights=no.keras: there is no such file"),
        ({"weights": "no.txt"}, "weights=no.txt: there is no such file"),
    ],
)
def test_wrong_input_is_refused_in_the_words_of_the_caller(arguments, message):
    given = {"name": "frame_conv", "classes": 3, **arguments}
    with pytest.raises(errors.UserError) as caught:
        video_models.classifier(**given)
    assert message in str(caught.value)


def test_weights_of_a_file_are_loaded(saved):
    model = small(["a", "b", "c"], weights=saved)
    np.testing.assert_array_equal(
        kernel(model), kernel(video_models.load(saved))
    )


def test_weights_of_a_class_are_loaded_by_its_name(saved):
    model = small(["c", "new"], weights=saved)
    np.testing.assert_array_equal(
        kernel(model)[:, 0], kernel(video_models.load(saved))[:, 2]
    )


def test_a_last_layer_of_other_classes_stays_random_without_a_warning(saved):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert small(7, weights=saved).output_shape == (None, 7)


def test_any_other_weight_that_stays_random_is_warned_of(saved):
    with pytest.warns(UserWarning, match="fresh: classifier/attention"):
        small(["a", "b", "c"], weights=saved, temporal_layers=3)


def test_weights_of_which_nothing_fits_are_refused(saved):
    with pytest.raises(errors.UserError, match="nothing in .* fits backbone"):
        video_models.classifier(
            "r2plus1d", 3, saved, frames=4, size=32, width=4
        )
