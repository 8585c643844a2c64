//! The stack machine that a pickle is a program for.

use super::cursor::Cursor;
use super::globals::{self, Global};
use super::heap::{Heap, Value};
use super::stack::Stack;
use super::{Pickle, Refusal, opcode as op};

/// The most operations a pickle may have: each can cost some 100 bytes of memory, and a state dict of VGG16 takes
/// about 1,000.
pub(super) const MOST_STEPS: usize = 1 << 19;

/// The newest protocol there is.
const NEWEST_PROTOCOL: u8 = 5;

/// Characters of a global that an error shows, of its module and of its name.
const SHOWN: usize = 100;

pub(super) struct Machine<'a> {
    input: Cursor<'a>,
    stack: Stack<'a>,
    memo: Vec<Option<Value<'a>>>,
    pub(super) heap: Heap<'a>,
    steps_left: usize,
}

impl<'a> Machine<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            input: Cursor::new(bytes),
            stack: Stack::default(),
            memo: Vec::new(),
            heap: Heap::default(),
            steps_left: MOST_STEPS,
        }
    }

    /// Runs to the end of the pickle.
    pub(super) fn run(mut self) -> Result<Pickle<'a>, Refusal> {
        loop {
            self.spend(1)?;
            match self.input.byte()? {
                op::STOP => break,
                opcode => self.step(opcode)?,
            }
        }
        Ok(Pickle {
            root: self.stack.pop()?,
            heap: self.heap,
            length: self.input.position(),
        })
    }

    /// Counts work, so that a short pickle cannot ask for much of it.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Refusal> {
        let left = self.steps_left.checked_sub(steps);
        self.steps_left =
            left.ok_or_else(|| Refusal::broken(format!("its pickle takes more than {MOST_STEPS} steps")))?;
        Ok(())
    }

    /// One operation. What is not among these gives one value.
    fn step(&mut self, opcode: u8) -> Result<(), Refusal> {
        match opcode {
            op::PROTO => self.protocol(),
            // Frames only tell how much to read at once.
            op::FRAME => self.input.array::<8>().map(drop),
            op::MARK => self.stack.mark(),
            op::MEMOIZE => self.memoize(self.memo.len()),
            op::BINPUT | op::LONG_BINPUT => {
                let index = self.memo_index(opcode == op::LONG_BINPUT)?;
                self.memoize(index)
            }
            op::APPEND | op::APPENDS => {
                let height = self.items(opcode == op::APPENDS, 1)?;
                self.append(height)
            }
            op::ADDITEMS => {
                let height = self.stack.unmark()?;
                self.add(height)
            }
            op::SETITEM | op::SETITEMS => {
                let height = self.items(opcode == op::SETITEMS, 2)?;
                self.set_items(height)
            }
            op::BUILD => {
                let state = self.stack.pop()?;
                self.build(self.stack.top()?, state)
            }
            _ => {
                let value = self.value(opcode)?;
                self.stack.push(value);
                Ok(())
            }
        }
    }

    /// One operation that gives a value, perhaps made of others. What is not among these is a literal.
    fn value(&mut self, opcode: u8) -> Result<Value<'a>, Refusal> {
        match opcode {
            op::EMPTY_DICT => Ok(Value::Dict(self.heap.new_dict())),
            op::EMPTY_LIST => Ok(self.heap.new_list()),
            op::EMPTY_TUPLE => self.tuple(0),
            op::TUPLE1 => self.tuple(1),
            op::TUPLE2 => self.tuple(2),
            op::TUPLE3 => self.tuple(3),
            op::TUPLE => {
                let height = self.stack.unmark()?;
                Ok(self.heap.new_tuple(self.stack.take(height)))
            }
            op::BINGET | op::LONG_BINGET => {
                let index = self.memo_index(opcode == op::LONG_BINGET)?;
                self.recall(index)
            }
            op::GLOBAL | op::INST | op::STACK_GLOBAL => self.global(opcode).map(Value::Global),
            op::BINPERSID => {
                let id = self.stack.pop()?;
                self.persistent(id)
            }
            op::FROZENSET => {
                let height = self.stack.unmark()?;
                self.stack.take(height);
                Ok(Value::Other)
            }
            op::NEWOBJ_EX => {
                // The arguments that have names are of no meaning for a tensor.
                let (_named, arguments, callable) = (self.stack.pop()?, self.stack.pop()?, self.stack.pop()?);
                self.call(callable, arguments)
            }
            op::REDUCE | op::NEWOBJ => {
                let (arguments, callable) = (self.stack.pop()?, self.stack.pop()?);
                self.call(callable, arguments)
            }
            _ => self.literal(opcode),
        }
    }

    /// One operation that gives a value by itself.
    fn literal(&mut self, opcode: u8) -> Result<Value<'a>, Refusal> {
        let input = &mut self.input;
        Ok(match opcode {
            op::NONE | op::EMPTY_SET => Value::Other,
            op::NEWTRUE => Value::Boolean(true),
            op::NEWFALSE => Value::Boolean(false),
            op::BININT => Value::Integer(i32::from_le_bytes(input.array()?).into()),
            op::BININT1 => Value::Integer(input.byte()?.into()),
            op::BININT2 => Value::Integer(u16::from_le_bytes(input.array()?).into()),
            op::LONG1 => long(input.block::<1>()?),
            op::BINFLOAT => input.array::<8>().map(|_| Value::Other)?,
            op::BINUNICODE => Value::Text(input.text::<4>()?),
            op::SHORT_BINUNICODE => Value::Text(input.text::<1>()?),
            op::BINUNICODE8 => Value::Text(input.text::<8>()?),
            op::BINSTRING => string(input.block::<4>()?),
            op::SHORT_BINSTRING => string(input.block::<1>()?),
            op::BINBYTES => input.block::<4>().map(|_| Value::Other)?,
            op::SHORT_BINBYTES => input.block::<1>().map(|_| Value::Other)?,
            op::BINBYTES8 | op::BYTEARRAY8 => input.block::<8>().map(|_| Value::Other)?,
            _ => return Err(self.unknown(opcode)),
        })
    }

    fn unknown(&self, opcode: u8) -> Refusal {
        Refusal::broken(format!(
            "its pickle has the operation {opcode:#04x} at byte {}, which no state dict needs",
            self.input.position().saturating_sub(1)
        ))
    }

    fn protocol(&mut self) -> Result<(), Refusal> {
        match self.input.byte()? {
            0..=NEWEST_PROTOCOL => Ok(()),
            newer => Err(Refusal::broken(format!(
                "its pickle is of protocol {newer}, newer than {NEWEST_PROTOCOL}"
            ))),
        }
    }

    fn tuple(&mut self, length: usize) -> Result<Value<'a>, Refusal> {
        let height = self.stack.last(length)?;
        Ok(self.heap.new_tuple(self.stack.take(height)))
    }

    /// The height above which the items of an operation lie: all after the last mark, or so many.
    fn items(&mut self, marked: bool, count: usize) -> Result<usize, Refusal> {
        match marked {
            true => self.stack.unmark(),
            false => self.stack.last(count),
        }
    }

    /// Appends the values above a height to the list below it.
    fn append(&mut self, height: usize) -> Result<(), Refusal> {
        let list = self.stack.below(height)?;
        let items = self.stack.take(height);
        match list {
            Value::List(list) => self.heap.append(list, items),
            Value::Other => {}
            _ => return Err(Refusal::broken("its pickle appends to something that is no list")),
        }
        Ok(())
    }

    /// Adds the values above a height to the set below it, which is not looked into.
    fn add(&mut self, height: usize) -> Result<(), Refusal> {
        let set = self.stack.below(height)?;
        self.stack.take(height);
        match set {
            Value::Other => Ok(()),
            _ => Err(Refusal::broken("its pickle adds to something that is no set")),
        }
    }

    /// Sets the pairs above a height in the dict below it.
    fn set_items(&mut self, height: usize) -> Result<(), Refusal> {
        let dict = self.stack.below(height)?;
        let items = self.stack.take(height);
        match dict {
            _ if !items.len().is_multiple_of(2) => {
                Err(Refusal::broken("its pickle has a dict with a key and no value"))
            }
            Value::Dict(dict) => {
                self.heap.insert(dict, items);
                Ok(())
            }
            Value::Other => Ok(()),
            _ => Err(Refusal::broken("its pickle sets an item of something that is no dict")),
        }
    }

    fn memo_index(&mut self, long: bool) -> Result<usize, Refusal> {
        match long {
            true => Ok(u32::from_le_bytes(self.input.array()?) as usize),
            false => Ok(self.input.byte()?.into()),
        }
    }

    fn memoize(&mut self, index: usize) -> Result<(), Refusal> {
        let value = self.stack.top()?;
        // Picklers number from 0 or 1 on, so that an index beyond the number of steps is made up.
        if index > MOST_STEPS {
            return Err(Refusal::broken(format!(
                "its pickle remembers a value as number {index}, more than it can have"
            )));
        }
        if index >= self.memo.len() {
            self.memo.resize(index + 1, None);
        }
        if let Some(place) = self.memo.get_mut(index) {
            *place = Some(value);
        }
        Ok(())
    }

    fn recall(&self, index: usize) -> Result<Value<'a>, Refusal> {
        let value = self.memo.get(index).copied().flatten();
        value.ok_or_else(|| {
            Refusal::broken(format!(
                "its pickle recalls value number {index}, which it never remembered"
            ))
        })
    }

    /// Looks up what is asked of Python, and refuses it where it is not on the list.
    fn global(&mut self, opcode: u8) -> Result<Global, Refusal> {
        let (module, name) = match opcode {
            op::STACK_GLOBAL => match (self.stack.pop()?, self.stack.pop()?) {
                (Value::Text(name), Value::Text(module)) => (module, name),
                _ => return Err(Refusal::broken("its pickle asks Python for something without a name")),
            },
            _ => (self.input.line()?, self.input.line()?),
        };
        let shown = |text: &str| -> String { text.chars().take(SHOWN).flat_map(char::escape_debug).collect() };
        let global = globals::find(module, name);
        let global = global.ok_or_else(|| Refusal::Unsafe(format!("{}.{}", shown(module), shown(name))))?;
        match opcode {
            op::INST => Err(self.unknown(opcode)),
            _ => Ok(global),
        }
    }
}

/// An integer in two's complement, of any length.
fn long(bytes: &[u8]) -> Value<'_> {
    let negative = bytes.last().is_some_and(|&last| last >= 0x80);
    let mut number = [if negative { 0xff } else { 0 }; 8];
    match number.get_mut(..bytes.len()) {
        Some(low) => {
            low.copy_from_slice(bytes);
            Value::Integer(i64::from_le_bytes(number))
        }
        None => Value::Long(bytes),
    }
}

/// Python 2's strings: text where they can be.
fn string(bytes: &[u8]) -> Value<'_> {
    std::str::from_utf8(bytes).map_or(Value::Other, Value::Text)
}
