//! A tree on one line, in a shorthand: names show where they live (`x` global, `x.0` slot, `x@0` cell, `x^0` captured).

use std::fmt::Write;

use crate::tree::*;

pub fn cell(cell: &Cell) -> String {
    let mut out = body(&cell.body);
    if !cell.slot_names.is_empty() {
        write!(out, " | {} slots", cell.slot_names.len()).unwrap();
    }
    if !cell.cell_slots.is_empty() {
        write!(out, ", cells {:?}", cell.cell_slots).unwrap();
    }
    if cell.hushed {
        out.push_str(" | hushed");
    }
    out
}

fn list<T>(items: &[T], print: impl Fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(" ")
}

fn body(stmts: &[Stmt]) -> String {
    stmts.iter().map(stmt).collect::<Vec<_>>().join("; ")
}

fn orelse(word: &str, stmts: &[Stmt]) -> String {
    if stmts.is_empty() { String::new() } else { format!(" {word} {{{}}}", body(stmts)) }
}

fn optional(value: &Option<Expr>) -> String {
    value.as_ref().map_or(String::new(), |value| format!(" {}", expr(value)))
}

fn stmt(stmt: &Stmt) -> String {
    match &stmt.kind {
        StmtKind::Expr(e) => expr(e),
        StmtKind::Assign { targets, value } => {
            let targets: String = targets.iter().map(|t| target(t) + " = ").collect();
            targets + &expr(value)
        }
        StmtKind::AugAssign { target: t, op, value } => format!("{} {}= {}", target(t), op.symbol(), expr(value)),
        StmtKind::Def { target, function: f, decorators } => {
            let decorators: String = decorators.iter().map(|d| format!("@{} ", expr(d))).collect();
            format!("{decorators}def {} {}", variable(target), function(f))
        }
        StmtKind::Class { target, class, bases, decorators } => {
            let decorators: String = decorators.iter().map(|d| format!("@{} ", expr(d))).collect();
            let members = list(&class.members, |(name, slot)| format!("{name}:{slot}"));
            format!("{decorators}class {} <{}> [{members}] {}", variable(target), bases.len(), function(&class.body))
        }
        StmtKind::Return(value) => format!("return{}", optional(value)),
        StmtKind::If { test, body: b, orelse: o } => {
            format!("if {} {{{}}}{}", expr(test), body(b), orelse("else", o))
        }
        StmtKind::While { test, body: b, orelse: o } => {
            format!("while {} {{{}}}{}", expr(test), body(b), orelse("else", o))
        }
        StmtKind::For { target: t, iter, body: b, orelse: o } => {
            format!("for {} in {} {{{}}}{}", target(t), expr(iter), body(b), orelse("else", o))
        }
        StmtKind::Break => "break".into(),
        StmtKind::Continue => "continue".into(),
        StmtKind::Pass => "pass".into(),
        StmtKind::With { items, body: b } => {
            let items = list(items, |(manager, t)| match t {
                Some(t) => format!("{} as {}", expr(manager), target(t)),
                None => expr(manager),
            });
            format!("with {items} {{{}}}", body(b))
        }
        StmtKind::Try { body: b, handlers, orelse: o, finally } => {
            let handlers: String = handlers
                .iter()
                .map(|h| {
                    let name = h.name.as_ref().map_or(String::new(), |name| format!(" as {}", variable(name)));
                    format!(" except{}{name} {{{}}}", optional(&h.classes), body(&h.body))
                })
                .collect();
            format!("try {{{}}}{handlers}{}{}", body(b), orelse("else", o), orelse("finally", finally))
        }
        StmtKind::Raise { error, cause } => {
            let cause = cause.as_ref().map_or(String::new(), |cause| format!(" from {}", expr(cause)));
            format!("raise{}{cause}", optional(error))
        }
        StmtKind::Assert { test, message } => format!("assert {}{}", expr(test), optional(message)),
        StmtKind::Del(targets) => format!("del {}", list(targets, target)),
        StmtKind::Import(names) => {
            let name =
                |n: &ImportName| format!("{} {} {}", n.path, if n.renamed { "as" } else { "to" }, variable(&n.target));
            format!("import {}", list(names, name))
        }
        StmtKind::FromImport { module, names, import_star } => {
            let names = list(names, |(name, v, _)| format!("{name} as {}", variable(v)));
            format!("from {module} import {names}{}", if *import_star { "*" } else { "" })
        }
        StmtKind::Magic(m) => magic(m),
        StmtKind::Help { object, detail } => format!("help {object}{}", if *detail { " in detail" } else { "" }),
    }
}

fn magic(m: &Magic) -> String {
    let mark = match m.form {
        MagicForm::Line => "%",
        MagicForm::Cell => "%%",
        MagicForm::Shell => "!",
        MagicForm::ShellCapture => "!!",
    };
    let body = m.body.as_ref().map_or(String::new(), |(text, start)| format!(" {text:?} at {start}"));
    format!("{mark}{}({} at {}){body}", m.name, m.argument, m.argument_span.start)
}

fn variable(v: &Variable) -> String {
    match v.scope {
        Scope::Local(slot) => format!("{}.{slot}", v.name),
        Scope::Cell(slot) => format!("{}@{slot}", v.name),
        Scope::Free(index) => format!("{}^{index}", v.name),
        Scope::Global => v.name.to_string(),
    }
}

fn function(f: &FunctionDef) -> String {
    let mut out = String::from("(");
    for (index, param) in f.params.iter().enumerate() {
        assert_eq!(index, param.slot);
        let mark = match param.kind {
            ParamKind::PositionalOnly => "/",
            ParamKind::Normal => "",
            ParamKind::Rest => "*",
            ParamKind::KeywordOnly => "=",
            ParamKind::KeywordRest => "**",
        };
        let default = param.default.as_ref().map_or(String::new(), |d| format!(":{}", expr(d)));
        let space = if index > 0 { " " } else { "" };
        write!(out, "{space}{mark}{}{default}", param.name).unwrap();
    }
    out.push(')');
    if !f.slot_names.is_empty() {
        write!(out, " slots {}", f.slot_names.join(",")).unwrap();
    }
    if !f.cell_slots.is_empty() {
        write!(out, " cells {:?}", f.cell_slots).unwrap();
    }
    if !f.captures.is_empty() {
        write!(out, " captures {}", list(&f.captures, variable)).unwrap();
    }
    if !f.globals.is_empty() {
        write!(out, " globals {}", f.globals.join(",")).unwrap();
    }
    match &f.body {
        FunctionBody::Block(stmts) => write!(out, " {{{}}}", body(stmts)).unwrap(),
        FunctionBody::Expr(e) => write!(out, " => {}", expr(e)).unwrap(),
        FunctionBody::Generator { element, clauses: c } => {
            write!(out, " => {}{}", expr(element), clauses(c)).unwrap();
        }
    }
    out
}

fn clauses(clauses: &[Clause]) -> String {
    clauses
        .iter()
        .map(|c| {
            let tests: String = c.tests.iter().map(|t| format!(" if {}", expr(t))).collect();
            format!(" for {} in {}{tests}", target(&c.target), expr(&c.iter))
        })
        .collect()
}

fn target(t: &Target) -> String {
    match &t.kind {
        TargetKind::Name(v) => variable(v),
        TargetKind::Attribute { object, name } => format!("(. {} {name})", expr(object)),
        TargetKind::Item { object, index } => format!("([] {} {})", expr(object), expr(index)),
        TargetKind::Unpack { targets, star } => {
            let parts: Vec<String> = targets
                .iter()
                .enumerate()
                .map(|(i, t)| if *star == Some(i) { format!("*{}", target(t)) } else { target(t) })
                .collect();
            format!("<{}>", parts.join(" "))
        }
    }
}

fn elements(elements: &[Element]) -> String {
    list(elements, |e| format!("{}{}", if e.star { "*" } else { "" }, expr(&e.value)))
}

fn format_parts(parts: &[FormatPart]) -> String {
    list(parts, |part| match part {
        FormatPart::Text(text) => format!("{text:?}"),
        FormatPart::Value { value, conversion, spec } => {
            let conversion = match conversion {
                Conversion::None => "",
                Conversion::Str => "!s",
                Conversion::Repr => "!r",
                Conversion::Ascii => "!a",
            };
            let spec = if spec.is_empty() { String::new() } else { format!(":{}", format_parts(spec)) };
            format!("{{{}{conversion}{spec}}}", expr(value))
        }
    })
}

fn cells(cells: &[usize]) -> String {
    if cells.is_empty() { String::new() } else { format!(" cells {cells:?}") }
}

fn slice_part(part: &Option<Box<Expr>>) -> String {
    part.as_ref().map_or(String::new(), |part| expr(part))
}

pub fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::None => "None".into(),
        ExprKind::Bool(b) => if *b { "True" } else { "False" }.into(),
        ExprKind::Ellipsis => "...".into(),
        ExprKind::Int(i) => i.to_string(),
        ExprKind::BigInt(i) => format!("big {i}"),
        ExprKind::Float(f) => format!("{f:?}"),
        ExprKind::Imaginary(f) => format!("{f:?}j"),
        ExprKind::Str(s) => format!("{s:?}"),
        ExprKind::Bytes(b) => format!("b{:?}", b),
        ExprKind::Format(parts) => format!("f({})", format_parts(parts)),
        ExprKind::Name(v) => variable(v),
        ExprKind::List(items) => format!("[{}]", elements(items)),
        ExprKind::Tuple(items) => format!("(, {})", elements(items)),
        ExprKind::Set(items) => format!("{{{}}}", elements(items)),
        ExprKind::Dict(items) => {
            let items = list(items, |(key, value)| match key {
                Some(key) => format!("{}: {}", expr(key), expr(value)),
                None => format!("**{}", expr(value)),
            });
            format!("{{: {items}}}")
        }
        ExprKind::Unary { op, value } => format!("({} {})", op.symbol(), expr(value)),
        ExprKind::Binary { op, left, right } => format!("({} {} {})", op.symbol(), expr(left), expr(right)),
        ExprKind::Compare { first, rest } => {
            let rest: String = rest.iter().map(|(op, e)| format!(" {} {}", op.symbol(), expr(e))).collect();
            format!("({}{rest})", expr(first))
        }
        ExprKind::And(values) => format!("(and {})", list(values, expr)),
        ExprKind::Or(values) => format!("(or {})", list(values, expr)),
        ExprKind::If { test, body, orelse } => format!("(if {} {} {})", expr(test), expr(body), expr(orelse)),
        ExprKind::Call { function, args } => {
            let args: String = args
                .iter()
                .map(|arg| match &arg.kind {
                    ArgKind::Positional => format!(" {}", expr(&arg.value)),
                    ArgKind::Star => format!(" *{}", expr(&arg.value)),
                    ArgKind::Keyword(name) => format!(" {name}={}", expr(&arg.value)),
                    ArgKind::DoubleStar => format!(" **{}", expr(&arg.value)),
                })
                .collect();
            format!("({}{args})", expr(function))
        }
        ExprKind::Attribute { object, name } => format!("(. {} {name})", expr(object)),
        ExprKind::Item { object, index } => format!("([] {} {})", expr(object), expr(index)),
        ExprKind::Slice { start, stop, step } => {
            format!("{}:{}:{}", slice_part(start), slice_part(stop), slice_part(step))
        }
        ExprKind::Lambda(f) => format!("(lambda {})", function(f)),
        ExprKind::Generator { function: f, iter } => format!("(generator {} over {})", function(f), expr(iter)),
        ExprKind::ListComp { element, clauses: c, cells: s } => {
            format!("[{}{}{}]", expr(element), clauses(c), cells(s))
        }
        ExprKind::SetComp { element, clauses: c, cells: s } => {
            format!("{{{}{}{}}}", expr(element), clauses(c), cells(s))
        }
        ExprKind::DictComp { key, value, clauses: c, cells: s } => {
            format!("{{{}: {}{}{}}}", expr(key), expr(value), clauses(c), cells(s))
        }
        ExprKind::Walrus { target, value } => format!("({} := {})", variable(target), expr(value)),
        ExprKind::Magic(m) => magic(m),
    }
}
