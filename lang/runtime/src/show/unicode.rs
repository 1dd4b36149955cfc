//! Which characters are letters, digits, printable: Python's view of Unicode's categories.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

/// A set of characters.
pub struct CharSet(Vec<(char, char)>);

impl CharSet {
    /// What this regex class matches.
    fn new(class: &str) -> CharSet {
        let hir = regex_syntax::Parser::new().parse(class).expect("the class is written here");
        match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => {
                CharSet(class.ranges().iter().map(|range| (range.start(), range.end())).collect())
            }
            _ => CharSet(Vec::new()),
        }
    }

    /// Is it one of them?
    pub fn contains(&self, c: char) -> bool {
        self.0
            .binary_search_by(|&(start, end)| {
                if end < c {
                    std::cmp::Ordering::Less
                } else if start > c {
                    std::cmp::Ordering::Greater
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
    }
}

static HIDDEN: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"[\p{C}\p{Z}--[ ]]"));
static LETTERS: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\p{L}"));
static DECIMAL: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\p{Nd}"));
static NUMERIC: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\p{N}"));
static TITLE: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\p{Lt}"));
static START: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"[\p{XID_Start}_]"));
static CONTINUE: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\p{XID_Continue}"));

/// Shown as it is by `repr`?
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() { (' '..='~').contains(&c) } else { !HIDDEN.contains(c) }
}

/// A letter?
pub fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { LETTERS.contains(c) }
}

/// A digit of a positional system, in any script?
pub fn is_decimal(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { DECIMAL.contains(c) }
}

/// A decimal digit, or one written small or in a circle?
pub fn is_digit(c: char) -> bool {
    is_decimal(c)
        || matches!(u32::from(c),
            0xb2 | 0xb3 | 0xb9 | 0x1369..=0x1371 | 0x19da | 0x2070 | 0x2074..=0x2079 | 0x2080..=0x2089
            | 0x2460..=0x2468 | 0x2474..=0x247c | 0x2488..=0x2490 | 0x24ea | 0x24f5..=0x24fd | 0x24ff
            | 0x2776..=0x277e | 0x2780..=0x2788 | 0x278a..=0x2792 | 0x10a40..=0x10a43 | 0x10e60..=0x10e68
            | 0x11052..=0x1105a | 0x1f100..=0x1f10a)
}

/// Anything that stands for a number: digits, fractions, Roman numerals, counting ideographs.
pub fn is_numeric(c: char) -> bool {
    is_digit(c)
        || NUMERIC.contains(c)
        || "〇一二三四五六七八九十百千万億兆零壹貳參肆伍陸柒捌玖拾佰仟萬亿兩两".contains(c)
}

/// What separates words for `split()` and is taken off by `strip()`.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// Ends a line for `splitlines()`?
pub fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Has a case, or stands for one that has?
pub fn is_cased(c: char) -> bool {
    c.is_uppercase() || c.is_lowercase() || is_title(c)
}

/// One of the few digraphs with a capital first half, such as `ǅ`.
pub fn is_title(c: char) -> bool {
    !c.is_ascii() && TITLE.contains(c)
}

/// A name that could be a variable?
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| START.contains(c)) && chars.all(|c| CONTINUE.contains(c))
}

/// As the first letter of a word: `ß` gives `Ss`, `ǆ` gives `ǅ`.
pub fn push_title(c: char, to: &mut String) {
    match c {
        'Ǆ'..='ǆ' => to.push('ǅ'),
        'Ǉ'..='ǉ' => to.push('ǈ'),
        'Ǌ'..='ǌ' => to.push('ǋ'),
        'Ǳ'..='ǳ' => to.push('ǲ'),
        // Georgian's small letters have capitals, but words are not begun with them.
        'ა'..='ჿ' => to.push(c),
        _ => {
            for (at, upper) in c.to_uppercase().enumerate() {
                if at == 0 { to.push(upper) } else { to.extend(upper.to_lowercase()) }
            }
        }
    }
}

/// For comparing without case: `ß` gives `ss`, `ς` gives `σ`.
pub fn push_folded(c: char, to: &mut String) {
    if c == 'ı' || ('Ꭰ'..='Ᏽ').contains(&c) {
        to.push(c);
    } else if ('ꭰ'..='ꮿ').contains(&c) || ('ᏸ'..='ᏽ').contains(&c) {
        to.extend(c.to_uppercase());
    } else if c == 'İ' {
        to.push_str("i\u{307}");
    } else {
        c.to_uppercase().for_each(|upper| to.extend(upper.to_lowercase()));
    }
}
