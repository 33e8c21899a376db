"""The names of weights in public checkpoints of Vision Transformers."""

import re
from collections.abc import Sequence

# Names of timm's Vision Transformer, the base of VideoMAE and TimeSformer.
TIMM = (
    (r"_norm(\d)/", r".norm\1/"),
    (r"_attention/qkv/", ".attn.qkv/"),
    (r"_attention/out/", ".attn.proj/"),
    (r"_hidden/", ".mlp.fc1/"),
    (r"_mlp/", ".mlp.fc2/"),
    (r"^block(\d+)", lambda found: f"blocks.{int(found[1]) - 1}"),
    (r"^stem_patches/", "patch_embed.proj/"),
    (r"^logits/", "head/"),
)
_VARIABLES = (
    (r"/(kernel|gamma)$", ".weight"),
    (r"/(bias|beta)$", ".bias"),
)


def rename(path: str, rules: Sequence[tuple]) -> str | None:
    """Renames a weight by successive rules.

    Args:
        path: path of our weight, "block1_norm1/gamma".
        rules: pattern and replacement, as `re.sub` takes them.

    Returns:
        The public name, "blocks.0.norm1.weight"; None if no rule matches.
    """
    for ours, theirs in (*rules, *_VARIABLES):
        path = re.sub(ours, theirs, path)
    return None if "/" in path else path
