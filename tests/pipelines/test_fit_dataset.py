"""`pipelines.dataset` gives what `fit` of Keras takes."""

import inspect

import numpy as np
import pytest
import tensorflow as tf

import pipelines
import video_models
from pipelines import batch, clip_dataset
from tests import conftest, shards
from tfrecords_tools.base import errors

CLIP = {"frames": 2, "size": 16, "stride": 1}
LABELS = ("a", "b", "c")


def labelled(clips):
    return [clip for clip in clips if clip.labels]


TRAIN = labelled(conftest.CODED_TRAIN)
VALIDATION = labelled(conftest.CODED_VALIDATION)


def dataset(folder, split="train", **more):
    return pipelines.dataset(folder, split, **{**CLIP, "batch_size": 5, **more})


def epoch(data):
    """The clip numbers and the labels of one epoch."""
    pairs = [(shards.clips_in(x.numpy()), y.numpy()) for x, y in data]
    return [np.concatenate(column) for column in zip(*pairs, strict=True)]


def numbers(data):
    """The clip numbers of one epoch."""
    return [int(number) for number in epoch(data)[0][:, 0]]


@pytest.mark.parametrize("name", pipelines.__all__)
def test_public_functions_are_documented_and_typed(name):
    function = getattr(pipelines, name)
    signature = inspect.signature(function)
    given = [each.annotation for each in signature.parameters.values()]
    assert inspect.getdoc(function)
    assert inspect.Signature.empty not in [*given, signature.return_annotation]


def test_batches_are_pairs_of_frames_and_class_ids(coded_shards):
    x, y = dataset(coded_shards).element_spec
    assert (x.shape, x.dtype) == ((None, 2, 16, 16, 3), tf.uint8)
    assert (y.shape, y.dtype) == ((None,), tf.int32)


def test_an_epoch_holds_every_labelled_clip_once(coded_shards):
    found = numbers(dataset(coded_shards))
    assert sorted(found) == [clip.number for clip in TRAIN]


def test_labels_stay_with_their_clips(coded_shards):
    clips, ids = epoch(dataset(coded_shards))
    wanted = {clip.number: LABELS.index(clip.labels[0]) for clip in TRAIN}
    assert [wanted[number] for number in clips[:, 0]] == list(ids)


def test_the_length_of_an_epoch_is_known(coded_shards):
    data = dataset(coded_shards)
    assert len(data) == len(list(data)) == 3


def test_the_last_batch_may_have_fewer_clips(coded_shards):
    sizes = [len(y) for _, y in dataset(coded_shards)]
    assert sizes == [5, 5, 2]


def test_each_epoch_has_another_order(coded_shards):
    data = dataset(coded_shards)
    assert numbers(data) != numbers(data)


def test_a_new_dataset_repeats_the_epochs(coded_shards):
    one, other = dataset(coded_shards), dataset(coded_shards)
    for _ in range(2):
        np.testing.assert_array_equal(epoch(one)[0], epoch(other)[0])


def test_another_seed_is_another_order(coded_shards):
    assert numbers(dataset(coded_shards)) != numbers(
        dataset(coded_shards, seed=1)
    )


def test_training_clips_are_those_of_the_train_loop(coded_shards):
    config = clip_dataset.Input(batch.ClipSpec(**CLIP))
    reader = clip_dataset.open_split(coded_shards, "train", config)
    shard = clip_dataset.BatchShard(reader.clips)
    first = next(iter(clip_dataset.training(reader, config, shard, seed=3)))
    wanted = first["frames"].numpy()[first["label"].numpy() >= 0]
    found = [x.numpy() for x, _ in dataset(coded_shards, seed=3)]
    np.testing.assert_array_equal(np.concatenate(found), wanted)


def test_evaluation_clips_are_those_of_an_evaluation(coded_shards):
    config = clip_dataset.Input(batch.ClipSpec(**CLIP))
    reader = clip_dataset.open_split(coded_shards, "validation", config)
    shard = clip_dataset.BatchShard(reader.clips)
    first = next(iter(clip_dataset.evaluation(reader, config, shard)))
    wanted = first["frames"].numpy()[first["label"].numpy() >= 0, 0]
    found = [x.numpy() for x, _ in dataset(coded_shards, "validation")]
    np.testing.assert_array_equal(np.concatenate(found), wanted)


def test_evaluation_sees_each_labelled_clip_once_in_order(coded_shards):
    data = dataset(coded_shards, "validation")
    wanted = [clip.number for clip in VALIDATION]
    assert numbers(data) == numbers(data) == wanted


def test_the_train_split_can_be_evaluated(coded_shards):
    data = dataset(coded_shards, training=False)
    assert numbers(data) == [clip.number for clip in TRAIN]


def test_another_split_can_be_trained_on(coded_shards):
    data = dataset(coded_shards, "validation", training=True)
    assert sorted(numbers(data)) == [clip.number for clip in VALIDATION]
    assert numbers(data) != numbers(data)


def test_labels_may_be_one_hot(coded_shards):
    ids = dataset(coded_shards, "validation")
    one_hot = dataset(coded_shards, "validation", label_mode="categorical")
    np.testing.assert_array_equal(epoch(one_hot)[1].argmax(1), epoch(ids)[1])


def test_several_labels_a_clip_are_one_row_of_ones(tmp_path):
    clips = [
        shards.Clip(0, 10, ("a", "c")),
        shards.Clip(1, 10),
        shards.Clip(2, 10, ("b",)),
    ]
    folder = shards.write(tmp_path, {"validation": clips})
    (_, y), *_ = dataset(folder, "validation")
    assert y.numpy().tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


def test_labels_may_be_those_of_a_task(coded_shards):
    clips, ids = epoch(dataset(coded_shards, task="place"))
    assert list(ids) == [number % 2 for number in clips[:, 0]]


def test_augmentations_change_training_clips_only(coded_shards):
    grey = dataset(coded_shards, augment={"grayscale": {"probability": 1.0}})
    x, _ = next(iter(grey))
    assert np.all(x[..., 0] == x[..., 1])
    same = dataset(coded_shards, "validation", augment=["grayscale"])
    np.testing.assert_array_equal(
        epoch(same)[0], epoch(dataset(coded_shards, "validation"))[0]
    )


def test_mixed_clips_have_soft_labels_and_full_batches(coded_shards):
    data = dataset(coded_shards, augment="mixup", label_mode="categorical")
    sums = [y.numpy().sum(axis=1) for _, y in data]
    assert len(data) == len(sums) == 2
    np.testing.assert_allclose(np.concatenate(sums), np.ones(10), rtol=1e-6)


def test_audio_makes_the_input_a_dict(tmp_path):
    clips = [shards.Clip(number, 10, ("a",)) for number in range(2)]
    folder = shards.write(tmp_path, {"train": clips}, extras=("waveform",))
    x, _ = dataset(
        folder, audio_features="waveform", audio_seconds=0.1
    ).element_spec
    assert {name: each.shape.rank for name, each in x.items()} == {
        "frames": 5,
        "waveform": 2,
        "has_audio": 1,
    }


def test_clips_sampled_otherwise_are_other_clips(coded_shards):
    data = pipelines.dataset(
        coded_shards, "validation", frames=2, size=16, sampling="uniform"
    )
    frames = [shards.frames_in(x.numpy())[0] for x, _ in data]
    assert frames[0][1] - frames[0][0] == 5


def test_names_of_classes_are_in_the_order_of_their_ids(coded_shards):
    assert pipelines.labels(coded_shards) == LABELS


def test_names_of_a_task_are_its_own(coded_shards):
    assert pipelines.labels(coded_shards, "place") == ("x", "y")


def test_a_model_is_fitted_and_evaluated_by_it(toy_shards):
    small = {"frames": 2, "size": 16}
    data = [
        pipelines.dataset(toy_shards, split, batch_size=4, **small)
        for split in ("train", "validation")
    ]
    model = video_models.classifier(
        "frame_conv", pipelines.labels(toy_shards), widths=(8,), **small
    )
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    train, validation = data
    model.fit(train, validation_data=validation, epochs=1, verbose=0)
    accuracy = model.evaluate(validation, verbose=0)[1]
    scores = model.predict(validation, verbose=0)
    ids = np.concatenate([y for _, y in validation])
    assert len(scores) == len(ids) == 11
    assert accuracy == pytest.approx(np.mean(scores.argmax(1) == ids))


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"split": "test"}, "no split 'test' in these shards; there is"),
        ({"stide": 3}, "no setting 'stide'; did you mean 'stride'?"),
        ({"frames": 0}, "frames=0: wanted at least 1"),
        ({"size": "8"}, "size='8': wanted a whole number"),
        ({"batch_size": 0}, "batch_size=0: wanted at least 1"),
        ({"sampling": "uniform"}, "stride=1 with sampling=uniform, which has"),
        ({"augment": ["flp"]}, "did you mean 'flip'?"),
        ({"augment": {"crop": {"pixel": 3}}}, "did you mean 'pixels'?"),
        ({"augment": "mixup"}, "wanted label_mode='categorical'"),
        ({"augment": ["flip", "flip"]}, "augment names 'flip' twice"),
        ({"label_mode": "integer"}, "label_mode='integer'"),
        ({"task": "plce"}, "no task 'plce' in these shards; did you mean"),
        ({"audio_feature": "mfcc"}, "did you mean 'audio_features'?"),
        ({"short": "refuse", "frames": 90}, "lower frames or set short=loop"),
        (
            {
                "augment": "mixup",
                "label_mode": "categorical",
                "batch_size": 50,
            },
            "fewer than a batch of 50: lower batch_size",
        ),
    ],
)
def test_wrong_input_is_refused_in_the_words_of_the_caller(
    coded_shards, arguments, message
):
    with pytest.raises(errors.UserError) as caught:
        dataset(coded_shards, **arguments)
    assert message in str(caught.value)


def test_a_folder_without_shards_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="manifest.json"):
        pipelines.dataset(tmp_path)
