//! `ipywidgets`: sliders, buttons and choices on a page, and `interact`.
//!
//! A widget is a set of traits that stand here and on the page. What changes here is told to the page by [`page::Said`], which a front
//! end that has a page passes on; what is moved there comes back through [`page::hear`] and is told to who observes it.

mod interact;
mod kind;
pub mod page;
mod widget;

use std::sync::Arc;

use self::kind::Kind;
use self::widget::Widget;
use crate::class::{Module, entries};
use crate::context::Context;
use crate::error::Result;
use crate::value::{Name, Value};
use crate::{Keywords, builtins};

/// The modules `ipywidgets` and `ipywidgets.widgets`.
pub fn modules() -> Vec<Arc<Module>> {
    let fill = || {
        let mut names = entries(builtins());
        names.extend(entries(interact::builtins()));
        names.push(("Widget", Value::Class(widget::class())));
        names
    };
    vec![
        Module::new("ipywidgets", "Sliders, buttons and choices on a page.", fill),
        Module::new("ipywidgets.widgets", "Sliders, buttons and choices on a page.", fill),
    ]
}

fn make(context: &Context, kind: Kind, given: Vec<(&str, Option<Value>)>, others: Keywords) -> Result<Value> {
    let given = given.into_iter().filter_map(|(name, value)| Some((Name::from(name), value?)));
    Widget::new(context, kind, given.chain(others.0)).map(Value::object)
}

/// A slider's value is at its lower end if that lies above 0 and nothing else is said.
fn at_least(value: Option<Value>, min: &Option<Value>, max: &Option<Value>) -> Option<Value> {
    let bound = |end: &Option<Value>| end.clone().and_then(|end| Some((end.as_f64()?, end)));
    value.or_else(|| match (bound(min), bound(max)) {
        (Some((low, end)), _) if low > 0.0 => Some(end),
        (_, Some((high, end))) if high < 0.0 => Some(end),
        _ => None,
    })
}

builtins! {
    /// A whole number to slide.
    ///
    /// ```rdk
    /// from ipywidgets import IntSlider
    /// IntSlider(value=3, max=9).value
    /// #> 3
    /// ```
    fn IntSlider[context](
        /// Where it stands.
        value: Option<Value>,
        /// The smallest number.
        min: Option<Value>,
        /// The largest number.
        max: Option<Value>,
        /// From one number to the next.
        step: Option<Value>,
        /// `description`, `continuous_update`, `readout`, `orientation` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> {
        let value = at_least(value, &min, &max);
        make(context, Kind::IntSlider, vec![("value", value), ("min", min), ("max", max), ("step", step)], kwargs)
    }

    /// A number to slide.
    fn FloatSlider[context](
        /// Where it stands.
        value: Option<Value>,
        /// The smallest number.
        min: Option<Value>,
        /// The largest number.
        max: Option<Value>,
        /// From one number to the next.
        step: Option<Value>,
        /// `description`, `readout_format` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> {
        let value = at_least(value, &min, &max);
        make(context, Kind::FloatSlider, vec![("value", value), ("min", min), ("max", max), ("step", step)], kwargs)
    }

    /// A whole number to type.
    fn IntText[context](
        /// The number.
        value: Option<Value>,
        /// `description` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::IntText, vec![("value", value)], kwargs) }

    /// A number to type.
    fn FloatText[context](
        /// The number.
        value: Option<Value>,
        /// `description` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::FloatText, vec![("value", value)], kwargs) }

    /// A whole number to type, between two others.
    fn BoundedIntText[context](
        /// The number.
        value: Option<Value>,
        /// The smallest number.
        min: Option<Value>,
        /// The largest number.
        max: Option<Value>,
        /// `description` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> {
        let value = at_least(value, &min, &max);
        make(context, Kind::BoundedIntText, vec![("value", value), ("min", min), ("max", max)], kwargs)
    }

    /// How far something is, in whole numbers.
    fn IntProgress[context](
        /// How far it is.
        value: Option<Value>,
        /// Where it begins.
        min: Option<Value>,
        /// Where it ends.
        max: Option<Value>,
        /// `description`, `bar_style` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::IntProgress, vec![("value", value), ("min", min), ("max", max)], kwargs) }

    /// How far something is.
    fn FloatProgress[context](
        /// How far it is.
        value: Option<Value>,
        /// Where it begins.
        min: Option<Value>,
        /// Where it ends.
        max: Option<Value>,
        /// `description`, `bar_style` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::FloatProgress, vec![("value", value), ("min", min), ("max", max)], kwargs) }

    /// Yes or no.
    fn Checkbox[context](
        /// Is it yes?
        value: Option<Value>,
        /// `description` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Checkbox, vec![("value", value)], kwargs) }

    /// Yes or no, as a button that stays down.
    fn ToggleButton[context](
        /// Is it down?
        value: Option<Value>,
        /// `description` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::ToggleButton, vec![("value", value)], kwargs) }

    /// One of several, in a list that folds out.
    ///
    /// ```rdk
    /// from ipywidgets import Dropdown
    /// Dropdown(options=["a", "b"], value="b").index
    /// #> 1
    /// ```
    fn Dropdown[context](
        /// What there is to choose from: values, `(label, value)` pairs, or a dict of labels with their values.
        options: Option<Value>,
        /// What is chosen; the first one if left out.
        value: Option<Value>,
        /// `description` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Dropdown, vec![("options", options), ("value", value)], kwargs) }

    /// One of several, all in sight.
    fn RadioButtons[context](
        /// What there is to choose from.
        options: Option<Value>,
        /// What is chosen; the first one if left out.
        value: Option<Value>,
        /// `description` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::RadioButtons, vec![("options", options), ("value", value)], kwargs) }

    /// One of several, in a list.
    fn Select[context](
        /// What there is to choose from.
        options: Option<Value>,
        /// What is chosen; the first one if left out.
        value: Option<Value>,
        /// `description`, `rows` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Select, vec![("options", options), ("value", value)], kwargs) }

    /// A line of text to type.
    fn Text[context](
        /// The text.
        value: Option<Value>,
        /// `description`, `placeholder` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Text, vec![("value", value)], kwargs) }

    /// Text of several lines to type.
    fn Textarea[context](
        /// The text.
        value: Option<Value>,
        /// `description`, `placeholder` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Textarea, vec![("value", value)], kwargs) }

    /// Something to press; `on_click` says what happens then.
    fn Button[context](
        /// `description`, `button_style`, `icon`, `tooltip` and other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Button, Vec::new(), kwargs) }

    /// Text to read.
    fn Label[context](
        /// The text.
        value: Option<Value>,
        /// Other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Label, vec![("value", value)], kwargs) }

    /// Text with tags to read.
    fn HTML[context](
        /// The text.
        value: Option<Value>,
        /// Other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Html, vec![("value", value)], kwargs) }

    /// Widgets below each other.
    ///
    /// ```rdk
    /// from ipywidgets import Checkbox, Label, VBox
    /// len(VBox([Label("One"), Checkbox(True)]).children)
    /// #> 2
    /// ```
    fn VBox[context](
        /// The widgets.
        children: Option<Value>,
        /// Other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::VBox, vec![("children", children)], kwargs) }

    /// Widgets beside each other.
    fn HBox[context](
        /// The widgets.
        children: Option<Value>,
        /// Other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::HBox, vec![("children", children)], kwargs) }

    /// A place for what is printed and shown inside `with`.
    fn Output[context](
        /// Other traits.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Output, Vec::new(), kwargs) }

    /// How large a widget is, and where it stands.
    fn Layout[context](
        /// `width`, `height`, `border` and the like, as in style sheets.
        kwargs: Keywords,
    ) -> Result<Value> { make(context, Kind::Layout, Vec::new(), kwargs) }
}
