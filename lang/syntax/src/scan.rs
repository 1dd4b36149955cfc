//! A quick look at a text, which may be broken anywhere: words, strings, brackets, comments, each with its bytes.
//!
//! The parser's own lexer tells no places, and gives up its state when a quote or bracket is missing. What happens while
//! one types needs both: colours, completion, "is this complete?". So do the limits on nesting, which are checked before
//! the parser may recurse. It knows the shapes of tokens only; what they mean is the parser's business.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword.
    Word,
    Number,
    /// A string without fields, with its prefix and quotes.
    String,
    /// `f"`
    FormatStart,
    /// Text between the fields of an f-string, or a field's format.
    FormatText,
    /// The closing quote of an f-string.
    FormatEnd,
    Comment,
    /// The end of a logical line.
    Newline,
    /// An end of line that ends nothing: inside brackets, or of an empty line.
    Blank,
    /// `(`, `[`, `{`, also that of a field.
    Open,
    /// `)`, `]`, `}`
    Close,
    Operator,
    /// A whole line such as `%time x` or `!ls`, or that behind `=`.
    Escape,
    /// What no token begins with.
    Unknown,
}

/// A token and its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    /// For strings: the closing quote is missing.
    pub open_ended: bool,
}

/// What is wrong with quotes and brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A bracket that nothing opened.
    Unmatched { close: u32 },
    /// `(]`
    Mismatch { open: u32, close: u32 },
    /// A string that does not end on its line, or in the text if it is triple-quoted; `field`: nor does a field of it.
    Unterminated { start: u32, end: u32, triple: bool, format: bool, field: bool },
}

/// The tokens of a text.
pub(crate) struct Scan<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token>,
    /// Brackets that are open at the end: place and kind.
    pub open: Vec<(u32, u8)>,
    /// The first thing that is wrong.
    pub problem: Option<Problem>,
    /// The text ends in a backslash that continues the line.
    pub continued: bool,
    /// Quotes or brackets do not match, so that the parser may see other tokens behind that place.
    pub broken: bool,
}

/// Looks at a cell or a part of it.
pub(crate) fn scan(text: &str) -> Scan<'_> {
    scan_with(text, true)
}

/// Looks at an expression, in which `%` and `!` are no escapes.
pub(crate) fn scan_expression(text: &str) -> Scan<'_> {
    scan_with(text, false)
}

fn scan_with(text: &str, escapes: bool) -> Scan<'_> {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        text,
        at: 0,
        tokens: Vec::with_capacity(text.len() / 4),
        brackets: Vec::new(),
        formats: Vec::new(),
        problem: None,
        line_start: true,
        after_equal: false,
        continued: false,
        broken: false,
        escapes,
    };
    if text.starts_with('\u{feff}') {
        scanner.at = 3;
    }
    scanner.run();
    let open = scanner.brackets.iter().map(|bracket| (bracket.start, bracket.byte)).collect();
    let broken = scanner.broken || scanner.problem.is_some();
    Scan { text, tokens: scanner.tokens, open, problem: scanner.problem, continued: scanner.continued, broken }
}

impl<'a> Scan<'a> {
    /// The text of a token.
    pub fn slice(&self, token: &Token) -> &'a str {
        &self.text[token.start as usize..token.end as usize]
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    brackets: Vec<Bracket>,
    formats: Vec<Format>,
    problem: Option<Problem>,
    /// At the start of a logical line: an escape may follow.
    line_start: bool,
    /// Behind `=`: an escape may follow.
    after_equal: bool,
    continued: bool,
    broken: bool,
    escapes: bool,
}

struct Bracket {
    start: u32,
    byte: u8,
    /// Opens a field of the innermost f-string.
    field: bool,
}

/// An f-string that we are in.
struct Format {
    start: u32,
    quote: u8,
    triple: bool,
    raw: bool,
    /// How many brackets are open around it.
    depth: usize,
    /// Fields whose format we are in, by their number of open brackets.
    specs: Vec<usize>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            if self.in_format_text() { self.format_text() } else { self.token() }
        }
        while let Some(format) = self.formats.pop() {
            let problem = Problem::Unterminated {
                start: format.start,
                end: self.bytes.len() as u32,
                triple: format.triple,
                format: true,
                field: self.brackets.len() > format.depth,
            };
            self.problem.get_or_insert(problem);
            self.brackets.truncate(format.depth);
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, start: start as u32, end: self.at as u32, open_ended: false });
    }

    fn push_open_ended(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, start: start as u32, end: self.at as u32, open_ended: true });
    }

    fn in_format_text(&self) -> bool {
        let Some(format) = self.formats.last() else { return false };
        let depth = self.brackets.len();
        depth == format.depth || format.specs.last() == Some(&depth)
    }

    /// Text of an f-string, up to a field or the end.
    fn format_text(&mut self) {
        let Some(format) = self.formats.last() else { return };
        let (quote, triple, raw, format_start) = (format.quote, format.triple, format.raw, format.start);
        let spec = !format.specs.is_empty() && format.specs.last() == Some(&self.brackets.len());
        let start = self.at;
        loop {
            let byte = self.peek(0);
            if self.at >= self.bytes.len() {
                break;
            }
            let ends = byte == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote));
            if ends {
                break;
            }
            match byte {
                // `\N{…}` is no field.
                b'\\' if !raw && self.peek(1) == b'N' && self.peek(2) == b'{' && !spec => {
                    while self.at < self.bytes.len() && !matches!(self.peek(0), b'}' | b'\n') && self.peek(0) != quote {
                        self.at += 1;
                    }
                    if self.peek(0) == b'}' {
                        self.at += 1;
                    }
                }
                b'\\' if matches!(self.peek(1), b'{' | b'}') => self.at += 1,
                b'\\' => self.at = (self.at + 2).min(self.bytes.len()),
                b'{' if self.peek(1) == b'{' && !spec => self.at += 2,
                b'{' => break,
                b'}' if spec => break,
                b'\n' | b'\r' if !triple => break,
                _ => self.at += 1,
            }
        }
        if self.at > start {
            self.push(Kind::FormatText, start);
        }
        let byte = self.peek(0);
        let here = self.at;
        if self.at >= self.bytes.len() {
            return;
        }
        if byte == b'{' {
            self.at += 1;
            self.brackets.push(Bracket { start: here as u32, byte, field: true });
            self.push(Kind::Open, here);
            self.after_equal = false;
        } else if byte == b'}' && spec {
            self.close(b'}');
        } else {
            let newline = byte != quote;
            if !newline {
                self.at += if triple { 3 } else { 1 };
                self.push(Kind::FormatEnd, here);
            } else {
                let problem =
                    Problem::Unterminated { start: format_start, end: here as u32, triple, format: true, field: false };
                self.problem.get_or_insert(problem);
                if let Some(last) = self.tokens.last_mut() {
                    last.open_ended = true;
                }
            }
            if let Some(format) = self.formats.pop() {
                self.brackets.truncate(format.depth);
            }
        }
    }

    fn token(&mut self) {
        let start = self.at;
        let byte = self.peek(0);
        if self.line_start && self.brackets.is_empty() && self.formats.is_empty() {
            if matches!(byte, b' ' | b'\t' | b'\x0c') {
                self.at += 1;
                return;
            }
            if self.escapes && matches!(byte, b'%' | b'!' | b'?') {
                return self.escape();
            }
        }
        match byte {
            b' ' | b'\t' | b'\x0c' => {
                self.at += 1;
                return;
            }
            b'\n' | b'\r' => {
                self.at += if byte == b'\r' && self.peek(1) == b'\n' { 2 } else { 1 };
                let logical = self.brackets.is_empty() && self.formats.is_empty() && !self.line_start;
                self.push(if logical { Kind::Newline } else { Kind::Blank }, start);
                if self.brackets.is_empty() && self.formats.is_empty() {
                    self.line_start = true;
                    self.after_equal = false;
                }
                return;
            }
            b'\\' if matches!(self.peek(1), b'\n' | b'\r') || self.at + 1 == self.bytes.len() => {
                self.at += if self.peek(1) == b'\r' && self.peek(2) == b'\n' { 3 } else { 2 };
                self.at = self.at.min(self.bytes.len());
                self.continued = self.at == self.bytes.len();
                self.line_start = false;
                return;
            }
            b'#' => {
                while self.at < self.bytes.len() && !matches!(self.peek(0), b'\n' | b'\r') {
                    self.at += 1;
                }
                self.push(Kind::Comment, start);
                return;
            }
            b'%' | b'!' if self.escapes && self.after_equal && self.brackets.is_empty() && self.formats.is_empty() => {
                return self.escape();
            }
            _ => {}
        }
        self.line_start = false;
        self.after_equal = false;
        match byte {
            b'"' | b'\'' => self.string(start),
            b'0'..=b'9' => self.number(start),
            b'.' if self.peek(1).is_ascii_digit() => self.number(start),
            b'(' | b'[' | b'{' => {
                self.at += 1;
                self.brackets.push(Bracket { start: start as u32, byte, field: false });
                self.push(Kind::Open, start);
            }
            b')' | b']' | b'}' => self.close(byte),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(start),
            _ => self.operator(start, byte),
        }
    }

    fn escape(&mut self) {
        let start = self.at;
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' if self.peek(1) == b'\r' && self.peek(2) == b'\n' => self.at += 3,
                b'\\' if matches!(self.peek(1), b'\n' | b'\r') => self.at += 2,
                b'\n' | b'\r' => break,
                _ => self.at += 1,
            }
        }
        self.push(Kind::Escape, start);
        self.line_start = false;
        self.after_equal = false;
    }

    fn close(&mut self, byte: u8) {
        let start = self.at;
        self.at += 1;
        let opener = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        // What was opened outside of the f-string that we are in cannot be closed inside of it.
        let floor = self.formats.last().map_or(0, |format| format.depth);
        match self.brackets.iter().rposition(|bracket| bracket.byte == opener).filter(|&index| index >= floor) {
            Some(index) => {
                if index + 1 < self.brackets.len() {
                    let open = self.brackets[self.brackets.len() - 1].start;
                    self.problem.get_or_insert(Problem::Mismatch { open, close: start as u32 });
                }
                self.brackets.truncate(index);
            }
            None => {
                let problem = match self.brackets.last() {
                    Some(bracket) => Problem::Mismatch { open: bracket.start, close: start as u32 },
                    None => Problem::Unmatched { close: start as u32 },
                };
                self.problem.get_or_insert(problem);
            }
        }
        let depth = self.brackets.len();
        if let Some(format) = self.formats.last_mut() {
            while format.specs.last().is_some_and(|&spec| spec > depth) {
                format.specs.pop();
            }
        }
        self.push(Kind::Close, start);
    }

    /// A name, or the prefix of a string.
    fn word(&mut self, start: usize) {
        let rest = &self.text[start..];
        let length = rest.find(|c: char| !(c == '_' || c.is_alphanumeric() || is_combining(c))).unwrap_or(rest.len());
        if length == 0 {
            self.at += rest.chars().next().map_or(1, char::len_utf8);
            return self.push(Kind::Unknown, start);
        }
        let word = &rest[..length];
        if length <= 2
            && matches!(self.bytes.get(start + length), Some(b'"' | b'\''))
            && word.bytes().all(|b| matches!(b.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f' | b't'))
        {
            self.at += length;
            return self.string(start);
        }
        self.at += length;
        self.push(Kind::Word, start);
    }

    fn number(&mut self, start: usize) {
        let mut before = 0;
        while self.at < self.bytes.len() {
            let byte = self.peek(0);
            let sign = matches!(byte, b'+' | b'-')
                && matches!(before, b'e' | b'E')
                && !self.text[start..].starts_with("0x")
                && !self.text[start..].starts_with("0X")
                && self.peek(1).is_ascii_digit();
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || sign) {
                break;
            }
            // `1if x else 2` is Python: a number ends where its letters can no longer be digits.
            if byte.is_ascii_alphabetic() && self.ends_number(start) {
                break;
            }
            before = byte;
            self.at += 1;
        }
        self.push(Kind::Number, start);
    }

    fn ends_number(&self, start: usize) -> bool {
        let prefixed = matches!(self.bytes.get(start + 1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'))
            && self.bytes[start] == b'0';
        if prefixed {
            return false;
        }
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(8).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        matches!(&rest[..length], b"if" | b"else" | b"and" | b"or" | b"in" | b"is" | b"not" | b"for")
    }

    /// A string; `at` is at its opening quote.
    fn string(&mut self, start: usize) {
        let prefix = &self.text[start..self.at];
        let raw = prefix.contains(['r', 'R']);
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if prefix.contains(['f', 'F', 't', 'T']) {
            self.push(Kind::FormatStart, start);
            let depth = self.brackets.len();
            self.formats.push(Format { start: start as u32, quote, triple, raw, depth, specs: Vec::new() });
            return;
        }
        while self.at < self.bytes.len() {
            let byte = self.peek(0);
            if byte == b'\\' {
                self.at = (self.at + 2).min(self.bytes.len());
            } else if byte == quote && !triple {
                self.at += 1;
                return self.push(Kind::String, start);
            } else if byte == quote && self.peek(1) == quote && self.peek(2) == quote {
                self.at += 3;
                return self.push(Kind::String, start);
            } else if matches!(byte, b'\n' | b'\r') && !triple {
                break;
            } else {
                self.at += 1;
            }
        }
        // Inside a field the quote may be the end of the f-string, and what is missing is the `}`.
        if self.formats.is_empty() {
            let problem =
                Problem::Unterminated { start: start as u32, end: self.at as u32, triple, format: false, field: false };
            self.problem.get_or_insert(problem);
        }
        self.broken = true;
        self.push_open_ended(Kind::String, start);
    }

    fn operator(&mut self, start: usize, byte: u8) {
        const LONG: [&[u8]; 24] = [
            b"...", b"**=", b"//=", b">>=", b"<<=", b"!=", b"==", b"<=", b">=", b"->", b":=", b"+=", b"-=", b"*=",
            b"/=", b"%=", b"&=", b"|=", b"^=", b"@=", b"**", b"//", b"<<", b">>",
        ];
        let rest = &self.bytes[start..];
        let depth = self.brackets.len();
        let field = self.brackets.last().is_some_and(|bracket| bracket.field);
        if byte == b':' && field {
            // The rest of the field is its format.
            if let Some(format) = self.formats.last_mut() {
                format.specs.push(depth);
            }
            self.at += 1;
            return self.push(Kind::Operator, start);
        }
        let length = match LONG.iter().find(|long| rest.starts_with(long)) {
            Some(long) => long.len(),
            None => 1,
        };
        self.at += length;
        let known = matches!(
            byte,
            b'+' | b'-'
                | b'*'
                | b'/'
                | b'%'
                | b'@'
                | b'&'
                | b'|'
                | b'^'
                | b'~'
                | b'<'
                | b'>'
                | b'='
                | b'!'
                | b'.'
                | b','
                | b':'
                | b';'
                | b'?'
        );
        self.after_equal = byte == b'=' && length == 1;
        self.push(if known { Kind::Operator } else { Kind::Unknown }, start);
    }
}

fn is_combining(c: char) -> bool {
    // Marks that continue a name; close enough for colours.
    matches!(c, '\u{300}'..='\u{36f}' | '\u{b7}' | '\u{203f}'..='\u{2040}' | '\u{fe00}'..='\u{fe0f}')
}

/// Python's keywords.
pub(crate) const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Whether a word is a keyword.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}
