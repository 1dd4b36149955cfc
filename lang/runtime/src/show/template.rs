//! `"{} of {name!r:>10}".format(x, name=n)`

use super::format::format_value;
use super::{quote, repr, text};
use crate::error::Result;
use crate::value::Value;
use crate::{bail, error};

/// Where a template's fields find their values.
pub trait Fields {
    /// `{0}`
    fn position(&self, index: usize) -> Result<Value>;
    /// `{name}`
    fn name(&self, name: &str) -> Result<Value>;
    /// `{….name}`
    fn attribute(&self, of: &Value, name: &str) -> Result<Value>;
    /// `{…[index]}`
    fn item(&self, of: &Value, index: &Value) -> Result<Value>;
}

/// The template with its fields filled in.
pub fn fill(template: &str, fields: &dyn Fields) -> Result<String> {
    Template { fields, numbering: Numbering::Open, next: 0 }.fill(template, 2)
}

#[derive(PartialEq)]
enum Numbering {
    Open,
    Automatic,
    Manual,
}

struct Template<'a> {
    fields: &'a dyn Fields,
    numbering: Numbering,
    next: usize,
}

impl Template<'_> {
    fn fill(&mut self, template: &str, depth: usize) -> Result<String> {
        if depth == 0 {
            bail!("max string recursion exceeded");
        }
        let mut out = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                out.push_str(brace);
                rest = after;
            } else if brace == "}" {
                bail!("single '}}' encountered in format string"; hint: "`}}}}` is a brace");
            } else if rest.is_empty() {
                bail!("single '{{' encountered in format string"; hint: "`{{{{` is a brace");
            } else {
                let end = closing(rest)?;
                out.push_str(&self.field(&rest[..end], depth)?);
                rest = &rest[end + 1..];
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn field(&mut self, field: &str, depth: usize) -> Result<String> {
        let mut in_brackets = false;
        let split = field.find(|c| {
            in_brackets = if in_brackets { c != ']' } else { c == '[' };
            !in_brackets && matches!(c, '!' | ':')
        });
        let (path, mut after) = field.split_at(split.unwrap_or(field.len()));
        let mut value = self.value(path)?;
        if let Some(conversion) = after.strip_prefix('!') {
            let mut chars = conversion.chars();
            value = match chars.next() {
                Some('r') => Value::from(repr(&value)),
                Some('s') => Value::from(text(&value)),
                Some('a') => Value::from(quote::ascii(&repr(&value))),
                Some(other) => bail!("unknown conversion specifier {other}"; hint: "`!r`, `!s` or `!a`"),
                None => bail!("end of string while looking for conversion specifier"),
            };
            after = chars.as_str();
            if !after.is_empty() && !after.starts_with(':') {
                bail!("expected ':' after conversion specifier");
            }
        }
        let spec = after.strip_prefix(':').unwrap_or("");
        if spec.contains('{') {
            let spec = self.fill(spec, depth - 1)?;
            return format_value(&value, &spec);
        }
        format_value(&value, spec)
    }

    /// `name`, `0`, nothing; then `.attribute` and `[item]`.
    fn value(&mut self, path: &str) -> Result<Value> {
        let split = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(split);
        let mut value = match index(first) {
            _ if first.is_empty() => {
                if self.numbering == Numbering::Manual {
                    bail!("cannot switch from manual field specification to automatic field numbering");
                }
                self.numbering = Numbering::Automatic;
                self.next += 1;
                self.fields.position(self.next - 1)?
            }
            Some(index) => {
                if self.numbering == Numbering::Automatic {
                    bail!("cannot switch from automatic field numbering to manual field specification");
                }
                self.numbering = Numbering::Manual;
                self.fields.position(index)?
            }
            None => self.fields.name(first)?,
        };
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                if end == 0 {
                    bail!("empty attribute in format string");
                }
                value = self.fields.attribute(&value, &after[..end])?;
                rest = &after[end..];
            } else if let Some(after) = rest.strip_prefix('[') {
                let end = after.find(']').ok_or_else(|| error!("missing ']' in format string"))?;
                let name = &after[..end];
                if name.is_empty() {
                    bail!("empty attribute in format string");
                }
                let key = index(name).map_or_else(|| Value::str(name), Value::from);
                value = self.fields.item(&value, &key)?;
                rest = &after[end + 1..];
            } else {
                bail!("only '.' or '[' may follow ']' in format field specifier");
            }
        }
        Ok(value)
    }
}

/// Where the brace that is open here closes.
fn closing(text: &str) -> Result<usize> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 {
            return Ok(at);
        }
    }
    bail!("expected '}}' before end of string")
}

fn index(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
