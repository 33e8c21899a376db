from keras.src.applications import efficientnet

from video_models.backbones import frame_efficientnet


def test_most_stages_are_those_of_keras():
    stages = len(efficientnet.DEFAULT_BLOCKS_ARGS)
    assert frame_efficientnet.Config().stages == stages
