//! Which argument of a failed call is wrong: it is marked in the text instead of the whole call.

use rdk_syntax::Span;
use rdk_syntax::tree::{Arg, ArgKind, ParamKind as Written};

use super::frame::Frame;
use crate::builtin::{Builtin, ParamKind};
use crate::error::{About, Error, Kind};
use crate::function::Function;

/// What is known of the parameters of what was called.
pub(super) enum Parameters<'a> {
    /// Those of a function that comes with rdk.
    Builtin(&'a Builtin),
    /// Those of one written in rdk.
    Function(&'a Function),
    /// Nothing.
    Unknown,
}

impl Parameters<'_> {
    /// At which position an argument for this parameter stands.
    fn position(&self, name: &str) -> Option<usize> {
        match self {
            Parameters::Builtin(builtin) => {
                let by_position = builtin.params.iter().take_while(|param| param.kind == ParamKind::Normal);
                by_position.into_iter().position(|param| param.name == name)
            }
            Parameters::Function(function) => {
                let by_position = function
                    .def
                    .params
                    .iter()
                    .take_while(|param| matches!(param.kind, Written::PositionalOnly | Written::Normal));
                by_position.into_iter().position(|param| &*param.name == name)
            }
            Parameters::Unknown => None,
        }
    }
}

impl Frame<'_> {
    /// The error of a call, placed at the argument that it is about, else at the whole call.
    #[cold]
    #[inline(never)]
    pub fn blamed(
        &self,
        mut error: Error,
        parameters: &Parameters,
        n_before: usize,
        args: &[Arg],
        span: Span,
    ) -> Error {
        let about = error.0.about.take();
        // Further in, or in a task: the place is known better there.
        if error.0.place.is_some() || error.0.task.is_some() || !error.0.pending.is_empty() {
            return self.failed(error, span);
        }
        let at = match about.or_else(|| named(&error)) {
            Some(About::Parameter(name)) => {
                let keyword = args.iter().find(|arg| matches!(&arg.kind, ArgKind::Keyword(other) if *other == name));
                keyword.or_else(|| at(args, parameters.position(&name)?, n_before))
            }
            Some(About::Position(position)) => at(args, position, n_before),
            None => None,
        };
        self.failed(error, at.map_or(span, |arg| arg.value.span))
    }
}

/// The argument at this position, if it stands in the text as such.
fn at(args: &[Arg], position: usize, n_before: usize) -> Option<&Arg> {
    let at = position.checked_sub(n_before)?;
    let plain = args.iter().take(at + 1).all(|arg| matches!(arg.kind, ArgKind::Positional));
    if plain { args.get(at) } else { None }
}

/// The parameter that the error speaks of: "`stop` is 0 or more".
fn named(error: &Error) -> Option<About> {
    if error.0.kind == Kind::AxisError {
        return Some(About::Parameter("axis".into()));
    }
    let texts = std::iter::once(&error.0.message).chain(&error.0.hints);
    let mut names = texts.filter_map(|text| text.strip_prefix('`')?.split_once('`'));
    names
        .find(|(_, rest)| rest.starts_with(" is ") || rest.starts_with(" must "))
        .map(|(name, _)| About::Parameter(name.into()))
}
