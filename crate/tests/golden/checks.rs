//! What each test does with a golden file.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use sha2::{Digest, Sha256};
use vggscope::ascent::{Ascent, Iterate};
use vggscope::device::{Arithmetic, Compute, wait};
use vggscope::image::{Contrast, random_image, squash};
use vggscope::network::Network;
use vggscope::objective::MeanActivation;
use vggscope::settings::{Settings, Start, StepRule};

use crate::files::{Case, Golden};
use crate::tolerances::{double, single};

type Checked = Result<(), Failed>;

/// A case with its network on the CPU.
pub struct Setup<'a> {
    case: &'a Case,
    network: Network,
    golden: Golden,
}

/// How far a result lies from the true one, and how far it may.
pub struct Difference {
    pub what: String,
    pub size: f64,
    tolerance: f64,
    /// The step of a climb whose gradient it is.
    step: Option<usize>,
}

impl Difference {
    fn new(what: impl Into<String>, size: f64, tolerance: f64) -> Self {
        let what = what.into();
        Self {
            what,
            size,
            tolerance,
            step: None,
        }
    }

    /// Of the gradient in this step of a climb.
    fn of_gradient(what: &str, step: usize, size: f64, tolerance: f64) -> Self {
        Self {
            step: Some(step),
            ..Self::new(format!("{what} {step}"), size, tolerance)
        }
    }

    /// Whether a decision that flipped may be the reason.
    fn may_be_a_flip(&self) -> bool {
        self.step.is_some() && self.size <= single::FLIP
    }

    fn check(&self) -> Checked {
        // Written so that NaN fails.
        if self.size <= self.tolerance {
            return Ok(());
        }
        let Self {
            what, size, tolerance, ..
        } = self;
        Err(format!("{what}: {size:e} from the true value, {tolerance:e} allowed").into())
    }
}

/// In double precision: Keras's start image, gradients and whole climb.
pub fn is_the_golden_run(case: &Case) -> Checked {
    let setup = Setup::new(case, Arithmetic::F64);
    setup.start_is_the_same()?;
    setup.gradients().iter().try_for_each(Difference::check)?;
    let iterates = setup.climb()?;
    if !case.dead {
        setup.trajectory(&iterates).iter().try_for_each(Difference::check)?;
    }
    Ok(())
}

/// In single precision: all along the climb each step is the one that double precision takes from the same image.
pub fn follows_the_gradient(case: &Case) -> Checked {
    let setup = Setup::new(case, Arithmetic::F32);
    setup.start_is_the_same()?;
    let iterates = setup.climb()?;
    if case.dead {
        return Ok(());
    }
    flips_alone(&setup.steps(&setup.start(), &iterates))
}

/// Every difference is within its tolerance, but for gradients in some steps: a decision that was a tie to single precision
/// may have gone the other way there. What is wrong in the arithmetic shows in every step.
fn flips_alone(differences: &[Difference]) -> Checked {
    let steps = differences.len() / OF_A_STEP;
    let beyond = differences.iter().filter(|difference| difference.check().is_err());
    let (flips, wrong): (Vec<_>, Vec<_>) = beyond.partition(|difference| difference.may_be_a_flip());
    if let Some(wrong) = wrong.first() {
        return wrong.check();
    }
    let flipped: BTreeSet<_> = flips.iter().map(|flip| flip.step).collect();
    match flips.first() {
        Some(first) if (steps - flipped.len()) * FREE < steps => first.check(),
        _ => Ok(()),
    }
}

/// Objective, gradient and way.
const OF_A_STEP: usize = 3;
/// Of so many steps at least one must have no decision that flipped: at 150 x 150 there are millions of decisions, and ties among
/// them in more than half of the steps.
const FREE: usize = 4;

/// The first ten steps of a climb and every tenth after them.
fn is_compared(step: usize) -> bool {
    step <= 10 || step.is_multiple_of(10)
}

impl<'a> Setup<'a> {
    pub fn new(case: &'a Case, arithmetic: Arithmetic) -> Self {
        let mut network = Network::new(Compute::cpu(arithmetic));
        for convolution in case.weights() {
            network.push(&convolution);
        }
        Self {
            case,
            network,
            golden: case.tensors(),
        }
    }

    fn settings(&self, start: Start) -> Settings {
        Settings {
            layer: self.case.layer(),
            channels: vec![self.case.channel],
            height: self.case.height,
            width: self.case.width,
            learning_rate: self.case.lr,
            step: self.case.rule(),
            preprocessing: self.case.scaling.parse().expect("an input scaling"),
            start,
        }
    }

    pub fn start(&self) -> Vec<f32> {
        random_image(self.case.image_seed, self.case.height, self.case.width)
    }

    fn start_is_the_same(&self) -> Checked {
        let bytes: Vec<u8> = self.start().into_iter().flat_map(f32::to_le_bytes).collect();
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if sha256 == self.case.image0_sha256 {
            Ok(())
        } else {
            Err(format!("start image has sha256 {sha256}").into())
        }
    }

    /// Objective and gradient (HWC) at an image.
    fn evaluate(&self, image: &[f32]) -> (f64, Vec<f64>) {
        let mut objective = MeanActivation::new(&self.network, &self.settings(Start::Seed(0))).expect("an objective");
        let evaluation = wait(objective.evaluate(&[image])).expect("computed").remove(0);
        (evaluation.objective, evaluation.gradient)
    }

    fn gradients(&self) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (at, gradient, image) in self.stored_gradients() {
            let size = relative_l2(&self.evaluate(&image).1, &gradient);
            differences.push(Difference::new(at, size, double::GRADIENT));
        }
        if let (Some(image), Some(objective)) = (self.golden.f32("iter_10"), self.golden.f64("objective_at_iter_10")) {
            let size = relative(self.evaluate(&image).0, objective[0]);
            differences.push(Difference::new("objective at iterate 10", size, double::OBJECTIVE));
        }
        differences
    }

    /// Each gradient in the file, with the image it was taken at.
    fn stored_gradients(&self) -> Vec<(&'static str, Vec<f32>, Vec<f32>)> {
        let at_start = self
            .golden
            .f32("grad0")
            .map(|gradient| ("gradient at the start", gradient, self.start()));
        let later = self.golden.f32("grad_10").zip(self.golden.f32("iter_10"));
        at_start
            .into_iter()
            .chain(later.map(|(gradient, image)| ("gradient at iterate 10", gradient, image)))
            .collect()
    }

    /// The case's climb, with what is true of every one: what is dead stands still, anything else can be seen.
    fn climb(&self) -> Result<Vec<Iterate>, Failed> {
        let iterates = self.iterates(Start::Seed(self.case.image_seed))?;
        if self.case.dead {
            self.nothing_moves(&iterates)?;
        } else {
            self.alive(&iterates)?;
            if let Some(golden) = self.golden.bytes("rgba_1") {
                bytes_nearly_equal(&iterates[0].rgba, &golden)?;
            }
        }
        Ok(iterates)
    }

    /// One step more than stored: its objective is the last one of the golden run.
    pub fn iterates(&self, start: Start) -> Result<Vec<Iterate>, Failed> {
        let mut ascent = Ascent::new(&self.network, self.settings(start))?;
        (0..=self.case.steps).map(|_| Ok(ascent.step()?.remove(0))).collect()
    }

    /// Objective, gradient and way of a climb's steps, each against double precision at the image that it began at.
    pub fn steps(&self, start: &[f32], iterates: &[Iterate]) -> Vec<Difference> {
        let truth = Setup::new(self.case, Arithmetic::F64);
        let before = std::iter::once(start).chain(iterates.iter().map(|iterate| &*iterate.pixels));
        before
            .zip(iterates)
            .filter(|(_, iterate)| is_compared(iterate.iteration))
            .flat_map(|(image, iterate)| self.step(&truth, image, iterate))
            .collect()
    }

    fn step(&self, truth: &Setup<'_>, image: &[f32], iterate: &Iterate) -> [Difference; OF_A_STEP] {
        let (objective, gradient) = truth.evaluate(image);
        let ours = self.evaluate(image).1;
        let norm = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let rate = match self.case.rule() {
            StepRule::L2 => self.case.lr / norm(&gradient),
            _ => self.case.lr,
        };
        let way: Vec<f64> = gradient.iter().map(|slope| slope * rate).collect();
        let moved: Vec<f64> = iterate
            .pixels
            .iter()
            .zip(image)
            .map(|(a, b)| f64::from(*a) - f64::from(*b))
            .collect();
        // The new image is rounded, by up to 2^-24 of each of its values.
        let rounding = norm(&wide(&iterate.pixels)) / f64::from(1 << 24) / norm(&way);
        let at = iterate.iteration;
        [
            Difference::new(
                format!("objective before step {at}"),
                relative(iterate.objective, objective),
                single::OBJECTIVE,
            ),
            Difference::of_gradient(
                "gradient before step",
                at,
                relative_l2_wide(&ours, &gradient),
                single::GRADIENT,
            ),
            Difference::of_gradient(
                "way of step",
                at,
                relative_l2_wide(&moved, &way),
                single::GRADIENT + rounding,
            ),
        ]
    }

    fn nothing_moves(&self, iterates: &[Iterate]) -> Checked {
        let start = self.start();
        let still = |iterate: &Iterate| iterate.dead && iterate.objective == 0.0 && iterate.gradient_norm == 0.0;
        if iterates.iter().all(|iterate| still(iterate) && iterate.pixels == start) {
            return Ok(());
        }
        Err("a dead channel moved or was not named dead".into())
    }

    fn alive(&self, iterates: &[Iterate]) -> Checked {
        let ill = |iterate: &&Iterate| iterate.dead || iterate.contrast != Contrast::Stretched;
        match iterates.iter().find(ill) {
            Some(Iterate {
                iteration,
                contrast,
                dead,
                ..
            }) => Err(format!("iterate {iteration} is named {contrast:?}, dead: {dead}").into()),
            None => Ok(()),
        }
    }

    /// A climb's objectives and images.
    fn trajectory(&self, iterates: &[Iterate]) -> Vec<Difference> {
        let golden = self.golden.f64("objective").expect("objectives are stored");
        let objectives = iterates
            .iter()
            .zip(&golden)
            .enumerate()
            .map(|(step, (iterate, &golden))| {
                Difference::new(
                    format!("objective {step}"),
                    relative(iterate.objective, golden),
                    double::OBJECTIVE,
                )
            });
        let images = [1, 2, 10, 100].into_iter().filter_map(|step| {
            let golden = self.golden.f32(&format!("iter_{step}"))?;
            let size = relative_l2(&wide(&iterates[step - 1].pixels), &golden);
            Some(Difference::new(format!("iterate {step}"), size, double::ITERATE))
        });
        let first = std::iter::once(self.first_way(&iterates[0]));
        objectives.chain(images).chain(first).collect()
    }

    fn first_way(&self, iterate: &Iterate) -> Difference {
        let golden = self.golden.f32("iter_1").expect("the first iterate is stored");
        let start = self.start();
        let moved = |image: &[f32]| -> Vec<f64> {
            let pairs = image.iter().zip(&start);
            pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)).collect()
        };
        let size = relative_l2_wide(&moved(&iterate.pixels), &moved(&golden));
        Difference::new("way of the first step", size, double::FIRST_WAY)
    }
}

/// A byte may differ by one, on fewer than one in a thousand.
fn bytes_nearly_equal(ours: &[u8], golden: &[u8]) -> Checked {
    let differences: Vec<u8> = ours
        .iter()
        .zip(golden)
        .map(|(a, b)| a.abs_diff(*b))
        .filter(|&d| d > 0)
        .collect();
    let largest = differences.iter().copied().max().unwrap_or(0);
    if ours.len() == golden.len() && largest <= 1 && differences.len() * 1000 < golden.len() {
        return Ok(());
    }
    Err(format!(
        "squashed iterate 1: {} bytes differ, by up to {largest}",
        differences.len()
    )
    .into())
}

/// The stored squashed bytes are exactly the squash of the stored iterates.
pub fn squash_is_exact(case: &Case) -> Checked {
    let golden = case.tensors();
    let mut compared = 0;
    for step in [1, 10, 100] {
        let stored = golden
            .f32(&format!("iter_{step}"))
            .zip(golden.bytes(&format!("rgba_{step}")));
        if let Some((pixels, rgba)) = stored {
            let ours = squash(&pixels);
            if ours.rgba != rgba || ours.contrast != Contrast::Stretched {
                return Err(format!("the squash of iterate {step} differs").into());
            }
            compared += 1;
        }
    }
    if compared > 0 {
        Ok(())
    } else {
        Err("nothing to compare".into())
    }
}

fn relative(ours: f64, golden: f64) -> f64 {
    (ours - golden).abs() / golden.abs().max(f64::MIN_POSITIVE)
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn relative_l2(ours: &[f64], golden: &[f32]) -> f64 {
    relative_l2_wide(ours, &wide(golden))
}

fn relative_l2_wide(ours: &[f64], golden: &[f64]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    let difference = norm(&mut ours.iter().zip(golden).map(|(a, b)| a - b));
    let size = norm(&mut golden.iter().copied());
    if difference == 0.0 && ours.len() == golden.len() {
        0.0
    } else {
        difference / size
    }
}
