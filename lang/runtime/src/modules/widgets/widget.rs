//! A widget: what it is like here, and the same on the page.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use parking_lot::Mutex;
use rdk_summary::{Media, MediaData, Summary};
use serde_json::{Map, Value as Json, json};

use super::kind::Kind;
use super::page::{Page, Said};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::evaluate::iterate;
use crate::modules::uuid::random_bytes;
use crate::object::Object;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{Args, bail, builtins};

/// A widget; cloning gives the same one.
#[derive(Clone)]
pub struct Widget(pub(super) Arc<Inner>);

pub(super) struct Inner {
    /// The name that the page knows it by.
    pub id: String,
    pub kind: Kind,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    traits: IndexMap<Name, Value>,
    /// Functions that are told of changes, each with the traits that it asked for; all if there are none.
    observers: Vec<(Vec<String>, Value)>,
    /// Functions that are told of presses.
    on_click: Vec<Value>,
}

impl Widget {
    /// Makes one, and tells the page of it.
    pub fn new(context: &Context, kind: Kind, traits: impl IntoIterator<Item = (Name, Value)>) -> Result<Widget> {
        let mut state = State::default();
        if let Json::Object(defaults) = kind.defaults() {
            for (name, value) in defaults {
                state.traits.insert(Name::from(name.as_str()), value_of(&value));
            }
        }
        if kind.is_described() {
            state.traits.insert(Name::from("description"), Value::str(""));
            state.traits.insert(Name::from("disabled"), Value::Bool(false));
            let style = kind.style().expect("what is described has looks");
            state.traits.insert(Name::from("style"), Value::object(Widget::new(context, style, [])?));
        }
        if !matches!(kind, Kind::Layout | Kind::Style(_)) {
            state.traits.insert(Name::from("layout"), Value::object(Widget::new(context, Kind::Layout, [])?));
        }
        for (name, value) in traits {
            let value = match (&*name, &value) {
                // `layout={"width": "50%"}`
                ("layout" | "style", Value::Dict(dict)) => {
                    let inner = if &*name == "layout" { Kind::Layout } else { kind.style().unwrap_or(Kind::Layout) };
                    let pairs = dict
                        .0
                        .lock()
                        .iter()
                        .map(|(key, value)| (Name::from(&*key.0.text()), value.clone()))
                        .collect::<Vec<_>>();
                    Value::object(Widget::new(context, inner, pairs)?)
                }
                _ => fitted(kind, &name, value),
            };
            state.traits.insert(name, value);
        }
        if let Some(value) = state.traits.get("value").and_then(|value| inside(&state.traits, value)) {
            state.traits.insert(Name::from("value"), value);
        }
        if let Some(options) = state.traits.get_mut("options") {
            *options = listed(context, options)?;
        }
        if kind.has_options() && !state.traits.contains_key("value") {
            let first = choices(&state.traits)?.into_iter().next();
            state.traits.insert(Name::from("value"), first.map_or(Value::None, |(_, value)| value));
        }
        check(kind, &state.traits)?;
        let id = format!("{:032x}", u128::from_le_bytes(random_bytes()?));
        let widget = Widget(Arc::new(Inner { id, kind, state: Mutex::new(state) }));
        context.shared.note::<Page>().open(context, &widget);
        Ok(widget)
    }

    /// One of its traits: `value`, `description`.
    pub fn get(&self, name: &str) -> Option<Value> {
        let state = self.0.state.lock();
        if name == "index" && self.0.kind.has_options() {
            let value = state.traits.get("value")?;
            let at = choices(&state.traits).ok()?.iter().position(|(_, other)| same(other, value));
            return Some(at.map_or(Value::None, |at| Value::Int(at as i64)));
        }
        state.traits.get(name).cloned()
    }

    /// Changes a trait, here and on the page, and tells who observes it.
    pub fn set(&self, context: &Context, name: &str, value: Value) -> Result<()> {
        if name == "index" && self.0.kind.has_options() {
            let choices = choices(&self.0.state.lock().traits)?;
            let chosen = usize::from_value(&value).and_then(|at| choices.into_iter().nth(at));
            let Some((_, chosen)) = chosen.or_else(|| value.is_none().then(|| (String::new(), Value::None))) else {
                bail!("invalid selection: there is no option {}", value.repr());
            };
            return self.set(context, "value", chosen);
        }
        if let Some(moved) = self.moved_along(name, &value) {
            self.set(context, "value", moved)?;
        }
        if self.change(context, name, value)? {
            let state = self.page_state(Some(name));
            context.shared.output.widget(Said::Update { id: &self.0.id, state: &state });
        }
        Ok(())
    }

    /// Where the value goes if an end moves past it.
    fn moved_along(&self, name: &str, end: &Value) -> Option<Value> {
        let state = self.0.state.lock();
        let number = |name: &str| state.traits.get(name).and_then(Value::as_f64);
        let (min, max, value, place) = (number("min")?, number("max")?, number("value")?, end.as_f64()?);
        let past = match name {
            "min" => value < place && place <= max,
            "max" => value > place && place >= min,
            _ => false,
        };
        past.then(|| end.clone())
    }

    /// Changes a trait here alone; false if it was so already.
    fn change(&self, context: &Context, name: &str, value: Value) -> Result<bool> {
        let value = match name {
            "options" => listed(context, &value)?,
            "value" => {
                let value = fitted(self.0.kind, name, value);
                inside(&self.0.state.lock().traits, &value).unwrap_or(value)
            }
            _ => fitted(self.0.kind, name, value),
        };
        let before = self.0.state.lock().traits.get(name).cloned();
        if before.is_some_and(|before| same(&before, &value)) {
            return Ok(false);
        }
        let told = {
            let mut state = self.0.state.lock();
            let mut traits = state.traits.clone();
            let old = traits.insert(Name::from(name), value.clone()).unwrap_or_default();
            let mut changes = vec![(name, old, value)];
            if name == "options" && self.0.kind.has_options() {
                // The first one is chosen, as in a new widget.
                let first = choices(&traits)?.into_iter().next().map_or(Value::None, |(_, value)| value);
                let chosen = traits.insert(Name::from("value"), first.clone()).unwrap_or_default();
                if !same(&chosen, &first) {
                    changes.push(("value", chosen, first));
                }
            }
            check(self.0.kind, &traits)?;
            state.traits = traits;
            let mut told = Vec::new();
            for (name, old, value) in changes {
                for (names, observer) in &state.observers {
                    if names.is_empty() || names.iter().any(|other| other == name) {
                        told.push((observer.clone(), name, old.clone(), value.clone()));
                    }
                }
            }
            told
        };
        for (observer, name, old, value) in told {
            let change = Value::dict([
                ("name", Value::str(name)),
                ("old", old),
                ("new", value),
                ("owner", Value::object(self.clone())),
                ("type", Value::str("change")),
            ]);
            context.call(&observer, Args::one(change))?;
        }
        Ok(true)
    }

    /// What the page says has become of it.
    pub fn hear(&self, context: &Context, state: &Map<String, Json>) -> Result<()> {
        for (name, told) in state {
            match (name.as_str(), told.as_i64()) {
                ("index", at) if self.0.kind.has_options() => {
                    let choices = choices(&self.0.state.lock().traits)?;
                    let chosen = at.and_then(|at| choices.into_iter().nth(at as usize));
                    self.change(context, "value", chosen.map_or(Value::None, |(_, value)| value))?;
                }
                // What is shown in it stays on the page.
                ("outputs", _) => {}
                _ if !name.starts_with('_') => drop(self.change(context, name, value_of(told))?),
                _ => {}
            }
        }
        Ok(())
    }

    /// The name that the page knows it by.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Has something called at changes of this trait.
    pub fn tell(&self, name: &str, handler: Value) {
        self.0.state.lock().observers.push((vec![name.to_string()], handler));
    }

    /// Has something called at presses.
    pub fn tell_presses(&self, handler: Value) {
        self.0.state.lock().on_click.push(handler);
    }

    /// It was pressed.
    pub fn pressed(&self, context: &Context) -> Result<()> {
        let told = self.0.state.lock().on_click.clone();
        told.iter().try_for_each(|function| context.call(function, Args::one(Value::object(self.clone()))).map(drop))
    }

    /// What the page is told: of one trait, or of all and what draws them.
    pub fn page_state(&self, only: Option<&str>) -> Json {
        let state = self.0.state.lock();
        let mut told = if only.is_none() { self.0.kind.state() } else { Map::new() };
        for (name, value) in &state.traits {
            if only.is_some_and(|only| only != &**name) {
                continue;
            }
            match (&**name, self.0.kind.has_options()) {
                ("options" | "value", true) => {
                    let choices = choices(&state.traits).unwrap_or_default();
                    let labels: Vec<&str> = choices.iter().map(|(label, _)| label.as_str()).collect();
                    let value = state.traits.get("value");
                    let index = choices.iter().position(|(_, other)| value.is_some_and(|value| same(other, value)));
                    told.insert("_options_labels".into(), json!(labels));
                    told.insert("index".into(), json!(index));
                }
                _ => drop(told.insert(name.to_string(), json_of(value))),
            }
        }
        Json::Object(told)
    }
}

/// A number as the kind has it: a page writes 3 for 3.0, too.
fn fitted(kind: Kind, name: &str, value: Value) -> Value {
    match (kind.is_fraction(), name, &value) {
        (Some(true), "value" | "min" | "max" | "step", Value::Int(number)) => Value::Float(*number as f64),
        (Some(false), "value" | "min" | "max" | "step", Value::Float(number)) if number.is_finite() => {
            Value::Int(*number as i64)
        }
        _ => value,
    }
}

/// The end that a value lies beyond.
fn inside(traits: &IndexMap<Name, Value>, value: &Value) -> Option<Value> {
    let (min, max) = (traits.get("min")?, traits.get("max")?);
    let (low, high, number) = (min.as_f64()?, max.as_f64()?, value.as_f64()?);
    if low > high {
        return None;
    }
    if number < low {
        return Some(min.clone());
    }
    (number > high).then(|| max.clone())
}

/// The traits that are named by one text or by several.
fn listed_names(names: Option<Value>) -> Vec<String> {
    let Some(names) = names else { return Vec::new() };
    match names.items() {
        Some(items) => items.iter().map(|item| item.text().to_string()).collect(),
        None => vec![names.text().to_string()],
    }
}

/// The options with their labels.
fn choices(traits: &IndexMap<Name, Value>) -> Result<Vec<(String, Value)>> {
    let Some(options) = traits.get("options") else { return Ok(Vec::new()) };
    if let Value::Dict(dict) = options {
        return Ok(dict.0.lock().iter().map(|(key, value)| (key.0.text().to_string(), value.clone())).collect());
    }
    let items = options.items().unwrap_or_default();
    Ok(items
        .into_iter()
        .map(|item| match item.items().as_deref() {
            Some([label, value]) if matches!(item, Value::Tuple(_)) => (label.text().to_string(), value.clone()),
            _ => (item.text().to_string(), item),
        })
        .collect())
}

/// Options as a list or a dict, whatever they come from.
fn listed(context: &Context, options: &Value) -> Result<Value> {
    match options {
        Value::Dict(_) | Value::List(_) | Value::Tuple(_) => Ok(options.clone()),
        _ => match iterate(context, options) {
            Ok(mut walk) => Ok(Value::list(walk.rest(context)?)),
            Err(_) => {
                bail!(TypeError: "`options` is a list, a list of (label, value) or a dict, got {}", describe(options))
            }
        },
    }
}

/// Would nobody see a difference? Functions and widgets are told apart by which they are.
fn same(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b) && a.repr() == b.repr()
}

/// Are the traits such as the kind can have?
fn check(kind: Kind, traits: &IndexMap<Name, Value>) -> Result<()> {
    if kind.has_options() {
        let choices = choices(traits)?;
        let value = traits.get("value").cloned().unwrap_or_default();
        if !value.is_none() && !choices.iter().any(|(_, other)| same(other, &value)) {
            bail!("invalid selection: {} is not one of the options", value.repr());
        }
    }
    let number = |name: &str| traits.get(name).and_then(Value::as_f64);
    if let (Some(min), Some(max)) = (number("min"), number("max")) {
        if min > max {
            bail!("setting min > max: {min} and {max}");
        }
        let Some(value) = number("value") else {
            bail!(TypeError: "the `value` of {} is a number, got {}", kind.name(), describe(&traits["value"]));
        };
        if value < min || value > max {
            bail!("the `value` {value} is not between `min` {min} and `max` {max}");
        }
    }
    Ok(())
}

/// A value as the page has it.
fn json_of(value: &Value) -> Json {
    match value {
        Value::None | Value::Ellipsis => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(n) => json!(n),
        Value::Float(x) => json!(x),
        Value::Str(text) => json!(&**text),
        Value::List(_) | Value::Tuple(_) => value.items().unwrap_or_default().iter().map(json_of).collect(),
        other => match (other.get::<Widget>(), other.plain_number()) {
            (Some(widget), _) => json!(format!("IPY_MODEL_{}", widget.0.id)),
            (None, Some(number)) if !matches!(number, Value::BigInt(_)) => json_of(&number),
            _ => json!(&*other.text()),
        },
    }
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(n) => n.as_i64().map_or_else(|| Value::Float(n.as_f64().unwrap_or(f64::NAN)), Value::Int),
        Json::String(text) => Value::str(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(value_of)),
        Json::Object(map) => Value::dict(map.iter().map(|(key, value)| (key.as_str(), value_of(value)))),
    }
}

/// The class of widgets.
pub fn class() -> ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        let class = Class::new("Widget", "ipywidgets", "Something on a page that can be moved, typed into or pressed.");
        Arc::new(class.base(types().object.clone()).methods(methods::builtins()))
    });
    CLASS.clone()
}

mod methods {
    use super::*;

    builtins! {
        /// Has a function told of changes.
        ///
        /// ```rdk
        /// from ipywidgets import IntSlider
        /// slider = IntSlider(max=9)
        /// slider.observe(lambda change: print(change["old"], change["new"]), names="value")
        /// slider.value = 4
        /// #> 0 4
        /// ```
        fn observe(
            this: Widget,
            /// Takes the change: a dict with `name`, `old`, `new` and `owner`.
            handler: Value,
            /// The trait or traits to be told of; all if left out.
            names: Option<Value>,
        ) -> () {
            this.0.state.lock().observers.push((listed_names(names), handler));
        }

        /// Has a function told of changes no longer.
        fn unobserve(
            this: Widget,
            /// The function.
            handler: Value,
            /// The trait or traits that it was to be told of; whatever it was told of if left out.
            names: Option<Value>,
        ) -> () {
            let names = listed_names(names);
            let gone = |own: &[String]| names.is_empty() || own == names;
            this.0.state.lock().observers.retain(|(own, other)| !(same(other, &handler) && gone(own)));
        }

        /// Has no function told of changes any more.
        fn unobserve_all(this: Widget) -> () { this.0.state.lock().observers.clear(); }

        /// Has a function told when a button is pressed.
        fn on_click(
            this: Widget,
            /// Takes the button.
            callback: Value,
        ) -> () { this.tell_presses(callback); }

        /// Presses a button.
        ///
        /// ```rdk
        /// from ipywidgets import Button
        /// button = Button(description="Go")
        /// button.on_click(lambda b: print(b.description))
        /// button.click()
        /// #> Go
        /// ```
        fn click[context](this: Widget) -> Result<()> { this.pressed(context) }

        /// Takes away what is shown in an `Output`.
        fn clear_output[context](
            this: Widget,
            /// Not before something new comes?
            wait: bool = false,
        ) -> () {
            let output = &context.shared.output;
            if output.widget(Said::Capture { id: &this.0.id }) {
                output.clear(wait);
                output.widget(Said::Release { id: &this.0.id });
            }
        }

        /// Takes it off the page.
        fn close[context](this: Widget) -> () { context.shared.note::<Page>().close(context, &this); }
    }
}

impl FromValue for Widget {
    fn expected() -> &'static str {
        "a widget"
    }

    fn from_value(value: &Value) -> Option<Widget> {
        value.get::<Widget>().cloned()
    }
}

impl Object for Widget {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let state = self.0.state.lock();
        let shown = state.traits.iter().filter(|(name, value)| {
            !matches!(&***name, "layout" | "style" | "disabled" | "msg_id" | "outputs")
                && !(matches!(value, Value::Str(text) if text.is_empty()))
        });
        let shown: Vec<String> = shown.map(|(name, value)| format!("{name}={}", value.repr())).collect();
        format!("{}({})", self.0.kind.name(), shown.join(", "))
    }

    fn summary(&self) -> Summary {
        let view = json!({"version_major": 2, "version_minor": 0, "model_id": self.0.id});
        let forms = vec![("application/vnd.jupyter.widget-view+json".to_string(), MediaData::Text(view.to_string()))];
        Summary::Media(Media { text: self.repr(), forms })
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        self.get(name).map(Ok)
    }

    fn attribute_names(&self) -> Vec<String> {
        self.0.state.lock().traits.keys().map(|name| name.to_string()).collect()
    }

    fn set_attribute(&self, context: &Context, name: &str, value: Value) -> Option<Result<()>> {
        Some(self.set(context, name, value))
    }

    fn enter(&self, context: &Context) -> Option<Result<Value>> {
        if self.0.kind != Kind::Output {
            return None;
        }
        context.shared.output.widget(Said::Capture { id: &self.0.id });
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, context: &Context, _: Option<&crate::Error>) -> Result<bool> {
        context.shared.output.widget(Said::Release { id: &self.0.id });
        Ok(false)
    }
}
