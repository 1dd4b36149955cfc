//! f-strings.

use rdk_syntax::tree::{Conversion, FormatPart};

use super::frame::Frame;
use crate::error::Result;
use crate::show::{self, quote};
use crate::value::Value;

impl<'a> Frame<'a> {
    /// The text of an f-string.
    pub fn format(&mut self, parts: &[FormatPart]) -> Result<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                FormatPart::Text(plain) => text.push_str(plain),
                FormatPart::Value { value: expr, conversion, spec } => {
                    let value = self.eval(expr)?;
                    let spec = self.format(spec)?;
                    let value = match conversion {
                        Conversion::None => value,
                        Conversion::Str => Value::Str(show::text(&value).into()),
                        Conversion::Repr => Value::Str(show::repr(&value).into()),
                        Conversion::Ascii => Value::Str(quote::ascii(&show::repr(&value)).into()),
                    };
                    match show::format_value(&value, &spec) {
                        Ok(shown) => text.push_str(&shown),
                        Err(error) => return Err(self.failed(error, expr.span)),
                    }
                }
            }
        }
        Ok(text)
    }
}
