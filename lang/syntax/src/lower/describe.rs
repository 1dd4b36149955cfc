//! What kinds of expression are called in messages, and how the one at a place is found.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Mod};
use ruff_text_size::{Ranged, TextRange};

/// The outermost expression that covers exactly this range.
pub(super) fn at(tree: &Mod, range: TextRange) -> Option<&Expr> {
    let mut finder = Finder { range, found: None };
    match tree {
        Mod::Module(module) => finder.visit_body(&module.body),
        Mod::Expression(expression) => finder.visit_expr(&expression.body),
    }
    finder.found
}

struct Finder<'a> {
    range: TextRange,
    found: Option<&'a Expr>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, stmt: &'a ast::Stmt) {
        if self.found.is_none() && stmt.range().contains_range(self.range) {
            visitor::walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found.is_none() && expr.range() == self.range {
            self.found = Some(expr);
        } else if self.found.is_none() && expr.range().contains_range(self.range) {
            visitor::walk_expr(self, expr);
        }
    }
}

/// What an expression is called in a message.
pub(super) fn describe(expr: &Expr) -> &'static str {
    match expr {
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "an expression",
        Expr::Named(_) => "a `:=` expression",
        Expr::Lambda(_) => "a lambda",
        Expr::If(_) => "a conditional expression",
        Expr::Dict(_) => "a dict literal",
        Expr::Set(_) => "a set literal",
        Expr::ListComp(_) => "a list comprehension",
        Expr::SetComp(_) => "a set comprehension",
        Expr::DictComp(_) => "a dict comprehension",
        Expr::Generator(_) => "a generator expression",
        Expr::Await(_) => "an await expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "a yield expression",
        Expr::Compare(_) => "a comparison",
        Expr::Call(_) => "a function call",
        Expr::FString(_) | Expr::TString(_) => "an f-string",
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => "a literal",
        Expr::BooleanLiteral(ast::ExprBooleanLiteral { value: true, .. }) => "`True`",
        Expr::BooleanLiteral(_) => "`False`",
        Expr::NoneLiteral(_) => "`None`",
        Expr::EllipsisLiteral(_) => "`...`",
        Expr::Attribute(_) => "an attribute",
        Expr::Subscript(_) => "an item",
        Expr::Starred(_) => "a starred expression",
        Expr::Name(_) => "a name",
        Expr::List(_) => "a list",
        Expr::Tuple(_) => "a tuple",
        Expr::Slice(_) => "a slice",
        Expr::IpyEscapeCommand(_) => "a magic",
    }
}
