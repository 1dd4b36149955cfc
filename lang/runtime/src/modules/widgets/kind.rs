//! The kinds of widgets, and what a page has to be told about each: which of its models and views draws it, and with which defaults.

use serde_json::{Map, Value as Json, json};

/// A kind of widget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A whole number to slide.
    IntSlider,
    /// A number to slide.
    FloatSlider,
    /// A whole number to type.
    IntText,
    /// A number to type.
    FloatText,
    /// A whole number to type, between two others.
    BoundedIntText,
    /// How far something is.
    IntProgress,
    /// The same in fractions.
    FloatProgress,
    /// Yes or no.
    Checkbox,
    /// Yes or no, as a button that stays down.
    ToggleButton,
    /// One of several, in a list that folds out.
    Dropdown,
    /// One of several, all in sight.
    RadioButtons,
    /// One of several, in a list.
    Select,
    /// A line of text to type.
    Text,
    /// Text of several lines to type.
    Textarea,
    /// Something to press.
    Button,
    /// Text to read.
    Label,
    /// Text with tags to read.
    Html,
    /// Widgets below each other.
    VBox,
    /// Widgets beside each other.
    HBox,
    /// What is printed and shown while it is listened to.
    Output,
    /// How large something is.
    Layout,
    /// The looks of another widget.
    Style(&'static str),
}

const BASE: &str = "@jupyter-widgets/base";
const CONTROLS: &str = "@jupyter-widgets/controls";
const OUTPUT: &str = "@jupyter-widgets/output";

impl Kind {
    /// The name of its class.
    pub fn name(self) -> &'static str {
        match self {
            Kind::IntSlider => "IntSlider",
            Kind::FloatSlider => "FloatSlider",
            Kind::IntText => "IntText",
            Kind::FloatText => "FloatText",
            Kind::BoundedIntText => "BoundedIntText",
            Kind::IntProgress => "IntProgress",
            Kind::FloatProgress => "FloatProgress",
            Kind::Checkbox => "Checkbox",
            Kind::ToggleButton => "ToggleButton",
            Kind::Dropdown => "Dropdown",
            Kind::RadioButtons => "RadioButtons",
            Kind::Select => "Select",
            Kind::Text => "Text",
            Kind::Textarea => "Textarea",
            Kind::Button => "Button",
            Kind::Label => "Label",
            Kind::Html => "HTML",
            Kind::VBox => "VBox",
            Kind::HBox => "HBox",
            Kind::Output => "Output",
            Kind::Layout => "Layout",
            Kind::Style(name) => name,
        }
    }

    /// The kind of its looks, if it has any.
    pub fn style(self) -> Option<Kind> {
        Some(Kind::Style(match self {
            Kind::IntSlider | Kind::FloatSlider => "SliderStyle",
            Kind::IntProgress | Kind::FloatProgress => "ProgressStyle",
            Kind::Checkbox => "CheckboxStyle",
            Kind::ToggleButton => "ToggleButtonStyle",
            Kind::Button => "ButtonStyle",
            Kind::Label => "LabelStyle",
            Kind::Html => "HTMLStyle",
            Kind::Text | Kind::Textarea => "TextStyle",
            Kind::IntText | Kind::FloatText | Kind::BoundedIntText => "DescriptionStyle",
            Kind::Dropdown | Kind::RadioButtons | Kind::Select => "DescriptionStyle",
            Kind::VBox | Kind::HBox | Kind::Output | Kind::Layout | Kind::Style(_) => return None,
        }))
    }

    /// Does it offer options to choose from?
    pub fn has_options(self) -> bool {
        matches!(self, Kind::Dropdown | Kind::RadioButtons | Kind::Select)
    }

    /// Are its value and its ends fractions, or whole numbers? Neither, where they are no numbers.
    pub fn is_fraction(self) -> Option<bool> {
        match self {
            Kind::FloatSlider | Kind::FloatText | Kind::FloatProgress => Some(true),
            Kind::IntSlider | Kind::IntText | Kind::BoundedIntText | Kind::IntProgress => Some(false),
            Kind::Checkbox
            | Kind::ToggleButton
            | Kind::Dropdown
            | Kind::RadioButtons
            | Kind::Select
            | Kind::Text
            | Kind::Textarea
            | Kind::Button
            | Kind::Label
            | Kind::Html
            | Kind::VBox
            | Kind::HBox
            | Kind::Output
            | Kind::Layout
            | Kind::Style(_) => None,
        }
    }

    /// Does the page know a name for it, to be shown beside it?
    pub fn is_described(self) -> bool {
        self.style().is_some()
    }

    /// What the page is told first, whatever the widget is like.
    pub fn state(self) -> Map<String, Json> {
        let name = self.name();
        let (module, version, view_module, view) = match self {
            Kind::Layout => (BASE, "2.0.0", BASE, "LayoutView".to_string()),
            Kind::Style(_) => (CONTROLS, "2.0.0", BASE, "StyleView".to_string()),
            Kind::Output => (OUTPUT, "1.0.0", OUTPUT, "OutputView".to_string()),
            _ => (CONTROLS, "2.0.0", CONTROLS, format!("{name}View")),
        };
        let view_version = if view_module == OUTPUT { "1.0.0" } else { "2.0.0" };
        let Json::Object(state) = json!({
            "_model_module": module,
            "_model_module_version": version,
            "_model_name": format!("{name}Model"),
            "_view_count": null,
            "_view_module": view_module,
            "_view_module_version": view_version,
            "_view_name": view,
        }) else {
            unreachable!("an object is written above")
        };
        state
    }

    /// What it is like before anybody says otherwise.
    pub fn defaults(self) -> Json {
        match self {
            Kind::IntSlider | Kind::IntProgress => json!({"value": 0, "min": 0, "max": 100, "step": 1}),
            Kind::FloatSlider => json!({"value": 0.0, "min": 0.0, "max": 10.0, "step": 0.1, "readout_format": ".2f"}),
            Kind::FloatProgress => json!({"value": 0.0, "min": 0.0, "max": 10.0}),
            Kind::BoundedIntText => json!({"value": 0, "min": 0, "max": 100, "step": 1}),
            Kind::IntText => json!({"value": 0, "step": 1}),
            Kind::FloatText => json!({"value": 0.0}),
            Kind::Checkbox | Kind::ToggleButton => json!({"value": false}),
            Kind::Text | Kind::Textarea | Kind::Label | Kind::Html => json!({"value": ""}),
            Kind::VBox | Kind::HBox => json!({"children": []}),
            Kind::Output => json!({"msg_id": "", "outputs": []}),
            Kind::Dropdown | Kind::RadioButtons | Kind::Select | Kind::Button | Kind::Layout | Kind::Style(_) => {
                json!({})
            }
        }
    }
}
