//! What the numbers of a dataset are.

use hdf5_pure::{Datatype, DatatypeByteOrder, FixedPointLayout, FloatingPointLayout};

use crate::weights::import::parameter::Element;

const BINARY16: FloatingPointLayout = FloatingPointLayout {
    bit_offset: 0,
    bit_precision: 16,
    exponent_location: 10,
    exponent_size: 5,
    mantissa_location: 0,
    mantissa_size: 10,
    exponent_bias: 15,
};

const BFLOAT16: FloatingPointLayout = FloatingPointLayout {
    exponent_location: 7,
    exponent_size: 8,
    mantissa_size: 7,
    exponent_bias: 127,
    ..BINARY16
};

/// Type, bytes and byte order of a dataset's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) element: Element,
    /// Bytes of one.
    pub(super) width: u64,
    pub(super) big_endian: bool,
}

impl Numbers {
    /// `label` is what Keras calls the type where HDF5 has no name for it.
    pub(super) fn of(datatype: &Datatype, label: Option<&str>) -> Self {
        if let (Datatype::Opaque { size: 2, .. }, Some("bfloat16")) = (datatype, label) {
            return Self {
                element: Element::BF16,
                width: 2,
                big_endian: false,
            };
        }
        let Datatype::FloatingPoint {
            size,
            byte_order,
            layout,
        } = datatype
        else {
            return Self::other(not_a_float(datatype));
        };
        let element = match (*size, layout) {
            _ if *byte_order == DatatypeByteOrder::Vax => return Self::other("VAX float".to_owned()),
            (2, &BINARY16) => Element::F16,
            (2, &BFLOAT16) => Element::BF16,
            (4, &FloatingPointLayout::IEEE754_BINARY32) => Element::F32,
            (8, &FloatingPointLayout::IEEE754_BINARY64) => Element::F64,
            (size, _) => return Self::other(format!("non-standard {}-bit float", u64::from(size) * 8)),
        };
        Self {
            element,
            width: u64::from(*size),
            big_endian: *byte_order == DatatypeByteOrder::BigEndian,
        }
    }

    const fn other(name: String) -> Self {
        Self {
            element: Element::Other(name),
            width: 0,
            big_endian: false,
        }
    }
}

fn not_a_float(datatype: &Datatype) -> String {
    match datatype {
        Datatype::FixedPoint {
            size,
            layout: FixedPointLayout { signed, .. },
            ..
        } => {
            let sign = if *signed { "" } else { "unsigned " };
            format!("{sign}{}-bit integer", u64::from(*size) * 8)
        }
        Datatype::String { .. } | Datatype::VariableLength { is_string: true, .. } => "text".to_owned(),
        Datatype::Compound { .. } => "compound".to_owned(),
        Datatype::Opaque { .. } => "opaque".to_owned(),
        Datatype::Enumeration { .. } => "enumerated".to_owned(),
        _ => "non-numeric".to_owned(),
    }
}
