//! The evaluator: walks over the tree of a cell and does what it says.
//!
//! A running function is a [`Frame`](frame::Frame): a vector of slots, taken from a pool and given back. Names were settled by
//! `lang/syntax`, so that a local variable is one indexed load. What is hot (arithmetic of small numbers on locals, calls with
//! plain arguments, `for` over a range) has its own short way; everything else goes through `operators`.

mod assign;
mod blame;
mod call;
mod class;
mod comprehension;
mod expression;
mod failure;
mod frame;
mod generator;
mod import;
mod iterate;
mod name;
mod quick;
mod statement;
mod text;

pub use call::{call, call_function};
pub use iterate::{Walk, collect, iterate, step};
pub(crate) use name::Recent;
use rdk_syntax::tree::{Cell, StmtKind};

use crate::builtin::Args;
use crate::context::Context;
use crate::error::Result;
use crate::value::Value;
use frame::{Flow, Frame};

impl Context {
    /// Runs a cell; gives the value of its last statement, if that is an expression.
    pub fn run_cell(&self, cell: &Cell) -> Result<Option<Value>> {
        let Some((last, first)) = cell.body.split_last() else { return Ok(None) };
        let mut frame = Frame::of_cell(self, cell);
        let result = self.cell(|| {
            let step = frame.block(first);
            frame.flow(step)?;
            match &last.kind {
                StmtKind::Expr(expr) => frame.eval(expr).map(Some),
                StmtKind::Magic(magic) => frame.magic(magic, last.span),
                _ => {
                    let step = frame.statement(last);
                    frame.flow(step).map(|_| None)
                }
            }
        });
        frame.done();
        result
    }

    /// Runs a cell and hands over the value of each expression that stands as a statement of its own at the top level, unless a
    /// `;` follows.
    pub fn run_cell_with(&self, cell: &Cell, on_value: &mut dyn FnMut(Value) -> Result<()>) -> Result<()> {
        let mut frame = Frame::of_cell(self, cell);
        let result = self.cell(|| {
            for statement in &cell.body {
                match &statement.kind {
                    StmtKind::Expr(expr) => {
                        let value = frame.eval(expr)?;
                        if !cell.hushes(statement) {
                            on_value(value)?;
                        }
                    }
                    StmtKind::Magic(magic) => match frame.magic(magic, statement.span)? {
                        Some(value) if !cell.hushes(statement) => on_value(value)?,
                        _ => {}
                    },
                    _ => {
                        let step = frame.statement(statement);
                        match frame.flow(step)? {
                            Flow::Next => {}
                            Flow::Break | Flow::Continue | Flow::Return(_) => break,
                        }
                    }
                }
            }
            Ok(())
        });
        frame.done();
        result
    }

    /// Calls anything that can be called.
    pub fn call(&self, function: &Value, args: Args) -> Result<Value> {
        call::from_outside(self, function, args)
    }
}
