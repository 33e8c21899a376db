"""What public checkpoints of Vision Transformers call our weights."""

import re
from collections.abc import Sequence

# Of timm's Vision Transformer, from which VideoMAE's and TimeSformer's descend.
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
    """Applies one rule after the other.

    Args:
        path: of our weight, "block1_norm1/gamma".
        rules: pattern and replacement, as `re.sub` takes them.

    Returns:
        The public name, "blocks.0.norm1.weight"; None where no rule fits.
    """
    for ours, theirs in (*rules, *_VARIABLES):
        path = re.sub(ours, theirs, path)
    return None if "/" in path else path
