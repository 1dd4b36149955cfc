//! What could stand at the cursor, and which function is being called there.

use rdk_runtime::builtin::ParamKind;
use rdk_runtime::{Context, Value};
use rdk_syntax::{Call, Completing, call_at, complete_at};

use crate::help;
use crate::magics::MAGICS;

/// One thing that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is inserted.
    pub text: String,
    /// A line about it; may be empty.
    pub doc: String,
    /// What it is.
    pub kind: CompletionKind,
}

/// What something is that could stand at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CompletionKind {
    Variable,
    Function,
    Class,
    Module,
    Attribute,
    Keyword,
    Parameter,
    Magic,
    Path,
    Key,
}

impl CompletionKind {
    /// By the name that Jupyter's front ends have an icon for.
    pub fn name(self) -> &'static str {
        match self {
            CompletionKind::Variable => "instance",
            CompletionKind::Function => "function",
            CompletionKind::Class => "class",
            CompletionKind::Module => "module",
            CompletionKind::Attribute => "property",
            CompletionKind::Keyword => "keyword",
            CompletionKind::Parameter => "param",
            CompletionKind::Magic => "magic",
            CompletionKind::Path => "path",
            CompletionKind::Key => "dict key",
        }
    }

    fn of(value: &Value) -> CompletionKind {
        match value {
            Value::Builtin(_) | Value::Method(_) | Value::Function(_) => CompletionKind::Function,
            Value::Class(_) => CompletionKind::Class,
            Value::Module(_) => CompletionKind::Module,
            _ => CompletionKind::Variable,
        }
    }
}

/// All that could stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Where the word begins that they take the place of: bytes from the start of the text.
    pub start: usize,
    /// In the order in which to show them.
    pub items: Vec<Completion>,
}

const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "break", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with",
];

/// What could stand at this byte of a text. Looks at values, runs nothing and computes nothing.
pub fn complete(context: &Context, text: &str, cursor: usize) -> Completions {
    let (start, prefix, found) = match complete_at(text, cursor) {
        Completing::Name { prefix, start, call } => {
            let mut found = call.map(|call| keywords_of(context, &call)).unwrap_or_default();
            found.extend(names(context));
            (start, prefix, found)
        }
        Completing::Attribute { object, prefix, start } => {
            let value = value_of(context, &object);
            (start, prefix, value.map(|value| attributes(context, &value)).unwrap_or_default())
        }
        Completing::Path { prefix, start } => return paths(&prefix, start),
        Completing::Magic { prefix, start, cell } => {
            let fitting = MAGICS.iter().filter(|info| if cell { info.cell } else { info.line });
            (start, prefix, fitting.map(|info| completion(info.name, info.doc, CompletionKind::Magic)).collect())
        }
        Completing::Import { module, prefix, start } => (start, prefix, modules_in(context, &module)),
        Completing::FromImport { module, prefix, start, given } => {
            let module = context.shared.library.module(&module).cloned();
            let all = module.map(|module| attributes(context, &Value::Module(module))).unwrap_or_default();
            (start, prefix, all.into_iter().filter(|item| !given.contains(&item.text)).collect())
        }
        Completing::DictKey { object, prefix, start, quote } => (start, prefix, keys(context, &object, quote)),
        Completing::Nothing => return Completions { start: cursor, items: Vec::new() },
    };
    // A name that begins with `_` is private: shown when it is asked for.
    let private = prefix.starts_with('_');
    let mut items: Vec<Completion> = found
        .into_iter()
        .filter(|item| item.text.starts_with(&prefix) && (private || !item.text.starts_with('_')))
        .collect();
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(item.text.clone()));
    Completions { start, items }
}

/// The signature of the function that is being called at this byte of a text.
pub fn signature_at(context: &Context, text: &str, cursor: usize) -> Option<String> {
    let call = call_at(text, cursor)?;
    match value_of(context, &call.function)? {
        Value::Builtin(builtin) => Some(without_receiver(context, &call.function, builtin.signature())),
        Value::Function(function) => Some(rdk_runtime::show::display::signature(&function)),
        Value::Class(class) => class.construct.as_ref().map(|construct| construct.signature()),
        _ => None,
    }
}

/// The signature of a method as it is called: its receiver stands before the dot.
fn without_receiver(context: &Context, function: &str, signature: String) -> String {
    let is_method = function
        .rsplit_once('.')
        .and_then(|(object, _)| value_of(context, object))
        .is_some_and(|value| !matches!(value, Value::Module(_) | Value::Class(_)));
    match (is_method, signature.split_once("(this")) {
        (true, Some((name, rest))) => format!("{name}({}", rest.trim_start_matches(", ")),
        _ => signature,
    }
}

/// What a text before a dot stands for: names, dotted names, and literals that need no evaluation.
fn value_of(context: &Context, text: &str) -> Option<Value> {
    let text = text.trim();
    match text.chars().next()? {
        '\'' | '"' => Some(Value::str("")),
        '[' => Some(Value::list([])),
        '{' => Some(Value::dict::<&str>([])),
        _ => help::resolve(context, text),
    }
}

fn completion(text: &str, doc: &str, kind: CompletionKind) -> Completion {
    Completion { text: text.to_string(), doc: doc.to_string(), kind }
}

fn attributes(context: &Context, value: &Value) -> Vec<Completion> {
    let kind = |name: &str| match value {
        Value::Module(module) => module.get(name).map_or(CompletionKind::Module, |value| CompletionKind::of(&value)),
        Value::Class(_) => CompletionKind::Function,
        other => match other.class().method(name) {
            Some(_) => CompletionKind::Function,
            None => CompletionKind::Attribute,
        },
    };
    let all = help::attributes(context, value).into_iter();
    all.map(|(text, doc)| Completion { kind: kind(&text), text, doc }).collect()
}

/// Variables first, then builtins, then keywords.
fn names(context: &Context) -> Vec<Completion> {
    let variables = context.globals.names().into_iter();
    let mut found: Vec<Completion> = variables
        .map(|name| {
            let value = context.globals.get(&name).unwrap_or_default();
            completion(&name, &help::headline(&value), CompletionKind::of(&value))
        })
        .collect();
    if let Some(builtins) = context.shared.library.module("builtins") {
        found.extend(attributes(context, &Value::Module(builtins.clone())));
    }
    found.extend(KEYWORDS.iter().map(|word| completion(word, "", CompletionKind::Keyword)));
    found
}

/// `name=` for parameters that have not been given.
fn keywords_of(context: &Context, call: &Call) -> Vec<Completion> {
    if call.keyword.is_some() {
        return Vec::new();
    }
    let named = |name: &str, doc: &str| completion(&format!("{name}="), doc.trim(), CompletionKind::Parameter);
    let all: Vec<Completion> = match value_of(context, &call.function) {
        Some(Value::Builtin(builtin)) => {
            let normal = builtin.params.iter().filter(|param| param.kind == ParamKind::Normal && param.name != "this");
            normal.map(|param| named(param.name, param.doc)).collect()
        }
        Some(Value::Function(function)) => function.def.params.iter().map(|param| named(&param.name, "")).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|item| !call.given.iter().any(|given| item.text.strip_suffix('=') == Some(given))).collect()
}

fn modules_in(context: &Context, parent: &str) -> Vec<Completion> {
    let prefix = if parent.is_empty() { String::new() } else { format!("{parent}.") };
    let modules = context.shared.library.modules().filter_map(|module| {
        let rest = module.name.strip_prefix(prefix.as_str())?;
        let doc = || help::clean(module.doc).lines().next().unwrap_or("").to_string();
        (!rest.contains('.')).then(|| completion(rest, &doc(), CompletionKind::Module))
    });
    let mut found: Vec<Completion> = modules.filter(|item| item.text != "builtins").collect();
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}

/// The text keys of a dict; with quotes when none has been typed.
fn keys(context: &Context, object: &str, quote: Option<char>) -> Vec<Completion> {
    let Some(Value::Dict(dict)) = value_of(context, object) else { return Vec::new() };
    let keys: Vec<Value> = dict.0.lock().keys().map(|key| key.value().clone()).collect();
    let text = |key: Value| match (key, quote) {
        (Value::Str(text), Some(_)) => Some(completion(&text, "", CompletionKind::Key)),
        (key @ Value::Str(_), None) => Some(completion(&rdk_runtime::show::repr(&key), "", CompletionKind::Key)),
        _ => None,
    };
    keys.into_iter().filter_map(text).collect()
}

/// Files and folders that begin so.
fn paths(prefix: &str, start: usize) -> Completions {
    let (folder, name) = prefix.rfind('/').map_or(("", prefix), |at| prefix.split_at(at + 1));
    let place = match (folder, std::env::var("HOME")) {
        ("", _) => ".".to_string(),
        (folder, Ok(home)) if folder.starts_with("~/") => folder.replacen('~', &home, 1),
        (folder, _) => folder.to_string(),
    };
    let mut items = Vec::new();
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.starts_with(name) && (name.starts_with('.') || !file.starts_with('.')) {
            let mark = if entry.path().is_dir() { "/" } else { "" };
            items.push(completion(&format!("{file}{mark}"), "", CompletionKind::Path));
        }
    }
    items.sort_by(|a, b| a.text.cmp(&b.text));
    Completions { start: start + folder.len(), items }
}
