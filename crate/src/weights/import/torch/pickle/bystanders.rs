//! What checkpoints keep beside their tensors: a program's arguments, NumPy's numbers, optimisers, sets, dates, paths.
//!
//! None of it is made or called. A name on this list stands for an object that nothing here looks into. Names that act
//! when Python calls them (`os.system`, `getattr`, `eval`) are on no list.

/// Whether an object of this name may lie beside tensors.
pub(super) fn is_bystander(module: &str, name: &str) -> bool {
    let is_in = |names: &[&str]| names.contains(&name);
    match module {
        "builtins" | "__builtin__" => is_in(BUILTINS),
        "argparse" => is_in(&["Namespace"]),
        "types" => is_in(&["SimpleNamespace"]),
        "collections" => is_in(&["Counter", "defaultdict", "deque"]),
        "_codecs" => is_in(&["encode"]),
        "datetime" => is_in(&["date", "datetime", "time", "timedelta", "timezone"]),
        "decimal" => is_in(&["Decimal"]),
        "pathlib" | "pathlib._local" => is_in(PATHS),
        "numpy" => is_in(&["dtype", "ndarray"]),
        "numpy.core.multiarray" | "numpy._core.multiarray" => is_in(&["scalar", "_reconstruct"]),
        "numpy.core.numeric" | "numpy._core.numeric" => is_in(&["_frombuffer"]),
        "torch.torch_version" => is_in(&["TorchVersion"]),
        "easydict" => is_in(&["EasyDict"]),
        "yacs.config" => is_in(&["CfgNode"]),
        _ => is_class(name) && SUBJECTS.iter().any(|subject| is_below(module, subject)),
    }
}

/// Python's own types of values.
const BUILTINS: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "unicode",
    "xrange",
];

const PATHS: &[&str] = &[
    "Path",
    "PosixPath",
    "PurePath",
    "PurePosixPath",
    "PureWindowsPath",
    "WindowsPath",
];

/// Modules all of whose classes are of no meaning for tensors: optimisers with their schedules, and settings.
const SUBJECTS: [&str; 4] = ["torch.optim", "omegaconf", "pytorch_lightning", "lightning_fabric"];

/// Whether a name is spelled as a class is, and not as a function.
fn is_class(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a module is this one, or in it.
fn is_below(module: &str, parent: &str) -> bool {
    module
        .strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_bystanders_and_actions_are_not() {
        for (module, name) in [
            ("argparse", "Namespace"),
            ("builtins", "set"),
            ("numpy.core.multiarray", "scalar"),
            ("torch.optim.sgd", "SGD"),
            ("torch.optim.lr_scheduler", "StepLR"),
        ] {
            assert!(is_bystander(module, name), "{module}.{name}");
        }
        for (module, name) in [
            ("builtins", "getattr"),
            ("builtins", "eval"),
            ("__builtin__", "exec"),
            ("os", "system"),
            ("argparse", "_sys"),
            ("argparse", "ArgumentParser"),
            ("numpy", "load"),
            ("pathlib", "os"),
            ("torch.optim.sgd", "torch"),
            ("torch.optimize", "SGD"),
            ("torch.optim.Adam", "a.System"),
            ("collections", "namedtuple"),
        ] {
            assert!(!is_bystander(module, name), "{module}.{name}");
        }
    }
}
