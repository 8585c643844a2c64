//! The step rules against a plain twin in double precision, on every engine that computes on the CPU.

use crate::ascent::Ascent;
use crate::device::{Arithmetic, Compute};
use crate::network::Network;
use crate::reference;
use crate::settings::{Preprocessing, Settings, Start, StepRule};
use crate::vgg16::Layer;
use crate::weights::untrained;

const SIZE: (usize, usize) = (9, 7);
const STEPS: usize = 6;
const LEARNING_RATE: f64 = 0.05;

/// The published formulae, on whole images.
#[derive(Default)]
struct Twin {
    steps: i32,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Twin {
    fn direction(&mut self, rule: StepRule, gradient: &[f64]) -> Vec<f64> {
        let squares = || gradient.iter().map(|slope| slope * slope);
        let over = |divisor: f64| gradient.iter().map(|slope| slope / divisor).collect();
        match rule {
            StepRule::Gradient => gradient.to_vec(),
            StepRule::L2 => over(squares().sum::<f64>().sqrt()),
            StepRule::Rms => over((squares().sum::<f64>() / gradient.len() as f64).sqrt()),
            StepRule::Adam => self.adam(gradient),
        }
    }

    fn adam(&mut self, gradient: &[f64]) -> Vec<f64> {
        self.steps += 1;
        self.first.resize(gradient.len(), 0.0);
        self.second.resize(gradient.len(), 0.0);
        for (at, slope) in gradient.iter().enumerate() {
            self.first[at] = 0.9 * self.first[at] + 0.1 * slope;
            self.second[at] = 0.999 * self.second[at] + 0.001 * slope * slope;
        }
        let corrected = |moment: f64, decay: f64| moment / (1.0 - decay.powi(self.steps));
        let moments = self.first.iter().zip(&self.second);
        moments
            .map(|(&first, &second)| corrected(first, 0.9) / (corrected(second, 0.999).sqrt() + 1e-8))
            .collect()
    }
}

fn settings(layer: &'static Layer, step: StepRule) -> Settings {
    Settings {
        layer,
        channels: vec![3, 1],
        height: SIZE.0,
        width: SIZE.1,
        learning_rate: LEARNING_RATE,
        step,
        preprocessing: Preprocessing::None,
        start: Start::Seed(436),
    }
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// Each step from the engine's own image, so that roundings do not add up.
fn check(arithmetic: Arithmetic, rule: StepRule) {
    let layer = Layer::named("block2_conv2").expect("a layer");
    let weights = untrained::convolutions(11, 16);
    let mut network = Network::new(Compute::cpu(arithmetic));
    weights.iter().for_each(|convolution| network.push(convolution));
    let settings = settings(layer, rule);
    let start = wide(&crate::image::random_image(436, SIZE.0, SIZE.1));
    let twin = |&channel: &usize| (channel, Twin::default(), start.clone());
    let mut twins: Vec<_> = settings.channels.iter().map(twin).collect();
    let mut ascent = Ascent::new(&network, settings).expect("good settings");
    for step in 1..=STEPS {
        let iterates = ascent.step().expect("a step");
        for (iterate, (channel, twin, image)) in iterates.iter().zip(&mut twins) {
            let gradient =
                reference::objective_and_gradient(&weights, layer, *channel, image, SIZE, Preprocessing::None).1;
            let direction = twin.direction(rule, &gradient);
            let moved = image
                .iter()
                .zip(&direction)
                .map(|(value, way)| value + LEARNING_RATE * way);
            let right: Vec<f64> = moved.collect();
            let ours = wide(&iterate.pixels);
            let off: f64 = ours.iter().zip(&right).map(|(a, b)| (a - b).powi(2)).sum();
            let way: f64 = direction.iter().map(|way| (LEARNING_RATE * way).powi(2)).sum();
            // An image is rounded to 32 bits after each step.
            assert!(
                off.sqrt() <= 1e-4 * way.sqrt() + 1e-6,
                "{rule:?}, {arithmetic:?}, channel {channel}, step {step}: {:e} of {:e}",
                off.sqrt(),
                way.sqrt()
            );
            *image = ours;
        }
    }
}

#[test]
fn every_rule_steps_as_its_formula_says() {
    for rule in [StepRule::Gradient, StepRule::L2, StepRule::Rms, StepRule::Adam] {
        check(Arithmetic::F32, rule);
        #[cfg(feature = "double")]
        check(Arithmetic::F64, rule);
    }
}

#[test]
fn adam_remembers_within_a_climb_and_forgets_between_two() {
    let layer = Layer::named("block1_conv2").expect("a layer");
    let mut network = Network::new(Compute::cpu(Arithmetic::F32));
    untrained::convolutions(11, 16)
        .iter()
        .take(2)
        .for_each(|convolution| network.push(convolution));
    let run = |settings: Settings, steps: usize| {
        let mut ascent = Ascent::new(&network, settings).expect("good settings");
        let iterates: Vec<_> = (0..steps).map(|_| ascent.step().expect("a step")).collect();
        iterates.into_iter().next_back().expect("a last step")
    };
    let whole = run(settings(layer, StepRule::Adam), 4);
    assert_eq!(whole, run(settings(layer, StepRule::Adam), 4));
    let images = run(settings(layer, StepRule::Adam), 2)
        .into_iter()
        .map(|iterate| iterate.pixels)
        .collect();
    let resumed = Settings {
        start: Start::Resume { iteration: 2, images },
        ..settings(layer, StepRule::Adam)
    };
    let parted = run(resumed, 2);
    assert_eq!((parted[0].iteration, whole[0].iteration), (4, 4));
    assert_ne!(parted[0].pixels, whole[0].pixels);
}
