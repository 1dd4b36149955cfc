//! Statements.

use std::sync::Arc;

use ruff_python_ast::{self as ast, ExceptHandler};
use ruff_text_size::{Ranged, TextRange};

use super::Lower;
use super::describe::describe;
use crate::error::Result;
use crate::magic;
use crate::tree::{ExprKind, Handler, ImportName, Stmt, StmtKind, Target, TargetKind};

/// More `elif`s than anyone writes; each is one level of the tree.
const MAX_ELIFS: usize = 1000;

impl Lower<'_> {
    pub(super) fn body(&mut self, body: &[ast::Stmt]) -> Result<Vec<Stmt>> {
        let mut stmts = Vec::with_capacity(body.len());
        for stmt in body {
            stmts.push(self.stmt(stmt)?);
        }
        Ok(stmts)
    }

    fn stmt(&mut self, stmt: &ast::Stmt) -> Result<Stmt> {
        let mut range = stmt.range();
        let mut header = |end: &dyn Ranged| range = TextRange::new(range.start(), end.end());
        let kind = match stmt {
            ast::Stmt::Expr(expr) => StmtKind::Expr(self.expr(&expr.value)?),
            ast::Stmt::Assign(assign) => {
                let value = self.expr(&assign.value)?;
                let targets = assign.targets.iter().map(|target| self.target(target)).collect::<Result<_>>()?;
                StmtKind::Assign { targets, value }
            }
            ast::Stmt::AugAssign(assign) => {
                let value = self.expr(&assign.value)?;
                if let ast::Expr::Name(name) = &*assign.target {
                    self.read(name.id.as_str());
                }
                let target = self.target(&assign.target)?;
                StmtKind::AugAssign { target, op: super::expr::binary_op(assign.op), value }
            }
            ast::Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => {
                    let value = self.expr(value)?;
                    StmtKind::Assign { targets: vec![self.target(&assign.target)?], value }
                }
                None => StmtKind::Pass,
            },
            ast::Stmt::FunctionDef(def) => {
                let (kind, header) = self.def(def)?;
                return Ok(Stmt { span: header, kind });
            }
            ast::Stmt::Return(stmt) => {
                if self.functions.is_empty() {
                    return Err(self
                        .error("`return` outside of a function", stmt)
                        .hint("the value of a cell's last line is shown without it"));
                }
                StmtKind::Return(stmt.value.as_ref().map(|value| self.expr(value)).transpose()?)
            }
            ast::Stmt::If(stmt) => {
                header(&*stmt.test);
                if stmt.elif_else_clauses.len() > MAX_ELIFS {
                    let message = format!("too many `elif`s; rdk allows {MAX_ELIFS}");
                    return Err(self.error(message, &stmt.elif_else_clauses[MAX_ELIFS]));
                }
                let test = self.expr(&stmt.test)?;
                let body = self.body(&stmt.body)?;
                let orelse = self.clauses(&stmt.elif_else_clauses)?;
                StmtKind::If { test, body, orelse }
            }
            ast::Stmt::While(stmt) => {
                header(&*stmt.test);
                let test = self.expr(&stmt.test)?;
                let body = self.looped(&stmt.body)?;
                StmtKind::While { test, body, orelse: self.body(&stmt.orelse)? }
            }
            ast::Stmt::For(stmt) if stmt.is_async => return self.refuse_async(stmt),
            ast::Stmt::For(stmt) => {
                header(&*stmt.iter);
                let iter = self.expr(&stmt.iter)?;
                let target = self.target(&stmt.target)?;
                let body = self.looped(&stmt.body)?;
                StmtKind::For { target, iter, body, orelse: self.body(&stmt.orelse)? }
            }
            ast::Stmt::Break(stmt) if self.loops == 0 => {
                return Err(self.error("`break` outside of a loop", stmt));
            }
            ast::Stmt::Break(_) => StmtKind::Break,
            ast::Stmt::Continue(stmt) if self.loops == 0 => {
                return Err(self.error("`continue` outside of a loop", stmt));
            }
            ast::Stmt::Continue(_) => StmtKind::Continue,
            ast::Stmt::Pass(_) | ast::Stmt::Global(_) | ast::Stmt::Nonlocal(_) => StmtKind::Pass,
            ast::Stmt::With(stmt) if stmt.is_async => return self.refuse_async(stmt),
            ast::Stmt::With(stmt) => {
                let mut items = Vec::with_capacity(stmt.items.len());
                for item in &stmt.items {
                    header(item);
                    let manager = self.expr(&item.context_expr)?;
                    let target = item.optional_vars.as_ref().map(|target| self.target(target)).transpose()?;
                    items.push((manager, target));
                }
                StmtKind::With { items, body: self.body(&stmt.body)? }
            }
            ast::Stmt::Try(stmt) => {
                range = TextRange::at(range.start(), 3.into());
                self.try_stmt(stmt)?
            }
            ast::Stmt::Raise(stmt) => StmtKind::Raise {
                error: stmt.exc.as_ref().map(|error| self.expr(error)).transpose()?,
                cause: stmt.cause.as_ref().map(|cause| self.expr(cause)).transpose()?,
            },
            ast::Stmt::Assert(stmt) => StmtKind::Assert {
                test: self.expr(&stmt.test)?,
                message: stmt.msg.as_ref().map(|message| self.expr(message)).transpose()?,
            },
            ast::Stmt::Delete(stmt) => {
                StmtKind::Del(stmt.targets.iter().map(|target| self.target(target)).collect::<Result<_>>()?)
            }
            ast::Stmt::Import(stmt) => {
                StmtKind::Import(stmt.names.iter().map(|alias| self.import_name(alias)).collect())
            }
            ast::Stmt::ImportFrom(stmt) => self.import_from(stmt)?,
            ast::Stmt::IpyEscapeCommand(stmt) => {
                let text = self.text(stmt.range);
                // See `parse::prepared`: questions were hidden from the parser.
                let (mark, value) = match text.strip_prefix('?') {
                    Some(rest) => magic::question(rest),
                    None => (stmt.kind.as_str(), &*stmt.value),
                };
                magic::statement(self.source, mark, value, self.range(stmt.range))?
            }
            ast::Stmt::ClassDef(stmt) => {
                let (kind, header) = self.class(stmt)?;
                return Ok(Stmt { span: header, kind });
            }
            ast::Stmt::Match(stmt) => {
                return self.refuse(
                    "`match` is",
                    &TextRange::new(stmt.start(), stmt.subject.end()),
                    "use `if` and `elif`",
                );
            }
            ast::Stmt::TypeAlias(stmt) => {
                return self.refuse("`type` statements are", stmt, "leave it out; annotations are not looked at");
            }
        };
        Ok(Stmt { span: self.range(range), kind })
    }

    fn clauses(&mut self, clauses: &[ast::ElifElseClause]) -> Result<Vec<Stmt>> {
        let mut orelse = Vec::new();
        // From the last to the first, so that each goes into the one before without recursion; order of lowering is free.
        for clause in clauses.iter().rev() {
            let body = self.body(&clause.body)?;
            orelse = match &clause.test {
                None => body,
                Some(test) => {
                    let span = self.range(TextRange::new(clause.start(), test.end()));
                    vec![Stmt { span, kind: StmtKind::If { test: self.expr(test)?, body, orelse } }]
                }
            };
        }
        Ok(orelse)
    }

    fn looped(&mut self, body: &[ast::Stmt]) -> Result<Vec<Stmt>> {
        self.loops += 1;
        let body = self.body(body);
        self.loops -= 1;
        body
    }

    fn try_stmt(&mut self, stmt: &ast::StmtTry) -> Result<StmtKind> {
        if stmt.is_star {
            return self.refuse(
                "`except*` is",
                &TextRange::at(stmt.start(), 3.into()),
                "there are no exception groups; use `except`",
            );
        }
        let body = self.body(&stmt.body)?;
        let mut handlers = Vec::with_capacity(stmt.handlers.len());
        for (index, ExceptHandler::ExceptHandler(handler)) in stmt.handlers.iter().enumerate() {
            let end = match (&handler.name, &handler.type_) {
                (Some(name), _) => name.end(),
                (None, Some(class)) => class.end(),
                (None, None) => handler.start() + ruff_text_size::TextSize::new(6),
            };
            let header = TextRange::new(handler.start(), end);
            if handler.type_.is_none() && index + 1 < stmt.handlers.len() {
                return Err(self.error("a bare `except:` must be the last one", &header));
            }
            handlers.push(Handler {
                span: self.range(header),
                classes: handler.type_.as_ref().map(|class| self.expr(class)).transpose()?,
                name: handler.name.as_ref().map(|name| self.variable(name.as_str())),
                body: self.body(&handler.body)?,
            });
        }
        Ok(StmtKind::Try { body, handlers, orelse: self.body(&stmt.orelse)?, finally: self.body(&stmt.finalbody)? })
    }

    fn import_name(&mut self, alias: &ast::Alias) -> ImportName {
        let path = alias.name.as_str();
        let bound = match &alias.asname {
            Some(name) => name.as_str(),
            None => path.split('.').next().unwrap_or(path),
        };
        ImportName {
            path: self.name(path),
            target: self.variable(bound),
            renamed: alias.asname.is_some(),
            span: self.span(alias),
        }
    }

    fn import_from(&mut self, stmt: &ast::StmtImportFrom) -> Result<StmtKind> {
        let module = match &stmt.module {
            Some(module) if stmt.level == 0 => module.as_str(),
            Some(_) | None => {
                return Err(self
                    .error("relative imports are not supported in rdk", stmt)
                    .hint("there are no packages of files; `%run file.rdk` runs another file"));
            }
        };
        if module == "__future__" {
            return Ok(StmtKind::Pass);
        }
        let import_star = stmt.names.iter().any(|alias| alias.name.as_str() == "*");
        if import_star && !self.functions.is_empty() {
            return Err(self.error("`import *` is only allowed at the top level", stmt));
        }
        let names = if import_star {
            Vec::new()
        } else {
            let bind = |alias: &ast::Alias| {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                (self.name(alias.name.as_str()), self.variable(bound.as_str()), self.span(alias))
            };
            stmt.names.iter().map(bind).collect()
        };
        Ok(StmtKind::FromImport { module: self.name(module), names, import_star })
    }

    /// What an assignment, a loop, `with` or `del` can bind.
    pub(super) fn target(&mut self, expr: &ast::Expr) -> Result<Target> {
        stacker::maybe_grow(crate::parse::RED_ZONE, crate::parse::MORE_STACK, || self.target_here(expr))
    }

    fn target_here(&mut self, expr: &ast::Expr) -> Result<Target> {
        let kind = match expr {
            ast::Expr::Name(name) => TargetKind::Name(self.variable(name.id.as_str())),
            ast::Expr::Attribute(_) | ast::Expr::Subscript(_) => match self.expr(expr)?.kind {
                ExprKind::Attribute { object, name } => TargetKind::Attribute { object: object.into_expr(), name },
                ExprKind::Item { object, index } => TargetKind::Item { object: object.into_expr(), index: *index },
                _ => return Err(self.error(format!("cannot assign to {}", describe(expr)), expr)),
            },
            ast::Expr::Tuple(ast::ExprTuple { elts, .. }) | ast::Expr::List(ast::ExprList { elts, .. }) => {
                let mut star = None;
                let mut targets = Vec::with_capacity(elts.len());
                for (index, element) in elts.iter().enumerate() {
                    match element {
                        ast::Expr::Starred(starred) => {
                            if star.replace(index).is_some() {
                                return Err(self
                                    .error("two starred names in one assignment", element)
                                    .hint("only one of them can take the rest"));
                            }
                            targets.push(self.target(&starred.value)?);
                        }
                        _ => targets.push(self.target(element)?),
                    }
                }
                TargetKind::Unpack { targets, star }
            }
            ast::Expr::Starred(_) => {
                return Err(self
                    .error("a starred name must be in a list or tuple", expr)
                    .hint("with a comma behind it: `*rest, = …`"));
            }
            _ => return Err(self.error(format!("cannot assign to {}", describe(expr)), expr)),
        };
        Ok(Target { span: self.span(expr), kind })
    }

    pub(super) fn refuse_async<T>(&self, node: &impl Ranged) -> Result<T> {
        let word = TextRange::at(node.start(), 5.into());
        self.refuse("`async` is", &word, "`delayed` and futures run side by side without it")
    }

    pub(super) fn doc_of(body: &[Stmt]) -> Option<String> {
        match body.first() {
            Some(Stmt { kind: StmtKind::Expr(expr), .. }) => match &expr.kind {
                ExprKind::Str(text) => Some(String::from(&**text)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn source_arc(&self) -> Arc<crate::Source> {
        self.source.clone()
    }
}
