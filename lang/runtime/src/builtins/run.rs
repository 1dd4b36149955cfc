//! `eval` and `exec`: text that is run as a cell of its own, with the variables of the session.

use std::sync::Arc;

use rdk_syntax::{Place, Source, SyntaxKind, parse, parse_expression};

use crate::builtins;
use crate::error::{Error, Kind, Result};
use crate::value::Value;

builtins! {
    /// The value of an expression that is written in a text.
    ///
    /// ```rdk
    /// x = 3
    /// eval("x * 2 + 1")
    /// #> 7
    /// ```
    fn eval[context](
        /// The text; it sees the variables of the session.
        source: String,
    ) -> Result<Value> {
        let source = Source::new("<string>", source.trim());
        let cell = parse_expression(source.clone()).map_err(|mistake| wrong(mistake, &source))?;
        Ok(context.run_cell(&cell)?.unwrap_or_default())
    }

    /// Runs the statements that are written in a text.
    ///
    /// ```rdk
    /// exec("y = 2\nz = y + 1")
    /// z
    /// #> 3
    /// ```
    fn exec[context](
        /// The text; it sees and changes the variables of the session.
        source: String,
    ) -> Result<()> {
        let source = Source::new("<string>", source);
        let cell = parse(source.clone()).map_err(|mistake| wrong(mistake, &source))?;
        context.run_cell(&cell).map(drop)
    }
}

fn wrong(mistake: rdk_syntax::SyntaxError, source: &Arc<Source>) -> Error {
    let kind = match mistake.kind {
        SyntaxKind::Syntax => Kind::SyntaxError,
        SyntaxKind::Indentation => Kind::IndentationError,
        SyntaxKind::Tab => Kind::TabError,
    };
    let mut error = Error::new(kind, mistake.message).at_place(Place { source: source.clone(), span: mistake.span });
    error.0.hints = mistake.hints;
    error
}
