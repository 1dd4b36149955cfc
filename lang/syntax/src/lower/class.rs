//! Classes: their body is a scope with a frame, as that of a function is.

use std::sync::Arc;

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::Lower;
use crate::Span;
use crate::error::Result;
use crate::tree::{ClassDef, FunctionBody, Name, StmtKind};

impl Lower<'_> {
    /// A `class`, and the span of its header.
    pub(super) fn class(&mut self, class: &ast::StmtClassDef) -> Result<(StmtKind, Span)> {
        if let Some(parameters) = &class.type_params {
            return self.refuse("type parameters are", &**parameters, "leave them out; annotations are not looked at");
        }
        let decorators =
            class.decorator_list.iter().map(|decorator| self.expr(&decorator.expression)).collect::<Result<_>>()?;
        let bases = class.arguments.as_ref().map_or(Ok(Vec::new()), |arguments| self.args(arguments))?;
        let target = self.variable(class.name.as_str());
        let body = |lower: &mut Self| Ok(FunctionBody::Block(lower.body(&class.body)?));
        let whole = TextRange::new(class.name.start(), class.end());
        let body = self.function(class.range, whole, class.name.as_str(), None, body)?;
        let members = self.scopes.members(self.scopes.of(class.range));
        let annotations = self.annotations(&class.body);
        let class_def = ClassDef { body: Arc::new(body), members, annotations };
        let end = class.arguments.as_ref().map_or(class.name.end(), |arguments| arguments.end());
        let header = self.range(TextRange::new(class.name.start(), end));
        Ok((StmtKind::Class { target, class: Arc::new(class_def), bases, decorators }, header))
    }

    fn annotations(&mut self, body: &[ast::Stmt]) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        for stmt in body {
            if let ast::Stmt::AnnAssign(assign) = stmt
                && let ast::Expr::Name(name) = &*assign.target
                && !self.text(assign.annotation.range()).contains("ClassVar")
            {
                let name = self.name(name.id.as_str());
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}
