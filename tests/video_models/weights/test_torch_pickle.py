import os
import pickle

import numpy as np
import pytest

from video_models.weights import torch_pickle


class Bomb:
    """What a pickle may do to whoever trusts it."""

    def __reduce__(self):
        return os.mkdir, ("exploded",)


def test_nothing_that_a_pickle_names_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = torch_pickle.load(pickle.dumps({"a": Bomb(), "b": 1}))
    assert found["b"] == 1
    assert not (tmp_path / "exploded").exists()


def test_tensor_that_reaches_out_of_its_storage_is_refused():
    storage = torch_pickle.Storage("0", np.float32)
    wide = torch_pickle.Tensor(storage, 1, (2, 2), (2, 1))
    wide.array(memoryview(bytes(20)))
    with pytest.raises(ValueError, match="out of its storage"):
        wide.array(memoryview(bytes(16)))
