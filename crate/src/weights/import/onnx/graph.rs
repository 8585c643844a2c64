//! Which tensors of a graph are VGG16's parameters: told by what the graph computes, not by their names.
//!
//! The 3 x 3 convolutions, in the graph's order (which ONNX demands to be topological), are block1_conv1 to
//! block5_conv3. Each must be VGG16's: stride 1, one group, no dilation, zero padding 1, and between it and the one
//! before a Relu and, where VGG16 has it, a pooling. Initializers that bear VGG16's names must agree.

use std::collections::BTreeMap;

use super::FORMAT;
use super::proto::{Graph, Node, Tensor};
use crate::vgg16::{CONVOLUTIONS, pooled_before};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use crate::weights::names::{self, Part};

/// Operators that may stand between two convolutions of an exported VGG16.
const BETWEEN: [&str; 8] = [
    "Relu",
    "MaxPool",
    "Add",
    "Identity",
    "Dropout",
    "Transpose",
    "Cast",
    "Pad",
];

/// Identity nodes in a row that are looked through; exporters put one.
const MOST_IDENTITIES: usize = 16;

/// A convolution of the graph with the tensors it uses.
pub(super) struct Found<'a> {
    pub(super) node: String,
    pub(super) weight: &'a Tensor,
    pub(super) bias: &'a Tensor,
}

/// VGG16's convolutions in a graph, from block1_conv1 on, at most thirteen.
pub(super) fn convolutions<'a>(input: &'a InputFile, graph: &'a Graph) -> Result<Vec<Found<'a>>, WeightsError> {
    let search = Search::new(input, graph);
    let nodes: Vec<&Node> = graph
        .nodes
        .iter()
        .filter(|node| search.kernel(node) == Some([3, 3]))
        .take(CONVOLUTIONS)
        .collect();
    let mut found = Vec::with_capacity(nodes.len());
    for (ordinal, node) in nodes.iter().enumerate() {
        let before = ordinal.checked_sub(1).map(|before| nodes[before]);
        search.check_path(ordinal, node, before)?;
        let (weight, bias) = (search.weight(node)?, search.bias(node, ordinal)?);
        search.check_name(weight, ordinal, Part::Weight)?;
        search.check_name(bias, ordinal, Part::Bias)?;
        found.push(Found {
            node: title(node).to_owned(),
            weight,
            bias,
        });
    }
    Ok(found)
}

/// The names and shapes of all 3 x 3 kernels of a graph, in its order.
pub(super) fn kernels(input: &InputFile, graph: &Graph) -> Vec<(String, Vec<u64>)> {
    let search = Search::new(input, graph);
    let nodes = graph.nodes.iter().filter(|node| search.kernel(node) == Some([3, 3]));
    let kernels = nodes.filter_map(|node| search.constant(node.inputs.get(1)?));
    let sides = |tensor: &Tensor| {
        tensor
            .dims
            .iter()
            .map(|&side| u64::try_from(side).unwrap_or(0))
            .collect()
    };
    kernels.map(|tensor| (tensor.name.clone(), sides(tensor))).collect()
}

struct Search<'a> {
    input: &'a InputFile,
    graph: &'a Graph,
    /// The node that computes a value, by the value's name.
    producers: BTreeMap<&'a str, &'a Node>,
}

impl<'a> Search<'a> {
    fn new(input: &'a InputFile, graph: &'a Graph) -> Self {
        let outputs = |node: &'a Node| node.outputs.iter().map(move |output| (output.as_str(), node));
        Self {
            input,
            graph,
            producers: graph.nodes.iter().flat_map(outputs).collect(),
        }
    }

    /// Height and width of a Conv node's kernel in two dimensions.
    fn kernel(&self, node: &Node) -> Option<[i64; 2]> {
        if node.operator != "Conv" {
            return None;
        }
        let stated = node.integers("kernel_shape");
        let sides = stated.or_else(|| self.constant(node.inputs.get(1)?)?.dims.get(2..));
        sides.and_then(|sides| <[i64; 2]>::try_from(sides).ok())
    }

    /// The constant of this name, seen through Identity nodes.
    fn constant(&self, name: &str) -> Option<&'a Tensor> {
        let mut name = name;
        for _ in 0..=MOST_IDENTITIES {
            if let Some(tensor) = self.graph.tensors.get(name) {
                return Some(tensor);
            }
            let producer = self.producers.get(name).filter(|node| node.operator == "Identity")?;
            name = producer.inputs.first()?;
        }
        None
    }

    fn weight(&self, node: &Node) -> Result<&'a Tensor, WeightsError> {
        let name = node.inputs.get(1).map_or("", String::as_str);
        self.constant(name)
            .ok_or_else(|| self.not_a_constant(node, "weight", name))
    }

    /// The bias given to the convolution, or else the constant added to its result.
    fn bias(&self, node: &Node, ordinal: usize) -> Result<&'a Tensor, WeightsError> {
        if let Some(name) = given_bias(node) {
            return self
                .constant(name)
                .ok_or_else(|| self.not_a_constant(node, "bias", name));
        }
        let output = node.outputs.first().map_or("", String::as_str);
        let mut sums = self.graph.nodes.iter().filter(|sum| sum.operator == "Add");
        sums.find_map(|sum| match sum.inputs.as_slice() {
            [left, right] if left == output => self.constant(right),
            [left, right] if right == output => self.constant(left),
            _ => None,
        })
        .ok_or_else(|| WeightsError::MissingTensor {
            file: self.input.name().to_owned(),
            tensor: format!("{}: {} adds none", names::bias(ordinal), title(node)),
        })
    }

    fn check_path(&self, ordinal: usize, node: &Node, before: Option<&Node>) -> Result<(), WeightsError> {
        let (passed, origin) = self.path(node);
        let times = |operator: &str| passed.iter().filter(|node| node.operator == operator).count();
        self.check_attributes(node, times("Pad") > 0)?;
        let Some(before) = before else { return Ok(()) };
        match origin {
            Some(origin) if std::ptr::eq(origin, before) => {}
            Some(origin) => return Err(self.foreign(origin)),
            None => return Err(self.wrong(node, &format!("does not follow {}", title(before)))),
        }
        if times("Add") > usize::from(given_bias(before).is_none()) {
            return Err(self.wrong(node, "has something added to its input"));
        }
        if times("Relu") == 0 {
            return Err(self.wrong(node, &format!("has no Relu between it and {}", title(before))));
        }
        let (pools, needed) = (times("MaxPool"), usize::from(pooled_before(ordinal)));
        if pools != needed {
            let layer = names::layer_name(ordinal);
            let problem = format!("would be {layer} and has {pools} MaxPool nodes before it where VGG16 has {needed}");
            return Err(self.wrong(node, &problem));
        }
        let mut pools = passed.iter().filter(|node| node.operator == "MaxPool");
        pools.try_for_each(|pool| {
            self.check_integers(pool, "kernel_shape", Some(&[2, 2]))?;
            self.check_integers(pool, "strides", Some(&[2, 2]))
        })
    }

    /// Back along the data from a convolution's input: the nodes passed, and the one where the path ends, if it is not
    /// the graph's input.
    fn path(&self, node: &Node) -> (Vec<&'a Node>, Option<&'a Node>) {
        let mut passed = Vec::new();
        let mut name = node.inputs.first();
        while let Some(producer) = name.and_then(|name| self.producers.get(name.as_str())) {
            name = self.data_input(producer);
            if name.is_none() || passed.len() > self.graph.nodes.len() {
                return (passed, Some(producer));
            }
            passed.push(producer);
        }
        (passed, None)
    }

    /// The input through which a node of a plain chain gets its data; `None` for other nodes.
    fn data_input(&self, node: &'a Node) -> Option<&'a String> {
        match (node.operator.as_str(), node.inputs.as_slice()) {
            ("Add", [left, right]) => match (self.constant(left), self.constant(right)) {
                (None, Some(_)) => Some(left),
                (Some(_), None) => Some(right),
                _ => None,
            },
            ("Add", _) => None,
            (operator, inputs) if BETWEEN.contains(&operator) => inputs.first(),
            _ => None,
        }
    }

    fn check_attributes(&self, node: &Node, padded: bool) -> Result<(), WeightsError> {
        self.check_integers(node, "strides", None)?;
        self.check_integers(node, "dilations", None)?;
        if let Some(group) = node.integer("group").filter(|&group| group != 1) {
            return Err(self.wrong(node, &format!("has {group} groups where VGG16 has 1")));
        }
        let pads = node.integers("pads").unwrap_or(&[0; 4]);
        let same = matches!(node.text("auto_pad"), Some("SAME_UPPER" | "SAME_LOWER"));
        if same || pads == [1; 4] || (padded && pads == [0; 4]) {
            return Ok(());
        }
        Err(self.wrong(node, &format!("has padding {pads:?} where VGG16 has [1, 1, 1, 1]")))
    }

    /// Holds an attribute to these integers or, without any, to ones, which are ONNX's default.
    fn check_integers(&self, node: &Node, attribute: &str, needed: Option<&[i64]>) -> Result<(), WeightsError> {
        let needed = needed.unwrap_or(&[1; 2]);
        let found = node.integers(attribute).unwrap_or(&[1; 2]);
        if found == needed {
            return Ok(());
        }
        Err(self.wrong(node, &format!("has {attribute} {found:?} where VGG16 has {needed:?}")))
    }

    fn check_name(&self, tensor: &Tensor, ordinal: usize, part: Part) -> Result<(), WeightsError> {
        match names::parse(&tensor.name) {
            Some(named) if (named.ordinal, named.part) != (ordinal, part) => Err(WeightsError::WrongShape {
                file: self.input.name().to_owned(),
                tensor: tensor.name.clone(),
                problem: format!(
                    "is used as the {} of convolution {} ({})",
                    if part == Part::Weight { "weight" } else { "bias" },
                    ordinal + 1,
                    names::layer_name(ordinal)
                ),
            }),
            _ => Ok(()),
        }
    }

    /// The error of a path that ends at a node which VGG16 has not there.
    fn foreign(&self, node: &Node) -> WeightsError {
        match self.kernel(node) {
            Some([height, width]) => {
                self.wrong(node, &format!("has a {height} x {width} kernel where VGG16 has 3 x 3"))
            }
            None => self.wrong(node, "stands where VGG16 has only Relu and MaxPool"),
        }
    }

    fn not_a_constant(&self, node: &Node, part: &str, name: &str) -> WeightsError {
        let origin = match self.producers.get(name) {
            Some(producer) => format!("is computed by {}", title(producer)),
            None => format!("\"{name}\" is not in the file"),
        };
        let problem = format!(
            "the {part} of {} {origin}; export it with its numbers folded in",
            title(node)
        );
        self.input.malformed(FORMAT, problem)
    }

    fn wrong(&self, node: &Node, problem: &str) -> WeightsError {
        WeightsError::WrongShape {
            file: self.input.name().to_owned(),
            tensor: title(node),
            problem: problem.to_owned(),
        }
    }
}

/// The bias that a Conv node is given itself; exporters leave the name out, or empty, where there is none.
fn given_bias(node: &Node) -> Option<&str> {
    node.inputs.get(2).map(String::as_str).filter(|name| !name.is_empty())
}

/// What messages call a node: names are optional in ONNX.
fn title(node: &Node) -> String {
    let name = match node.name.as_str() {
        "" => node.outputs.first().map_or("", String::as_str),
        name => name,
    };
    format!("the {} node \"{name}\"", node.operator)
}
