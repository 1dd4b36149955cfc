//! `df.query("x > 1 and name == 'a'")`, `df.eval("x + y")`: expressions in texts, with columns as names.

use std::sync::Arc;

use rdk_runtime::{Args, Context, Globals, Result, Value, bail, builtins, error, operators};
use rdk_syntax::tree::{ArgKind, BinaryOp, CompareOp, Expr, ExprKind, StmtKind, UnaryOp};
use rdk_syntax::{Source, parse_expression};

use super::items;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Shape, View};

/// Before the names of variables, which stand as `@name` in the text.
const OUTSIDE: &str = "__outside_";
/// Before the number of a name between backticks.
const QUOTED: &str = "__quoted_";

/// The text in the language's own grammar: `@name`, `` `a name` ``, and `&` and `|` as loose as words are pandas'.
fn prepared(text: &str) -> (String, Vec<String>) {
    let (mut made, mut quoted) = (String::with_capacity(text.len()), Vec::new());
    let mut inside: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if let Some(quote) = inside {
            made.push(letter);
            if letter == '\\' {
                made.extend(letters.next());
            } else if letter == quote {
                inside = None;
            }
            continue;
        }
        match letter {
            '\'' | '"' => {
                inside = Some(letter);
                made.push(letter);
            }
            '@' => made.push_str(OUTSIDE),
            '`' => {
                let name: String = letters.by_ref().take_while(|&letter| letter != '`').collect();
                made.push_str(&format!("{QUOTED}{}", quoted.len()));
                quoted.push(name);
            }
            // In these texts they bind as loosely as words.
            '&' => made.push_str(" and "),
            '|' => made.push_str(" or "),
            '\n' | '\r' => made.push(' '),
            _ => made.push(letter),
        }
    }
    (made.trim().to_string(), quoted)
}

/// What `@name` is looked up in.
type Variables = Option<Arc<Globals>>;

struct Evaluation<'a> {
    context: &'a Context,
    view: &'a View,
    quoted: Vec<String>,
    variables: &'a Variables,
}

/// The value of an expression in a text.
fn evaluated(context: &Context, view: &View, variables: &Variables, text: &str) -> Result<Value> {
    let (prepared, quoted) = prepared(text);
    let source = Source::new("<query>", prepared);
    let cell = parse_expression(source).map_err(|mistake| {
        error!(SyntaxError: "{} in {text:?}", mistake.message)
            .hint("columns stand by their names: `age > 30 and city == \"Brno\"`")
    })?;
    let evaluation = Evaluation { context, view, quoted, variables };
    match cell.body.last().map(|statement| &statement.kind) {
        Some(StmtKind::Expr(expr)) => evaluation.value(expr),
        _ => bail!(SyntaxError: "expected an expression, got {text:?}"),
    }
}

impl Evaluation<'_> {
    fn name(&self, name: &str) -> Result<Value> {
        if let Some(outside) = name.strip_prefix(OUTSIDE) {
            let Some(variables) = self.variables else {
                bail!(NotImplementedError: "`@{outside}` in a text whose call does not stand in the function itself"; hint: "`df.query(text)` in the function sees its variables");
            };
            return variables.get(outside).ok_or_else(|| {
                error!(NameError: "name '{outside}' is not defined")
                    .hint("`@name` is a variable that is seen where the call stands")
            });
        }
        let place = name.strip_prefix(QUOTED).and_then(|number| number.parse::<usize>().ok());
        let name = place.and_then(|place| self.quoted.get(place)).map_or(name, String::as_str);
        let label = Label::text(name);
        if self.view.find(&label).is_some() {
            return items::column(self.view, &label);
        }
        let level = self.view.index.iter().find(|named| named.label.as_ref() == Some(&label));
        let level = level.or_else(|| (name == "index").then(|| self.view.index.first()).flatten());
        match level {
            Some(named) => Ok(items::as_value(self.view.series(named.label.clone(), named.expr.clone(), "index"))),
            None => {
                let hints = self.view.no_column(&label).0.hints.join("; ");
                Err(error!(NameError: "name '{name}' is not defined").hint(hints))
            }
        }
    }

    fn value(&self, expr: &Expr) -> Result<Value> {
        let context = self.context;
        context.nested(|| match &expr.kind {
            ExprKind::None => Ok(Value::None),
            ExprKind::Bool(flag) => Ok(Value::Bool(*flag)),
            ExprKind::Int(number) => Ok(Value::Int(*number)),
            ExprKind::Float(number) => Ok(Value::Float(*number)),
            ExprKind::Str(text) => Ok(Value::str(&**text)),
            ExprKind::Name(variable) => self.name(&variable.name),
            ExprKind::List(elements) | ExprKind::Tuple(elements) | ExprKind::Set(elements) => {
                Ok(Value::list(elements.iter().map(|element| self.value(&element.value)).collect::<Result<Vec<_>>>()?))
            }
            ExprKind::Unary { op: UnaryOp::Not | UnaryOp::Invert, value } => self.negated(self.value(value)?),
            ExprKind::Unary { op, value } => operators::unary(context, *op, &self.value(value)?),
            ExprKind::Binary { op, left, right } => {
                operators::binary(context, *op, &self.value(left)?, &self.value(right)?)
            }
            ExprKind::Compare { first, rest } => {
                let mut left = self.value(first)?;
                let mut all: Option<Value> = None;
                for (op, right) in rest {
                    let right = self.value(right)?;
                    let one = self.compared(*op, &left, &right)?;
                    all = Some(match all {
                        Some(all) => self.both(BinaryOp::BitAnd, &all, &one)?,
                        None => one,
                    });
                    left = right;
                }
                Ok(all.unwrap_or(left))
            }
            ExprKind::And(parts) => self.joined(BinaryOp::BitAnd, parts),
            ExprKind::Or(parts) => self.joined(BinaryOp::BitOr, parts),
            ExprKind::Attribute { object, name } => operators::attribute(context, &self.value(object)?, name),
            ExprKind::Item { object, index } => operators::item(context, &self.value(object)?, &self.value(index)?),
            ExprKind::Call { function, args } => {
                let function = self.value(function)?;
                let mut call = Args::none();
                for arg in args {
                    match &arg.kind {
                        ArgKind::Positional => call.positional.push(self.value(&arg.value)?),
                        ArgKind::Keyword(name) => call.keywords.push((name.clone(), self.value(&arg.value)?)),
                        _ => bail!(NotImplementedError: "`*` and `**` in the text of a query"),
                    }
                }
                context.call(&function, call)
            }
            _ => bail!(
                NotImplementedError: "only columns, values, operators, comparisons and calls stand in the text of a query";
                hint: "`df[df.x.map(f)]` chooses rows by what a function gives"
            ),
        })
    }

    fn negated(&self, value: Value) -> Result<Value> {
        match value {
            Value::Bool(flag) => Ok(Value::Bool(!flag)),
            value => operators::unary(self.context, UnaryOp::Invert, &value),
        }
    }

    fn compared(&self, op: CompareOp, left: &Value, right: &Value) -> Result<Value> {
        let is_list =
            |value: &Value| matches!(value, Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Range(_));
        let is_column = left.get::<Frame>().is_some();
        match op {
            CompareOp::In | CompareOp::NotIn if is_column => self.among(left, right, op == CompareOp::NotIn),
            // `x == [1, 2]` asks whether it is one of them.
            CompareOp::Eq | CompareOp::NotEq if is_column && is_list(right) => {
                self.among(left, right, op == CompareOp::NotEq)
            }
            _ => operators::compare(self.context, op, left, right),
        }
    }

    fn among(&self, column: &Value, values: &Value, not: bool) -> Result<Value> {
        let isin = operators::attribute(self.context, column, "isin")?;
        let found = self.context.call(&isin, Args::one(values.clone()))?;
        if not { self.negated(found) } else { Ok(found) }
    }

    fn both(&self, op: BinaryOp, left: &Value, right: &Value) -> Result<Value> {
        operators::binary(self.context, op, left, right)
    }

    fn joined(&self, op: BinaryOp, parts: &[Expr]) -> Result<Value> {
        let mut all: Option<Value> = None;
        for part in parts {
            let part = self.value(part)?;
            all = Some(match all {
                Some(all) => self.both(op, &all, &part)?,
                None => part,
            });
        }
        Ok(all.unwrap_or_default())
    }
}

fn view_of(this: &Value) -> Result<View> {
    match this.get::<Frame>() {
        Some(frame) => Ok(frame.view()),
        None => bail!(TypeError: "expected a frame, got {}", what(this)),
    }
}

builtins! {
    /// The rows for which the condition in a text is true.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"name": ["a", "b", "a"], "x": [1, 2, 3]})
    /// df.query("name == 'a' and x > 1").x.tolist()
    /// #> [3]
    /// ```
    fn query[context](/** The frame. */ this: Value, /** The condition, with columns by name, and variables as `@name`. */ expr: String, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let view = view_of(&this)?;
        let mask = evaluated(context, &view, &context.variables(), &expr)?;
        match &mask {
            Value::Bool(_) => bail!(TypeError: "the text of a query is a condition on columns, got {}", what(&mask)),
            mask if mask.get::<Frame>().is_some_and(|mask| mask.view().shape == Shape::Series) => items::item(context, &view, mask),
            other => super::loc::Locator::of(this.clone(), false).get::<super::loc::Locator>().map_or_else(|| bail!(RuntimeError: "internal error: no rows by label"), |loc| loc.rows(context, other)),
        }
    }

    /// The value of an expression in a text, or the frame with a column more: `"z = x + y"`.
    fn eval[context](/** The frame. */ this: Value, /** The expression, or an assignment for each line. */ expr: String, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let mut view = view_of(&this)?;
        let variables = context.variables();
        let lines: Vec<&str> = expr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let mut assigned = false;
        for line in &lines {
            match assignment(line) {
                Some((name, value)) => {
                    let value = evaluated(context, &view, &variables, value)?;
                    view = items::with_column(context, &view, &Label::text(name), &value)?;
                    assigned = true;
                }
                None if lines.len() == 1 => return evaluated(context, &view, &variables, line),
                None => bail!("Multi-line expressions are only valid if all expressions contain an assignment"),
            }
        }
        if !assigned {
            bail!("expr cannot be an empty string");
        }
        Ok(items::as_value(view))
    }
}

/// `name = value`, if it is that.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
        && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    (is_name && !value.starts_with('=')).then_some((name, value.trim()))
}
