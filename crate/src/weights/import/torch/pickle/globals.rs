//! What a state dict may ask Python for. Everything else is refused.

use super::bystanders::is_bystander;

/// A kind of number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dtype {
    /// In the names of classes (`FloatStorage`); empty for kinds that have none.
    class: &'static str,
    /// In torch (`torch.float32`).
    torch: &'static str,
    /// In this library's messages.
    pub(crate) name: &'static str,
    /// Bytes of one number.
    pub(crate) width: u64,
}

/// A name on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Global {
    /// `collections.OrderedDict`: every state dict.
    OrderedDict,
    /// `torch.Size`: stands for the tuple that it is made from.
    Size,
    /// A storage class: what its numbers are.
    Storage(&'static Dtype),
    /// `torch.float32` and its like.
    Dtype(&'static Dtype),
    /// `_rebuild_tensor` and `_rebuild_tensor_v2`: storage, offset, size, strides and more.
    RebuildTensor,
    /// `_rebuild_tensor_v3`: the same, and the kind of number as the seventh argument.
    RebuildTensorV3,
    /// A tensor wrapped as a parameter.
    RebuildParameter,
    /// A tensor with attributes: how it is rebuilt, its class, what it is rebuilt from, the attributes.
    RebuildWithAttributes,
    /// A tensor or parameter class, as torch before 0.4 named them: contents may be set after it is made.
    TensorClass,
    /// A kind of tensor that is not read.
    OtherTensor,
    /// Of no meaning for a tensor, and common in checkpoints.
    Harmless,
}

/// Finds a name on the list.
pub(super) fn find(module: &str, name: &str) -> Option<Global> {
    let known = match module {
        "collections" => named(name, &[("OrderedDict", Global::OrderedDict)]),
        "torch._utils" => named(name, REBUILD),
        "torch.nn.parameter" => named(name, &[("Parameter", Global::TensorClass)]),
        "torch._tensor" => named(name, &[("_rebuild_from_type_v2", Global::RebuildWithAttributes)]),
        "torch.storage" => named(name, UNTYPED),
        "torch.serialization" => named(name, &[("_get_layout", Global::Harmless)]),
        "torch" | "torch.cuda" => torch(name),
        _ => None,
    };
    known.or_else(|| is_bystander(module, name).then_some(Global::Harmless))
}

fn named(name: &str, list: &[(&str, Global)]) -> Option<Global> {
    let entry = list.iter().find(|(known, _)| *known == name);
    entry.map(|&(_, global)| global)
}

fn torch(name: &str) -> Option<Global> {
    let class = |of| {
        let kind = name.strip_suffix(of)?;
        DTYPES.iter().find(|dtype| !kind.is_empty() && dtype.class == kind)
    };
    named(name, TORCH)
        .or_else(|| named(name, UNTYPED))
        .or_else(|| class("Storage").map(Global::Storage))
        .or_else(|| class("Tensor").map(|_| Global::TensorClass))
        .or_else(|| DTYPES.iter().find(|dtype| dtype.torch == name).map(Global::Dtype))
}

const TORCH: &[(&str, Global)] = &[
    ("Size", Global::Size),
    ("Tensor", Global::TensorClass),
    ("device", Global::Harmless),
    ("per_tensor_affine", Global::Harmless),
    ("per_tensor_symmetric", Global::Harmless),
    ("per_channel_affine", Global::Harmless),
    ("per_channel_symmetric", Global::Harmless),
    ("per_channel_affine_float_qparams", Global::Harmless),
];

const REBUILD: &[(&str, Global)] = &[
    ("_rebuild_tensor", Global::RebuildTensor),
    ("_rebuild_tensor_v2", Global::RebuildTensor),
    ("_rebuild_tensor_v3", Global::RebuildTensorV3),
    ("_rebuild_parameter", Global::RebuildParameter),
    ("_rebuild_parameter_with_state", Global::RebuildParameter),
    ("_rebuild_qtensor", Global::OtherTensor),
    ("_rebuild_sparse_tensor", Global::OtherTensor),
    ("_rebuild_meta_tensor_no_storage", Global::OtherTensor),
];

/// Storages of bytes; their tensors say what kind of number they hold.
const UNTYPED: &[(&str, Global)] = &[
    ("UntypedStorage", Global::Storage(&BYTES)),
    ("_UntypedStorage", Global::Storage(&BYTES)),
];

static BYTES: Dtype = dtype("", "", "untyped", 1);

static DTYPES: [Dtype; 21] = [
    dtype("Half", "float16", "F16", 2),
    dtype("BFloat16", "bfloat16", "BF16", 2),
    dtype("Float", "float32", "F32", 4),
    dtype("Double", "float64", "F64", 8),
    dtype("Bool", "bool", "BOOL", 1),
    dtype("Byte", "uint8", "U8", 1),
    dtype("Char", "int8", "I8", 1),
    dtype("Short", "int16", "I16", 2),
    dtype("Int", "int32", "I32", 4),
    dtype("Long", "int64", "I64", 8),
    dtype("ComplexFloat", "complex64", "C64", 8),
    dtype("ComplexDouble", "complex128", "C128", 16),
    dtype("QInt8", "qint8", "QI8", 1),
    dtype("QUInt8", "quint8", "QU8", 1),
    dtype("QInt32", "qint32", "QI32", 4),
    dtype("", "complex32", "C32", 4),
    dtype("", "uint16", "U16", 2),
    dtype("", "uint32", "U32", 4),
    dtype("", "uint64", "U64", 8),
    dtype("", "float8_e4m3fn", "F8_E4M3", 1),
    dtype("", "float8_e5m2", "F8_E5M2", 1),
];

const fn dtype(class: &'static str, torch: &'static str, name: &'static str, width: u64) -> Dtype {
    Dtype {
        class,
        torch,
        name,
        width,
    }
}
