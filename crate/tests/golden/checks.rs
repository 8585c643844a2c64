//! What each test does with a golden file.

use libtest_mimic::Failed;
use sha2::{Digest, Sha256};
use vggscope::ascent::{Ascent, Iterate};
use vggscope::device::{Arithmetic, Compute, wait};
use vggscope::image::{Contrast, random_image, squash};
use vggscope::network::Network;
use vggscope::objective::MeanActivation;
use vggscope::settings::{Settings, Start};

use crate::files::{Case, Golden, cases};
use crate::tolerances::{self, Tolerances};

type Checked = Result<(), Failed>;

/// A case with its network on the CPU.
pub struct Setup<'a> {
    case: &'a Case,
    network: Network,
    golden: Golden,
    tolerances: Tolerances,
}

/// How far a result lies from the golden one, and how far it may.
pub struct Difference {
    pub what: String,
    pub size: f64,
    tolerance: f64,
}

impl Difference {
    fn new(what: impl Into<String>, size: f64, tolerance: f64) -> Self {
        let what = what.into();
        Self { what, size, tolerance }
    }

    fn check(&self) -> Checked {
        // Written so that NaN fails.
        if self.size <= self.tolerance {
            return Ok(());
        }
        let Self { what, size, tolerance } = self;
        Err(format!("{what}: {size:e} from the golden value, {tolerance:e} allowed").into())
    }
}

/// Start image, gradients, the whole climb.
pub fn climb(case: &Case, arithmetic: Arithmetic) -> Checked {
    let setup = Setup::new(case, arithmetic);
    setup.start_is_the_same()?;
    setup.gradients().iter().try_for_each(Difference::check)?;
    let iterates = setup.iterates(Start::Seed(case.image_seed))?;
    if case.dead {
        return setup.nothing_moves(&iterates);
    }
    setup.alive(&iterates)?;
    setup.trajectory(&iterates).iter().try_for_each(Difference::check)?;
    match setup.golden.bytes("rgba_1") {
        Some(golden) => bytes_nearly_equal(&iterates[0].rgba, &golden),
        None => Ok(()),
    }
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
            tolerances: tolerances::of(case, arithmetic),
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

    pub fn gradients(&self) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (at, gradient, image) in self.stored_gradients() {
            let size = relative_l2(&self.evaluate(&image).1, &gradient);
            differences.push(Difference::new(at, size, self.tolerances.gradient));
        }
        if let (Some(image), Some(objective)) = (self.golden.f32("iter_10"), self.golden.f64("objective_at_iter_10")) {
            let size = relative(self.evaluate(&image).0, objective[0]);
            let tolerance = self.tolerances.first_objective;
            differences.push(Difference::new("objective at iterate 10", size, tolerance));
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

    /// One step more than stored: its objective is the last one of the golden run.
    pub fn iterates(&self, start: Start) -> Result<Vec<Iterate>, Failed> {
        let mut ascent = Ascent::new(&self.network, self.settings(start))?;
        (0..=self.case.steps).map(|_| Ok(ascent.step()?.remove(0))).collect()
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
    pub fn trajectory(&self, iterates: &[Iterate]) -> Vec<Difference> {
        let tolerances = &self.tolerances;
        let objectives = self.golden.f64("objective").expect("objectives are stored");
        let last = self.case.steps;
        let mut differences = self.first_step(&iterates[0]);
        for (step, iterate) in iterates.iter().enumerate() {
            let (what, tolerance) = match step {
                0 => ("first objective".to_owned(), Some(tolerances.first_objective)),
                1..=10 => (format!("early objective {step}"), Some(tolerances.early_objectives)),
                _ if step == last => ("last objective".to_owned(), Some(tolerances.last_objective)),
                _ => (format!("objective {step}"), tolerances.later_objectives),
            };
            if let Some(tolerance) = tolerance {
                differences.push(Difference::new(
                    what,
                    relative(iterate.objective, objectives[step]),
                    tolerance,
                ));
            }
        }
        for (step, tolerance) in [
            (2, tolerances.iterate_2),
            (10, tolerances.iterate_10),
            (100, tolerances.iterate_100),
        ] {
            if let (Some(tolerance), Some(golden)) = (tolerance, self.golden.f32(&format!("iter_{step}"))) {
                let size = relative_l2(&wide(&iterates[step - 1].pixels), &golden);
                differences.push(Difference::new(format!("iterate {step}"), size, tolerance));
            }
        }
        differences
    }

    fn first_step(&self, iterate: &Iterate) -> Vec<Difference> {
        let golden = self.golden.f32("iter_1").expect("the first iterate is stored");
        let largest = golden.iter().fold(1.0_f32, |largest, value| largest.max(value.abs()));
        let furthest = iterate
            .pixels
            .iter()
            .zip(&golden)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        let start = self.start();
        let moved = |image: &[f32]| -> Vec<f64> {
            let pairs = image.iter().zip(&start);
            pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)).collect()
        };
        let way = relative_l2_wide(&moved(&iterate.pixels), &moved(&golden));
        vec![
            Difference::new("iterate 1", f64::from(furthest / largest), self.tolerances.iterate_1),
            Difference::new("displacement of iterate 1", way, self.tolerances.displacement_1),
        ]
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

/// Float32 may flip a ReLU or pooling decision of block3_conv1, but rarely: at most two of the gradients.
pub fn rare_flips() -> Checked {
    let mut flipped = Vec::new();
    for case in cases()
        .iter()
        .filter(|case| case.div == 1 && case.layer == "block3_conv1" && !case.dead)
    {
        let setup = Setup::new(case, Arithmetic::F32);
        for (at, gradient, image) in setup.stored_gradients() {
            if relative_l2(&setup.evaluate(&image).1, &gradient) > 1e-5 {
                flipped.push(format!("{at} of {}", case.file));
            }
        }
    }
    if flipped.len() <= 2 {
        Ok(())
    } else {
        Err(format!("flipped: {flipped:?}").into())
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
