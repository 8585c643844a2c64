//! How a gradient becomes a step: the arithmetic that both engines share.

use crate::settings::StepRule;

/// The least sum of squares that a gradient's length is taken from, as in `tf.math.l2_normalize`: below it a gradient counts as
/// none, and is not blown up to full length.
pub(crate) const LEAST_SQUARE_SUM: f64 = 1e-12;

impl StepRule {
    /// The length of a step of learning rate 1 over an image of so many values, for the rules that give every gradient the
    /// same. A root mean square of 1 is a length of the square root of their number.
    pub(crate) fn length(self, values: usize) -> Option<f64> {
        match self {
            Self::L2 => Some(1.0),
            Self::Rms => Some((values as f64).sqrt()),
            Self::Gradient | Self::Adam => None,
        }
    }
}

/// Adam (Kingma and Ba 2015, algorithm 1) with the constants that the paper proposes, uphill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Adam {
    /// The bias of the first moment after this step: what it is to be divided by.
    pub(crate) first_bias: f64,
    /// The same of the second moment.
    pub(crate) second_bias: f64,
}

impl Adam {
    /// Decay of the first moment, the gradient's running mean.
    pub(crate) const BETA1: f64 = 0.9;
    /// Decay of the second moment, the running mean of the gradient's squares.
    pub(crate) const BETA2: f64 = 0.999;
    /// Keeps the quotient finite where no gradient has come yet.
    pub(crate) const EPSILON: f64 = 1e-8;

    /// The step of this number, from 1.
    pub(crate) fn step(number: usize) -> Self {
        // Powers beyond this number are 0 in any case.
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            first_bias: 1.0 - Self::BETA1.powi(number),
            second_bias: 1.0 - Self::BETA2.powi(number),
        }
    }

    /// Takes a slope into both moments, and gives the direction of a step of learning rate 1.
    #[cfg(feature = "cpu")]
    pub(crate) fn direction(self, slope: f64, first: &mut f32, second: &mut f32) -> f64 {
        let mean = Self::BETA1 * f64::from(*first) + (1.0 - Self::BETA1) * slope;
        let square = Self::BETA2 * f64::from(*second) + (1.0 - Self::BETA2) * slope * slope;
        (*first, *second) = (mean as f32, square as f32);
        (mean / self.first_bias) / ((square / self.second_bias).sqrt() + Self::EPSILON)
    }
}

#[cfg(test)]
#[cfg(feature = "cpu")]
mod twin;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_mean_square_of_one_has_the_length_of_that_many_ones() {
        assert_eq!(StepRule::Rms.length(9), Some(3.0));
        assert_eq!(StepRule::L2.length(9), Some(1.0));
        assert_eq!(StepRule::Gradient.length(9), None);
    }

    #[test]
    fn the_first_step_of_adam_corrects_the_bias_away() {
        let adam = Adam::step(1);
        assert!((adam.first_bias - 0.1).abs() < 1e-15 && (adam.second_bias - 0.001).abs() < 1e-15);
        assert_eq!(Adam::step(usize::MAX).first_bias, 1.0);
    }

    #[cfg(feature = "cpu")]
    #[test]
    fn the_first_step_of_adam_is_the_sign_of_the_slope() {
        for slope in [3.0, -2e-5] {
            let direction = Adam::step(1).direction(slope, &mut 0.0, &mut 0.0);
            assert!((direction - slope.signum()).abs() < 1e-3, "{direction}");
        }
        assert_eq!(Adam::step(1).direction(0.0, &mut 0.0, &mut 0.0), 0.0);
    }
}
