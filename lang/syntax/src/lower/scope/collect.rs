//! The walk that notes what each scope binds and uses.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use super::{Binding, Kind, ScopeInfo, Scopes, Wrong, method_self, parameters_in_order};
use crate::tree::Name;

pub(super) struct Collector {
    pub scopes: Vec<ScopeInfo>,
    pub by_range: FxHashMap<TextRange, usize>,
    pub current: usize,
    /// The first thing that cannot be.
    pub wrong: Option<Wrong>,
}

impl Collector {
    pub fn open(&mut self, kind: Kind, range: Option<TextRange>) {
        let id = self.scopes.len();
        let host = if kind.has_frame() { id } else { self.scopes[self.current].host };
        self.scopes.push(ScopeInfo {
            kind,
            parent: self.current,
            host,
            bindings: FxHashMap::default(),
            order: Vec::new(),
            uses: FxHashMap::default(),
            captures: Vec::new(),
            slot_names: Vec::new(),
            cell_slots: Vec::new(),
        });
        if let Some(range) = range {
            self.by_range.insert(range, id);
        }
        self.current = id;
    }

    fn close(&mut self) {
        self.current = self.scopes[self.current].parent;
    }

    fn fail(&mut self, message: String, range: TextRange, hint: Option<&'static str>) {
        if self.wrong.is_none() {
            self.wrong = Some(Wrong { message, range, hint });
        }
    }

    fn bind(&mut self, name: &str) {
        self.bind_in(self.current, name);
    }

    fn bind_in(&mut self, scope: usize, name: &str) {
        let info = &mut self.scopes[scope];
        if !info.bindings.contains_key(name) {
            let name = Name::from(name);
            info.bindings.insert(name.clone(), Binding::Here { slot: 0, captured: false });
            info.order.push(name);
        }
    }

    fn use_name(&mut self, name: &str, range: TextRange) {
        let uses = &mut self.scopes[self.current].uses;
        if !uses.contains_key(name) {
            uses.insert(Name::from(name), range);
        }
    }

    fn declare(&mut self, name: &ast::Identifier, binding: Binding) {
        let word = if binding == Binding::Global { "global" } else { "nonlocal" };
        let text = name.as_str();
        let info = &self.scopes[self.current];
        if info.kind == Kind::Cell {
            if binding == Binding::Nonlocal {
                self.fail(
                    "`nonlocal` outside of a function".to_owned(),
                    name.range(),
                    Some("it is for a function inside another one"),
                );
            }
            return;
        }
        let message = match info.bindings.get(text) {
            Some(Binding::Here { .. }) if info.order.iter().take_while(|&n| &**n != text).count() < self.n_params() => {
                format!("`{text}` is a parameter and {word}")
            }
            Some(Binding::Here { .. }) => format!("`{text}` is assigned to before its {word} declaration"),
            Some(other) if *other != binding => format!("`{text}` is nonlocal and global"),
            Some(_) => return,
            None if info.uses.contains_key(text) => format!("`{text}` is used before its {word} declaration"),
            None => {
                let key = Name::from(text);
                let info = &mut self.scopes[self.current];
                if binding == Binding::Nonlocal {
                    info.uses.insert(key.clone(), name.range());
                }
                info.bindings.insert(key, binding);
                return;
            }
        };
        self.fail(message, name.range(), None);
    }

    /// Parameters are bound first and given their slots at once.
    fn n_params(&self) -> usize {
        self.scopes[self.current].slot_names.len()
    }

    fn parameters(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters_in_order(parameters) {
            let name = &parameter.name;
            if self.scopes[self.current].bindings.contains_key(name.as_str()) {
                self.fail(format!("duplicate parameter `{name}`"), name.range(), None);
                continue;
            }
            self.parameter(name.as_str());
        }
    }

    fn parameter(&mut self, name: &str) {
        self.bind(name);
        self.scopes[self.current].slot_names.push(Name::from(name));
    }

    fn defaults(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.visit_expr(default);
            }
        }
    }

    fn comprehension(&mut self, kind: Kind, range: TextRange, elements: &[&Expr], clauses: &[ast::Comprehension]) {
        if let Some(first) = clauses.first() {
            self.visit_expr(&first.iter);
        }
        self.open(kind, Some(range));
        if kind == Kind::Generator {
            self.parameter(".0");
        }
        for (index, clause) in clauses.iter().enumerate() {
            if index > 0 {
                self.visit_expr(&clause.iter);
            }
            self.visit_expr(&clause.target);
            for test in &clause.ifs {
                self.visit_expr(test);
            }
        }
        for element in elements {
            self.visit_expr(element);
        }
        self.close();
    }

    /// A walrus binds outside of the comprehensions that it stands in.
    fn walrus(&mut self, name: &str, range: TextRange) {
        let mut scope = self.current;
        while matches!(self.scopes[scope].kind, Kind::Comprehension | Kind::Generator) {
            if self.scopes[scope].bindings.contains_key(name) {
                let message = format!("`:=` cannot rebind `{name}`, the variable of the comprehension");
                self.fail(message, range, Some("choose another name"));
                return;
            }
            scope = self.scopes[scope].parent;
        }
        self.bind_in(scope, name);
        if scope != self.current {
            self.use_name(name, range);
        }
    }

    pub fn finish(mut self) -> Result<Scopes, Wrong> {
        for scope in 0..self.scopes.len() {
            self.give_slots(scope);
        }
        let mut scopes = Scopes { scopes: self.scopes, by_range: self.by_range };
        for scope in 0..scopes.scopes.len() {
            let uses = std::mem::take(&mut scopes.scopes[scope].uses);
            let mut uses: Vec<(Name, TextRange)> = uses.into_iter().collect();
            uses.sort_unstable_by_key(|(_, range)| range.start());
            for (name, range) in uses {
                let declared = scopes.scopes[scope].bindings.get(&name) == Some(&Binding::Nonlocal);
                match scopes.trace(scope, &name) {
                    Some(found) if found.inner.is_some() => capture(&mut scopes.scopes, scope, found.scope, &name),
                    Some(_) => {}
                    None if declared && self.wrong.is_none() => {
                        self.wrong = Some(Wrong {
                            message: format!("no binding for nonlocal `{name}` found"),
                            range,
                            hint: Some("`global` is for names of the session"),
                        });
                    }
                    None => {}
                }
            }
        }
        for scope in 0..scopes.scopes.len() {
            let cells = scopes.own_cells(scope);
            let host = scopes.scopes[scope].host;
            scopes.scopes[host].cell_slots.extend(cells);
        }
        match self.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(scopes),
        }
    }

    fn give_slots(&mut self, scope: usize) {
        let info = &self.scopes[scope];
        if info.kind == Kind::Cell {
            return;
        }
        let host = info.host;
        let n_params = if host == scope { info.slot_names.len() } else { 0 };
        for (index, name) in info.order.clone().into_iter().enumerate() {
            let slot = if index < n_params {
                index
            } else {
                let names = &mut self.scopes[host].slot_names;
                names.push(name.clone());
                names.len() - 1
            };
            if let Some(Binding::Here { slot: given, .. }) = self.scopes[scope].bindings.get_mut(&name) {
                *given = slot;
            }
        }
    }
}

/// Marks a variable as captured by every function between its scope and the one that uses it.
fn capture(scopes: &mut [ScopeInfo], from: usize, binder: usize, name: &Name) {
    if let Some(Binding::Here { captured, .. }) = scopes[binder].bindings.get_mut(name) {
        *captured = true;
    }
    let mut at = from;
    while at != binder {
        let info = &mut scopes[at];
        if info.kind.has_frame() && !info.captures.contains(name) {
            info.captures.push(name.clone());
        }
        at = info.parent;
    }
}

/// The text of `df.query("x > @least")` or `df.eval("x + @y")`, in which `@` stands before the names of variables.
fn query_text(call: &ast::ExprCall) -> Option<(&str, TextRange)> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let takes_text = matches!(method.attr.as_str(), "query" | "eval");
    let first = call.arguments.find_argument_value("expr", 0).filter(|_| takes_text)?;
    match first {
        Expr::StringLiteral(text) => Some((text.value.to_str(), text.range)),
        _ => None,
    }
}

/// The name that a text begins with; empty if there is none.
fn leading_name(text: &str) -> &str {
    let end = text.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    &text[..end.unwrap_or(text.len())]
}

impl<'a> Visitor<'a> for Collector {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                self.defaults(&def.parameters);
                self.bind(def.name.as_str());
                self.open(Kind::Function, Some(def.range));
                self.parameters(&def.parameters);
                self.visit_body(&def.body);
                self.close();
            }
            Stmt::ClassDef(def) => {
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                if let Some(arguments) = &def.arguments {
                    self.visit_arguments(arguments);
                }
                self.bind(def.name.as_str());
                self.open(Kind::Class, Some(def.range));
                self.parameter("__class__");
                self.visit_body(&def.body);
                self.close();
            }
            // Refused when it is lowered.
            Stmt::Match(_) | Stmt::TypeAlias(_) => {}
            Stmt::Global(global) => global.names.iter().for_each(|name| self.declare(name, Binding::Global)),
            Stmt::Nonlocal(outer) => outer.names.iter().for_each(|name| self.declare(name, Binding::Nonlocal)),
            Stmt::Import(import) => {
                for alias in &import.names {
                    match &alias.asname {
                        Some(name) => self.bind(name.as_str()),
                        None => self.bind(alias.name.as_str().split('.').next().unwrap_or("")),
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
                // In a class an annotation alone binds nothing.
                if assign.value.is_some() || self.scopes[self.current].kind != Kind::Class {
                    self.visit_expr(&assign.target);
                }
            }
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.value);
                self.visit_expr(&assign.target);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.bind(name.as_str());
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Store | ExprContext::Del => self.bind(name.id.as_str()),
                ExprContext::Load | ExprContext::Invalid => {
                    self.use_name(name.id.as_str(), name.range);
                    if name.id.as_str() == "super"
                        && let Some(first) = method_self(&self.scopes, self.current)
                    {
                        self.use_name("__class__", name.range);
                        self.use_name(&first, name.range);
                    }
                }
            },
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                if let Expr::Name(name) = &*named.target {
                    self.walrus(name.id.as_str(), name.range);
                }
            }
            // Variables named in the text of a query are used like others.
            Expr::Call(call) => {
                if let Some((text, range)) = query_text(call) {
                    text.split('@').skip(1).for_each(|rest| self.use_name(leading_name(rest), range));
                }
                visitor::walk_expr(self, expr);
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
                self.open(Kind::Function, Some(lambda.range));
                if let Some(parameters) = &lambda.parameters {
                    self.parameters(parameters);
                }
                self.visit_expr(&lambda.body);
                self.close();
            }
            Expr::ListComp(comp) => {
                self.comprehension(Kind::Comprehension, comp.range, &[&comp.elt], &comp.generators);
            }
            Expr::SetComp(comp) => {
                self.comprehension(Kind::Comprehension, comp.range, &[&comp.elt], &comp.generators);
            }
            Expr::DictComp(comp) => {
                let elements: Vec<&Expr> = comp.key.iter().chain([&comp.value]).map(|expr| &**expr).collect();
                self.comprehension(Kind::Comprehension, comp.range, &elements, &comp.generators);
            }
            Expr::Generator(comp) => {
                self.comprehension(Kind::Generator, comp.range, &[&comp.elt], &comp.generators);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}
