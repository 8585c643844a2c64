//! Whether kernels are Theano's, as far as a file says.

use super::allowance::Allowance;
use super::library::Library;
use crate::weights::import::parameter::Turning;

/// The attribute in which Keras 2 and later keep what computed the weights.
const BACKEND: &str = "backend";

/// What a file says in its attributes, or else in its name, as those of keras-applications do.
pub(super) fn turning(library: &Library) -> Turning {
    let attributes = library.call("its attributes", Allowance::OBJECT, || library.root().attrs());
    // A file whose attributes are too long to be read, or broken, has weights all the same.
    let backend = attributes.ok().and_then(|attributes| {
        let backend = attributes.get(BACKEND)?.as_str()?.to_owned();
        Some(backend)
    });
    match backend.as_deref() {
        Some("theano") => Turning::Yes,
        Some(_) => Turning::No,
        None => by_name(library.input().name()),
    }
}

fn by_name(file: &str) -> Turning {
    match file.rsplit(['/', '\\']).next().unwrap_or(file) {
        name if name.contains("th_kernels") => Turning::Yes,
        name if name.contains("tf_kernels") => Turning::No,
        _ => Turning::Unsaid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_keras_applications_say_whose_kernels_they_have() {
        for (file, turning) in [
            ("a/vgg16_weights_th_dim_ordering_th_kernels_notop.h5", Turning::Yes),
            ("vgg16_weights_th_dim_ordering_tf_kernels.h5", Turning::No),
            ("th_kernels/vgg16.h5", Turning::Unsaid),
        ] {
            assert_eq!(by_name(file), turning, "{file}");
        }
    }
}
