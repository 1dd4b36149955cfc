//! Numbers and f-strings.

use num_bigint::BigInt;
use ruff_python_ast as ast;
use ruff_python_ast::{FStringPart, InterpolatedStringElement};

use super::Lower;
use crate::error::Result;
use crate::tree::{Conversion, ExprKind, FormatPart};

/// As in Python: reading decimal digits takes time with the square of their number.
const MAX_DIGITS: usize = 4300;

impl Lower<'_> {
    pub(super) fn number(&self, node: &ast::ExprNumberLiteral) -> Result<ExprKind> {
        Ok(match &node.value {
            ast::Number::Int(int) => match int.as_i64() {
                Some(value) => ExprKind::Int(value),
                None => ExprKind::BigInt(self.big(node)?),
            },
            ast::Number::Float(value) => ExprKind::Float(*value),
            ast::Number::Complex { imag, .. } => ExprKind::Imaginary(*imag),
        })
    }

    fn big(&self, node: &ast::ExprNumberLiteral) -> Result<BigInt> {
        let text: String = self.text(node.range).chars().filter(|&c| c != '_').collect();
        let (radix, digits) = match text.get(..2) {
            Some("0x" | "0X") => (16, &text[2..]),
            Some("0o" | "0O") => (8, &text[2..]),
            Some("0b" | "0B") => (2, &text[2..]),
            Some(_) | None => (10, &text[..]),
        };
        if radix == 10 && digits.len() > MAX_DIGITS {
            let message =
                format!("an integer of {} digits is too long to read; the limit is {MAX_DIGITS}", digits.len());
            return Err(self.error(message, node).hint("hexadecimal digits have no limit: `0x…`"));
        }
        BigInt::parse_bytes(digits.as_bytes(), radix).ok_or_else(|| self.error("invalid integer", node))
    }

    pub(super) fn format_string(&mut self, node: &ast::ExprFString) -> Result<ExprKind> {
        let mut parts = Parts::default();
        for part in &node.value {
            match part {
                FStringPart::Literal(literal) => parts.text.push_str(&literal.value),
                FStringPart::FString(string) => self.format_parts(&string.elements, &mut parts)?,
            }
        }
        Ok(ExprKind::Format(parts.finish()))
    }

    fn format_parts(&mut self, elements: &[InterpolatedStringElement], parts: &mut Parts) -> Result<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => parts.text.push_str(&literal.value),
                InterpolatedStringElement::Interpolation(node) => {
                    let mut conversion = match node.conversion {
                        ast::ConversionFlag::None => Conversion::None,
                        ast::ConversionFlag::Str => Conversion::Str,
                        ast::ConversionFlag::Repr => Conversion::Repr,
                        ast::ConversionFlag::Ascii => Conversion::Ascii,
                    };
                    if let Some(debug) = &node.debug_text {
                        parts.text.push_str(debug.as_str());
                        // `{x=}` shows the repr, unless a format is asked for.
                        if conversion == Conversion::None && node.format_spec.is_none() {
                            conversion = Conversion::Repr;
                        }
                    }
                    let value = self.expr(&node.expression)?;
                    let mut spec = Parts::default();
                    if let Some(format) = &node.format_spec {
                        self.format_parts(&format.elements, &mut spec)?;
                    }
                    parts.flush();
                    parts.done.push(FormatPart::Value { value, conversion, spec: spec.finish() });
                }
            }
        }
        Ok(())
    }
}

/// Parts of an f-string; adjacent texts become one.
#[derive(Default)]
struct Parts {
    done: Vec<FormatPart>,
    text: String,
}

impl Parts {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.done.push(FormatPart::Text(self.text.as_str().into()));
            self.text.clear();
        }
    }

    fn finish(mut self) -> Vec<FormatPart> {
        self.flush();
        self.done
    }
}
