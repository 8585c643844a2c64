//! Networks that are VGG16, and ones that are not, told by lists of names and shapes.

use super::*;
use crate::weights::import::parameter::{Element, Tensor};
use crate::weights::names::KernelOrder;

/// A file of tensors without numbers.
struct Listed(Vec<Tensor>);

impl Tensors for Listed {
    fn list(&self) -> &[Tensor] {
        &self.0
    }

    fn values(&self, _index: usize) -> Result<Vec<f32>, WeightsError> {
        Ok(Vec::new())
    }

    fn range(&self, _index: usize) -> Option<std::ops::Range<u64>> {
        None
    }
}

fn tensor(name: &str, shape: &[u64]) -> Tensor {
    Tensor {
        name: name.to_owned(),
        path: name.to_owned(),
        shape: shape.to_vec(),
        element: Element::F32,
    }
}

/// A convolution's weight and bias.
fn layer(name: &str, [inputs, outputs]: [u64; 2]) -> [Tensor; 2] {
    let weight = tensor(&format!("{name}.weight"), &[outputs, inputs, 3, 3]);
    [weight, tensor(&format!("{name}.bias"), &[outputs])]
}

/// Layers of these names, each as wide as its number says.
fn network<N: AsRef<str>>(names: &[N], widths: &[u64]) -> Vec<Tensor> {
    let mut before = 3;
    let layers = names.iter().zip(widths).flat_map(|(name, &width)| {
        let layer = layer(name.as_ref(), [before, width]);
        before = width;
        layer
    });
    layers.collect()
}

const WIDTHS: [u64; 13] = [2, 2, 4, 4, 8, 8, 8, 16, 16, 16, 16, 16, 16];
const INDICES: [u64; 13] = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

fn torchvision(prefix: &str, count: usize) -> Vec<Tensor> {
    let names: Vec<String> = INDICES[..count]
        .iter()
        .map(|index| format!("{prefix}{index}"))
        .collect();
    network(&names, &WIDTHS)
}

fn choose_in(tensors: Vec<Tensor>, wanted: Option<&str>) -> Result<Chosen, WeightsError> {
    choose("a file", Box::new(Listed(tensors)), wanted)
}

/// The names of the kernels chosen, first layer first.
#[track_caller]
fn kernels(tensors: Vec<Tensor>) -> Vec<String> {
    let chosen = choose_in(tensors, None).map_err(|error| error.to_string()).unwrap();
    let mut weights: Vec<_> = chosen
        .parameters
        .list()
        .iter()
        .filter(|it| it.part == Part::Weight)
        .collect();
    weights.sort_by_key(|parameter| parameter.ordinal);
    weights.iter().map(|parameter| parameter.name.clone()).collect()
}

#[track_caller]
fn assert_refused(tensors: Vec<Tensor>, code: &str, words: &str) {
    let Err(error) = choose_in(tensors, None) else {
        panic!("opened, and not refused with {words}");
    };
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn a_vgg16_opens_under_any_prefix() {
    for prefix in [
        "features.",
        "module.features.module.",
        "vgg.",
        "",
        "a.b.c.",
        "net.slice3.",
    ] {
        let found = kernels(torchvision(prefix, 13));
        assert_eq!(found.len(), 13, "{prefix}");
        assert_eq!(found[4], format!("{prefix}10.weight"));
    }
}

#[test]
fn it_may_end_at_any_layer() {
    for count in 1..13 {
        assert_eq!(kernels(torchvision("features.", count)).len(), count);
        assert_eq!(kernels(torchvision("", count)).len(), count);
    }
}

#[test]
fn what_lies_beside_it_does_not_matter() {
    let mut ssd = torchvision("vgg.", 13);
    ssd.extend(layer("vgg.31", [16, 32]));
    ssd.push(tensor("vgg.33.weight", &[32, 32, 1, 1]));
    ssd.extend(layer("extras.0", [32, 8]));
    ssd.push(tensor("classifier.0.weight", &[8, 100]));
    ssd.push(tensor("top.running_mean", &[8]));
    assert_eq!(kernels(ssd)[12], "vgg.28.weight");
}

#[test]
fn names_that_say_nothing_are_taken_by_order_and_shape() {
    let names = ["stem", "b", "z", "y", "x", "w", "v", "u", "t", "s", "r", "q", "p"];
    let chosen = choose_in(network(&names, &WIDTHS), None);
    // In the order of the names it is none.
    let chosen = chosen.map_err(|error| error.to_string()).unwrap();
    assert!(
        chosen.assumed[0].contains("13 kernels from stem.weight to p.weight"),
        "{:?}",
        chosen.assumed
    );
    let blocks: Vec<String> = (0..13).map(|number| format!("net.{number}.conv")).collect();
    let mut sorted = network(&blocks, &WIDTHS);
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(kernels(sorted)[2], "net.2.conv.weight");
}

/// As NumPy's archives of VGG16 name them, and TensorFlow orders dimensions.
#[test]
fn the_shape_tells_the_order_of_dimensions() {
    let mut before = 3;
    let places = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)];
    let layers = places.iter().zip(WIDTHS).flat_map(|((block, place), width)| {
        let weight = tensor(&format!("conv{block}_{place}_W"), &[3, 3, before, width]);
        before = width;
        [weight, tensor(&format!("conv{block}_{place}_b"), &[width])]
    });
    let chosen = choose_in(layers.collect(), None)
        .map_err(|error| error.to_string())
        .unwrap();
    let orders = chosen.parameters.list().iter().map(|parameter| parameter.order);
    assert!(orders.eq([KernelOrder::Hwio; 10]));
}

#[test]
fn two_orders_that_both_fit_are_one_too_many() {
    // The last two are of one shape, and the names' order swaps them.
    let names: Vec<String> = (0..11).map(|number| format!("l{number:02}")).collect();
    let names = [names, vec!["l12".to_owned(), "l11".to_owned()]].concat();
    assert_refused(
        network(&names, &WIDTHS),
        "weights-other-network",
        "which is meant cannot be known",
    );
}

#[test]
fn the_family_is_told_by_name() {
    let of = |indices: &[u64], widths: &[u64]| {
        let names: Vec<String> = indices.iter().map(|index| format!("features.{index}")).collect();
        network(&names, widths)
    };
    let vgg11 = of(&[0, 3, 6, 8, 11, 13, 16, 18], &[2, 4, 8, 8, 16, 16, 16, 16]);
    assert_refused(vgg11, "weights-other-network", "is a VGG11");
    let vgg13 = of(
        &[0, 2, 5, 7, 10, 12, 15, 17, 20, 22],
        &[2, 2, 4, 4, 8, 8, 16, 16, 16, 16],
    );
    assert_refused(vgg13, "weights-other-network", "is a VGG13");
    let mut normalised = of(&[0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40], &WIDTHS);
    for index in [1, 4, 8, 11, 15, 18, 21, 25, 28, 31, 35, 38, 41] {
        normalised.push(tensor(&format!("features.{index}.weight"), &[2]));
        normalised.push(tensor(&format!("features.{index}.running_mean"), &[2]));
    }
    assert_refused(
        normalised,
        "weights-other-network",
        "is a VGG16 with batch normalisation",
    );
    let names = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p",
    ];
    let widths = [2, 2, 4, 4, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16];
    assert_refused(network(&names, &widths), "weights-other-network", "is a VGG19");
}

#[test]
fn no_other_network_is_opened_as_the_beginning_of_a_vgg16() {
    // MobileNet, SqueezeNet, ResNet, a small network, AlexNet.
    let mobile = [layer("features.0.0", [3, 32]), layer("features.1.conv.0", [32, 32])].concat();
    assert_refused(mobile, "weights-other-network", "is not a VGG16");
    let squeeze = [layer("features.0", [3, 64]), layer("features.3.expand3x3", [16, 64])].concat();
    assert_refused(squeeze, "weights-other-network", "is not a VGG16");
    let residual = [
        layer("conv1", [3, 64]),
        layer("layer1.0.conv1", [64, 64]),
        layer("layer1.0.conv2", [64, 64]),
    ]
    .concat();
    assert_refused(residual, "weights-other-network", "is not a VGG16");
    let small = [layer("0", [3, 32]), layer("2", [32, 64]), layer("5", [64, 128])].concat();
    assert_refused(small, "weights-other-network", "3 convolutions of 32, 64, 128 channels");
    let mut alex = vec![tensor("features.0.weight", &[64, 3, 11, 11])];
    alex.extend([layer("features.3", [64, 192]), layer("features.6", [192, 384])].concat());
    assert_refused(alex, "weights-other-network", "features.0.weight is a 11 x 11 kernel");
}

#[test]
fn of_several_networks_one_is_chosen_by_its_name() {
    let both = || {
        [
            torchvision("teacher.features.", 13),
            torchvision("student.features.", 13),
        ]
        .concat()
    };
    assert_refused(both(), "weights-several-networks", "student/features, teacher/features");
    let chosen = choose_in(both(), Some("teacher/features"))
        .map_err(|error| error.to_string())
        .unwrap();
    assert!(chosen.parameters.list()[0].name.starts_with("teacher"));
    for wanted in ["features", "nobody", ""] {
        let error = choose_in(both(), Some(wanted)).map(drop).unwrap_err();
        assert_eq!(error.code(), "weights-no-such-network", "{error}");
    }
    let other = [torchvision("teacher.features.", 13), layer("other.0", [3, 8]).to_vec()].concat();
    assert_eq!(kernels(other)[0], "teacher.features.0.weight");
}

#[test]
fn a_mask_that_is_missing_or_of_another_shape_is_told() {
    let pruned = |shape: &[u64]| {
        let mut tensors = torchvision("features.", 13);
        tensors[0].name += "_orig";
        tensors[0].path += "_orig";
        if !shape.is_empty() {
            tensors.push(tensor("features.0.weight_mask", shape));
        }
        tensors
    };
    assert_eq!(kernels(pruned(&[2, 3, 3, 3]))[0], "features.0.weight_orig");
    assert_refused(
        pruned(&[]),
        "weights-missing-tensor",
        "the mask of features.0.weight_orig",
    );
    assert_refused(pruned(&[2, 3]), "weights-wrong-shape", "features.0.weight_mask");
}

#[cfg(feature = "cli")]
#[test]
fn relatives_are_refused_by_their_shapes_in_a_graph_too() {
    let widths = |widths: &[u64]| {
        let kernels = network(&vec!["onnx"; widths.len()], widths).into_iter().step_by(2);
        refuse_relatives("a file", kernels.map(|tensor| (tensor.name, tensor.shape)).collect())
    };
    let vgg19 = widths(&[2, 2, 4, 4, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16]).unwrap_err();
    assert!(vgg19.to_string().contains("is a VGG19"), "{vgg19}");
    for count in 0..=13 {
        widths(&WIDTHS[..count]).unwrap();
    }
}

#[test]
fn nothing_and_numbers_without_kernels_are_no_network() {
    assert_refused(Vec::new(), "weights-missing-tensor", "block1_conv1");
    assert_refused(
        vec![tensor("classifier.0.weight", &[8, 8])],
        "weights-missing-tensor",
        "block1_conv1",
    );
}

#[test]
fn of_many_networks_the_first_are_named() {
    let many: Vec<Tensor> = (0..2000)
        .flat_map(|number| torchvision(&format!("{number:04}.features."), 13))
        .collect();
    assert_refused(many, "weights-several-networks", "0007/features, 1992 more");
    let cut: Vec<Tensor> = (0..20_000)
        .flat_map(|number| torchvision(&format!("{number}.features."), 1))
        .collect();
    assert_refused(cut, "weights-other-network", "is not a VGG16");
}
