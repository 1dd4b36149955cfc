//! `plt.rcParams` and `plt.style`: what new figures look like.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_runtime::builtin::nearest;
use rdk_runtime::types::types;
use rdk_runtime::{Class, ClassRef, Context, Dict, FromValue, Keywords, Object, Result, Value, bail, builtins, error};

use super::values::{self, Pair};
use super::{images, pyplot, state};
use crate::color::{CYCLE, Color};
use crate::colormap::ColorMap;
use crate::figure::{Role, Settings, Size, relative};

/// `plt.rcParams`
#[derive(Clone)]
pub struct RcParams;

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("RcParams", "matplotlib", "What new figures look like.").base(types().object.clone());
    Arc::new(class.methods(builtins()))
});

impl FromValue for RcParams {
    fn expected() -> &'static str {
        "the settings of figures"
    }

    fn from_value(value: &Value) -> Option<RcParams> {
        value.get::<RcParams>().cloned()
    }
}

builtins! {
    /// Changes several settings.
    fn update[context](
        /// The settings.
        this: RcParams,
        /// Names and values.
        other: Option<Arc<Dict>>,
        /// Names and values.
        kwargs: Keywords,
    ) -> Result<()> {
        let _ = (this, kwargs);
        other.map_or(Ok(()), |dict| pyplot::update(context, dict))
    }

    /// A setting, or something else if there is none of this name.
    fn get[context](
        /// The settings.
        this: RcParams,
        /// Its name.
        key: String,
        /// What to give if there is none.
        default: Option<Value>,
    ) -> Value {
        let _ = this;
        let found = read(&state::of(context).0.lock().settings, &key);
        found.or(default).unwrap_or_default()
    }
}

/// `plt.style`
pub mod style {
    use super::*;

    builtins! {
        /// Another look for new figures.
        fn r#use[context](
            /// Its name.
            style: Value,
        ) -> Result<()> {
            let names = style.items().unwrap_or(vec![style]);
            names.iter().try_for_each(|name| named_style(context, name))
        }
    }

    /// Names of looks that are known.
    pub const NAMES: &[&str] =
        &["default", "classic", "ggplot", "fivethirtyeight", "bmh", "dark_background", "grayscale", "seaborn-v0_8"];
}

fn named_style(context: &Context, name: &Value) -> Result<()> {
    if let Value::Dict(dict) = name {
        return pyplot::update(context, dict.clone());
    }
    let pyplot = state::of(context);
    let settings = &mut pyplot.0.lock().settings;
    match name.as_str() {
        Some("default" | "classic") => *settings = Settings::default(),
        Some("ggplot") => {
            settings.axes_color = Color::rgb(0xe5e5e5);
            (settings.grid, settings.grid_color) = (true, Color::WHITE);
            settings.cycle =
                [0xe24a33, 0x348abd, 0x988ed5, 0x777777, 0xfbc15e, 0x8eba42, 0xffb5b8].map(Color::rgb).to_vec();
        }
        Some("fivethirtyeight") => {
            (settings.axes_color, settings.figure_color) = (Color::rgb(0xf0f0f0), Color::rgb(0xf0f0f0));
            (settings.grid, settings.grid_color, settings.line_width) = (true, Color::rgb(0xcbcbcb), 4.0);
            settings.cycle = [0x008fd5, 0xfc4f30, 0xe5ae38, 0x6d904f, 0x8b8b8b, 0x810f7c].map(Color::rgb).to_vec();
        }
        Some("bmh") => {
            (settings.axes_color, settings.grid, settings.grid_color) =
                (Color::rgb(0xeeeeee), true, Color::rgb(0xb2b2b2));
        }
        Some("grayscale") => settings.cycle = [0.0, 0.4, 0.6, 0.7].map(Color::grey).to_vec(),
        Some(name) if name.starts_with("seaborn") => {
            let grid = name.contains("grid")
                || name.contains("darkgrid")
                || !name.contains("white") && !name.contains("ticks");
            if grid {
                settings.grid = true;
                let dark = !name.contains("whitegrid");
                settings.axes_color = if dark { Color::rgb(0xeaeaf2) } else { Color::WHITE };
                settings.grid_color = if dark { Color::WHITE } else { Color::rgb(0xcccccc) };
            }
        }
        _ => {
            bail!(OSError: "{} is not a valid package style, path of style file, URL of style file, or library style name", name.repr(); hint: "{}", style::NAMES.join(", "))
        }
    }
    Ok(())
}

/// Names of settings that change something.
const NAMES: &[&str] = &[
    "figure.figsize",
    "figure.dpi",
    "savefig.dpi",
    "figure.facecolor",
    "axes.facecolor",
    "font.size",
    "axes.titlesize",
    "axes.labelsize",
    "xtick.labelsize",
    "ytick.labelsize",
    "legend.fontsize",
    "figure.titlesize",
    "axes.grid",
    "grid.color",
    "lines.linewidth",
    "lines.markersize",
    "image.cmap",
    "image.origin",
    "axes.spines.top",
    "axes.spines.right",
    "axes.spines.left",
    "axes.spines.bottom",
    "axes.prop_cycle",
    "figure.autolayout",
    "figure.constrained_layout.use",
];

/// Changes one setting. Those that matplotlib has and rdk does not use are kept quiet; others are a mistake.
pub fn set(settings: &mut Settings, name: &str, value: &Value) -> Result<()> {
    let number =
        || value.as_f64().filter(|number| number.is_finite() && *number > 0.0).ok_or_else(|| wrong(name, value));
    let truth = || bool::from_value(value).ok_or_else(|| wrong(name, value));
    let color = || Ok::<Color, rdk_runtime::Error>(values::colors(value)?.first().copied().unwrap_or(Color::BLACK));
    let size = || match value.as_str().and_then(relative) {
        Some(times) => Ok(Size::Times(times)),
        None => images::size(value).map(Size::Points),
    };
    match name {
        "figure.figsize" => {
            let Some(pair) = Pair::from_value(value) else { return Err(wrong(name, value)) };
            settings.figure_size = super::figure_methods::sized((pair.0, pair.1))?;
        }
        "figure.dpi" => settings.dpi = number()?.clamp(1.0, 1000.0),
        "savefig.dpi" => settings.save_dpi = value.as_f64(),
        "figure.facecolor" => settings.figure_color = color()?,
        "axes.facecolor" => settings.axes_color = color()?,
        "font.size" => settings.letters = number()?.min(200.0),
        "axes.titlesize" => settings.sizes[Role::Title as usize] = size()?,
        "axes.labelsize" => settings.sizes[Role::Label as usize] = size()?,
        "xtick.labelsize" | "ytick.labelsize" => settings.sizes[Role::Tick as usize] = size()?,
        "legend.fontsize" => settings.sizes[Role::Legend as usize] = size()?,
        "figure.titlesize" => settings.sizes[Role::FigureTitle as usize] = size()?,
        "axes.grid" => settings.grid = truth()?,
        "grid.color" => settings.grid_color = color()?,
        "lines.linewidth" => settings.line_width = number()?,
        "lines.markersize" => settings.marker_size = number()?,
        "image.cmap" => settings.map = ColorMap::named(value.as_str().unwrap_or_default())?.name,
        "image.origin" => settings.image_below = value.as_str() == Some("lower"),
        "axes.spines.left" => settings.spines[0] = truth()?,
        "axes.spines.bottom" => settings.spines[1] = truth()?,
        "axes.spines.right" => settings.spines[2] = truth()?,
        "axes.spines.top" => settings.spines[3] = truth()?,
        "axes.prop_cycle" => settings.cycle = values::colors(value).unwrap_or_default(),
        "figure.autolayout" | "figure.constrained_layout.use" => settings.tight = truth()?,
        other => {
            const GROUPS: &[&str] = &[
                "font.",
                "axes.",
                "lines.",
                "xtick.",
                "ytick.",
                "legend.",
                "figure.",
                "savefig.",
                "grid.",
                "image.",
                "text.",
                "patch.",
                "hist.",
                "scatter.",
                "errorbar.",
                "boxplot.",
                "mathtext.",
                "svg.",
                "pdf.",
                "animation.",
                "agg.",
                "path.",
                "markers.",
                "backend",
                "interactive",
                "timezone",
                "date.",
                "contour.",
                "polaraxes.",
                "keymap.",
                "hatch.",
                "pcolor",
                "toolbar",
                "ps.",
            ];
            if let Some(near) = nearest(other, NAMES.iter().copied()) {
                return Err(
                    error!(KeyError: "'{other} is not a valid rc parameter'").hint(format!("did you mean `{near}`?"))
                );
            }
            if !GROUPS.iter().any(|group| other.starts_with(group)) {
                return Err(error!(KeyError: "'{other} is not a valid rc parameter'")
                    .hint(format!("the usual ones are {}", NAMES[..6].join(", "))));
            }
        }
    }
    Ok(())
}

fn wrong(name: &str, value: &Value) -> rdk_runtime::Error {
    error!("Key {name}: could not convert {} to what it takes", value.repr())
}

/// The value of one setting.
fn read(settings: &Settings, name: &str) -> Option<Value> {
    let pair = |(width, height)| Value::list([Value::Float(width), Value::Float(height)]);
    Some(match name {
        "figure.figsize" => pair(settings.figure_size),
        "figure.dpi" => Value::Float(settings.dpi),
        "savefig.dpi" => settings.save_dpi.map_or(Value::str("figure"), Value::Float),
        "figure.facecolor" => Value::str(settings.figure_color.digits()),
        "axes.facecolor" => Value::str(settings.axes_color.digits()),
        "font.size" => Value::Float(settings.letters),
        "axes.titlesize" => Value::Float(settings.size(Role::Title)),
        "axes.labelsize" => Value::Float(settings.size(Role::Label)),
        "xtick.labelsize" | "ytick.labelsize" => Value::Float(settings.size(Role::Tick)),
        "legend.fontsize" => Value::Float(settings.size(Role::Legend)),
        "figure.titlesize" => Value::Float(settings.size(Role::FigureTitle)),
        "axes.grid" => Value::Bool(settings.grid),
        "grid.color" => Value::str(settings.grid_color.digits()),
        "lines.linewidth" => Value::Float(settings.line_width),
        "lines.markersize" => Value::Float(settings.marker_size),
        "image.cmap" => Value::str(&settings.map),
        "image.origin" => Value::str(if settings.image_below { "lower" } else { "upper" }),
        "axes.spines.left" => Value::Bool(settings.spines[0]),
        "axes.spines.bottom" => Value::Bool(settings.spines[1]),
        "axes.spines.right" => Value::Bool(settings.spines[2]),
        "axes.spines.top" => Value::Bool(settings.spines[3]),
        "axes.prop_cycle" => {
            let cycle = if settings.cycle.is_empty() { CYCLE.to_vec() } else { settings.cycle.clone() };
            Value::list(cycle.into_iter().map(|color| Value::str(color.digits())))
        }
        "figure.autolayout" => Value::Bool(settings.tight),
        _ => return None,
    })
}

impl Object for RcParams {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<the settings of figures>".to_string()
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        let name = index.as_str().unwrap_or_default();
        let found = read(&state::of(context).0.lock().settings, name);
        Some(found.ok_or_else(|| {
            let error = error!(KeyError: "'{name}'");
            match nearest(name, NAMES.iter().copied()) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(format!("the usual ones are {}", NAMES[..6].join(", "))),
            }
        }))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let pyplot = state::of(context);
        let mut open = pyplot.0.lock();
        Some(set(&mut open.settings, index.as_str().unwrap_or_default(), &value))
    }

    fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
        Some(Ok(item.as_str().is_some_and(|name| NAMES.contains(&name))))
    }
}
