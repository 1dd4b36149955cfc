//! What is known of a value, as plain text: signature, documentation, parameters, methods.

use std::fmt::Write;

use super::display::{bound_signature, signature};
use super::repr::full_name;
use crate::builtin::{Builtin, ParamKind};
use crate::class::Class;
use crate::value::Value;

/// The text that `help(x)` shows.
pub fn help(value: &Value) -> String {
    match value {
        Value::Function(function) => {
            let mut out = format!("{}{}\n", function.name(), signature(function));
            if let Some(doc) = function.doc() {
                push_indented(&mut out, &dedented(&doc));
            }
            out
        }
        Value::Builtin(builtin) => of_builtin(builtin, &builtin.signature()),
        Value::Method(method) => of_builtin(&method.builtin, &bound_signature(&method.builtin)),
        Value::Class(class) => of_class(class),
        Value::Module(module) => {
            let mut out = format!("module {}\n", module.name);
            push_indented(&mut out, module.doc);
            out.push('\n');
            for name in module.names() {
                if let Some(entry) = module.get(&name) {
                    let _ = writeln!(out, "    {name:<20} {}", headline(&entry));
                }
            }
            out
        }
        other => of_class(&other.class()),
    }
}

/// The first line of what is known.
fn headline(value: &Value) -> String {
    match value {
        Value::Builtin(builtin) => builtin.headline().to_string(),
        Value::Class(class) => class.doc.lines().next().unwrap_or("").to_string(),
        Value::Module(module) => module.doc.lines().next().unwrap_or("").to_string(),
        Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Bool(_) | Value::None => value.repr(),
        other => full_name(&other.class()),
    }
}

fn of_builtin(builtin: &Builtin, signature: &str) -> String {
    let mut out = format!("{signature}\n");
    push_indented(&mut out, builtin.doc.trim());
    let described: Vec<_> = builtin.params.iter().filter(|param| !param.doc.is_empty()).collect();
    if !described.is_empty() {
        out.push_str("\n    Parameters\n");
    }
    for param in described {
        let star = match param.kind {
            ParamKind::Normal => "",
            ParamKind::Rest => "*",
            ParamKind::Keywords => "**",
        };
        let _ = writeln!(out, "        {:<14} {}", format!("{star}{}", param.name), param.doc.trim());
    }
    out
}

fn of_class(class: &Class) -> String {
    let mut out = format!("class {}\n", full_name(class));
    push_indented(&mut out, class.doc.trim());
    if let Some(construct) = &class.construct {
        let _ = writeln!(out, "\n    {}\n        {}", construct.signature(), construct.headline());
    }
    for (title, table) in [("Methods", &class.methods), ("Attributes", &class.properties)] {
        let mut shown = table.values().filter(|builtin| !builtin.name.starts_with("__")).peekable();
        if shown.peek().is_some() {
            let _ = writeln!(out, "\n    {title}");
        }
        for builtin in shown {
            let _ = writeln!(out, "        {:<20} {}", builtin.name, builtin.headline());
        }
    }
    out
}

fn push_indented(out: &mut String, text: &str) {
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        let _ = writeln!(out, "{}", format!("    {line}").trim_end());
    }
}

/// A docstring without the indentation that its lines share.
pub fn dedented(doc: &str) -> String {
    let mut lines = doc.lines();
    let first = lines.next().unwrap_or("").trim();
    let rest: Vec<&str> = lines.collect();
    let shared = rest.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let shared = shared.min().unwrap_or(0);
    let mut out = String::from(first);
    for line in rest {
        out.push('\n');
        out.push_str(line.get(shared..).unwrap_or("").trim_end());
    }
    out.trim().to_string()
}
