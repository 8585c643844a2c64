//! Inputs that are long because one thing in them is there a million times, or is a million long.

/// A target's name, what there is much of, and the input.
pub type Bulk = (&'static str, &'static str, Vec<u8>);

/// Inputs of so many bytes each, more or less.
pub fn inputs(length: usize) -> Vec<Bulk> {
    let much = Much { length };
    [headers(&much), indices(&much), pickles(&much), graphs(&much)].concat()
}

struct Much {
    length: usize,
}

impl Much {
    fn of(&self, part: impl AsRef<[u8]>) -> Vec<u8> {
        part.as_ref().repeat(self.length / part.as_ref().len())
    }

    fn text(&self, part: &str) -> String {
        part.repeat(self.length / part.len())
    }

    /// Parts each with another number for `@`.
    fn numbered(&self, part: &str) -> String {
        let count = self.length / (part.len() + 6);
        (0..count)
            .map(|number| part.replace('@', &number.to_string()))
            .collect()
    }
}

fn headers(much: &Much) -> Vec<Bulk> {
    let tensor =
        |name: &str, shape: &str| format!(r#""{name}":{{"dtype":"F32","shape":[{shape}],"data_offsets":[0,0]}}"#);
    let last = tensor("z", "0");
    let (long, sides) = (much.text("a"), much.text("1,"));
    let file = |header: String| [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat();
    let bulk = |what, parts: String| ("safetensors", what, file(format!("{{{parts}{last}}}")));
    vec![
        bulk("tensors", much.numbered(&(tensor("@", "0") + ","))),
        bulk("kernels", much.numbered(&(tensor("@.features.0.weight", "0") + ","))),
        bulk("sides", tensor("features.0.weight", &(sides + "0")) + ","),
        bulk("letters of a name", tensor(&long, "0") + ","),
        bulk("letters of a dtype", tensor("a", "0").replace("F32", &long) + ","),
        bulk(
            "metadata",
            format!(r#""__metadata__":{{{}"a":"b"}},"#, much.numbered(r#""@":"b","#)),
        ),
        bulk(
            "unknown fields",
            format!(
                r#""a":{{{}"dtype":"F32","shape":[0],"data_offsets":[0,0]}},"#,
                much.numbered(r#""@":0,"#)
            ),
        ),
    ]
}

fn indices(much: &Much) -> Vec<Bulk> {
    let map = r#""0.weight":"a","0.bias":"a"}}"#;
    let bulk = |what, text: String| ("index", what, text.into_bytes());
    vec![
        bulk(
            "tensors",
            format!(r#"{{"weight_map":{{{}{map}"#, much.numbered(r#""@":"a","#)),
        ),
        bulk(
            "files",
            format!(r#"{{"weight_map":{{{}{map}"#, much.numbered(r#""@":"@","#)),
        ),
        bulk(
            "checksums",
            format!(
                r#"{{"metadata":{{"shards":{{{}"a":{{"sha256":"","bytes":0}}}}}},"weight_map":{{{map}"#,
                much.numbered(r#""@":{"sha256":"","bytes":0},"#)
            ),
        ),
        bulk("nothing", format!(r#"{{"weight_map":{{{map}{}"#, much.text(" "))),
    ]
}

/// Of the older form, where a pickle needs no zip around it.
fn pickles(much: &Much) -> Vec<Bulk> {
    let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.";
    let bulk = |what, program: Vec<u8>| ("torch", what, [magic, &b"\x80\x02"[..], &program, b"."].concat());
    vec![
        bulk("dicts", much.of("}")),
        bulk("lists in lists", much.of("]a")),
        bulk("marks", much.of("(")),
        bulk("tuples in tuples", [b")".to_vec(), much.of(b"\x85")].concat()),
        bulk("pairs of one value", [b")".to_vec(), much.of(b"q\0h\0\x86")].concat()),
        bulk("texts", much.of("X\x01\0\0\0a")),
        bulk("long numbers", much.of(b"\x8a\x04abcd")),
        bulk("values to remember", [b")".to_vec(), much.of(b"\x94")].concat()),
        bulk(
            "far places to remember",
            [b")".to_vec(), much.of(b"r\xff\xff\x07\0")].concat(),
        ),
        bulk(
            "entries",
            [b"}(".to_vec(), much.of("X\x01\0\0\0aK\x01"), b"u".to_vec()].concat(),
        ),
        bulk("ordered dicts", much.of("ccollections\nOrderedDict\n)R")),
        bulk("letters", [b"X\0\0\x60\0".to_vec(), much.of("a")].concat()),
    ]
}

fn graphs(much: &Much) -> Vec<Bulk> {
    let field = |number: u8, bytes: &[u8]| [&[number << 3 | 2, bytes.len() as u8][..], bytes].concat();
    let long = |number: u8, bytes: &[u8]| {
        let length = bytes.len();
        let length = [0, 7, 14, 21].map(|shift| (length >> shift) as u8 & 0x7f | if shift < 21 { 0x80 } else { 0 });
        [&[number << 3 | 2][..], &length, bytes].concat()
    };
    let graph = |parts: Vec<u8>| [b"\x08\x08".to_vec(), long(7, &parts)].concat();
    let node = |parts: &[Vec<u8>]| long(1, &parts.concat());
    let convolution = node(&[field(4, b"Conv"), field(1, b"x"), field(1, b"w"), field(2, b"y")]);
    let bulk = |what, parts: Vec<u8>| ("onnx", what, graph(parts));
    vec![
        bulk("nodes", much.of(field(1, b""))),
        bulk("convolutions", much.of(&convolution)),
        bulk("tensors", much.of(field(5, b""))),
        bulk("inputs", node(&[much.of(field(1, b"x"))])),
        bulk("sides", long(5, &much.of(b"\x08\x01"))),
        bulk("packed sides", long(5, &long(1, &much.of(b"\x01")))),
        bulk("letters", node(&[long(4, &much.of(b"a"))])),
        bulk("attributes", node(&[much.of(field(5, &field(1, b"a")))])),
        bulk("graphs", much.of(field(7, b""))),
    ]
}
