//! Making nodes: `delayed(…)`, calls, operators, attributes, items.

use std::sync::Arc;

use rdk_graph::{Token, Tokenizer};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};
use smallvec::SmallVec;

use super::capture::Captured;
use super::node::{Input, Inputs, KeyForm, Node, Work};
use super::operation::{CallFunction, Callee};
use super::template::{Part, take};
use super::token::token_of_call;
use super::{Delayed, token_of};
use crate::bail;
use crate::builtin::Args;
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::value::{Name, Value};

/// What can be said of a value that is made lazy.
#[derive(Clone, Default)]
pub struct Options {
    /// The key.
    pub name: Option<Name>,
    /// Equal arguments give an equal result.
    pub pure: Option<bool>,
    /// How many results it has.
    pub n_out: Option<usize>,
    /// Do not look for lazy values inside.
    pub flat: bool,
}

/// `delayed(value)`
pub fn delay(context: &Context, value: &Value, options: &Options) -> Result<Value> {
    if let Value::Lazy(lazy) = value
        && lazy.as_any().is::<Delayed>()
    {
        return Ok(value.clone());
    }
    let mut inputs = Inputs::default();
    let part = if options.flat { Part::Value(value.clone()) } else { take(context, value, &mut inputs)? };
    let pure = options.pure.unwrap_or(false);
    let name = match value {
        Value::Function(_) | Value::Builtin(_) | Value::Method(_) | Value::Class(_) => function_name(value),
        other => Name::from(other.class().name),
    };
    let (token, form) = match &options.name {
        Some(key) => (given(key), KeyForm::Given(key.clone())),
        None => token(pure, || match inputs.0.is_empty() {
            true => token_of(value),
            false => token_of_call(&Callee::Same, std::slice::from_ref(&part), &[], &inputs.0),
        }),
    };
    let work = match part {
        Part::Value(_) | Part::Function(_) => Work::Leaf { value: value.clone(), pure: options.pure },
        part => Work::Call(Arc::new(CallFunction {
            name: name.clone(),
            callee: Callee::Same,
            args: SmallVec::from_iter([part]),
            keywords: Vec::new(),
            place: context.place(),
            home: Arc::downgrade(&context.shared),
        })),
    };
    let place = context.place();
    Ok(value_of(Node { name, token, form, work, inputs: inputs.0, place, n_out: options.n_out }))
}

/// A builtin function of these values, called later if one of them is a lazy call; `None` if none is.
pub fn lazily<'a>(
    context: &Context,
    name: &str,
    values: impl IntoIterator<Item = &'a Value> + Clone,
) -> Option<Result<Value>> {
    values.clone().into_iter().find(|value| value.get::<Delayed>().is_some())?;
    let function = context.shared.library.module("builtins")?.get(name)?;
    let options = Options { pure: Some(true), ..Options::default() };
    let call = delay(context, &function, &options).and_then(|lazy| match lazy.get::<Delayed>() {
        Some(delayed) => delayed.call_lazily(context, Args::of(values.into_iter().cloned())),
        None => Ok(lazy.clone()),
    });
    Some(call)
}

fn value_of(node: Node) -> Value {
    Value::Lazy(Arc::new(Delayed(Arc::new(node))))
}

/// The token of a key that the user has given: equal keys are equal work.
pub(crate) fn given(key: &str) -> Token {
    Tokenizer::new("key").bytes(key.as_bytes()).finish()
}

/// A token for work that may be equal to other work, or is like no other.
fn token(pure: bool, structure: impl FnOnce() -> Option<Token>) -> (Token, KeyForm) {
    if pure && let Some(token) = structure() {
        return (token, KeyForm::Pure);
    }
    (Token::fresh(), KeyForm::Unique)
}

/// How a function is called in keys.
pub(crate) fn function_name(value: &Value) -> Name {
    match value {
        Value::Function(function) => match function.name() {
            name if *name == *"<lambda>" => Name::from("lambda"),
            name => name,
        },
        Value::Builtin(builtin) => Name::from(builtin.name),
        Value::Method(method) => Name::from(method.builtin.name),
        Value::Class(class) => Name::from(class.name),
        other => Name::from(other.class().name),
    }
}

/// A call under way to become a node.
struct Making<'a> {
    context: &'a Context,
    inputs: Inputs,
    args: SmallVec<[Part; 2]>,
    keywords: Vec<(Name, Part)>,
}

impl<'a> Making<'a> {
    fn new(context: &'a Context) -> Making<'a> {
        Making { context, inputs: Inputs::default(), args: SmallVec::new(), keywords: Vec::new() }
    }

    fn input(&mut self, node: &Arc<Node>) {
        let at = self.inputs.add(Input::Node(node.clone()));
        self.args.push(Part::Input(at));
    }

    fn arg(&mut self, value: &Value) -> Result<()> {
        let part = take(self.context, value, &mut self.inputs)?;
        self.args.push(part);
        Ok(())
    }

    fn args(&mut self, args: &Args) -> Result<()> {
        for value in &args.positional {
            self.arg(value)?;
        }
        for (name, value) in &args.keywords {
            let part = take(self.context, value, &mut self.inputs)?;
            self.keywords.push((name.clone(), part));
        }
        Ok(())
    }

    fn finish(self, name: Name, callee: Callee, pure: bool, key: Option<Name>, n_out: Option<usize>) -> Value {
        let (token, form) = match key {
            Some(key) => (given(&key), KeyForm::Given(key)),
            None => token(pure, || token_of_call(&callee, &self.args, &self.keywords, &self.inputs.0)),
        };
        let place = self.context.place();
        let call = CallFunction {
            name: name.clone(),
            callee,
            args: self.args,
            keywords: self.keywords,
            place: place.clone(),
            home: Arc::downgrade(&self.context.shared),
        };
        value_of(Node { name, token, form, work: Work::Call(Arc::new(call)), inputs: self.inputs.0, place, n_out })
    }
}

impl Delayed {
    /// `f(…)`
    pub(super) fn call_lazily(&self, context: &Context, mut args: Args) -> Result<Value> {
        let mut key = None;
        let mut pure = None;
        if !args.keywords.is_empty() {
            // These two are for the call, not for the function.
            let mut kept = Vec::with_capacity(args.keywords.len());
            for (name, value) in args.keywords {
                match &*name {
                    "dask_key_name" => key = Option::<Name>::try_from_value(&value)?,
                    "pure" => pure = Option::<bool>::try_from_value(&value)?,
                    _ => kept.push((name, value)),
                }
            }
            args.keywords = kept;
        }
        let node = &self.0;
        let mut making = Making::new(context);
        match &node.work {
            Work::Leaf { value, pure: declared } => {
                let callee = match value {
                    Value::Function(function) => Callee::Function(Captured::of(function)),
                    other => Callee::Value(other.clone()),
                };
                making.args(&args)?;
                let pure = pure.or(*declared).unwrap_or(false);
                Ok(making.finish(function_name(value), callee, pure, key, node.n_out))
            }
            Work::Call(call) => match (&call.callee, call.args.as_slice()) {
                // `x.method(…)`: one call, not an attribute and then a call of it.
                (Callee::Attribute(name), [Part::Input(0)]) => {
                    if let Some(Input::Node(receiver)) = node.inputs.first() {
                        making.input(receiver);
                        making.args(&args)?;
                        return Ok(making.finish(
                            name.clone(),
                            Callee::Method(name.clone()),
                            pure.unwrap_or(false),
                            key,
                            None,
                        ));
                    }
                    self.call_result(making, &args, pure, key)
                }
                _ => self.call_result(making, &args, pure, key),
            },
            Work::Ready(_) => self.call_result(making, &args, pure, key),
        }
    }

    fn call_result(&self, mut making: Making, args: &Args, pure: Option<bool>, key: Option<Name>) -> Result<Value> {
        making.input(&self.0);
        making.args(args)?;
        Ok(making.finish(self.0.name.clone(), Callee::First, pure.unwrap_or(false), key, None))
    }

    /// `self op other`, or `other op self`
    pub(super) fn binary_lazily(
        &self,
        context: &Context,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Result<Value> {
        let mut making = Making::new(context);
        if reflected {
            making.arg(other)?;
            making.input(&self.0);
        } else {
            making.input(&self.0);
            making.arg(other)?;
        }
        Ok(making.finish(Name::from(binary_name(op)), Callee::Binary(op), true, None, None))
    }

    pub(super) fn compare_lazily(&self, context: &Context, op: CompareOp, other: &Value) -> Result<Value> {
        let name = match op {
            CompareOp::Eq => "eq",
            CompareOp::NotEq => "ne",
            CompareOp::Less => "lt",
            CompareOp::LessEq => "le",
            CompareOp::Greater => "gt",
            CompareOp::GreaterEq => "ge",
            CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => {
                bail!(TypeError: "`{}` cannot be done lazily", op.symbol())
            }
        };
        let mut making = Making::new(context);
        making.input(&self.0);
        making.arg(other)?;
        Ok(making.finish(Name::from(name), Callee::Compare(op), true, None, None))
    }

    pub(super) fn unary_lazily(&self, context: &Context, op: UnaryOp) -> Value {
        let name = match op {
            UnaryOp::Neg => "neg",
            UnaryOp::Pos => "pos",
            UnaryOp::Invert => "invert",
            UnaryOp::Not => "not_",
        };
        let mut making = Making::new(context);
        making.input(&self.0);
        making.finish(Name::from(name), Callee::Unary(op), true, None, None)
    }

    /// `self[index]`
    pub(super) fn item_lazily(&self, context: &Context, index: &Value) -> Result<Value> {
        let mut making = Making::new(context);
        making.input(&self.0);
        making.arg(index)?;
        Ok(making.finish(Name::from("getitem"), Callee::Item, true, None, None))
    }

    /// `self.name`
    pub(super) fn attribute_lazily(&self, context: &Context, name: &str) -> Value {
        let mut making = Making::new(context);
        making.input(&self.0);
        making.finish(Name::from("getattr"), Callee::Attribute(Name::from(name)), true, None, None)
    }
}

/// The function of Python's `operator` module that an operator is.
fn binary_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::MatMul => "matmul",
        BinaryOp::Div => "truediv",
        BinaryOp::FloorDiv => "floordiv",
        BinaryOp::Mod => "mod",
        BinaryOp::Pow => "pow",
        BinaryOp::LeftShift => "lshift",
        BinaryOp::RightShift => "rshift",
        BinaryOp::BitOr => "or_",
        BinaryOp::BitXor => "xor",
        BinaryOp::BitAnd => "and_",
    }
}
