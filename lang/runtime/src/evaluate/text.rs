//! f-strings.

use rdk_syntax::tree::{Conversion, FormatPart};

use super::frame::Frame;
use crate::error::Result;
use crate::operators::shown;
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
                        Conversion::Str => Value::Str(shown::text(&value).into()),
                        Conversion::Repr => Value::Str(shown::repr(&value).into()),
                        Conversion::Ascii => Value::Str(shown::ascii(&value).into()),
                    };
                    match shown::format(self.context, &value, &spec) {
                        Ok(shown) => text.push_str(&shown),
                        Err(error) => return Err(self.failed(error, expr.span)),
                    }
                }
            }
        }
        Ok(text)
    }
}
