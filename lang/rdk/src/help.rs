//! What is known of a thing: `x?`, `help(x)`, the kernel's inspection.

use rdk_runtime::builtin::{Builtin, ParamKind, nearest};
use rdk_runtime::{Class, Context, Result, Value, error, show};

/// Help on what a dotted name stands for.
pub fn of_text(context: &Context, text: &str, detail: bool) -> Result<String> {
    let text = text.trim();
    if let Some(name) = text.strip_prefix('%') {
        let name = name.trim_start_matches('%');
        return match crate::magics::MAGICS.iter().find(|info| info.name == name) {
            Some(info) => Ok(format!("{}\n", info.doc)),
            None => Err(error!(UsageError: "there is no magic command `%{name}`"; hint: "`%lsmagic` lists them")),
        };
    }
    match resolve(context, text) {
        Some(value) => of_value(context, text, &value, detail),
        None => {
            let error = error!(NameError: "nothing is known of `{text}`");
            let names = context.globals.names();
            Err(match nearest(text, names.iter().map(|name| &**name)) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            })
        }
    }
}

/// Help on a value, under the name by which it was found.
pub fn of_value(context: &Context, name: &str, value: &Value, detail: bool) -> Result<String> {
    let mut lines = Vec::new();
    match value {
        Value::Builtin(builtin) => describe_builtin(&mut lines, builtin),
        Value::Method(method) => describe_builtin(&mut lines, &method.builtin),
        Value::Function(function) => {
            lines.push(("Signature", show::display::signature(function)));
            if detail {
                lines.push(("Source", function.def.source.slice(function.def.span).to_string()));
            } else {
                lines.push(("Docstring", function.def.doc.clone().unwrap_or_else(|| "<no docstring>".into())));
            }
            lines.push(("File", function.def.source.name.clone()));
            lines.push(("Type", "function".into()));
        }
        Value::Module(module) => {
            lines.push(("Type", "module".into()));
            lines.push(("Docstring", module.doc.trim().to_string()));
            let names: Vec<String> = module.names().iter().map(|name| name.to_string()).collect();
            lines.push(("Contents", columns(&names, context.shared.output.width())));
        }
        Value::Class(class) => {
            if let Some(construct) = &class.construct {
                lines.push(("Init signature", construct.signature()));
            }
            lines.push(("Docstring", clean(class.doc)));
            lines.push(("Type", "type".into()));
            describe_class(&mut lines, class, context.shared.output.width());
        }
        other => {
            let class = other.class();
            lines.push(("Type", class.name.to_string()));
            lines.push(("String form", shortened(&show::repr(other), if detail { 2000 } else { 200 })));
            lines.push(("Docstring", clean(class.doc)));
        }
    }
    let _ = name;
    let mut text = String::new();
    for (label, value) in lines {
        let value = value.trim_end();
        match value.contains('\n') {
            true => text.push_str(&format!("{label}:\n{value}\n")),
            false => text.push_str(&format!("{:<13} {value}\n", format!("{label}:"))),
        }
    }
    Ok(text)
}

fn describe_builtin(lines: &mut Vec<(&'static str, String)>, builtin: &Builtin) {
    lines.push(("Signature", builtin.signature()));
    lines.push(("Docstring", clean(builtin.doc)));
    let parameters: Vec<String> = builtin
        .params
        .iter()
        .filter(|param| param.kind == ParamKind::Normal && !param.doc.trim().is_empty())
        .map(|param| format!("  {}: {}", param.name, param.doc.trim()))
        .collect();
    if !parameters.is_empty() {
        lines.push(("Parameters", format!("{}\n", parameters.join("\n"))));
    }
    lines.push(("Type", "builtin_function_or_method".into()));
}

fn describe_class(lines: &mut Vec<(&'static str, String)>, class: &Class, width: usize) {
    for (label, table) in [("Methods", &class.methods), ("Attributes", &class.properties)] {
        let names: Vec<String> = table.keys().map(|name| name.to_string()).collect();
        if !names.is_empty() {
            lines.push((label, columns(&names, width)));
        }
    }
}

/// Documentation without the space that each of its lines begins with in the source.
pub fn clean(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim().to_string()
}

fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

/// Names side by side.
fn columns(names: &[String], width: usize) -> String {
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) + 2;
    let per_line = (width / longest.max(1)).max(1);
    let lines =
        names.chunks(per_line).map(|line| line.iter().map(|name| format!("{name:<longest$}")).collect::<String>());
    lines.map(|line| line.trim_end().to_string() + "\n").collect()
}

/// What a name or a dotted name stands for; nothing is called and nothing is computed.
pub fn resolve(context: &Context, text: &str) -> Option<Value> {
    let mut parts = text.split('.').map(str::trim);
    let first = parts.next().filter(|name| is_name(name))?;
    let builtins = context.shared.library.module("builtins");
    let mut value = context.globals.get(first).or_else(|| builtins.and_then(|module| module.get(first)))?;
    for name in parts {
        if !is_name(name) {
            return None;
        }
        value = attribute(context, &value, name)?;
    }
    Some(value)
}

/// An attribute, where looking at it costs nothing: a method is not called, and of a lazy value only its class is asked.
fn attribute(context: &Context, value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Module(module) => {
            let inner =
                || context.shared.library.module(&format!("{}.{name}", module.name)).cloned().map(Value::Module);
            module.get(name).or_else(inner)
        }
        Value::Class(class) => class.method(name).cloned().map(Value::Builtin),
        other => match other.class().method(name) {
            Some(method) => Some(Value::Builtin(method.clone())),
            None => rdk_runtime::operators::attribute(context, other, name).ok(),
        },
    }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// The attributes of a value with the first line of their documentation.
pub fn attributes(context: &Context, value: &Value) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    match value {
        Value::Module(module) => {
            found.extend(module.names().iter().map(|name| {
                let doc = module.get(name).map(|value| headline(&value)).unwrap_or_default();
                (name.to_string(), doc)
            }));
            let prefix = format!("{}.", module.name);
            for inner in context.shared.library.modules() {
                if let Some(rest) = inner.name.strip_prefix(&prefix)
                    && !rest.contains('.')
                {
                    found.push((rest.to_string(), first_line(inner.doc)));
                }
            }
        }
        Value::Class(class) => class_attributes(class, &mut found),
        other => {
            match other {
                Value::Object(object) => {
                    found.extend(object.attribute_names().into_iter().map(|name| (name, String::new())))
                }
                Value::Lazy(lazy) => found.extend(lazy.attribute_names().into_iter().map(|name| (name, String::new()))),
                _ => {}
            }
            class_attributes(&other.class(), &mut found);
        }
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    found
}

fn class_attributes(class: &Class, found: &mut Vec<(String, String)>) {
    for table in [&class.methods, &class.properties] {
        found.extend(table.iter().map(|(name, builtin)| (name.to_string(), first_line(builtin.doc))));
    }
    class.bases().for_each(|base| class_attributes(base, found));
}

/// The first line of what is written about a value.
pub fn headline(value: &Value) -> String {
    match value {
        Value::Builtin(builtin) => first_line(builtin.doc),
        Value::Method(method) => first_line(method.builtin.doc),
        Value::Function(function) => {
            let doc = function.def.doc.as_deref().map(first_line).unwrap_or_default();
            if doc.is_empty() { show::display::signature(function) } else { doc }
        }
        Value::Module(module) => first_line(module.doc),
        Value::Class(class) => first_line(class.doc),
        _ => String::new(),
    }
}

fn first_line(doc: &str) -> String {
    doc.trim_start().lines().next().unwrap_or("").trim().to_string()
}

/// One thing of the library with its documentation: what the tests walk through.
pub struct Entry {
    /// `dask.array.ones`, `str.split`
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Parameters that nothing is said about.
    pub undescribed: Vec<&'static str>,
}

/// Every function, method and attribute that rdk brings, once each.
pub fn entries() -> Vec<Entry> {
    let library = crate::library::library();
    let mut entries: Vec<Entry> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut classes = std::collections::HashSet::new();
    for module in library.modules() {
        for name in module.names() {
            match module.get(&name) {
                Some(Value::Builtin(builtin)) if seen.insert(builtin.doc.as_ptr()) => {
                    entries.push(entry(format!("{}.{name}", module.name), &builtin, 0));
                }
                Some(Value::Class(class)) if classes.insert(std::sync::Arc::as_ptr(&class)) => {
                    for table in [&class.methods, &class.properties] {
                        for (method, builtin) in table {
                            if seen.insert(builtin.doc.as_ptr()) {
                                entries.push(entry(format!("{}.{method}", class.name), builtin, 1));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }
    entries
}

/// The first `receivers` parameters need no description.
fn entry(name: String, builtin: &Builtin, receivers: usize) -> Entry {
    let undescribed =
        builtin.params.iter().skip(receivers).filter(|param| param.doc.trim().is_empty() && param.name != "this");
    Entry { name, doc: clean(builtin.doc), undescribed: undescribed.map(|param| param.name).collect() }
}
