//! Expressions.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

use super::Lower;
use crate::error::Result;
use crate::magic;
use crate::parse::{MORE_STACK, RED_ZONE};
use crate::tree::{Arg, ArgKind, BinaryOp, CompareOp, Element, Expr, ExprKind, Left, UnaryOp};

impl Lower<'_> {
    /// An expression. The left side of `a + b + c` and `x.y.z` is walked in a loop: such chains are long, not deep.
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Result<Expr> {
        let mut links = Vec::new();
        let mut first = expr;
        loop {
            let next = match first {
                ast::Expr::BinOp(node) => &*node.left,
                ast::Expr::Attribute(node) => &*node.value,
                ast::Expr::Subscript(node) => &*node.value,
                ast::Expr::Call(node) => &*node.func,
                _ => break,
            };
            links.push(first);
            first = next;
        }
        let mut result = stacker::maybe_grow(RED_ZONE, MORE_STACK, || self.simple(first))?;
        for link in links.into_iter().rev() {
            let left = Left::new(result);
            let kind = stacker::maybe_grow(RED_ZONE, MORE_STACK, || self.link(link, left))?;
            result = Expr { span: self.span(link), kind };
        }
        Ok(result)
    }

    /// A link of a chain, behind what stands left of it.
    fn link(&mut self, link: &ast::Expr, left: Left) -> Result<ExprKind> {
        Ok(match link {
            ast::Expr::BinOp(node) => {
                ExprKind::Binary { op: binary_op(node.op), left, right: self.boxed(&node.right)? }
            }
            ast::Expr::Attribute(node) => ExprKind::Attribute { object: left, name: self.name(node.attr.as_str()) },
            ast::Expr::Subscript(node) => ExprKind::Item { object: left, index: self.boxed(&node.slice)? },
            ast::Expr::Call(node) => ExprKind::Call { function: left, args: self.call_args(node)? },
            _ => return Err(self.error("not a chain", link)),
        })
    }

    /// The arguments of a call; those of `super()` in a method are the class and the instance.
    fn call_args(&mut self, node: &ast::ExprCall) -> Result<Vec<Arg>> {
        let args = self.args(&node.arguments)?;
        let is_super = matches!(&*node.func, ast::Expr::Name(name) if name.id.as_str() == "super");
        if is_super
            && args.is_empty()
            && let Some(first) = self.scopes.method_self(self.scope)
        {
            let span = self.span(node);
            let mut arg = |name: &str| {
                let kind = ExprKind::Name(self.read(name));
                Arg { value: Expr { span, kind }, kind: ArgKind::Positional }
            };
            return Ok(vec![arg("__class__"), arg(&first)]);
        }
        Ok(args)
    }

    fn simple(&mut self, expr: &ast::Expr) -> Result<Expr> {
        let kind = match expr {
            ast::Expr::Name(node) if node.id.is_empty() => return Err(self.error("expected an expression", node)),
            ast::Expr::Name(node) => ExprKind::Name(self.read(node.id.as_str())),
            ast::Expr::NoneLiteral(_) => ExprKind::None,
            ast::Expr::BooleanLiteral(node) => ExprKind::Bool(node.value),
            ast::Expr::EllipsisLiteral(_) => ExprKind::Ellipsis,
            ast::Expr::NumberLiteral(node) => self.number(node)?,
            ast::Expr::StringLiteral(node) => ExprKind::Str(node.value.to_str().into()),
            ast::Expr::BytesLiteral(node) => {
                ExprKind::Bytes(node.value.iter().flat_map(|part| part.value.iter().copied()).collect())
            }
            ast::Expr::FString(node) => self.format_string(node)?,
            ast::Expr::List(node) => ExprKind::List(self.elements(&node.elts)?),
            ast::Expr::Tuple(node) => ExprKind::Tuple(self.elements(&node.elts)?),
            ast::Expr::Set(node) => ExprKind::Set(self.elements(&node.elts)?),
            ast::Expr::Dict(node) => {
                let mut items = Vec::with_capacity(node.items.len());
                for item in &node.items {
                    let key = item.key.as_ref().map(|key| self.expr(key)).transpose()?;
                    items.push((key, self.expr(&item.value)?));
                }
                ExprKind::Dict(items)
            }
            ast::Expr::UnaryOp(node) => {
                let op = match node.op {
                    ast::UnaryOp::USub => UnaryOp::Neg,
                    ast::UnaryOp::UAdd => UnaryOp::Pos,
                    ast::UnaryOp::Invert => UnaryOp::Invert,
                    ast::UnaryOp::Not => UnaryOp::Not,
                };
                ExprKind::Unary { op, value: self.boxed(&node.operand)? }
            }
            ast::Expr::Compare(node) => {
                let first = self.boxed(&node.left)?;
                let mut rest = Vec::with_capacity(node.ops.len());
                for (op, right) in node.ops.iter().zip(&node.comparators) {
                    rest.push((compare_op(*op), self.expr(right)?));
                }
                ExprKind::Compare { first, rest }
            }
            ast::Expr::BoolOp(node) => {
                let values = node.values.iter().map(|value| self.expr(value)).collect::<Result<_>>()?;
                match node.op {
                    ast::BoolOp::And => ExprKind::And(values),
                    ast::BoolOp::Or => ExprKind::Or(values),
                }
            }
            ast::Expr::If(node) => ExprKind::If {
                test: self.boxed(&node.test)?,
                body: self.boxed(&node.body)?,
                orelse: self.boxed(&node.orelse)?,
            },
            ast::Expr::Slice(node) => ExprKind::Slice {
                start: node.lower.as_ref().map(|part| self.boxed(part)).transpose()?,
                stop: node.upper.as_ref().map(|part| self.boxed(part)).transpose()?,
                step: node.step.as_ref().map(|part| self.boxed(part)).transpose()?,
            },
            ast::Expr::Lambda(node) => self.lambda(node)?,
            ast::Expr::Generator(node) => self.generator(node)?,
            ast::Expr::ListComp(node) => self.list_comp(node)?,
            ast::Expr::SetComp(node) => self.set_comp(node)?,
            ast::Expr::DictComp(node) => self.dict_comp(node)?,
            ast::Expr::Named(node) => match &*node.target {
                ast::Expr::Name(name) => {
                    let value = self.boxed(&node.value)?;
                    ExprKind::Walrus { target: self.variable(name.id.as_str()), value }
                }
                other => return Err(self.error("the target of `:=` must be a name", other)),
            },
            ast::Expr::IpyEscapeCommand(node) => {
                let magic = magic::command(self.source, node.kind.as_str(), &node.value, self.range(node.range))?;
                ExprKind::Magic(Box::new(magic))
            }
            ast::Expr::Starred(node) => {
                return Err(self
                    .error("`*` cannot be used here", node)
                    .hint("it unpacks into a call, a list, a tuple or a set"));
            }
            ast::Expr::Await(node) => {
                let word = TextRange::at(node.start(), 5.into());
                return self.refuse("`await` is", &word, "`.compute()` and `.result()` wait");
            }
            ast::Expr::Yield(_) | ast::Expr::YieldFrom(_) => {
                return self.refuse("`yield` is", expr, "build a list, or use a generator expression `(… for … in …)`");
            }
            ast::Expr::TString(node) => return self.refuse("t-strings are", node, "use an f-string: `f\"…\"`"),
            // Links of a chain were taken off by the caller.
            ast::Expr::BinOp(_) | ast::Expr::Attribute(_) | ast::Expr::Subscript(_) | ast::Expr::Call(_) => {
                return self.expr(expr);
            }
        };
        Ok(Expr { span: self.span(expr), kind })
    }

    fn elements(&mut self, elements: &[ast::Expr]) -> Result<Vec<Element>> {
        let mut lowered = Vec::with_capacity(elements.len());
        for element in elements {
            lowered.push(match element {
                ast::Expr::Starred(starred) => Element { value: self.expr(&starred.value)?, star: true },
                _ => Element { value: self.expr(element)?, star: false },
            });
        }
        Ok(lowered)
    }

    pub(super) fn args(&mut self, arguments: &ast::Arguments) -> Result<Vec<Arg>> {
        let mut given = FxHashSet::default();
        let mut args = Vec::with_capacity(arguments.args.len() + arguments.keywords.len());
        for arg in arguments.iter_source_order() {
            let (kind, value) = match arg {
                ast::ArgOrKeyword::Arg(ast::Expr::Starred(starred)) => (ArgKind::Star, self.expr(&starred.value)?),
                ast::ArgOrKeyword::Arg(expr) => (ArgKind::Positional, self.expr(expr)?),
                ast::ArgOrKeyword::Keyword(keyword) => match &keyword.arg {
                    None => (ArgKind::DoubleStar, self.expr(&keyword.value)?),
                    Some(name) => {
                        let text = name.as_str();
                        if !given.insert(text) {
                            return Err(self.error(format!("keyword argument repeated: `{text}`"), name));
                        }
                        (ArgKind::Keyword(self.name(text)), self.expr(&keyword.value)?)
                    }
                },
            };
            args.push(Arg { kind, value });
        }
        Ok(args)
    }
}

pub(super) fn binary_op(op: ast::Operator) -> BinaryOp {
    match op {
        ast::Operator::Add => BinaryOp::Add,
        ast::Operator::Sub => BinaryOp::Sub,
        ast::Operator::Mult => BinaryOp::Mul,
        ast::Operator::MatMult => BinaryOp::MatMul,
        ast::Operator::Div => BinaryOp::Div,
        ast::Operator::Mod => BinaryOp::Mod,
        ast::Operator::Pow => BinaryOp::Pow,
        ast::Operator::LShift => BinaryOp::LeftShift,
        ast::Operator::RShift => BinaryOp::RightShift,
        ast::Operator::BitOr => BinaryOp::BitOr,
        ast::Operator::BitXor => BinaryOp::BitXor,
        ast::Operator::BitAnd => BinaryOp::BitAnd,
        ast::Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

fn compare_op(op: ast::CmpOp) -> CompareOp {
    match op {
        ast::CmpOp::Eq => CompareOp::Eq,
        ast::CmpOp::NotEq => CompareOp::NotEq,
        ast::CmpOp::Lt => CompareOp::Less,
        ast::CmpOp::LtE => CompareOp::LessEq,
        ast::CmpOp::Gt => CompareOp::Greater,
        ast::CmpOp::GtE => CompareOp::GreaterEq,
        ast::CmpOp::Is => CompareOp::Is,
        ast::CmpOp::IsNot => CompareOp::IsNot,
        ast::CmpOp::In => CompareOp::In,
        ast::CmpOp::NotIn => CompareOp::NotIn,
    }
}
