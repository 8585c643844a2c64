"""How much structure an image has: the entropy of its power spectrum."""

import numpy


def spectral_entropy(image: numpy.ndarray) -> float:
    """Entropy of the power spectrum over that of a flat one, for an image (side, side, colours).

    About 0.98 for noise, near 0 for a single grating. The largest centred square whose side is a power of two is taken,
    each colour's mean removed, a Hann window applied and the power of the colours added. Frequencies below 2.5 cycles in
    the square and from half a cycle per pixel on are left out. Brightness and contrast do not matter; eight bits do: where a
    few pixels tower over the rest, they leave of the rest only steps.
    """
    side = 1 << (min(image.shape[:2]).bit_length() - 1)
    first = [(length - side) // 2 for length in image.shape[:2]]
    square = image[first[0] : first[0] + side, first[1] : first[1] + side].astype(float)
    window = numpy.hanning(side)
    windowed = (square - square.mean((0, 1))) * window[:, None, None] * window[None, :, None]
    power = (numpy.abs(numpy.fft.fft2(windowed, axes=(0, 1))) ** 2).sum(2)
    cycles = numpy.fft.fftfreq(side)
    frequency = numpy.hypot(cycles[:, None], cycles[None])
    seen = power[(frequency > 2.5 / side) & (frequency < 0.5)]
    total = seen.sum()
    if total == 0:  # an image of one single value has no structure to speak of
        return 1.0
    share = seen / total
    share = share[share > 0]
    return float(-(share * numpy.log(share)).sum() / numpy.log(seen.size))
