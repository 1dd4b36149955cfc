//! The foreign parser's complaints in words that a user of Python knows.

use ruff_python_ast::Mod;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{InterpolatedStringErrorType, LexicalErrorType, ParseError, ParseErrorType};

use super::describe;
use crate::clean::Clean;
use crate::error::SyntaxKind;
use crate::scan::{Kind, Problem, Scan, Token, is_keyword};
use crate::{Source, Span, SyntaxError};

/// What the first complaint means for the user.
pub(crate) fn explain(error: &ParseError, tree: &Mod, scan: &Scan, source: &Source, clean: &Clean) -> SyntaxError {
    let about = About::new(error, tree, scan, source, clean);
    about.structure().unwrap_or_else(|| about.explain(&error.error))
}

/// A complaint and what stands around it.
struct About<'a> {
    tree: &'a Mod,
    scan: &'a Scan<'a>,
    source: &'a Source,
    clean: &'a Clean,
    error: &'a ParseError,
    start: u32,
    end: u32,
    /// The token in front of the complaint, and the one at it.
    before: Option<Token>,
    found: Option<Token>,
}

impl<'a> About<'a> {
    fn new(
        error: &'a ParseError,
        tree: &'a Mod,
        scan: &'a Scan<'a>,
        source: &'a Source,
        clean: &'a Clean,
    ) -> About<'a> {
        let start = error.location.start().to_u32();
        let tokens = &scan.tokens;
        let index = tokens.partition_point(|token| token.start < start);
        let found = tokens.get(index).copied().filter(|token| token.kind != Kind::Comment);
        let before = tokens[..index].iter().rev().find(|token| token.kind != Kind::Comment).copied();
        About { tree, scan, source, clean, error, start, end: error.location.end().to_u32(), before, found }
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        let text = &self.clean.text[self.start as usize..self.end as usize];
        // An end of line is not shown as a range: it would reach into the next line.
        let end = if text.trim().is_empty() { self.start } else { self.end };
        SyntaxError::new(message, self.clean.span(self.start, end))
    }

    fn span(&self, start: u32, end: u32) -> Span {
        self.clean.span(start, end)
    }

    fn text(&self, token: Option<Token>) -> &'a str {
        token.map_or("", |token| self.scan.slice(&token))
    }

    /// What stands where something else was expected.
    fn got(&self) -> String {
        match self.found {
            None => "the end of the text".to_owned(),
            Some(token) if matches!(token.kind, Kind::Newline | Kind::Blank) => "the end of the line".to_owned(),
            Some(token) if token.start > self.start && self.end == self.start => "the end of the line".to_owned(),
            Some(token) => {
                let text = self.scan.slice(&token);
                let short: String = text.lines().next().unwrap_or("").chars().take(24).collect();
                if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
            }
        }
    }

    /// Quotes and brackets that do not match explain most of what comes behind them.
    fn structure(&self) -> Option<SyntaxError> {
        match self.scan.problem {
            Some(Problem::Unterminated { start, end, triple, format, field }) if start <= self.start => {
                let what = if format { "f-string" } else { "string" };
                let triple_word = if triple { "triple-quoted " } else { "" };
                let text = &self.clean.text[start as usize..];
                let quote = text.chars().find(|c| matches!(c, '"' | '\'')).unwrap_or('"');
                let closing = if triple { quote.to_string().repeat(3) } else { quote.to_string() };
                return Some(
                    SyntaxError::new(format!("unterminated {triple_word}{what}"), self.span(start, end)).hint(
                        if field {
                            format!("a `}}` or the closing `{closing}` is missing")
                        } else {
                            format!("the closing `{closing}` is missing")
                        },
                    ),
                );
            }
            Some(Problem::Unmatched { close }) if close <= self.start => {
                let bracket = &self.clean.text[close as usize..close as usize + 1];
                return Some(SyntaxError::new(
                    format!("`{bracket}` closes nothing: no bracket is open here"),
                    self.span(close, close + 1),
                ));
            }
            Some(Problem::Mismatch { open, close }) if open <= self.start => {
                let opening = &self.clean.text[open as usize..open as usize + 1];
                let closing = &self.clean.text[close as usize..close as usize + 1];
                let where_opened = if self.clean.text[open as usize..close as usize].contains('\n') {
                    format!(" of line {}", self.source.line_column(self.clean.place(open)).0)
                } else {
                    String::new()
                };
                return Some(SyntaxError::new(
                    format!("`{closing}` does not close the `{opening}`{where_opened}"),
                    self.span(close, close + 1),
                ));
            }
            Some(_) | None => {}
        }
        let &(open, byte) = self.scan.open.iter().rev().find(|&&(open, _)| open <= self.start)?;
        let (open_text, closing) = match byte {
            b'(' => ("(", ")"),
            b'[' => ("[", "]"),
            _ => ("{", "}"),
        };
        Some(
            SyntaxError::new(format!("`{open_text}` was never closed"), self.span(open, open + 1))
                .hint(format!("the closing `{closing}` is missing")),
        )
    }

    fn explain(&self, error: &ParseErrorType) -> SyntaxError {
        match error {
            ParseErrorType::ExpectedToken { expected, .. } => self.expected(*expected),
            ParseErrorType::ExpectedExpression => self.expected_expression(),
            ParseErrorType::SimpleStatementsOnSameLine => self.two_statements(),
            ParseErrorType::SimpleAndCompoundStatementOnSameLine => {
                self.error("a block cannot start on the line of another statement")
            }
            ParseErrorType::UnexpectedIndentation => self.indentation("unexpected indent"),
            ParseErrorType::OtherError(text) => self.other(text),
            ParseErrorType::Lexical(error) => self.lexical(error),
            ParseErrorType::FStringError(error) | ParseErrorType::TStringError(error) => self.format_string(error),
            ParseErrorType::InvalidAssignmentTarget => {
                let error = self.error(format!("cannot assign to {}", self.describe()));
                let next = self.scan.tokens.iter().find(|token| token.start >= self.end);
                match next.map(|token| self.scan.slice(token)) {
                    Some("=") => error.hint("`==` compares"),
                    Some(_) | None => error,
                }
            }
            ParseErrorType::InvalidAugmentedAssignmentTarget => {
                let next = self.scan.tokens.iter().find(|token| token.start >= self.end);
                let op = next.map_or("+=", |token| self.scan.slice(token));
                self.error(format!("`{op}` cannot change {}", self.describe()))
            }
            ParseErrorType::InvalidDeleteTarget => self.error(format!("cannot delete {}", self.describe())),
            ParseErrorType::InvalidNamedAssignmentTarget => {
                self.error(format!("the target of `:=` must be a name, not {}", self.describe()))
            }
            ParseErrorType::InvalidAnnotatedAssignmentTarget => {
                self.error(format!("only a name can be annotated, not {}", self.describe()))
            }
            ParseErrorType::EmptySlice => self.error("expected an index between the brackets"),
            ParseErrorType::EmptyGlobalNames | ParseErrorType::EmptyNonlocalNames => self.error("expected a name"),
            ParseErrorType::EmptyDeleteTargets => self.error("expected what to delete"),
            ParseErrorType::EmptyImportNames => match self.text(self.found) {
                word if is_keyword(word) => self.error(format!("`{word}` is a keyword, not a name")),
                _ => self.error("expected a name to import"),
            },
            ParseErrorType::UnparenthesizedNamedExpression => self.error("`:=` needs parentheses here"),
            ParseErrorType::UnparenthesizedTupleExpression => self.error("a tuple needs parentheses here"),
            ParseErrorType::UnparenthesizedGeneratorExpression => {
                self.error("a generator expression needs parentheses here")
            }
            ParseErrorType::InvalidLambdaExpressionUsage => self.error("a lambda needs parentheses here"),
            ParseErrorType::InvalidStarredExpressionUsage => {
                self.error("`*` cannot be used here").hint("it unpacks into a call, a list, a tuple or a set")
            }
            ParseErrorType::ParamAfterVarKeywordParam => self.error("no parameter can follow one with `**`"),
            ParseErrorType::NonDefaultParamAfterDefaultParam => {
                self.error("a parameter without a default cannot follow one with a default")
            }
            ParseErrorType::VarParameterWithDefault => self.error("a parameter with `*` or `**` cannot have a default"),
            ParseErrorType::ExpectedKeywordParam => self.error("a bare `*` must be followed by named parameters"),
            ParseErrorType::PositionalAfterKeywordArgument => {
                self.error("positional argument follows keyword argument")
            }
            ParseErrorType::PositionalAfterKeywordUnpacking => {
                self.error("positional argument follows keyword argument unpacking")
            }
            ParseErrorType::InvalidArgumentUnpackingOrder => {
                self.error("iterable argument unpacking follows keyword argument unpacking")
            }
            ParseErrorType::IterableUnpackingInComprehension => {
                self.error("`*` cannot be used in a comprehension").hint("walk the inner items with a second `for`")
            }
            ParseErrorType::UnexpectedExpressionToken => {
                self.error(format!("expected the end of the expression, got {}", self.got()))
            }
            ParseErrorType::StringAnnotationError(_)
            | ParseErrorType::EmptyTypeParams
            | ParseErrorType::InvalidYieldExpressionUsage
            | ParseErrorType::InvalidStarPatternUsage
            | ParseErrorType::InvalidMatchPatternTarget
            | ParseErrorType::ExpectedRealNumber
            | ParseErrorType::ExpectedImaginaryNumber
            | ParseErrorType::UnexpectedTokenAfterAsync(_)
            | ParseErrorType::UnexpectedIpythonEscapeCommand => self.error(plain(&error.to_string())),
        }
    }

    /// The expression that the complaint is about.
    fn describe(&self) -> &'static str {
        describe::at(self.tree, self.error.location).map_or("this", describe::describe)
    }

    /// The innermost bracket that is open here.
    fn bracket(&self) -> Option<&'static str> {
        let mut open = Vec::new();
        for token in self.scan.tokens.iter().take_while(|token| token.start < self.start) {
            match token.kind {
                Kind::Open => open.push(self.scan.slice(token)),
                Kind::Close => drop(open.pop()),
                _ => {}
            }
        }
        match open.pop()? {
            "(" => Some(")"),
            "[" => Some("]"),
            _ => Some("}"),
        }
    }

    fn expected(&self, expected: TokenKind) -> SyntaxError {
        let got = self.got();
        let found = self.text(self.found);
        let before = self.text(self.before);
        let is_operand = self.found.is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Number | Kind::String))
            && !is_keyword(found);
        match expected {
            TokenKind::Colon if found == "=" => {
                let behind = self.clean.text[self.end as usize..].chars().next();
                match behind {
                    Some(c @ ('>' | '<')) => self.error(format!("`={c}` is no operator")).hint(format!("maybe `{c}=`")),
                    _ if before == "<" || before == ">" => self.error(format!("expected `:`, got {got}")),
                    _ => self.error("`=` cannot be used in a condition").hint("`==` compares, `:=` assigns"),
                }
            }
            TokenKind::Colon if self.bracket() == Some("}") => {
                self.error(format!("expected `:`, got {got}")).hint("a dict has `key: value` everywhere")
            }
            TokenKind::Colon => {
                let error = self.error(format!("expected `:`, got {got}"));
                match (before, found) {
                    ("else", "if") => error.hint("`else if` is written `elif`"),
                    (_, "{") => error.hint("a block is a `:` and indented lines, without braces"),
                    _ => error,
                }
            }
            TokenKind::Comma => match self.bracket() {
                Some(close) => {
                    let error = self.error(format!("expected `,` or `{close}`, got {got}"));
                    if is_operand || self.found.is_some_and(|token| token.kind == Kind::FormatStart) {
                        error.hint("maybe a comma is missing")
                    } else {
                        error
                    }
                }
                None if found.ends_with('=') && found.len() > 1 => {
                    self.error(format!("`{found}` cannot change a tuple")).hint("change its names one by one")
                }
                None if self.in_lambda() => self.error(format!("expected `:` behind the parameters, got {got}")),
                None => self.error(format!("expected the end of the line, got {got}")),
            },
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                let error = self.error(format!("expected {expected}, got {got}"));
                if is_keyword(found) {
                    error.hint(format!("`{found}` is a keyword"))
                } else if is_operand {
                    error.hint("maybe a comma is missing")
                } else {
                    error
                }
            }
            TokenKind::Else => {
                self.error(format!("expected `else`, got {got}")).hint("a conditional is `a if test else b`")
            }
            TokenKind::Newline => self.error(format!("expected the end of the line, got {got}")),
            TokenKind::Lpar => self.error(format!("expected `(`, got {got}")).hint("parameters: `def name(…):`"),
            _ => self.error(format!("expected {expected}, got {got}")),
        }
    }

    fn in_lambda(&self) -> bool {
        let line = self.scan.tokens.iter().rev().skip_while(|token| token.start >= self.start);
        for token in line {
            match self.scan.slice(token) {
                "lambda" => return true,
                ":" | ")" | "]" | "}" | "(" | "[" | "{" => return false,
                _ if token.kind == Kind::Newline => return false,
                _ => {}
            }
        }
        false
    }

    fn expected_expression(&self) -> SyntaxError {
        let got = self.got();
        let found = self.text(self.found);
        let before = self.text(self.before);
        let twice = self.before.is_some_and(|token| {
            let start = token.start as usize;
            start > 0 && self.clean.text.as_bytes()[start - 1] == self.clean.text.as_bytes()[start]
        });
        match (before, found) {
            ("{", "}") => {
                self.error("f-string: expected an expression between the braces").hint("`{{}}` stands for braces")
            }
            ("&", "&") => self.error("`&&` is no operator").hint("it is written `and`"),
            ("|", "|") => self.error("`||` is no operator").hint("it is written `or`"),
            ("<", ">") => self.error("`<>` is no operator").hint("it is written `!=`"),
            ("+", _) if twice => self.error("`++` is no operator").hint("`x += 1` adds one"),
            ("-", _) if twice => self.error("`--` is no operator").hint("`x -= 1` takes one away"),
            (_, word) if is_keyword(word) && self.found.is_some_and(|token| token.start == self.start) => {
                self.error(format!("expected an expression, got the keyword `{word}`"))
            }
            _ => self.error(format!("expected an expression, got {got}")),
        }
    }

    /// Two statements on a line: mostly something is missing between two words.
    fn two_statements(&self) -> SyntaxError {
        let got = self.got();
        let found = self.text(self.found);
        let before = self.text(self.before);
        let adjoining = self.before.is_some_and(|token| token.end == self.start);
        let number = self.before.is_some_and(|token| token.kind == Kind::Number)
            || before.starts_with(|c: char| c.is_ascii_digit());
        // The number may be one token for us and two for the parser: `0b12`.
        let inside = self.before.is_some_and(|token| token.end > self.start);
        let first = self.before.map_or(0, |token| token.start);
        let rest = self.clean.text[self.start as usize..].lines().next().unwrap_or("");
        let rest = rest.split(['#', ';']).next().unwrap_or("").trim();
        match before {
            "print" | "exec" => {
                return SyntaxError::new(
                    format!("missing parentheses in call to `{before}`"),
                    self.span(first, self.end),
                )
                .hint(format!("{before}({rest})"));
            }
            _ if number && (adjoining || inside) => {
                let end = self.found.filter(|token| token.start == self.start).map_or(self.end, |token| token.end);
                return SyntaxError::new("invalid number", self.span(first, end.max(self.start)))
                    .hint("a name cannot begin with a digit");
            }
            _ => {}
        }
        let error = self.error(format!("expected the end of the line, got {got}"));
        match before {
            "var" | "let" | "const" | "int" | "float" | "double" | "auto" | "string" | "bool" | "my" => {
                error.hint(format!("a variable needs no declaration: `{found} = …`"))
            }
            "function" | "func" | "fn" | "sub" => error.hint("a function is `def name(…):`"),
            "switch" | "unless" => error.hint("use `if`, `elif` and `else`"),
            "elseif" | "elsif" => error.hint("it is written `elif`"),
            "new" => error.hint("leave `new` out: calling makes an object"),
            "?" => error.hint("a conditional is `a if test else b`"),
            _ if found == "not" => error.hint("`not in` and `is not` are operators"),
            _ => error.hint("maybe an operator, a comma or a line break is missing"),
        }
    }

    fn indentation(&self, message: &str) -> SyntaxError {
        let text = &self.clean.text;
        let line_start = text[..self.start as usize].rfind('\n').map_or(0, |at| at + 1);
        // An indent token includes the blanks, a dedent begins behind them.
        let indent_of = |line: &'a str| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let here = indent_of(text[line_start..].lines().next().unwrap_or(""));
        let above = text[..line_start].lines().rev().find(|line| !line.trim().is_empty()).map_or("", indent_of);
        let mixed = !here.starts_with(above) && !above.starts_with(here);
        let end = (line_start + here.len()) as u32;
        let error = SyntaxError::new(message, self.span(line_start as u32, end)).of(SyntaxKind::Indentation);
        if mixed {
            SyntaxError { message: "inconsistent use of tabs and spaces in indentation".to_owned(), ..error }
                .of(SyntaxKind::Tab)
        } else {
            error
        }
    }

    fn other(&self, text: &str) -> SyntaxError {
        let found = self.text(self.found);
        if text.starts_with("Expected an indented block") {
            let message = plain(text).replace("after `", "after the `");
            let error = self.error(message).of(SyntaxKind::Indentation);
            // At the end of the text the error stands before the comment.
            let (above, below): (Vec<_>, Vec<_>) =
                self.scan.tokens.iter().copied().partition(|token| token.start < self.start);
            let silent = |kind| matches!(kind, Kind::Comment | Kind::Blank | Kind::Newline);
            let blanks = above.into_iter().rev().take_while(|token| silent(token.kind));
            let rest = below.into_iter().take_while(|token| silent(token.kind));
            let commented = blanks.chain(rest).any(|token| token.kind == Kind::Comment);
            return if commented { error.hint("a comment alone is no block: write `pass` below it") } else { error };
        }
        if let Some(rest) = text.strip_prefix("Expected an identifier, but found a keyword ") {
            let word = rest.split(" that").next().unwrap_or(rest);
            return self.error(format!("{word} is a keyword, not a name"));
        }
        match text {
            "Expected a statement" => {
                match (self.text(self.before), found) {
                    (_, word @ ("else" | "elif" | "except" | "finally")) => {
                        let error = self.error(format!("`{word}` belongs to nothing before it"));
                        let behind = self.clean.text[self.end as usize..].trim_start();
                        if word == "else" && behind.starts_with("if ") {
                            error.hint("`else if` is written `elif`")
                        } else {
                            error.hint("it stands right below a block, as far in as the `if`, `for` or `try` that it belongs to")
                        }
                    }
                    (_, ":=") => self.error("`:=` needs parentheses here").hint("`=` assigns"),
                    (word, "=") if is_keyword(word) => {
                        self.error(format!("`{word}` is a keyword, it cannot be assigned to"))
                    }
                    _ => self.error(format!("expected a statement, got {}", self.got())),
                }
            }
            "Expected an identifier" => match self.text(self.before) {
                "." => self.error(format!("expected a name behind `.`, got {}", self.got())),
                _ if is_keyword(found) => self.error(format!("expected a name, got the keyword `{found}`")),
                _ => self.error(format!("expected a name, got {}", self.got())),
            },
            "Expected a parameter name" => {
                let text = &self.clean.text[self.start as usize..self.end as usize];
                self.error(format!("the name of a keyword argument cannot be {}", self.quoted(text)))
                    .hint("`==` compares")
            }
            _ if text.starts_with("Expected class, function definition") => {
                self.error(format!("expected a `def` behind the decorator, got {}", self.got()))
            }
            "Expected symbol after `as`" | "Expected name after `as`" => {
                self.error(format!("expected a name behind `as`, got {}", self.got()))
            }
            "Maximum of 2 `?` tokens are allowed in help end escape command" => {
                self.error("expected the end of the line, got `?`").hint("`x?` explains `x`, `x??` says more")
            }
            "Star import must be the only import" => self.error("`*` must be the only name that is imported"),
            _ => self.error(plain(text)),
        }
    }

    fn quoted(&self, text: &str) -> String {
        if text.is_empty() || text.len() > 40 { self.describe().to_owned() } else { format!("`{text}`") }
    }

    fn lexical(&self, error: &LexicalErrorType) -> SyntaxError {
        match error {
            LexicalErrorType::UnclosedStringError => self.error("unterminated string"),
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace
            | LexicalErrorType::StringError => {
                let string = self.scan.tokens.iter().rev().find(|token| token.start <= self.start);
                let span = string.map_or(self.span(self.start, self.end), |token| self.span(token.start, token.end));
                SyntaxError::new(r"invalid `\x`, `\u`, `\U` or `\N` escape in a string", span)
                    .hint(r#"a backslash is written `\\`, or the string raw: `r"…"`"#)
            }
            LexicalErrorType::IndentationError => {
                self.indentation("unindent does not match any outer indentation level")
            }
            LexicalErrorType::UnrecognizedToken { tok } => self.unknown(*tok),
            LexicalErrorType::FStringError(error) | LexicalErrorType::TStringError(error) => self.format_string(error),
            LexicalErrorType::InvalidByteLiteral => {
                self.error("bytes can only hold ASCII characters").hint(r#"use `\x…`, or `"…".encode()`"#)
            }
            LexicalErrorType::LineContinuationError => {
                self.error("expected the end of the line behind `\\`").hint("it continues a line at its very end")
            }
            LexicalErrorType::Eof => self.error("unexpected end of the text"),
            LexicalErrorType::OtherError(text) => {
                let number = &self.clean.text[self.start as usize..self.end as usize];
                if &**text == "Invalid decimal integer literal" {
                    self.error("an integer cannot begin with 0").hint("`0o17` is octal")
                } else if text.contains("ParseIntError") {
                    self.error(format!("expected digits behind `{number}`"))
                } else {
                    self.error(plain(text))
                }
            }
        }
    }

    fn unknown(&self, c: char) -> SyntaxError {
        let message = if c.is_control() || c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}' {
            format!("invalid invisible character U+{:04X}", c as u32)
        } else if c == '`' {
            "invalid character: a backtick".to_owned()
        } else {
            format!("invalid character `{c}`")
        };
        let error = SyntaxError::new(message, self.span(self.start, self.end));
        match c {
            '“' | '”' | '„' | '«' | '»' => error.hint("strings have straight quotes: `\"`"),
            '‘' | '’' | '‚' | '´' => error.hint("strings have straight quotes: `'`"),
            '`' => error.hint("strings are in `\"` or `'`"),
            '–' | '—' | '−' => error.hint("minus is `-`"),
            '×' | '·' => error.hint("times is `*`"),
            '÷' => error.hint("divided by is `/`"),
            '≤' => error.hint("it is written `<=`"),
            '≥' => error.hint("it is written `>=`"),
            '≠' => error.hint("it is written `!=`"),
            '…' => error.hint("it is written `...`"),
            '\u{a0}' | '\u{200b}' | '\u{feff}' | '\u{2007}' | '\u{202f}' => error.hint("put a plain space or nothing"),
            '$' => error.hint("a shell command is `!command`"),
            _ => error,
        }
    }

    fn format_string(&self, error: &InterpolatedStringErrorType) -> SyntaxError {
        match error {
            InterpolatedStringErrorType::UnclosedLbrace => {
                self.error(format!("f-string: expected `}}`, got {}", self.got()))
            }
            InterpolatedStringErrorType::SingleRbrace => {
                self.error("f-string: a single `}` closes nothing").hint("`}}` stands for a brace")
            }
            InterpolatedStringErrorType::InvalidConversionFlag => {
                self.error("f-string: invalid conversion").hint("there are `!s`, `!r` and `!a`")
            }
            InterpolatedStringErrorType::UnterminatedString
            | InterpolatedStringErrorType::UnterminatedTripleQuotedString => self.error("unterminated f-string"),
            InterpolatedStringErrorType::LambdaWithoutParentheses => {
                self.error("f-string: a lambda needs parentheses here")
            }
            InterpolatedStringErrorType::ConversionFlagNotImmediatelyAfterExclamation => {
                self.error("f-string: the conversion comes right behind `!`")
            }
            InterpolatedStringErrorType::NewlineInFormatSpec => self.error("f-string: a line cannot end in a format"),
        }
    }
}

/// Small first letter, no full stop, "got".
fn plain(text: &str) -> String {
    let text = text.trim_end_matches('.').replace(", found ", ", got ").replace('\'', "`");
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => text,
    }
}
