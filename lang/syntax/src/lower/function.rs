//! Functions, lambdas, generator expressions and comprehensions.

use std::sync::Arc;

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Globals, Lower};
use crate::Span;
use crate::error::Result;
use crate::tree::{
    Clause, Expr, ExprKind, FunctionBody, FunctionDef, Name, Param, ParamKind, Scope, StmtKind, Variable,
};

impl Lower<'_> {
    /// A `def`, and the span of its header.
    pub(super) fn def(&mut self, def: &ast::StmtFunctionDef) -> Result<(StmtKind, Span)> {
        let start = self.def_start(def);
        if def.is_async {
            return self.refuse_async(&TextRange::new(start, def.end()));
        }
        if let Some(parameters) = &def.type_params {
            return self.refuse("type parameters are", &**parameters, "leave them out; annotations are not looked at");
        }
        let decorators =
            def.decorator_list.iter().map(|decorator| self.expr(&decorator.expression)).collect::<Result<_>>()?;
        let target = self.variable(def.name.as_str());
        let header_end = def.returns.as_ref().map_or(def.parameters.end(), |returns| returns.end());
        let whole = TextRange::new(start, def.end());
        let body = |lower: &mut Self| Ok(FunctionBody::Block(lower.body(&def.body)?));
        let function = self.function(def.range, whole, def.name.as_str(), Some(&def.parameters), body)?;
        let header = self.range(TextRange::new(start, header_end));
        Ok((StmtKind::Def { target, function: Arc::new(function), decorators }, header))
    }

    /// Where the word `def` stands, behind the decorators.
    fn def_start(&self, def: &ast::StmtFunctionDef) -> TextSize {
        let Some(last) = def.decorator_list.last() else { return def.start() };
        let between = self.text(TextRange::new(last.end(), def.name.start()));
        let word = if def.is_async { "async" } else { "def" };
        match between.rfind(word) {
            Some(offset) => last.end() + TextSize::new(offset as u32),
            None => def.start(),
        }
    }

    pub(super) fn lambda(&mut self, lambda: &ast::ExprLambda) -> Result<ExprKind> {
        let body = |lower: &mut Self| Ok(FunctionBody::Expr(lower.expr(&lambda.body)?));
        let function = self.function(lambda.range, lambda.range, "<lambda>", lambda.parameters.as_deref(), body)?;
        Ok(ExprKind::Lambda(Arc::new(function)))
    }

    pub(super) fn generator(&mut self, generator: &ast::ExprGenerator) -> Result<ExprKind> {
        let Some(first) = generator.generators.first() else {
            return Err(self.error("expected `for` in a generator expression", generator));
        };
        let iter = self.boxed(&first.iter)?;
        let walked =
            Expr { span: iter.span, kind: ExprKind::Name(Variable { name: self.name(".0"), scope: Scope::Local(0) }) };
        let body = |lower: &mut Self| {
            let clauses = lower.comprehension_clauses(&generator.generators, walked)?;
            Ok(FunctionBody::Generator { element: lower.element(&generator.elt)?, clauses })
        };
        let mut function = self.function(generator.range, generator.range, "<genexpr>", None, body)?;
        function.params.push(Param { name: self.name(".0"), slot: 0, kind: ParamKind::PositionalOnly, default: None });
        Ok(ExprKind::Generator { function: Arc::new(function), iter })
    }

    /// Lowers a body in the scope of its own, and fits the parts together.
    pub(super) fn function(
        &mut self,
        scope_of: TextRange,
        whole: TextRange,
        name: &str,
        parameters: Option<&ast::Parameters>,
        body: impl FnOnce(&mut Self) -> Result<FunctionBody>,
    ) -> Result<FunctionDef> {
        // Defaults are evaluated outside.
        let params = parameters.map_or(Ok(Vec::new()), |parameters| self.params(parameters))?;
        let scope = self.scopes.of(scope_of);
        let outer = std::mem::replace(&mut self.scope, scope);
        self.functions.push(Globals { outer_loops: std::mem::take(&mut self.loops), ..Globals::default() });
        let body = body(self);
        let inner = self.functions.pop().unwrap_or_default();
        self.loops = inner.outer_loops;
        self.scope = outer;
        let body = body?;
        if let Some(function) = self.functions.last_mut() {
            inner.names.iter().for_each(|name| function.add(name));
        }
        let frame = self.scopes.frame(scope);
        let parent = self.scopes.parent(scope);
        let captures = frame
            .captures
            .iter()
            .map(|name| Variable { name: name.clone(), scope: self.scopes.find(parent, name) })
            .collect();
        let doc = match &body {
            FunctionBody::Block(stmts) => Self::doc_of(stmts),
            FunctionBody::Expr(_) | FunctionBody::Generator { .. } => None,
        };
        Ok(FunctionDef {
            name: self.name(name),
            source: self.source_arc(),
            span: self.range(whole),
            doc,
            params,
            body,
            n_slots: frame.n_slots,
            slot_names: frame.slot_names,
            cell_slots: frame.cell_slots,
            captures,
            globals: inner.names,
        })
    }

    fn params(&mut self, parameters: &ast::Parameters) -> Result<Vec<Param>> {
        let mut params = Vec::new();
        let mut add = |name: Name, kind, default| {
            let slot = params.len();
            params.push(Param { name, slot, kind, default });
        };
        for parameter in &parameters.posonlyargs {
            add(self.name(parameter.name().as_str()), ParamKind::PositionalOnly, self.default(parameter)?);
        }
        for parameter in &parameters.args {
            add(self.name(parameter.name().as_str()), ParamKind::Normal, self.default(parameter)?);
        }
        if let Some(rest) = &parameters.vararg {
            add(self.name(rest.name.as_str()), ParamKind::Rest, None);
        }
        for parameter in &parameters.kwonlyargs {
            add(self.name(parameter.name().as_str()), ParamKind::KeywordOnly, self.default(parameter)?);
        }
        if let Some(rest) = &parameters.kwarg {
            add(self.name(rest.name.as_str()), ParamKind::KeywordRest, None);
        }
        Ok(params)
    }

    fn default(&mut self, parameter: &ast::ParameterWithDefault) -> Result<Option<Expr>> {
        parameter.default.as_ref().map(|default| self.expr(default)).transpose()
    }

    pub(super) fn list_comp(&mut self, comp: &ast::ExprListComp) -> Result<ExprKind> {
        let (clauses, element, cells) =
            self.comprehension(comp.range, &comp.generators, |lower| lower.element(&comp.elt))?;
        Ok(ExprKind::ListComp { element: Box::new(element), clauses, cells })
    }

    pub(super) fn set_comp(&mut self, comp: &ast::ExprSetComp) -> Result<ExprKind> {
        let (clauses, element, cells) =
            self.comprehension(comp.range, &comp.generators, |lower| lower.element(&comp.elt))?;
        Ok(ExprKind::SetComp { element: Box::new(element), clauses, cells })
    }

    pub(super) fn dict_comp(&mut self, comp: &ast::ExprDictComp) -> Result<ExprKind> {
        let Some(key) = &comp.key else {
            return self.refuse("`**` in a comprehension is", comp, "use `|` to join dicts");
        };
        let (clauses, (key, value), cells) = self
            .comprehension(comp.range, &comp.generators, |lower| Ok((lower.boxed(key)?, lower.boxed(&comp.value)?)))?;
        Ok(ExprKind::DictComp { key, value, clauses, cells })
    }

    fn comprehension<T>(
        &mut self,
        range: TextRange,
        generators: &[ast::Comprehension],
        element: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<(Vec<Clause>, T, Vec<usize>)> {
        let Some(first) = generators.first() else {
            return Err(self.error("expected `for` in a comprehension", &range));
        };
        let walked = self.expr(&first.iter)?;
        let scope = self.scopes.of(range);
        let outer = std::mem::replace(&mut self.scope, scope);
        let parts = self.comprehension_clauses(generators, walked).and_then(|clauses| Ok((clauses, element(self)?)));
        self.scope = outer;
        let (clauses, element) = parts?;
        Ok((clauses, element, self.scopes.own_cells(scope)))
    }

    /// The clauses, with the first iterable given: it belongs to the scope around.
    fn comprehension_clauses(&mut self, generators: &[ast::Comprehension], walked: Expr) -> Result<Vec<Clause>> {
        let mut walked = Some(walked);
        let mut clauses = Vec::with_capacity(generators.len());
        for generator in generators {
            if generator.is_async {
                return self.refuse_async(generator);
            }
            let iter = match walked.take() {
                Some(walked) => walked,
                None => self.expr(&generator.iter)?,
            };
            let target = self.target(&generator.target)?;
            let tests = generator.ifs.iter().map(|test| self.expr(test)).collect::<Result<_>>()?;
            clauses.push(Clause { target, iter, tests });
        }
        Ok(clauses)
    }

    fn element(&mut self, element: &ast::Expr) -> Result<Expr> {
        if let ast::Expr::Starred(starred) = element {
            return Err(self
                .error("`*` cannot be used in a comprehension", starred)
                .hint("walk the inner items with a second `for`"));
        }
        self.expr(element)
    }
}
