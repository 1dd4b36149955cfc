//! The description of a stack of `.npy` files, as Dask has it: a pickle of `{"chunks": …, "dtype": …, "axis": …}`.
//!
//! Of pickle's language this writes and reads what such a dict needs: numbers, texts, tuples, and a type that is made by a call.

use rdk_array::{Chunks, DType};

/// What a pickle builds on its stack.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    Mark,
    Number(i64),
    Text(String),
    Tuple(Vec<Item>),
    Dict(Vec<(Item, Item)>),
    /// Anything else: a name, what a call has made.
    Other,
}

/// Writes the description.
pub fn describe(chunks: &Chunks, dtype: DType, axis: usize) -> Vec<u8> {
    let mut out = vec![0x80, 2, b'}', b'('];
    text(&mut out, "chunks");
    out.push(b'(');
    for axis in &chunks.0 {
        out.push(b'(');
        axis.sizes().for_each(|size| number(&mut out, size as i64));
        out.push(b't');
    }
    out.push(b't');
    text(&mut out, "dtype");
    // numpy.dtype("f8", False, True), whose state says in which order the bytes are.
    out.extend(b"cnumpy\ndtype\n");
    let code = dtype.code();
    let (order, kind) = code.split_at(1);
    text(&mut out, kind);
    out.extend([0x89, 0x88, 0x87, b'R']);
    out.push(b'(');
    number(&mut out, 3);
    text(&mut out, order);
    out.extend(b"NNN");
    number(&mut out, -1);
    number(&mut out, -1);
    number(&mut out, 0);
    out.extend(b"tb");
    text(&mut out, "axis");
    number(&mut out, axis as i64);
    out.extend(b"u.");
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn number(out: &mut Vec<u8>, number: i64) {
    match i32::try_from(number) {
        Ok(number) => {
            out.push(b'J');
            out.extend(number.to_le_bytes());
        }
        Err(_) => {
            out.extend([0x8a, 8]);
            out.extend(number.to_le_bytes());
        }
    }
}

/// The axis that a description names; `None` if it is not understood.
pub fn axis(bytes: &[u8]) -> Option<usize> {
    let Item::Dict(pairs) = build(bytes)? else { return None };
    let axis = pairs.into_iter().find(|(name, _)| *name == Item::Text("axis".to_string()))?.1;
    match axis {
        Item::Number(axis) => usize::try_from(axis).ok(),
        _ => None,
    }
}

/// What a pickle builds.
fn build(bytes: &[u8]) -> Option<Item> {
    let mut rest = Rest(bytes);
    let mut stack: Vec<Item> = Vec::new();
    let mut memo: Vec<Item> = Vec::new();
    let put = |memo: &mut Vec<Item>, at: usize, item: Item| {
        if at < 1 << 16 {
            if memo.len() <= at {
                memo.resize(at + 1, Item::Other);
            }
            memo[at] = item;
        }
    };
    loop {
        let code = rest.number(1)? as u8;
        match code {
            0x80 => {
                rest.take(1)?;
            }
            0x95 => {
                rest.take(8)?;
            }
            b'.' => return stack.pop(),
            b'(' => stack.push(Item::Mark),
            b'}' => stack.push(Item::Dict(Vec::new())),
            b')' => stack.push(Item::Tuple(Vec::new())),
            b'N' | 0x88 | 0x89 => stack.push(Item::Other),
            b'K' => stack.push(Item::Number(rest.number(1)? as i64)),
            b'M' => stack.push(Item::Number(rest.number(2)? as i64)),
            b'J' => stack.push(Item::Number(i64::from(rest.number(4)? as u32 as i32))),
            0x8a => {
                let n = rest.number(1)? as usize;
                let bytes = rest.take(n)?;
                let number = Rest(bytes).number(n.min(8))? as i64;
                let shift = 64 - 8 * n.min(8) as u32;
                stack.push(Item::Number(if n == 0 { 0 } else { number << shift >> shift }));
            }
            b'I' | b'L' => {
                let line = rest.line()?;
                stack.push(Item::Number(line.trim_end_matches('L').parse().ok()?));
            }
            b'X' | b'T' => {
                let n = rest.number(4)? as usize;
                stack.push(Item::Text(String::from_utf8_lossy(rest.take(n)?).into_owned()));
            }
            0x8c | b'U' => {
                let n = rest.number(1)? as usize;
                stack.push(Item::Text(String::from_utf8_lossy(rest.take(n)?).into_owned()));
            }
            b'V' => {
                let line = rest.line()?;
                stack.push(Item::Text(line));
            }
            b'c' => {
                rest.line()?;
                rest.line()?;
                stack.push(Item::Other);
            }
            0x93 => {
                stack.pop()?;
                stack.pop()?;
                stack.push(Item::Other);
            }
            b'R' | 0x81 => {
                stack.pop()?;
                stack.pop()?;
                stack.push(Item::Other);
            }
            b'b' => {
                stack.pop()?;
            }
            0x85..=0x87 => {
                let at = stack.len().checked_sub(usize::from(code - 0x84))?;
                let items = stack.split_off(at);
                stack.push(Item::Tuple(items));
            }
            b't' => {
                let items = since_mark(&mut stack)?;
                stack.push(Item::Tuple(items));
            }
            b's' => {
                let (value, key) = (stack.pop()?, stack.pop()?);
                let Some(Item::Dict(pairs)) = stack.last_mut() else { return None };
                pairs.push((key, value));
            }
            b'u' => {
                let items = since_mark(&mut stack)?;
                let Some(Item::Dict(pairs)) = stack.last_mut() else { return None };
                pairs.extend(items.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())));
            }
            0x94 => {
                let item = stack.last()?.clone();
                memo.push(item);
            }
            b'q' => {
                let at = rest.number(1)? as usize;
                put(&mut memo, at, stack.last()?.clone());
            }
            b'r' => {
                let at = rest.number(4)? as usize;
                put(&mut memo, at, stack.last()?.clone());
            }
            b'h' => stack.push(memo.get(rest.number(1)? as usize)?.clone()),
            b'j' => stack.push(memo.get(rest.number(4)? as usize)?.clone()),
            _ => return None,
        }
        if stack.len() > 1 << 20 {
            return None;
        }
    }
}

/// What is left to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(n)?;
        self.0 = left;
        Some(taken)
    }

    fn number(&mut self, n: usize) -> Option<u64> {
        Some(self.take(n)?.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn line(&mut self) -> Option<String> {
        let n = self.0.iter().position(|&byte| byte == b'\n')?;
        let line = String::from_utf8(self.take(n)?.to_vec()).ok()?;
        self.take(1)?;
        Some(line)
    }
}

fn since_mark(stack: &mut Vec<Item>) -> Option<Vec<Item>> {
    let at = stack.iter().rposition(|item| *item == Item::Mark)?;
    let items = stack.split_off(at + 1);
    stack.pop();
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let bytes = describe(&Chunks::single(&[300, 4]), DType::F64, 1);
        assert_eq!(axis(&bytes), Some(1));
        assert_eq!(axis(&bytes[..bytes.len() - 3]), None);
    }
}
