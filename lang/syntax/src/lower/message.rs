//! The foreign parser's complaints in Python's words.

use ruff_python_ast::{self as ast, Expr};

/// What an expression is called in a message.
pub(crate) fn describe(expr: &Expr) -> &'static str {
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
