//! Pickles that no honest program writes.

use std::time::{Duration, Instant};

use super::make::{self, bias, dict, global, integer, only, pickle, state_dict, storages, text, weight};
use super::{check_refused, refusal};

#[test]
fn whatever_is_not_on_the_list_is_refused_at_once() {
    let named = [
        ("os", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("torch", "load"),
        ("torch", "Storage"),
        ("torch", "FooStorage"),
        ("torch.hub", "load"),
        ("torch.storage", "FloatStorage"),
        ("torch._utils", "_import_dotted_name"),
        ("torchvision.models.vgg", "VGG"),
        ("collections", "OrderedDict.__reduce__"),
        ("", ""),
        ("os\0", "system"),
    ];
    for (module, name) in named {
        // Nothing follows, and nothing need: asking is enough.
        let (code, message) = refusal(only(&global(module, name)));
        assert_eq!(code, "weights-unsafe-pickle", "{module}.{name}: {message}");
    }
    let behind = [
        text("features.0.weight"),
        make::rebuilt(&weight()),
        global("os", "system"),
    ]
    .concat();
    check_refused(only(&behind), "weights-unsafe-pickle", "os.system");
}

#[test]
fn a_global_is_found_however_it_is_asked_for() {
    // Strings remembered long before, and in the wrong order.
    let stack = b"\x80\x04\x8c\x06system\x94\x8c\x05posix\x94h\x01h\x00\x93";
    check_refused(only(stack), "weights-unsafe-pickle", "posix.system");
    check_refused(
        only(b"\x80\x02U\x05posixU\x06system\x93"),
        "weights-unsafe-pickle",
        "posix.system",
    );
    check_refused(only(b"(ios\nsystem\n"), "weights-unsafe-pickle", "os.system");
    check_refused(
        only(b"(icollections\nOrderedDict\n"),
        "weights-malformed",
        "the operation 0x69 at byte",
    );
    check_refused(only(b"NN\x93"), "weights-malformed", "something without a name");
}

#[test]
fn a_long_or_strange_name_is_shown_safely() {
    let (_, message) = refusal(only(&global(&"a".repeat(1 << 20), "\u{1b}[31mred")));
    assert!(message.len() < 500 && message.contains("\\u{1b}[31mred"), "{message}");
}

#[test]
fn operations_that_no_state_dict_needs_are_refused() {
    for opcode in 0..=255_u8 {
        let _ = refusal(only(&[opcode]));
        let _ = refusal(only(&[0x80, 2, b'}', opcode, b'.']));
    }
    for opcode in *b"012PVdlogFILpS" {
        let words = format!("the operation {opcode:#04x} at byte 2");
        check_refused(only(&[0x80, 2, opcode, b'.']), "weights-malformed", &words);
    }
    check_refused(only(b"\x80\x06."), "weights-malformed", "protocol 6");
}

#[test]
fn values_that_were_never_made_are_not_taken() {
    let underflows: [&[u8]; 15] = [
        b".", b"R", b"b", b"t", b"e", b"u", b"a", b"s", b"Q", b"\x85", b"q\0", b"\x94", b"N(.", b"N(\x85.", b"N(NR.",
    ];
    for program in underflows {
        check_refused(only(program), "weights-malformed", "takes a value that it never made");
    }
    // A mark shields what lies below it.
    check_refused(only(b"}(NNs."), "weights-malformed", "takes a value that it never made");
    check_refused(only(b"h\x07."), "weights-malformed", "recalls value number 7");
    check_refused(
        only(b"Nj\xff\xff\xff\xff."),
        "weights-malformed",
        "recalls value number 4294967295",
    );
    check_refused(
        only(b"Nr\xff\xff\xff\xff."),
        "weights-malformed",
        "remembers a value as number 4294967295",
    );
}

#[test]
fn items_are_set_only_where_items_can_be() {
    check_refused(only(b"KKN."), "weights-malformed", "no state dict");
    check_refused(
        only(b"K\x01(NNu."),
        "weights-malformed",
        "sets an item of something that is no dict",
    );
    check_refused(
        only(b"K\x01Na."),
        "weights-malformed",
        "appends to something that is no list",
    );
    check_refused(only(b"}(Nu."), "weights-malformed", "a key and no value");
}

#[test]
fn lengths_are_compared_with_what_is_there() {
    let lengths: [&[u8]; 9] = [
        b"X\xff\xff\xff\xffabc",
        b"T\xff\xff\xff\xffabc",
        b"B\xff\xff\xff\xffabc",
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc",
        b"\x8c\x04abc",
        b"\x8a\xff\x01",
        b"U\x04abc",
        b"G\x01",
    ];
    for program in lengths {
        check_refused(only(program), "weights-malformed", "its pickle ends early");
    }
    check_refused(
        only(b"\x95\xff\xff\xff\xff\xff\xff\xff\xff"),
        "weights-malformed",
        "its pickle ends early",
    );
    check_refused(only(b"X\x01\0\0\0\xff."), "weights-malformed", "not UTF-8");
    check_refused(only(b"cos\xff\nsystem\n"), "weights-malformed", "not UTF-8");
}

#[test]
fn every_cut_of_a_good_pickle_ends_early() {
    let whole = pickle(&state_dict(&[weight(), bias()]));
    for length in 0..whole.len() {
        check_refused(only(&whole[..length]), "weights-malformed", "its pickle ends early");
    }
}

#[test]
fn nesting_is_bounded_or_costs_nothing() {
    check_refused(
        only(&vec![b'('; 10 << 20]),
        "weights-malformed",
        "nested more than 1000 deep",
    );
    check_refused(
        only(&vec![b']'; 10 << 20]),
        "weights-malformed",
        "more than 524288 steps",
    );
    let deep = |begin: &[u8], level: &[u8]| [begin, &level.repeat(400_000 / level.len()), b"."].concat();
    // A tuple in a tuple in a tuple; and dicts in dicts and lists in lists.
    check_refused(only(&deep(b")", b"\x85")), "weights-malformed", "no state dict");
    check_refused(only(&deep(b"]", b"q\0]h\0a")), "weights-malformed", "no state dict");
    check_refused(
        only(&deep(b"}", b"q\0}U\x01xh\0s")),
        "weights-missing-tensor",
        "block1_conv1",
    );
}

/// Every level holds the level before twice, so that the last would be larger than the universe.
#[test]
fn memo_bombs_cost_what_they_are_long() {
    let start = Instant::now();
    let bomb = |begin: &[u8], level: &[u8]| [begin, &level.repeat(50_000), b"."].concat();
    check_refused(
        only(&bomb(b")q\0", b"h\0h\0\x86q\0")),
        "weights-malformed",
        "no state dict",
    );
    check_refused(
        only(&bomb(b"]q\0", b"](h\0h\0eq\0")),
        "weights-malformed",
        "no state dict",
    );
    check_refused(
        only(&bomb(b"}q\0", b"}(U\x01ah\0U\x01bh\0uq\0")),
        "weights-missing-tensor",
        "block1_conv1",
    );
    // A dict in itself, a thousand times over.
    check_refused(
        only(&bomb(b"}q\0", b"(U\x01ah\0u")),
        "weights-missing-tensor",
        "block1_conv1",
    );
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// The same long list is made a dict again and again.
#[test]
fn work_that_is_asked_for_twice_counts_twice() {
    let list = [b"](".to_vec(), b")".repeat(100_000), b"eq\0".to_vec()].concat();
    let made = [global("collections", "OrderedDict"), b"h\0\x85R".to_vec()].concat();
    let program = [b"](".to_vec(), pairs(50_000), b"eq\x00".to_vec(), made.repeat(1000)].concat();
    check_refused(only(&program), "weights-malformed", "more than 524288 steps");
    check_refused(
        only(&[list, made].concat()),
        "weights-malformed",
        "out of something else",
    );
}

fn pairs(count: usize) -> Vec<u8> {
    b"U\x01aN\x86".repeat(count)
}

#[test]
fn a_name_longer_than_names_are_is_nobodys() {
    let name = format!("{}.features.0.weight", "a".repeat(300));
    let object = dict(&[(&name, make::rebuilt(&weight()))]);
    check_refused(make::checkpoint(&object), "weights-missing-tensor", "block1_conv1");
}

#[test]
fn integers_of_every_length_are_numbers() {
    let stride = |bytes: &[u8]| {
        let object = state_dict(&[weight(), bias()]);
        let position = object
            .windows(5)
            .position(|bytes| bytes == integer(27))
            .expect("a stride");
        let long = [&[0x8a, bytes.len() as u8], bytes].concat();
        let object = [&object[..position], &long, &object[position + 5..]].concat();
        make::zip(&make::entries(&pickle(&object), &storages()))
    };
    super::read(stride(&[27])).expect("27");
    super::read(stride(&[27, 0, 0, 0, 0, 0, 0, 0])).expect("27");
    check_refused(stride(&[0xff]), "weights-malformed", "below zero");
    check_refused(stride(&[27, 0, 0, 0, 0, 0, 0, 0, 0]), "weights-malformed", "below zero");
    check_refused(stride(&i64::MAX.to_le_bytes()), "weights-malformed", "beyond any file");
    check_refused(
        stride(&(1_i64 << 62).to_le_bytes()),
        "weights-malformed",
        "beyond any file",
    );
}
