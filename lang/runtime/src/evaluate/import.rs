//! `import` and `from … import`: rdk's own modules, bound to the names that a user expects.

use rdk_syntax::Span;
use rdk_syntax::tree::{ImportName, Name, Variable};

use super::frame::Frame;
use crate::builtin::nearest;
use crate::class::Library;
use crate::error;
use crate::error::{Result, Trail};
use crate::value::Value;

/// What the module around says that the last part of a dotted name is.
fn inside_out(library: &Library, path: &str) -> Option<Value> {
    let (outer, name) = path.rsplit_once('.')?;
    library.module(outer)?.get(name)
}

impl<'a> Frame<'a> {
    /// `import a.b as c, d`
    pub fn import(&mut self, names: &[ImportName]) -> Result<()> {
        for name in names {
            let library = &self.context.shared.library;
            let module = library.import(&name.path).at(|| self.place(name.span))?;
            let bound = match name.path.split_once('.') {
                Some((outer, _)) if !name.renamed => Value::Module(library.import(outer).at(|| self.place(name.span))?),
                // `import dask.delayed as delayed` binds the function of that name, as in Python.
                _ => inside_out(library, &name.path).unwrap_or(Value::Module(module)),
            };
            self.store(&name.target, bound);
        }
        Ok(())
    }

    /// `from module import a as b, c`
    pub fn import_names(&mut self, module: &Name, names: &[(Name, Variable, Span)], span: Span) -> Result<()> {
        let library = &self.context.shared.library;
        let found = library.import(module).at(|| self.place(span))?;
        for (name, target, span) in names {
            let value = match found.get(name) {
                Some(value) => value,
                None => match library.module(&format!("{module}.{name}")) {
                    Some(inner) => Value::Module(inner.clone()),
                    None => {
                        let error = error!(ImportError: "cannot import name '{name}' from '{module}'");
                        let names = found.names();
                        let error = match nearest(name, names.iter().map(|name| &**name)) {
                            Some(near) => error.hint(format!("did you mean `{near}`?")),
                            None => error.hint(format!("rdk's own `{module}` does not have it")),
                        };
                        return Err(self.failed(error, *span));
                    }
                },
            };
            self.store(target, value);
        }
        Ok(())
    }

    /// `from module import *`
    pub fn import_star(&mut self, module: &Name, span: Span) -> Result<()> {
        let found = self.context.shared.library.import(module).at(|| self.place(span))?;
        for name in found.names() {
            if name.starts_with('_') {
                continue;
            }
            if let Some(value) = found.get(&name) {
                self.globals.set(&name, value);
            }
        }
        Ok(())
    }
}
