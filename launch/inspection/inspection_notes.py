"""What to know before believing the lists of an inspection."""

from collections.abc import Iterator

from launch.inspection import findings as inspections

_CLEAR = 0.85  # Share of labels that the encoder reads.


def lines(findings: inspections.Findings, is_trained: bool) -> Iterator[str]:
    """Yields a sentence each, plain text.

    Args:
        findings: of the inspection.
        is_trained: whether the encoder is a run or its export.
    """
    if findings.is_judged:
        yield (
            f"of the clips that are judged, {findings.agreement:.1%} have the "
            "label that is most probable without their group"
        )
    if findings.unjudged:
        yield f"note: {findings.unjudged}"
    if findings.is_judged and findings.agreement < _CLEAR:
        advice = (
            ""
            if is_trained
            else "; a run that was trained on them may know more (--workdir)"
        )
        yield (
            "note: the encoder does not tell these labels apart well, so most "
            f"labels that it doubts are right{advice}"
        )
    if findings.is_judged and is_trained:
        yield (
            "note: a trained network has seen the labels of its training "
            "clips, wrong ones included, and may confirm them: there, fewer "
            "errors are found, and the share above is too high"
        )
