//! Signatures of functions of parts of arrays: `(i,j),(j)->(i)`.

use rdk_runtime::{Result, bail};

/// Names of the axes that go into a call, and of those that come out.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// For each argument.
    pub inputs: Vec<Vec<String>>,
    /// For each result.
    pub outputs: Vec<Vec<String>>,
    /// Is it one result, not a tuple of results?
    pub single: bool,
}

impl Signature {
    /// Reads it.
    pub fn parse(text: &str) -> Result<Signature> {
        let refuse = || {
            rdk_runtime::error!(
                "Not a valid gufunc signature: {text}";
                hint: "such as \"(i)->()\", \"(i,j),(j)->(i)\" or \"(i)->(),()\""
            )
        };
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let Some((inputs, outputs)) = plain.split_once("->") else { return Err(refuse()) };
        let parse = |side: &str| -> Option<Vec<Vec<String>>> {
            if side.is_empty() {
                return Some(Vec::new());
            }
            let inner = side.strip_prefix('(')?.strip_suffix(')')?;
            let list = |names: &str| -> Option<Vec<String>> {
                if names.is_empty() {
                    return Some(Vec::new());
                }
                let names = names.split(',').map(|name| {
                    let known = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                    known.then(|| name.to_owned())
                });
                names.collect()
            };
            inner.split("),(").map(list).collect()
        };
        let single = !outputs.ends_with(',') && outputs.matches('(').count() == 1;
        let (inputs, outputs) = (parse(inputs), parse(outputs.trim_end_matches(',')));
        match (inputs, outputs) {
            (Some(inputs), Some(outputs)) if !outputs.is_empty() => Ok(Signature { inputs, outputs, single }),
            (Some(_), Some(_)) => bail!("a function of this signature gives nothing: {text}"),
            _ => Err(refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read() {
        let signature = Signature::parse("(i, j),(j)->(i)").unwrap();
        assert_eq!(signature.inputs, [vec!["i", "j"], vec!["j"]]);
        assert_eq!(signature.outputs, [vec!["i"]]);
        assert!(signature.single);
        assert!(!Signature::parse("(i)->(),()").unwrap().single);
        assert_eq!(Signature::parse("()->()").unwrap().inputs, [Vec::<String>::new()]);
        assert!(Signature::parse("(i->()").is_err() && Signature::parse("i").is_err());
    }
}
