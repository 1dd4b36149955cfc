//! Calls: evaluating arguments, binding them to parameters, running the body.

use std::sync::Arc;

use rdk_syntax::Span;
use rdk_syntax::tree::{Arg, ArgKind, Expr, ExprKind, FunctionBody, FunctionDef, ParamKind, Scope};

use super::blame::Parameters;
use super::expression::after_dot;
use super::frame::{Frame, Step};
use super::generator;
use super::iterate::iterate;
use super::quick::Quick;
use crate::builtin::{Args, Bound, Builtin, nearest};
use crate::context::Context;
use crate::error::{About, Error, Result, Trail};
use crate::function::Function;
use crate::operators::{self, door};
use crate::types;
use crate::user;
use crate::value::{HashKey, Name, Value};
use crate::{bail, error};

impl<'a> Frame<'a> {
    /// `function(args)`
    #[inline(never)]
    pub fn quick_call(&mut self, function: &Expr, args: &[Arg], span: Span) -> Quick {
        // A global function is borrowed from the memory of lookups instead of being copied for the call.
        if let ExprKind::Name(variable) = &function.kind
            && variable.scope == Scope::Global
        {
            return match self.global(&variable.name) {
                Some(found) => self.quick_call_value(found.value(), None, args, span),
                None => {
                    let error = self.unknown(&variable.name, function.span);
                    self.fail(error)
                }
            };
        }
        if let ExprKind::Attribute { object, name } = &function.kind {
            let result = self.call_method(object, name, function, args, span);
            return self.quick_of(result);
        }
        match self.eval(function) {
            Ok(callee) => self.quick_call_value(&callee, None, args, span),
            Err(error) => self.fail(error),
        }
    }

    /// `object.name(args)`: a method is called without being made a value of its own first.
    fn call_method(&mut self, object: &Expr, name: &Name, function: &Expr, args: &[Arg], span: Span) -> Result<Value> {
        let receiver = self.eval(object)?;
        if let Value::Object(_) = &receiver
            && let Some(method) = user::plain_method(&receiver, name)
        {
            let quick = self.quick_call_value(&Value::Function(method), Some(receiver), args, span);
            return self.value_of(quick);
        }
        if !matches!(receiver, Value::Module(_) | Value::Class(_)) {
            if let Some(result) = self.call_container(&receiver, name, args) {
                return result;
            }
            let class = receiver.class();
            if let Some(method) = class.method(name) {
                return self.call_builtin(method, Some(receiver), args, span);
            }
        }
        self.context.mark(self.source, function.span);
        let callee = operators::attribute(self.context, &receiver, name)
            .map_err(|error| self.failed(error, after_dot(self, object, function.span)))?;
        let quick = self.quick_call_value(&callee, None, args, span);
        self.value_of(quick)
    }

    /// With an argument before the others, if it is a method.
    fn quick_call_value(&mut self, callee: &Value, before: Option<Value>, args: &[Arg], span: Span) -> Quick {
        let n_before = usize::from(before.is_some());
        if let Value::Function(function) = callee
            && let Some(n) = function.simple
            && args.len() + n_before <= n
            && let Some(by_position) = plainly_given(function, n_before, args)
        {
            let mut slots = self.context.take_slots();
            if before.is_some() {
                slots.push(before);
            }
            for arg in &args[..by_position] {
                let quick = self.quick(&arg.value);
                match self.value_of(quick) {
                    Ok(value) => slots.push(Some(value)),
                    Err(error) => return self.fail(error),
                }
            }
            if by_position < args.len() {
                slots.resize(n, None);
                for arg in &args[by_position..] {
                    let value = self.operand(&arg.value);
                    match (value, &arg.kind) {
                        (Ok(value), ArgKind::Keyword(name)) => {
                            let at = function.def.params.iter().position(|param| param.name == *name);
                            slots[at.unwrap_or(n - 1)] = Some(value);
                        }
                        (Ok(_), _) => {}
                        (Err(error), _) => return self.fail(error),
                    }
                }
            }
            if let Err(error) = fill_defaults(function, n, &mut slots) {
                let error = self.failed(error, span);
                return self.fail(error);
            }
            return match run(self.context, function, slots) {
                Ok(Ran::Quick(quick)) => quick,
                Ok(Ran::Value(value)) => {
                    self.park(Ok(value));
                    Quick::Other
                }
                Err(error) => {
                    let error = self.called(error, function, span);
                    self.fail(error)
                }
            };
        }
        let result = self.call_value(callee, before, args, span);
        self.quick_of(result)
    }

    /// A function that comes with rdk. Where arguments are given by position alone, they are put where they belong at once.
    fn call_builtin(&mut self, builtin: &Builtin, before: Option<Value>, args: &[Arg], span: Span) -> Result<Value> {
        let n_before = usize::from(before.is_some());
        let result = if is_by_position(args) && builtin.takes(args.len() + n_before) {
            let mut bound = Bound::with_capacity(builtin.params.len());
            if before.is_some() {
                bound.push(before);
            }
            for arg in args {
                let value = self.operand(&arg.value)?;
                bound.push(Some(value));
            }
            while bound.len() < builtin.params.len() {
                bound.push(None);
            }
            self.context.mark(self.source, span);
            self.seen(builtin, || builtin.call_bound(self.context, bound))
        } else {
            let given = self.args(args, before)?;
            self.context.mark(self.source, span);
            self.seen(builtin, || builtin.call(self.context, given))
        };
        match result {
            Ok(value) => Ok(value),
            Err(error) => Err(self.blamed(error, &Parameters::Builtin(builtin), n_before, args, span)),
        }
    }

    /// Calls a builtin with the variables that are seen from here, if it wants them.
    #[inline]
    fn seen<T>(&self, builtin: &Builtin, call: impl FnOnce() -> T) -> T {
        if builtin.sees { self.context.seeing(self.visible(), call) } else { call() }
    }

    /// The methods that loops call most, `append` of a list and `get` of a dict, without a call.
    #[inline]
    fn call_container(&mut self, receiver: &Value, name: &Name, args: &[Arg]) -> Option<Result<Value>> {
        match (receiver, args) {
            (Value::List(list), [arg]) if &**name == "append" && is_by_position(args) => {
                let value = match self.operand(&arg.value) {
                    Ok(value) => value,
                    Err(error) => return Some(Err(error)),
                };
                list.0.lock().push(value);
                Some(Ok(Value::None))
            }
            (Value::Dict(dict), [key, rest @ ..]) if &**name == "get" && rest.len() < 2 && is_by_position(args) => {
                let mut get = || {
                    let key = HashKey::new(self.operand(&key.value)?).at(|| self.place(key.value.span))?;
                    let default = match rest.first() {
                        Some(default) => self.operand(&default.value)?,
                        None => Value::None,
                    };
                    let found = dict.0.lock().get(&key).cloned();
                    Ok(found.unwrap_or(default))
                };
                Some(get())
            }
            _ => None,
        }
    }

    #[inline(never)]
    fn call_value(&mut self, callee: &Value, before: Option<Value>, args: &[Arg], span: Span) -> Result<Value> {
        let n_before = usize::from(before.is_some());
        match callee {
            Value::Builtin(builtin) => return self.call_builtin(builtin, None, args, span),
            Value::Method(method) => {
                return self.call_builtin(&method.builtin, Some(method.receiver.clone()), args, span);
            }
            Value::Class(class) if class.exception.is_none() => {
                if let Some(construct) = &class.construct {
                    return self.call_builtin(construct, None, args, span);
                }
            }
            _ => {}
        }
        let given = self.args(args, before)?;
        self.context.mark(self.source, span);
        let (result, parameters) = match callee {
            Value::Function(function) => match bind(self.context, function, given) {
                Ok(slots) => {
                    return run(self.context, function, slots)
                        .and_then(Ran::into_value)
                        .map_err(|error| self.called(error, function, span));
                }
                Err(error) => (Err(error), Parameters::Function(function)),
            },
            other => (call(self.context, other, given), Parameters::Unknown),
        };
        result.map_err(|error| self.blamed(error, &parameters, n_before, args, span))
    }

    /// The error with this call on its trace.
    #[cold]
    #[inline(never)]
    fn called(&self, error: Error, function: &Function, span: Span) -> Error {
        let mut error = self.failed(error, span);
        let frame = crate::error::Frame { function: function.def.name.clone(), place: self.place(span) };
        error.0.trace.insert(0, frame);
        error
    }

    /// The values of arguments.
    pub fn args(&mut self, args: &[Arg], receiver: Option<Value>) -> Result<Args> {
        let mut given = Args::default();
        given.positional.extend(receiver);
        for arg in args {
            let value = self.operand(&arg.value)?;
            match &arg.kind {
                ArgKind::Positional => given.positional.push(value),
                ArgKind::Star => {
                    let items = iterate(self.context, &value).and_then(|mut walk| walk.rest(self.context));
                    given.positional.extend(items.at(|| self.place(arg.value.span))?);
                }
                ArgKind::Keyword(name) => given.keywords.push((name.clone(), value)),
                ArgKind::DoubleStar => self.spread_keywords(&value, arg.value.span, &mut given)?,
            }
        }
        Ok(given)
    }

    fn spread_keywords(&mut self, value: &Value, span: Span, given: &mut Args) -> Result<()> {
        let Value::Dict(dict) = value else {
            let error = error!(TypeError: "argument after ** must be a mapping, not {}", value.class().name);
            return Err(self.failed(error, span));
        };
        let entries: Vec<(Value, Value)> =
            dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
        for (key, value) in entries {
            let Value::Str(key) = key else {
                return Err(self.failed(error!(TypeError: "keywords must be strings"), span));
            };
            if given.keywords.iter().any(|(name, _)| *name == key) {
                let error = error!(TypeError: "got multiple values for keyword argument '{key}'");
                return Err(self.failed(error, span));
            }
            given.keywords.push((key, value));
        }
        Ok(())
    }
}

/// Are there neither keywords nor stars?
#[inline]
fn is_by_position(args: &[Arg]) -> bool {
    args.iter().all(|arg| matches!(arg.kind, ArgKind::Positional))
}

/// How many arguments of a simple function are given by position, if the others are keywords for parameters after those.
#[inline]
fn plainly_given(function: &Function, n_before: usize, args: &[Arg]) -> Option<usize> {
    let by_position = args.iter().take_while(|arg| matches!(arg.kind, ArgKind::Positional)).count();
    let keywords = &args[by_position..];
    let fits = keywords.iter().enumerate().all(|(at, arg)| match &arg.kind {
        ArgKind::Keyword(name) => {
            let params = function.def.params.iter().skip(n_before + by_position);
            let is_known = params.clone().any(|param| param.name == *name && param.kind == ParamKind::Normal);
            let is_twice =
                keywords[..at].iter().any(|other| matches!(&other.kind, ArgKind::Keyword(other) if other == name));
            is_known && !is_twice
        }
        ArgKind::Positional | ArgKind::Star | ArgKind::DoubleStar => false,
    });
    fits.then_some(by_position)
}

/// Calls anything that can be called.
pub fn call(context: &Context, function: &Value, args: Args) -> Result<Value> {
    match function {
        Value::Function(function) => run(context, function, bind(context, function, args)?).and_then(Ran::into_value),
        Value::Builtin(builtin) => builtin.call(context, args),
        Value::Method(method) => {
            let mut args = args;
            args.positional.insert(0, method.receiver.clone());
            method.builtin.call(context, args)
        }
        Value::Class(class) => types::construct(context, class, args),
        other => match door(other).and_then(|object| object.call(context, args)) {
            Some(answer) => answer,
            None => {
                let error = error!(TypeError: "'{}' object is not callable", other.class().name);
                Err(match other {
                    Value::Module(module) => match module.get(module.name.rsplit('.').next().unwrap_or("")) {
                        Some(_) => error.hint(format!(
                            "the function in it may be meant: `from {} import {}`",
                            module.name,
                            module.name.rsplit('.').next().unwrap_or("")
                        )),
                        None => {
                            error.hint(format!("`{}` is a module: its functions are called as `{0}.f(…)`", module.name))
                        }
                    },
                    Value::List(_) | Value::Tuple(_) | Value::Dict(_) => {
                        error.hint("an item is taken with square brackets: `x[…]`")
                    }
                    _ => error,
                })
            }
        },
    }
}

/// As [`call`], for callers that do not know where in the text they are: the next call outwards says it.
pub(super) fn from_outside(context: &Context, function: &Value, args: Args) -> Result<Value> {
    call(context, function, args).map_err(|mut error| {
        if let Value::Function(function) = function {
            error.0.pending.push(function.def.name.clone());
        }
        // It was an argument of that call, not of the one further out.
        error.0.about = None;
        error
    })
}

/// Calls a function written in rdk, for callers that do not know where in the text they are.
pub fn call_function(context: &Context, function: &Arc<Function>, args: Args) -> Result<Value> {
    let result =
        bind(context, function, args).and_then(|slots| run(context, function, slots)).and_then(Ran::into_value);
    result.map_err(|mut error| {
        error.0.pending.push(function.def.name.clone());
        error
    })
}

/// What a function has given back.
pub(super) enum Ran {
    /// A small value.
    Quick(Quick),
    /// Any value.
    Value(Value),
}

impl Ran {
    fn into_value(self) -> Result<Value> {
        Ok(match self {
            Ran::Value(value) => value,
            Ran::Quick(Quick::Int(n)) => Value::Int(n),
            Ran::Quick(Quick::Float(bits)) => Value::Float(f64::from_bits(bits as u64)),
            Ran::Quick(Quick::Bool(flag)) => Value::Bool(flag != 0),
            Ran::Quick(Quick::Other) => Value::None,
        })
    }
}

/// Runs a function whose parameters stand in the slots.
#[inline]
pub(super) fn run(context: &Context, function: &Function, slots: Vec<Option<Value>>) -> Result<Ran> {
    context.check()?;
    context.nested(|| {
        let mut frame = Frame::of_function(context, function, slots);
        let result = match &function.def.body {
            FunctionBody::Block(body) => match frame.block(body) {
                Step::Return => frame.ran(frame.returned),
                Step::Next | Step::Break | Step::Continue => Ok(Ran::Value(Value::None)),
                Step::Failed => Err(frame.parked_error()),
            },
            FunctionBody::Expr(expr) => {
                let quick = frame.quick(expr);
                frame.ran(quick)
            }
            FunctionBody::Generator { .. } => start_generator(context, function, &frame).map(Ran::Value),
        };
        frame.done();
        result
    })
}

impl<'a> Frame<'a> {
    #[inline(always)]
    fn ran(&mut self, quick: Quick) -> Result<Ran> {
        match quick {
            Quick::Other => self.take().map(Ran::Value),
            small => Ok(Ran::Quick(small)),
        }
    }
}

/// A generator's function called like any other: with its first iterable.
fn start_generator(context: &Context, function: &Function, frame: &Frame) -> Result<Value> {
    let iterable = frame.slots.first().cloned().flatten().unwrap_or_default();
    let first = iterate(context, &iterable)?;
    let function = Function::new(
        function.def.clone(),
        function.defaults.clone(),
        function.captures.clone(),
        function.globals.clone(),
    );
    Ok(generator::begin(Arc::new(function), first))
}

/// Fills up what was given with defaults.
#[inline]
fn fill_defaults(function: &Function, n: usize, slots: &mut Vec<Option<Value>>) -> Result<()> {
    let n_given = slots.len();
    if n_given == n && slots.iter().all(Option::is_some) {
        return Ok(());
    }
    slots.resize(n, None);
    for at in 0..n {
        if slots[at].is_none() {
            match function.defaults.get(at) {
                Some(Some(default)) => slots[at] = Some(default.clone()),
                _ => {
                    let filled: Vec<bool> = slots.iter().map(Option::is_some).collect();
                    return Err(missing(function, &filled));
                }
            }
        }
    }
    Ok(())
}

/// Puts arguments into the slots of the parameters, with Python's rules and errors.
pub(super) fn bind(context: &Context, function: &Function, args: Args) -> Result<Vec<Option<Value>>> {
    let def = &*function.def;
    let mut slots = context.take_slots();
    slots.resize(def.n_slots.max(def.params.len()), None);
    let mut filled = vec![false; def.params.len()];
    let n_given = args.positional.len();
    let mut positional = args.positional.into_iter();
    for (at, param) in def.params.iter().enumerate() {
        match param.kind {
            ParamKind::PositionalOnly | ParamKind::Normal => {
                if let Some(value) = positional.next() {
                    slots[param.slot] = Some(value);
                    filled[at] = true;
                }
            }
            ParamKind::Rest => {
                slots[param.slot] = Some(Value::Tuple(positional.by_ref().collect()));
                filled[at] = true;
            }
            ParamKind::KeywordOnly | ParamKind::KeywordRest => {}
        }
    }
    if positional.next().is_some() {
        return Err(too_many(def, function, n_given));
    }
    let mut rest: Vec<(Name, Value)> = Vec::new();
    let takes_rest = def.params.iter().position(|param| param.kind == ParamKind::KeywordRest);
    for (name, value) in args.keywords {
        let named = |kind: ParamKind| matches!(kind, ParamKind::Normal | ParamKind::KeywordOnly);
        match def.params.iter().position(|param| named(param.kind) && param.name == name) {
            Some(at) if filled[at] => {
                let error = error!(TypeError: "{}() got multiple values for argument '{name}'", def.name);
                return Err(error.about(&name));
            }
            Some(at) => {
                slots[def.params[at].slot] = Some(value);
                filled[at] = true;
            }
            None if takes_rest.is_some() => {
                if rest.iter().any(|(other, _)| *other == name) {
                    bail!(TypeError: "{}() got multiple values for keyword argument '{name}'", def.name);
                }
                rest.push((name, value));
            }
            None => return Err(unexpected(def, &name).about(&name)),
        }
    }
    if let Some(at) = takes_rest {
        slots[def.params[at].slot] = Some(Value::dict(rest));
        filled[at] = true;
    }
    for (at, param) in def.params.iter().enumerate() {
        if !filled[at] {
            match function.defaults.get(at) {
                Some(Some(default)) => slots[param.slot] = Some(default.clone()),
                _ => {
                    let filled: Vec<bool> = (0..filled.len())
                        .map(|at| filled[at] || matches!(function.defaults.get(at), Some(Some(_))))
                        .collect();
                    return Err(missing(function, &filled));
                }
            }
        }
    }
    Ok(slots)
}

/// `f(a, b=…, *args)`, for hints.
fn signature(def: &FunctionDef) -> String {
    let params: Vec<String> = def
        .params
        .iter()
        .map(|param| {
            let stars = match param.kind {
                ParamKind::Rest => "*",
                ParamKind::KeywordRest => "**",
                ParamKind::PositionalOnly | ParamKind::Normal | ParamKind::KeywordOnly => "",
            };
            let default = match &param.default {
                Some(default) => format!("={}", def.source.slice(default.span)),
                None => String::new(),
            };
            format!("{stars}{}{default}", param.name)
        })
        .collect();
    format!("it is defined as `{}({})`", def.name, params.join(", "))
}

#[cold]
fn too_many(def: &FunctionDef, function: &Function, given: usize) -> Error {
    let takes: Vec<usize> = (0..def.params.len())
        .filter(|&at| matches!(def.params[at].kind, ParamKind::PositionalOnly | ParamKind::Normal))
        .collect();
    let optional = takes.iter().filter(|&&at| matches!(function.defaults.get(at), Some(Some(_)))).count();
    let most = takes.len();
    let takes = if optional > 0 { format!("from {} to {most}", most - optional) } else { most.to_string() };
    let s = if most == 1 && optional == 0 { "" } else { "s" };
    let were = if given == 1 { "was" } else { "were" };
    let mut error = error!(TypeError: "{}() takes {takes} positional argument{s} but {given} {were} given", def.name; hint: "{}", signature(def));
    error.0.about = Some(About::Position(most));
    error
}

#[cold]
fn unexpected(def: &FunctionDef, name: &str) -> Error {
    let positional = def.params.iter().any(|param| param.kind == ParamKind::PositionalOnly && &*param.name == name);
    if positional {
        return error!(TypeError: "{}() got some positional-only arguments passed as keyword arguments: '{name}'", def.name);
    }
    let error = error!(TypeError: "{}() got an unexpected keyword argument '{name}'", def.name);
    let names = def
        .params
        .iter()
        .filter(|param| matches!(param.kind, ParamKind::Normal | ParamKind::KeywordOnly))
        .map(|param| &*param.name);
    match nearest(name, names) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(signature(def)),
    }
}

#[cold]
fn missing(function: &Function, filled: &[bool]) -> Error {
    let def = &*function.def;
    let lacking = |keyword_only: bool| -> Vec<String> {
        def.params
            .iter()
            .enumerate()
            .filter(|(at, param)| {
                let wanted = if keyword_only {
                    param.kind == ParamKind::KeywordOnly
                } else {
                    matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly)
                };
                wanted && !filled[*at] && !matches!(function.defaults.get(*at), Some(Some(_)))
            })
            .map(|(_, param)| format!("'{}'", param.name))
            .collect()
    };
    let (names, kind) = match lacking(false) {
        names if names.is_empty() => (lacking(true), "keyword-only"),
        names => (names, "positional"),
    };
    let s = if names.len() == 1 { "" } else { "s" };
    let list = match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    };
    error!(TypeError: "{}() missing {} required {kind} argument{s}: {list}", def.name, names.len(); hint: "{}", signature(def))
}
