//! The keyword arguments that all of NumPy's elementwise functions take, and the type in which such a function then works.

use rdk_runtime::{FromValue, Keywords, Result, bail};

use super::operand::Operand;
use super::out::{self, Out};
use crate::array::Func;
use crate::dtype::{Casting, DType};
use crate::eager::DTypeArg;

/// What was given by keyword.
#[derive(Default)]
pub struct Options {
    /// Compute in this type.
    pub dtype: Option<DType>,
    /// How freely types may be changed on the way in and out, if that was said.
    pub casting: Option<Casting>,
    /// Where the result goes.
    pub out: Out,
    /// In which places it is computed.
    pub condition: Option<Operand>,
}

impl Options {
    /// Reads them; refuses those that rdk does not have.
    pub fn read(function: &str, out: Out, keywords: Keywords) -> Result<Options> {
        let mut options = Options { out, ..Options::default() };
        for (name, value) in keywords.0 {
            match &*name {
                "dtype" => options.dtype = Option::<DTypeArg>::try_from_value(&value)?.map(|dtype| dtype.0),
                "where" => options.condition = out::condition(function, &value)?,
                "casting" => options.casting = Some(Casting::from_name(&String::try_from_value(&value)?)?),
                "order" | "subok" | "signature" => {}
                _ => {
                    bail!(TypeError: "{function}() got an unexpected keyword argument `{name}`"; hint: "it takes `out`, `where`, `dtype` and `casting`")
                }
            }
        }
        options.out = std::mem::take(&mut options.out).casting(options.casting.unwrap_or_default());
        Ok(options)
    }

    /// The operands in the type in which the function is to work, if one was asked for; refuses what the rule for casts forbids.
    pub fn cast(&self, function: &str, func: Func, operands: Vec<Operand>) -> Result<Vec<Operand>> {
        if self.dtype.is_none() && self.casting.is_none() {
            return Ok(operands);
        }
        let dtypes = super::operand::dtypes_together(&operands.iter().collect::<Vec<_>>());
        let natural = func.types(&dtypes);
        let (works_in, asked) = match (self.dtype, natural) {
            (None, None) => return Ok(operands),
            (None, Some((works_in, _))) => (works_in, false),
            (Some(dtype), Some((works_in, result))) if result == dtype => (works_in, works_in == dtype),
            (Some(dtype), _) if func.types(&vec![dtype; operands.len()]) == Some((dtype, dtype)) => (dtype, true),
            (Some(dtype), _) => bail!(
                TypeError: "No loop matching the specified signature and casting was found for ufunc {function}";
                hint: "`{function}` has no results of type {dtype}: `{function}(…).astype(…)` makes them"
            ),
        };
        let casting = self.casting.unwrap_or_default();
        let one = operands.len() == 1;
        let cast = |(number, operand): (usize, Operand)| {
            // Plain numbers take any type of their family.
            let (from, casting) = match operand {
                Operand::Number(_) if casting == Casting::Unsafe => (operand.dtype(), casting),
                Operand::Number(_) => (operand.dtype(), Casting::SameKind),
                Operand::Lazy(_) | Operand::Eager(_) => (operand.dtype(), casting),
            };
            if !from.can_cast(works_in, casting) {
                let input = if one { "input".to_owned() } else { format!("input {number}") };
                bail!(
                    TypeError: "Cannot cast ufunc '{function}' {input} from dtype('{from}') to dtype('{works_in}') with casting rule '{}'",
                    casting.name();
                    hint: "`x.astype(…)` casts it beforehand, `casting=\"unsafe\"` on the way"
                );
            }
            Ok(if asked { Operand::Lazy(operand.array_beside(Some(works_in))?.cast(works_in)) } else { operand })
        };
        operands.into_iter().enumerate().map(cast).collect()
    }
}
