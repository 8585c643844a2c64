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
struct Setup<'a> {
    case: &'a Case,
    network: Network,
    golden: Golden,
    tolerances: Tolerances,
}

/// Start image, gradients, the whole climb.
pub fn climb(case: &Case, arithmetic: Arithmetic) -> Checked {
    let setup = Setup::new(case, arithmetic);
    setup.start_is_the_same()?;
    setup.gradients()?;
    let iterates = setup.iterates()?;
    if case.dead {
        setup.nothing_moves(&iterates)
    } else {
        setup.trajectory(&iterates)
    }
}

impl<'a> Setup<'a> {
    fn new(case: &'a Case, arithmetic: Arithmetic) -> Self {
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

    fn start(&self) -> Vec<f32> {
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

    fn gradients(&self) -> Checked {
        for (at, gradient, image) in self.stored_gradients() {
            let (_, ours) = self.evaluate(&image);
            within(at, relative_l2(&ours, &gradient), self.tolerances.gradient)?;
        }
        if let (Some(image), Some(objective)) = (self.golden.f32("iter_10"), self.golden.f64("objective_at_iter_10")) {
            let (ours, _) = self.evaluate(&image);
            within(
                "objective at iterate 10",
                relative(ours, objective[0]),
                self.tolerances.first_objective,
            )?;
        }
        Ok(())
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
    fn iterates(&self) -> Result<Vec<Iterate>, Failed> {
        let mut ascent = Ascent::new(&self.network, self.settings(Start::Seed(self.case.image_seed)))?;
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

    fn trajectory(&self, iterates: &[Iterate]) -> Checked {
        let tolerances = &self.tolerances;
        let objectives = self.golden.f64("objective").ok_or("no objectives stored")?;
        let last = self.case.steps;
        for (step, iterate) in iterates.iter().enumerate() {
            let tolerance = match step {
                0 => Some(tolerances.first_objective),
                1..=10 => Some(tolerances.early_objectives),
                _ if step == last => Some(tolerances.last_objective),
                _ => tolerances.later_objectives,
            };
            if let Some(tolerance) = tolerance {
                within(
                    &format!("objective {step}"),
                    relative(iterate.objective, objectives[step]),
                    tolerance,
                )?;
            }
            if iterate.dead || iterate.contrast != Contrast::Stretched {
                return Err(format!("iterate {step} is named {:?}, dead: {}", iterate.contrast, iterate.dead).into());
            }
        }
        self.first_step(&iterates[0])?;
        for (step, tolerance) in [
            (2, tolerances.iterate_2),
            (10, tolerances.iterate_10),
            (100, tolerances.iterate_100),
        ] {
            if let (Some(tolerance), Some(golden)) = (tolerance, self.golden.f32(&format!("iter_{step}"))) {
                let difference = relative_l2(&wide(&iterates[step - 1].pixels), &golden);
                within(&format!("iterate {step}"), difference, tolerance)?;
            }
        }
        Ok(())
    }

    fn first_step(&self, iterate: &Iterate) -> Checked {
        let golden = self.golden.f32("iter_1").ok_or("no first iterate stored")?;
        let largest = golden.iter().fold(1.0_f32, |largest, value| largest.max(value.abs()));
        let furthest = iterate
            .pixels
            .iter()
            .zip(&golden)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        within("iterate 1", f64::from(furthest / largest), self.tolerances.iterate_1)?;
        let start = self.start();
        let moved = |image: &[f32]| {
            image
                .iter()
                .zip(&start)
                .map(|(a, b)| f64::from(*a) - f64::from(*b))
                .collect()
        };
        let (ours, theirs): (Vec<f64>, Vec<f64>) = (moved(&iterate.pixels), moved(&golden));
        within(
            "displacement of iterate 1",
            relative_l2_wide(&ours, &theirs),
            self.tolerances.displacement_1,
        )?;
        match self.golden.bytes("rgba_1") {
            Some(golden) => bytes_nearly_equal(&iterate.rgba, &golden),
            None => Ok(()),
        }
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

fn within(what: &str, difference: f64, tolerance: f64) -> Checked {
    // Written so that NaN fails.
    if difference <= tolerance {
        return Ok(());
    }
    Err(format!("{what}: {difference:e} from the golden value, {tolerance:e} allowed").into())
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
