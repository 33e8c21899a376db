"""Replacements for two audio functions of TensorFlow I/O.

Both wrap `tf.signal` and give the same bits as TensorFlow I/O, which has no
wheels for Python 3.13.
"""

import tensorflow as tf


def spectrogram(
    input: tf.Tensor, nfft: int, window: int, stride: int
) -> tf.Tensor:
    """Amplitudes of a short-time Fourier transform with a Hann window.

    Args:
        input: float32 [samples].
        nfft: length of the transform, samples.
        window: length of the window, samples.
        stride: step between windows, samples.

    Returns:
        float32 [columns, nfft // 2 + 1]; the end is padded with zeros.
    """
    return tf.math.abs(
        tf.signal.stft(
            input,
            frame_length=window,
            frame_step=stride,
            fft_length=nfft,
            window_fn=tf.signal.hann_window,
            pad_end=True,
        )
    )


def melscale(
    input: tf.Tensor, rate: int, mels: int, fmin: float, fmax: float
) -> tf.Tensor:
    """Sums frequencies into mel bins (HTK's formula).

    Args:
        input: float32 [columns, bins], a spectrogram.
        rate: samples per second.
        mels: number of bins.
        fmin: lower edge of the first bin, Hz.
        fmax: upper edge of the last bin, Hz.

    Returns:
        float32 [columns, mels].
    """
    matrix = tf.signal.linear_to_mel_weight_matrix(
        num_mel_bins=mels,
        num_spectrogram_bins=tf.shape(input)[-1],
        sample_rate=rate,
        lower_edge_hertz=fmin,
        upper_edge_hertz=fmax,
    )
    return tf.tensordot(input, matrix, 1)
