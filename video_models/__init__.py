"""Batches into features, losses and answers: Keras 3 networks.

Importing this lets `keras.saving.load_model` read our `.keras` files.
"""

from video_models import registration

registration.register()
