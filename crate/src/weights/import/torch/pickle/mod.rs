//! Pickles, parsed and never executed (<https://docs.python.org/3/library/pickletools.html>).
//!
//! A pickle is a program for a small stack machine that can call anything Python can import. Here the machine knows
//! only the values a state dict is made of, and what a program asks of Python is looked up in a fixed list: a storage
//! class is a name for a kind of number, `_rebuild_tensor_v2` a way to note where a tensor lies, and whatever is not
//! on the list is refused when it is asked for. There is nothing that could run.
//!
//! Values live in arenas and refer to each other by position, so that a value used a thousand times is kept once, a
//! deep one is dropped like a flat one, and nothing here recurses.

mod bystanders;
mod call;
mod cursor;
mod globals;
mod heap;
mod machine;
mod opcode;
mod stack;

pub(super) use globals::Dtype;
pub(super) use heap::{Heap, Storage, Tensor, Value};

use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// The longest pickle that is read: a state dict of VGG16 takes 5 KB, a training checkpoint of it rarely 1 MB.
pub(super) const LONGEST: u64 = 16 << 20;

/// What a pickle holds.
pub(super) struct Pickle<'a> {
    /// The object that was pickled.
    pub(super) root: Value<'a>,
    /// What the object is made of.
    pub(super) heap: Heap<'a>,
    /// Bytes up to and with the pickle's last operation; others may follow.
    pub(super) length: usize,
}

impl<'a> Pickle<'a> {
    /// Parses the pickle that `bytes` begin with.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Refusal> {
        machine::Machine::new(bytes).run().map_err(|refusal| match refusal {
            Refusal::Unsafe(class) if is_model(&class, bytes) => Refusal::WholeModel(class),
            refusal => refusal,
        })
    }
}

/// The entry of its layers in every pickled `torch.nn.Module`.
const LAYERS: &[u8] = b"_modules";

/// Modules of Python's whose classes act.
const ACTING: [&str; 12] = [
    "__builtin__",
    "asyncio",
    "builtins",
    "code",
    "ctypes",
    "importlib",
    "multiprocessing",
    "nt",
    "os",
    "posix",
    "subprocess",
    "sys",
];

/// Whether what a pickle asks for is the class of a model that it holds: one of a name like a class's, beside layers.
fn is_model(global: &str, bytes: &[u8]) -> bool {
    let Some((module, class)) = global.rsplit_once('.') else {
        return false;
    };
    let package = module.split('.').next().unwrap_or(module);
    let is_class = class.starts_with(|first: char| first.is_ascii_uppercase());
    is_class && !ACTING.contains(&package) && bytes.windows(LAYERS.len()).any(|window| window == LAYERS)
}

/// Why a pickle is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It asks for something that no tensor needs: `module.name`.
    Unsafe(String),
    /// It is a whole model, of this class.
    WholeModel(String),
    /// Its bytes end before it does.
    EndsEarly,
    /// It breaks a rule: a clause such as "its pickle has no end".
    Broken(String),
}

impl Refusal {
    /// A broken rule.
    pub(super) fn broken(problem: impl Into<String>) -> Self {
        Self::Broken(problem.into())
    }

    /// The error of the file with this pickle.
    pub(super) fn in_file(self, input: &InputFile) -> WeightsError {
        match self {
            Self::Unsafe(global) => WeightsError::UnsafePickle {
                file: input.name().to_owned(),
                global,
            },
            Self::WholeModel(class) => WeightsError::WholeModel {
                file: input.name().to_owned(),
                class,
            },
            Self::EndsEarly => input.malformed(super::FORMAT, "its pickle ends early"),
            Self::Broken(problem) => input.malformed(super::FORMAT, problem),
        }
    }
}
