//! Functions as things that can be called: what `vectorize`, `gufunc` and `as_gufunc` give.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Args, Class, ClassRef, Context, FromValue, Name, Object, Result, Value, bail, error};

use super::gufunc::{Generalized, apply, as_values};
use super::operand::Operand;
use crate::blocks::{Callee, Signature};
use crate::dtype::DType;

/// A function that is called for each element.
pub(super) struct Vectorized {
    /// The function.
    pub function: Value,
    /// The types of its results; none if the first element is to be tried.
    pub dtypes: Vec<DType>,
    /// Which axes go into a call.
    pub signature: Option<Signature>,
    /// How many results it is said to have; as it comes if nothing is said.
    pub n_out: Option<usize>,
    /// Arguments that go into every call as they are: positions and names.
    pub excluded: Vec<Value>,
    /// What is known of it if it is a gufunc.
    pub generalized: Option<Generalized>,
}

static VECTORIZE: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("vectorize", "numpy", "A function that is called for each element.")));

static GUFUNC: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("gufunc", "dask.array.gufunc", "A function that is called for parts of arrays."))
});

impl Vectorized {
    fn called(&self, context: &Context, args: Args) -> Result<Value> {
        let args_given: Vec<Value> = args.positional.to_vec();
        if let Some(how) = &self.generalized {
            let mut how = how.clone();
            how.keywords.extend(args.keywords);
            let signature = self.signature.as_ref().ok_or_else(|| error!("a gufunc has a signature"))?;
            return Ok(as_values(apply(context, &self.function, signature, &args_given, &how)?, signature.single));
        }
        if args_given.is_empty() && args.keywords.is_empty() {
            bail!("cannot call `vectorize` on no arguments"; hint: "it takes arrays, one for each argument of the function");
        }
        let (function, args_given) = self.arranged(args);
        if args_given.is_empty() {
            return context.call(&function, Args::default());
        }
        let operands = args_given.iter().map(Operand::try_from_value).collect::<Result<Vec<_>>>()?;
        let lazy = operands.iter().any(Operand::is_lazy);
        let arrays: Vec<Value> =
            operands.iter().map(|operand| operand.array().map(Value::lazy)).collect::<Result<_>>()?;
        let mut how = Generalized { vectorize: true, output_dtypes: self.dtypes.clone(), ..Generalized::default() };
        let signature = match &self.signature {
            Some(signature) => signature.clone(),
            None => {
                let mut n_out = self.n_out;
                if n_out.is_none() || how.output_dtypes.is_empty() {
                    // The first element tells what comes out.
                    let first =
                        operands.iter().map(|operand| first_element(context, operand)).collect::<Result<Vec<_>>>()?;
                    let tried = context.call(&function, Args::of(first))?;
                    crate::place::note(context);
                    let several = matches!(tried, Value::Tuple(_)).then(|| tried.items().unwrap_or_default());
                    n_out = n_out.or(several.as_ref().map(Vec::len)).or(Some(1));
                    let results = several.unwrap_or_else(|| vec![tried]);
                    if how.output_dtypes.is_empty() {
                        how.output_dtypes = results
                            .iter()
                            .map(|result| Ok(Operand::try_from_value(result)?.dtype()))
                            .collect::<Result<_>>()?;
                    }
                }
                let n_out = n_out.unwrap_or(1);
                Signature {
                    inputs: vec![Vec::new(); arrays.len()],
                    outputs: vec![Vec::new(); n_out],
                    single: n_out == 1,
                }
            }
        };
        let results = apply(context, &function, &signature, &arrays, &how)?;
        let mut values = results
            .into_iter()
            .map(|array| {
                let named = array.named("vectorize");
                // NumPy gives an array without dimensions here.
                match lazy {
                    true => Ok(Value::lazy(named)),
                    false => Ok(Value::object(crate::eager::NdArray::new(named.compute_now(context)?))),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(if signature.single { values.remove(0) } else { Value::tuple(values) })
    }
}

/// A function of some of its arguments, which come by position; the others are always the same.
struct Arranged {
    callee: Callee,
    /// By their places among all that go by position.
    fixed: Vec<(usize, Value)>,
    /// The last of those that come go by these names.
    names: Vec<Name>,
    keywords: Vec<(Name, Value)>,
}

impl Vectorized {
    /// The function of all arguments that are not excluded, by position, and those arguments.
    fn arranged(&self, args: Args) -> (Value, Vec<Value>) {
        let is_place = |at: usize| self.excluded.iter().any(|one| i64::from_value(one) == Some(at as i64));
        let is_name = |name: &str| self.excluded.iter().any(|one| one.as_str() == Some(name));
        let (mut given, mut fixed) = (Vec::new(), Vec::new());
        for (at, value) in args.positional.into_iter().enumerate() {
            if is_place(at) { fixed.push((at, value)) } else { given.push(value) }
        }
        let (keywords, by_name): (Vec<_>, Vec<_>) = args.keywords.into_iter().partition(|(name, _)| is_name(name));
        if fixed.is_empty() && keywords.is_empty() && by_name.is_empty() {
            return (self.function.clone(), given);
        }
        let (names, values): (Vec<Name>, Vec<Value>) = by_name.into_iter().unzip();
        given.extend(values);
        let arranged = Arranged { callee: Callee::of(&self.function), fixed, names, keywords };
        (Value::object(arranged), given)
    }
}

impl Object for Arranged {
    fn class(&self) -> ClassRef {
        VECTORIZE.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<numpy.vectorize object>".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        let n_places = args.positional.len().saturating_sub(self.names.len());
        let (places, by_name) = args.positional.split_at(n_places);
        let mut positional = places.to_vec();
        for (at, value) in &self.fixed {
            positional.insert((*at).min(positional.len()), value.clone());
        }
        let by_name = self.names.iter().cloned().zip(by_name.iter().cloned());
        let keywords = self.keywords.iter().cloned().chain(by_name).collect();
        Some(self.callee.call(context, Args { positional: positional.into(), keywords }))
    }
}

fn first_element(context: &Context, operand: &Operand) -> Result<Value> {
    let array = operand.array()?;
    if array.size() == 0 {
        bail!("cannot call `vectorize` on size 0 inputs unless `otypes` is set");
    }
    let index: Vec<crate::index::IndexItem> = vec![crate::index::IndexItem::Int(0); array.ndim()];
    Ok(crate::eager::value(array.slice(&index)?.compute_now(context)?))
}

impl Object for Vectorized {
    fn class(&self) -> ClassRef {
        if self.generalized.is_some() { GUFUNC.clone() } else { VECTORIZE.clone() }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match self.generalized.is_some() {
            true => "<gufunc>".to_owned(),
            false => "<numpy.vectorize object>".to_owned(),
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(self.called(context, args))
    }
}

/// What `as_gufunc` gives: it waits for the function.
pub(super) struct Decorator {
    /// Which axes go into a call.
    pub signature: Signature,
    /// What else is known of the function.
    pub how: Generalized,
}

impl Object for Decorator {
    fn class(&self) -> ClassRef {
        GUFUNC.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<as_gufunc>".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _: &Context, args: Args) -> Option<Result<Value>> {
        let Some(function) = args.positional.first().cloned() else {
            return Some(Err(error!(TypeError: "as_gufunc() is given a function")));
        };
        let (signature, generalized) = (Some(self.signature.clone()), Some(self.how.clone()));
        let made =
            Vectorized { function, dtypes: Vec::new(), signature, n_out: None, excluded: Vec::new(), generalized };
        Some(Ok(Value::object(made)))
    }
}
