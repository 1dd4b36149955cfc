//! `interact`: calls a function anew whenever what it is called with is moved on the page.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::ParamKind;

use super::kind::Kind;
use super::page::Said;
use super::widget::Widget;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::describe;
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{Args, Keywords, bail, builtins, show};

builtins! {
    /// Calls a function, and again whenever its arguments are moved on the page.
    ///
    /// At a terminal nothing can be moved: the function is called once.
    ///
    /// ```rdk
    /// from ipywidgets import IntSlider, interact
    /// @interact(n=IntSlider(value=3, max=9), negative=False)
    /// def power(n, negative):
    ///     return -(2 ** n) if negative else 2 ** n
    /// #> 8
    /// ```
    fn interact[context](
        /// The function; without it the answer is a decorator.
        f: Option<Value>,
        /// What to move for each argument: a widget; a number or `(min, max, step)` for a slider; a list or dict to choose from; a text; True or False.
        kwargs: Keywords,
    ) -> Result<Value> { interact(context, f, kwargs, false) }

    /// The same with a button: the function is called when it is pressed.
    fn interact_manual[context](
        /// The function; without it the answer is a decorator.
        f: Option<Value>,
        /// What to move for each argument, as of `interact`.
        kwargs: Keywords,
    ) -> Result<Value> { interact(context, f, kwargs, true) }

    /// The widgets of `interact`, which are not shown before they are asked for.
    fn interactive[context](
        /// The function.
        f: Value,
        /// What to move for each argument, as of `interact`.
        kwargs: Keywords,
    ) -> Result<Value> { Caller::new(context, f, kwargs, false).map(|(_, whole)| Value::object(whole)) }

    /// For `interact`: an argument that stays as it is.
    fn fixed(
        /// The argument.
        value: Value,
    ) -> Value { Value::object(Fixed(value)) }
}

fn interact(context: &Context, function: Option<Value>, arguments: Keywords, manual: bool) -> Result<Value> {
    let Some(function) = function else {
        return Ok(Value::object(Decorator { arguments: arguments.0, manual }));
    };
    let (caller, whole) = Caller::new(context, function.clone(), arguments, manual)?;
    if context.shared.output.has_page() {
        context.shared.output.display(&whole.summary());
        if !manual {
            caller.run(context)?;
        }
        return Ok(function);
    }
    let value = caller.answer(context)?;
    if !value.is_none() {
        context.shared.output.display(&show::display::summary(&value));
    }
    Ok(Value::None)
}

/// What calls the function.
#[derive(Clone)]
struct Caller(Arc<Call>);

struct Call {
    function: Value,
    arguments: Vec<(Name, Source)>,
    output: Widget,
}

/// Where an argument comes from.
enum Source {
    Moved(Widget),
    Fixed(Value),
}

impl Caller {
    /// With the box that holds the widgets and what the function shows.
    fn new(context: &Context, function: Value, given: Keywords, manual: bool) -> Result<(Caller, Widget)> {
        let mut arguments = Vec::new();
        let mut given = given.0;
        for (name, default) in parameters(&function) {
            let value = match given.iter().position(|(other, _)| *other == name) {
                Some(at) => given.remove(at).1,
                None => match default {
                    Some(default) => default,
                    None => {
                        bail!("cannot find widget or abbreviation for argument: '{name}'"; hint: "such as `interact(f, {name}=(0, 10))`")
                    }
                },
            };
            arguments.push((name.clone(), source(context, &name, &value)?));
        }
        for (name, value) in given {
            let source = source(context, &name, &value)?;
            arguments.push((name, source));
        }
        let output = Widget::new(context, Kind::Output, [])?;
        let moved: Vec<Widget> = arguments
            .iter()
            .filter_map(|(_, source)| match source {
                Source::Moved(widget) => Some(widget.clone()),
                Source::Fixed(_) => None,
            })
            .collect();
        let caller = Caller(Arc::new(Call { function, arguments, output: output.clone() }));
        let mut children: Vec<Value> = moved.iter().cloned().map(Value::object).collect();
        if manual {
            let button = Widget::new(context, Kind::Button, [(Name::from("description"), Value::str("Run Interact"))])?;
            button.tell_presses(Value::object(caller.clone()));
            children.push(Value::object(button));
        } else {
            moved.iter().for_each(|widget| widget.tell("value", Value::object(caller.clone())));
        }
        children.push(Value::object(output));
        let looks = (Name::from("_dom_classes"), Value::list([Value::str("widget-interact")]));
        let whole = Widget::new(context, Kind::VBox, [(Name::from("children"), Value::list(children)), looks])?;
        Ok((caller, whole))
    }

    /// What the function gives for what the widgets are at.
    fn answer(&self, context: &Context) -> Result<Value> {
        let value = |source: &Source| match source {
            Source::Moved(widget) => widget.get("value").unwrap_or_default(),
            Source::Fixed(value) => value.clone(),
        };
        let keywords = self.0.arguments.iter().map(|(name, source)| (name.clone(), value(source))).collect();
        let value = context.call(&self.0.function, Args { positional: Default::default(), keywords })?;
        // Figures that it has drawn belong to it, not to the cell.
        if let Some(show) = context.shared.library.module("matplotlib.pyplot").and_then(|module| module.get("show")) {
            context.call(&show, Args::none())?;
        }
        Ok(value)
    }

    /// Calls it, with all that it shows in its place on the page.
    fn run(&self, context: &Context) -> Result<()> {
        let output = &context.shared.output;
        output.widget(Said::Capture { id: self.0.output.id() });
        output.clear(true);
        match self.answer(context) {
            Ok(Value::None) => {}
            Ok(value) => output.display(&show::display::summary(&value)),
            Err(error) => output.report(&error),
        }
        output.widget(Said::Release { id: self.0.output.id() });
        Ok(())
    }
}

/// The parameters of a function that take an argument by name, with their defaults.
fn parameters(function: &Value) -> Vec<(Name, Option<Value>)> {
    let Value::Function(function) = function else { return Vec::new() };
    let by_name = |kind: ParamKind| matches!(kind, ParamKind::Normal | ParamKind::KeywordOnly);
    let params = function.def.params.iter().enumerate().filter(|(_, param)| by_name(param.kind));
    let default = |at: usize| function.defaults.get(at).cloned().flatten();
    params.map(|(at, param)| (param.name.clone(), default(at))).collect()
}

/// The widget that a value stands for.
fn source(context: &Context, name: &Name, value: &Value) -> Result<Source> {
    if let Some(Fixed(value)) = value.get::<Fixed>() {
        return Ok(Source::Fixed(value.clone()));
    }
    if let Some(widget) = value.get::<Widget>() {
        if widget.get("description").is_some_and(|text| text.text().is_empty()) {
            widget.set(context, "description", Value::str(&**name))?;
        }
        return Ok(Source::Moved(widget.clone()));
    }
    let (kind, mut traits) = abbreviated(name, value)?;
    traits.push(("description", Value::str(&**name)));
    let traits = traits.into_iter().map(|(name, value)| (Name::from(name), value));
    Widget::new(context, kind, traits).map(Source::Moved)
}

type Traits = Vec<(&'static str, Value)>;

fn abbreviated(name: &Name, value: &Value) -> Result<(Kind, Traits)> {
    let ends = |value: f64| match value {
        0.0 => (0.0, 1.0),
        _ if value > 0.0 => (-value, 3.0 * value),
        _ => (3.0 * value, -value),
    };
    Ok(match value {
        Value::Bool(_) => (Kind::Checkbox, vec![("value", value.clone())]),
        Value::Str(_) => (Kind::Text, vec![("value", value.clone())]),
        Value::Int(n) => {
            let (min, max) = ends(*n as f64);
            let range =
                vec![("value", value.clone()), ("min", Value::Int(min as i64)), ("max", Value::Int(max as i64))];
            (Kind::IntSlider, range)
        }
        Value::Float(x) => {
            let (min, max) = ends(*x);
            (Kind::FloatSlider, vec![("value", value.clone()), ("min", Value::Float(min)), ("max", Value::Float(max))])
        }
        Value::List(_) | Value::Dict(_) | Value::Range(_) => (Kind::Dropdown, vec![("options", value.clone())]),
        Value::Tuple(items) if matches!(items.len(), 2 | 3) && items.iter().all(|item| item.as_f64().is_some()) => {
            let mut traits = vec![("min", items[0].clone()), ("max", items[1].clone())];
            traits.extend(items.get(2).map(|step| ("step", step.clone())));
            let ends: Vec<f64> = items.iter().filter_map(Value::as_f64).collect();
            if ends[0] > ends[1] {
                bail!("`{name}` runs from {} to {}: the smaller one comes first", ends[0], ends[1]);
            }
            if items.iter().all(|item| matches!(item, Value::Int(_))) {
                let step = ends.get(2).copied().unwrap_or(1.0).max(1.0);
                let middle = ends[0] + ((ends[1] - ends[0]) / 2.0 / step).floor() * step;
                traits.push(("value", Value::Int(middle as i64)));
                (Kind::IntSlider, traits)
            } else {
                traits.push(("value", Value::Float(ends[0] + (ends[1] - ends[0]) / 2.0)));
                (Kind::FloatSlider, traits)
            }
        }
        _ => bail!(
            "cannot find widget or abbreviation for argument: '{name}'";
            hint: "{} is none; a widget, a number, `(min, max)`, a list, a text, True or False are, and `fixed(x)` is passed on as it is",
            describe(value)
        ),
    })
}

impl Object for Caller {
    fn class(&self) -> ClassRef {
        plain_class("interactive")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<interactive call of {}>", self.0.function.repr())
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, _: Args) -> Option<Result<Value>> {
        Some(self.run(context).map(|()| Value::None))
    }
}

/// `@interact(x=10)`
struct Decorator {
    arguments: Vec<(Name, Value)>,
    manual: bool,
}

impl Object for Decorator {
    fn class(&self) -> ClassRef {
        plain_class("interact")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<interact>".to_string()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        let function = args.positional.first().cloned();
        let Some(function) = function else {
            return Some(Err(crate::error!(TypeError: "interact() decorates one function")));
        };
        let shown = interact(context, Some(function.clone()), Keywords(self.arguments.clone()), self.manual);
        // The name goes on standing for the function.
        Some(shown.map(|_| function))
    }
}

/// `fixed(x)`
struct Fixed(Value);

impl Object for Fixed {
    fn class(&self) -> ClassRef {
        plain_class("fixed")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("fixed({})", self.0.repr())
    }
}

fn plain_class(name: &'static str) -> ClassRef {
    static CLASSES: LazyLock<Vec<ClassRef>> = LazyLock::new(|| {
        let class =
            |name| Arc::new(Class::new(name, "ipywidgets", "A part of `interact`.").base(types().object.clone()));
        ["interactive", "interact", "fixed"].map(class).into()
    });
    CLASSES.iter().find(|class| class.name == name).unwrap_or(&types().object).clone()
}
