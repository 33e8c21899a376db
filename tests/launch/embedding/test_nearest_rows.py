import numpy as np
import pytest

from launch.embedding import nearest_rows

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("queries", [1, 3, 33])
def test_blocks_give_the_similarities_of_one_product(monkeypatch, queries):
    monkeypatch.setattr(nearest_rows, "_BLOCK_VALUES", 16 * 7)
    embeddings, wanted = rows(50), rows(queries).astype(np.float32)
    products = embeddings.astype(np.float32) @ wanted.T
    best, which = nearest_rows.similarities(embeddings, wanted)
    np.testing.assert_allclose(best, products.max(1), rtol=1e-5)
    assert which.tolist() == products.argmax(1).tolist()


def test_top_has_the_best_row_of_each_owner():
    values = np.array([0.1, 0.9, 0.8, 0.7, 0.2])
    owners = np.array([0, 0, 0, 1, 2])
    assert nearest_rows.top(values, owners, 2) == [1, 3]
    assert nearest_rows.top(values, owners, 9) == [1, 3, 4]


def test_top_goes_on_where_one_owner_has_most_rows():
    values, owners = np.linspace(1, 0, 100), np.zeros(100, int)
    owners[-1] = 1
    assert nearest_rows.top(values, owners, 2) == [0, 99]


def test_equal_values_give_the_first_row():
    assert nearest_rows.top(np.ones(40), np.arange(40), 2) == [0, 1]


def rows(count, size=16):
    values = RANDOM.normal(size=(count, size))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return values.astype(np.float16)
