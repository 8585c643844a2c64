"""python -m unittest tests: what the measures rest on."""

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy
import torch

from climbs import FIRST_STEP, LEARNING_RATE, FirstSteps
from copies import _share
from last import last_iterates
from measure import share_below
from network import LAYERS, PlainNetwork, TrainingNetwork, fold, unfold
from rescale import rescaled
from structure import spectral_entropy
from textures import FAMILIES, ORIENTATIONS, Labelled, balanced_batch
from textures.images import UNKNOWN, paint


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def settled_network() -> TrainingNetwork:
    """A training network whose running statistics are those of some images."""
    torch.manual_seed(3)
    network = TrainingNetwork()
    for _ in range(20):
        network(torch.rand(4, 3, 32, 32))
    return network.eval()


class Textures(unittest.TestCase):
    def test_every_family_fills_its_images_with_visible_numbers(self):
        self.assertEqual(len(FAMILIES), 61)
        for number, family in enumerate(FAMILIES):
            batch = paint(number, 8, 32, noise())
            self.assertEqual(batch.images.shape, (8, 3, 32, 32), family.name)
            self.assertTrue(torch.isfinite(batch.images).all() and 0 <= batch.images.min() and batch.images.max() <= 1)
            self.assertGreater(batch.images.flatten(1).std(1).min(), 0.005, family.name)
            self.assertEqual(bool((batch.orientation == UNKNOWN).all()), not family.oriented, family.name)

    def test_one_seed_gives_one_batch_and_another_another(self):
        first, same, other = (balanced_batch(1, 32, noise(seed)).images for seed in (1, 1, 2))
        self.assertTrue(torch.equal(first, same))
        self.assertFalse(torch.equal(first, other))

    def test_orientation_is_the_direction_of_a_grating(self):
        number = next(n for n, family in enumerate(FAMILIES) if family.name == "sine_grating")
        batch = paint(number, 64, 64, noise())
        # The structure tensor's main direction: along it brightness changes most.
        gray = torch.nn.functional.avg_pool2d(batch.images.mean(1, keepdim=True), 3, 1)[:, 0]
        dy, dx = gray.diff(dim=1)[:, :, :-1], gray.diff(dim=2)[:, :-1]
        angle = torch.atan2(2 * (dx * dy).sum((1, 2)), (dx * dx - dy * dy).sum((1, 2))) / 2
        found = (angle / torch.pi * ORIENTATIONS).round().long() % ORIENTATIONS
        self.assertGreater((found == batch.orientation).float().mean(), 0.7)

class Networks(unittest.TestCase):
    def test_folding_changes_nothing(self):
        network, images = settled_network(), torch.rand(2, 3, 32, 32)
        with torch.no_grad():
            before, folded = network(images).before_relu, fold(network).activations(images)
        for name, activations in folded.items():
            torch.testing.assert_close(torch.relu(before[name]), activations, rtol=1e-4, atol=1e-4)

    def test_unfolding_gives_back_the_same_function_up_to_a_factor(self):
        plain, images = fold(settled_network()), torch.rand(8, 3, 32, 32)
        again = fold(unfold(plain, images).eval())
        first, second = plain.activations(images)["block5_conv3"], again.activations(images)["block5_conv3"]
        alive = first.sum((0, 2, 3)) > 0
        factor = second.sum((0, 2, 3))[alive] / first.sum((0, 2, 3))[alive]
        torch.testing.assert_close(second[:, alive], first[:, alive] * factor[None, :, None, None], rtol=1e-3, atol=1e-3)

    def test_rescaling_multiplies_each_channel_by_its_factor_alone(self):
        plain, images = fold(settled_network()), torch.rand(2, 3, 32, 32)
        factors = {layer.name: torch.rand(layer.channels, generator=noise()).double() + 0.5 for layer in LAYERS}
        before, after = plain.activations(images), rescaled(plain, factors).activations(images)
        for name, activations in after.items():
            expected = before[name] * factors[name].float()[None, :, None, None]
            torch.testing.assert_close(activations, expected, rtol=1e-3, atol=1e-4)


class Measures(unittest.TestCase):
    def test_noise_has_nearly_full_entropy_and_a_grating_little(self):
        random = numpy.random.default_rng(1).random((150, 150, 3))
        self.assertGreater(spectral_entropy(random), 0.975)
        grating = numpy.sin(numpy.arange(150) * 0.6)[None, :, None] * numpy.ones((150, 1, 3))
        self.assertLess(spectral_entropy(grating), 0.3)

    def test_the_last_iterates_stand_in_the_order_of_channels(self):
        with TemporaryDirectory() as folder:
            for channel in (0, 2, 10):
                numpy.save(Path(folder) / f"block2_conv1_c{channel:03}.npy", numpy.arange(4).reshape(4, 1, 1, 1) + 100.0 * channel)
            found = last_iterates(Path(folder))
        self.assertEqual(found.ravel().tolist(), [3, 203, 1003])

    def test_a_share_is_below_ninety_nine_of_a_hundred(self):
        self.assertEqual(share_below([0.5, 0.6, 0.7, 0.8], [0.65] + [0.9] * 39), 0.5)

    def test_factors_make_the_first_step_equally_long_and_stay_in_bounds(self):
        steps = FirstSteps([0.01, 0.02, 0.04, 0.0, 1e-9], [3])
        factors = steps.factors()
        for gradient, factor in zip(steps.gradients[:3], factors):
            self.assertAlmostEqual(LEARNING_RATE * gradient * factor, FIRST_STEP)
        self.assertEqual(steps.median(), 0.02)
        self.assertAlmostEqual(factors[3], factors[1])
        self.assertAlmostEqual(factors[4], 20 * factors[1])

    def test_copies_are_found_and_others_are_not(self):
        activations = torch.rand(4000, 4, generator=noise()).double()
        activations[:, 3] = 2 * activations[:, 0] + 0.01 * activations[:, 1]
        self.assertAlmostEqual(_share(activations), 0.5)
        self.assertEqual(_share(torch.zeros(10, 3).double()), 0)


if __name__ == "__main__":
    unittest.main()
