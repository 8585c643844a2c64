//! How far a result may lie from Keras's float64 run, as data.
//!
//! Single precision diverges by rare discrete events: one ReLU or pooling decision flips on rounding noise. The
//! figures are about 3 to 50 times the worst of six float32 TensorFlow runs per case, each started within 2^-24 of
//! the golden start (`tests/reference/README.md`). `None`: chaos makes a comparison meaningless there.

use vggscope::device::Arithmetic;
use vggscope::settings::StepRule;

use crate::files::Case;

/// Relative tolerances; images by L2 norm.
#[derive(Debug, Clone, Copy)]
pub struct Tolerances {
    pub first_objective: f64,
    pub gradient: f64,
    /// Largest absolute difference over max(1, largest value).
    pub iterate_1: f64,
    /// Of the way moved, not of the image.
    pub displacement_1: f64,
    pub iterate_2: Option<f64>,
    pub iterate_10: Option<f64>,
    pub iterate_100: Option<f64>,
    /// Objectives 1 to 10.
    pub early_objectives: f64,
    /// All later objectives but the last.
    pub later_objectives: Option<f64>,
    pub last_objective: f64,
}

/// Double precision: rounding of the stored f32 values, and 1e-9 on every objective.
const DOUBLE: Tolerances = Tolerances {
    first_objective: 1e-9,
    gradient: 1e-6,
    iterate_1: 1e-6,
    displacement_1: 1e-3,
    iterate_2: Some(1e-6),
    iterate_10: Some(1e-6),
    iterate_100: Some(1e-6),
    early_objectives: 1e-9,
    later_objectives: Some(1e-9),
    last_objective: 1e-9,
};

/// What single precision shares in every family.
const SINGLE: Tolerances = Tolerances {
    first_objective: 1e-5,
    gradient: 1e-5,
    iterate_1: 1e-5,
    displacement_1: 1e-3,
    iterate_2: None,
    iterate_10: None,
    iterate_100: None,
    early_objectives: 1e-3,
    later_objectives: None,
    last_objective: 1e-1,
};

pub fn of(case: &Case, arithmetic: Arithmetic) -> Tolerances {
    if arithmetic == Arithmetic::F64 {
        return DOUBLE;
    }
    let l2 = case.rule() == StepRule::L2;
    let by_rule = |gradient: f64, normalised: f64| Some(if l2 { normalised } else { gradient });
    let small = case.height <= 64;
    if case.div != 1 {
        return Tolerances {
            iterate_2: by_rule(1e-5, 1e-4),
            iterate_10: Some(5e-3),
            ..SINGLE
        };
    }
    match case.layer.as_str() {
        "block1_conv2" => Tolerances {
            iterate_2: by_rule(1e-6, 1e-4),
            iterate_10: by_rule(1e-5, 1e-2),
            iterate_100: by_rule(1e-3, 1e-1),
            early_objectives: 1e-4,
            last_objective: 1e-3,
            ..SINGLE
        },
        // TensorFlow's own float32 gradients met flips on this layer with other seeds: see `checks::rare_flips`.
        _ => Tolerances {
            gradient: 5e-2,
            iterate_2: by_rule(1e-5, 2e-3),
            iterate_10: by_rule(5e-3, 1e-2).filter(|_| small),
            iterate_100: by_rule(3e-1, 0.0).filter(|_| !l2),
            early_objectives: 1e-2,
            last_objective: 5e-2,
            ..SINGLE
        },
    }
}
