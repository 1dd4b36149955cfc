//! Text to tree.
//!
//! The text is cleaned of prompts and common indentation, a cell magic is taken off, the foreign parser reads the rest, and
//! `lower` makes its tree into ours. Nothing that stands in a text makes this panic or run out of stack.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ruff_python_ast::Mod;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

use crate::clean::Clean;
use crate::error::Result;
use crate::scan::{Kind, Scan, scan, scan_expression};
use crate::tree::{Cell, ExprKind, MagicForm, Stmt, StmtKind};
use crate::{Source, Span, SyntaxError};
use crate::{limits, lower, magic};

/// When less stack than this is left, walking goes on on a new piece …
pub(crate) const RED_ZONE: usize = 128 * 1024;
/// … of this size.
pub(crate) const MORE_STACK: usize = 1024 * 1024;

/// Longer texts are no programs.
const MAX_BYTES: usize = 64 << 20;

/// Parses a whole source.
pub fn parse(source: Arc<Source>) -> Result<Cell> {
    let all = Span::new(0, source.text.len().min(MAX_BYTES + 1) as u32);
    parse_part(source, all)
}

/// Parses a part of a source, such as the body of a cell magic or the argument of `%time`; all spans are of the whole source.
pub fn parse_part(source: Arc<Source>, part: Span) -> Result<Cell> {
    let clean = cleaned(&source, part)?;
    let of_one = |kind, span, source| Cell {
        source,
        body: vec![Stmt { span, kind }],
        slot_names: Vec::new(),
        cell_slots: Vec::new(),
        hushed: false,
    };
    if let Some((magic, span)) = magic::cell_magic(&source, &clean)? {
        return Ok(of_one(StmtKind::Magic(magic), span, source));
    }
    if let Some((help, span)) = magic::help(&clean) {
        return Ok(of_one(help, span, source));
    }
    let scan = scan(&clean.text);
    let stack = limits::check(&scan, &clean)?;
    on_enough_stack(&clean, stack, || {
        let parsed = read(&source, &clean, &scan, Mode::Ipython)?;
        let hushed = is_hushed(&parsed);
        let Mod::Module(module) = parsed.syntax() else { return Err(gave_up(&clean)) };
        let mut cell = lower::cell(&source, &clean, module)?;
        cell.hushed = hushed || ends_in_hushed_magic(&cell);
        Ok(cell)
    })
}

/// Parses an expression: a cell with one expression statement in it.
pub fn parse_expression(source: Arc<Source>) -> Result<Cell> {
    let clean = cleaned(&source, Span::new(0, source.text.len().min(MAX_BYTES + 1) as u32))?;
    if clean.text.trim().is_empty() {
        return Err(SyntaxError::new("expected an expression", clean.span(0, 0)));
    }
    let scan = scan_expression(&clean.text);
    let stack = limits::check(&scan, &clean)?;
    on_enough_stack(&clean, stack, || {
        let parsed = read(&source, &clean, &scan, Mode::Expression)?;
        let Mod::Expression(expression) = parsed.syntax() else { return Err(gave_up(&clean)) };
        lower::expression(&source, &clean, expression)
    })
}

fn cleaned(source: &Source, part: Span) -> Result<Clean> {
    if source.text.len() > MAX_BYTES {
        return Err(SyntaxError::new(format!("the text is longer than {} MiB", MAX_BYTES >> 20), Span::new(0, 0)));
    }
    Ok(Clean::new(source, part))
}

fn read(source: &Source, clean: &Clean, scan: &Scan, mode: Mode) -> Result<Parsed<Mod>> {
    let (text, mode) = match mode {
        Mode::Ipython => prepared(clean, scan)?,
        Mode::Module | Mode::Expression | Mode::ParenthesizedExpression => (Cow::Borrowed(&*clean.text), mode),
    };
    let parsed = parse_unchecked(&text, ParseOptions::from(mode));
    match parsed.errors().first() {
        None => Ok(parsed),
        Some(error) => Err(lower::message::explain(error, parsed.syntax(), scan, source, clean)),
    }
}

/// The parser panics where it expects an expression and finds a line that begins with `?`, `/`, `;` or `,`. So the first
/// becomes a `%` of the same length, which lowering undoes, and the others are refused or read in the plain mode.
fn prepared<'a>(clean: &'a Clean, scan: &Scan) -> Result<(Cow<'a, str>, Mode)> {
    let mut text = Cow::Borrowed(&*clean.text);
    let mut escapes = false;
    let mut line_start = true;
    for token in &scan.tokens {
        let slice = scan.slice(token);
        if token.kind == Kind::Escape && slice.starts_with('?') {
            let start = token.start as usize;
            text.to_mut().replace_range(start..start + 1, "%");
        }
        if line_start && token.kind == Kind::Operator && matches!(slice, "/" | "//" | ";" | ",") {
            let span = clean.span(token.start, token.end);
            return Err(SyntaxError::new(format!("expected a statement, got `{slice}`"), span));
        }
        escapes |= token.kind == Kind::Escape || slice == "?";
        line_start = token.kind == Kind::Newline || (line_start && token.kind == Kind::Blank);
    }
    let odd = |line: &str| line.trim_start().starts_with(['?', '/', ';', ',']);
    let unclosed = scan.broken || !scan.open.is_empty();
    let plain = !escapes || (unclosed && clean.text.split(['\n', '\r']).any(odd));
    Ok((text, if plain { Mode::Module } else { Mode::Ipython }))
}

/// Runs the foreign parser and the lowering where neither a deep tree nor a bug of theirs can do harm.
fn on_enough_stack<T>(clean: &Clean, stack: usize, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let work = || catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(gave_up(clean)));
    stacker::maybe_grow(stack, stack.max(MORE_STACK), work)
}

fn gave_up(clean: &Clean) -> SyntaxError {
    SyntaxError::new("the parser gave up on this text", clean.span(0, clean.text.len() as u32))
        .hint("please report it with the text that caused it")
}

/// Whether the last thing in the text, comments aside, is a `;`.
fn is_hushed(parsed: &Parsed<Mod>) -> bool {
    let last = parsed.tokens().iter().rev().map(|token| token.kind()).find(|kind| {
        !matches!(
            kind,
            TokenKind::Comment
                | TokenKind::Newline
                | TokenKind::NonLogicalNewline
                | TokenKind::Dedent
                | TokenKind::EndOfFile
        )
    });
    last == Some(TokenKind::Semi)
}

/// `%time f();` is hushed too, though the `;` is part of the magic's text.
fn ends_in_hushed_magic(cell: &Cell) -> bool {
    let magic = match cell.body.last().map(|stmt| &stmt.kind) {
        Some(StmtKind::Magic(magic)) => magic,
        Some(StmtKind::Expr(expr)) => match &expr.kind {
            ExprKind::Magic(magic) => magic,
            _ => return false,
        },
        _ => return false,
    };
    magic.form == MagicForm::Line && magic.argument.ends_with(';')
}
