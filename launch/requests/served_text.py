"""Converts the texts of a request to tokens.

By the functions of `pipelines.text`, in the graph, with operations of
TensorFlow alone.
"""

import dataclasses

import tensorflow as tf

from launch.requests import request_limits
from pipelines import batch
from pipelines.text import longest_match, text_pieces, text_tokens

NAME = "text"
_EXAMPLE = 4  # Words.


@dataclasses.dataclass(frozen=True)
class TextInput:
    """The text of a clip, as clients send it.

    Attributes:
        tokens: `words` or `pieces`.
        length: most tokens, with start and end.
        truncate: whether longer texts are truncated; else they are refused.
    """

    tokens: str
    length: int
    truncate: bool


class ServedText(tf.Module):
    """Checks texts and computes tokens; holds the table of the vocabulary.

    Attributes:
        example: a text.
    """

    def __init__(self, config: text_tokens.Config, spec: batch.TextSpec):
        """Builds the table; the arguments are those of training."""
        super().__init__()
        self._config, self._truncates = config, describe(config).truncate
        self.table = text_tokens.table(spec.words)
        numbers = self.table.lookup
        if spec.is_pieces:
            longest = max(
                (len(each.encode()) for each in spec.words), default=1
            )
            numbers = longest_match.build(numbers, longest, text_tokens.UNKNOWN)
        whole = [
            each
            for each in spec.words
            if not each.startswith(text_pieces.CONTINUES)
        ]
        most = min(_EXAMPLE, config.length - 2)
        self.example = " ".join(whole[:most])
        self._tokens = text_tokens.tokenizer(config, numbers)
        self._count = text_tokens.counter(config, numbers)

    @property
    def entry_specs(self) -> dict[str, tf.TensorSpec]:
        """The entries of one clip, by name."""
        length = (self._config.length,)
        return {
            "has_text": tf.TensorSpec((), tf.float32),
            "tokens": tf.TensorSpec(length, tf.int32),
            "tokens_mask": tf.TensorSpec(length, tf.float32),
        }

    def rules(self, text: tf.Tensor) -> list[request_limits.Rule]:
        """The rule for `text`, string [N]; none if it is truncated."""
        if self._truncates:
            return []
        spec = tf.TensorSpec((), tf.int32)
        counts = tf.map_fn(self._count, text, fn_output_signature=spec)
        most = self._config.length

        def message() -> tf.Tensor:
            longest = tf.argmax(counts)
            return request_limits.text(
                "text ",
                longest,
                " has ",
                counts[longest],
                f" tokens with start and end, wanted at most {most}: send a "
                "shorter one, or export a run with a larger --text.length",
            )

        return [(tf.reduce_all(counts <= most), message)]

    def entries(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """Tokens.

        Args:
            text: string [N]; empty where a clip has none.

        Returns:
            `has_text`, `tokens` and `tokens_mask` of a batch.
        """
        return tf.map_fn(
            lambda each: text_tokens.named(*self._tokens(each)),
            text,
            fn_output_signature=self.entry_specs,
        )


def describe(config: text_tokens.Config) -> TextInput:
    """What clients send for tokens.

    Words spoken during the sampled frames are truncated in training, too.
    """
    truncates = config.truncate or config.source == "words"
    return TextInput(config.tokens, config.length, truncates)
