//! What stands around axes: titles, labels, limits, ticks, grid, list.

use rdk_runtime::{Keywords, Rest, Result, Value, bail, builtins};

use super::axis_settings::{axis_label, current_limits, grid_lines, limits, scale, tick_look, ticks_along, turn};
use super::handles::{ArtistObject, AxesObject, FigureObject};
use super::images::{self, text_label};
use super::values;
use crate::draw::view;
use crate::figure::{Aspect, Axes, Label, Legend, Place, Role};
use crate::scene::Anchor;

builtins! {
    /// The title above the axes.
    fn set_title(
        /// The axes.
        this: AxesObject,
        /// What it says.
        label: Value,
        /// `fontsize`, `color`, `loc`, `weight`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let label = text_label(Label { across: Anchor::Middle, ..Label::new(values::label(&label)) }, kwargs)?;
        let said = format!("Text(0.5, 1.0, {})", Value::str(&label.text).repr());
        this.with(|axes, _| axes.title = Some(label));
        Ok(this.artist_saying(0..0, "Text", said))
    }

    /// What the axis of x measures.
    fn set_xlabel(
        /// The axes.
        this: AxesObject,
        /// What it says.
        xlabel: Value,
        /// `fontsize`, `color`, …
        kwargs: Keywords,
    ) -> Result<Value> { axis_label(&this, &xlabel, true, kwargs) }

    /// What the axis of y measures.
    fn set_ylabel(
        /// The axes.
        this: AxesObject,
        /// What it says.
        ylabel: Value,
        /// `fontsize`, `color`, …
        kwargs: Keywords,
    ) -> Result<Value> { axis_label(&this, &ylabel, false, kwargs) }

    /// From where to where the axis of x goes.
    fn set_xlim(
        /// The axes.
        this: AxesObject,
        /// The left end, or both.
        left: Option<Value>,
        /// The right end.
        right: Option<f64>,
        /// The left end.
        xmin: Option<f64>,
        /// The right end.
        xmax: Option<f64>,
    ) -> Result<Value> { limits(&this, true, left, right, [xmin, xmax]) }

    /// From where to where the axis of y goes.
    fn set_ylim(
        /// The axes.
        this: AxesObject,
        /// The lower end, or both.
        bottom: Option<Value>,
        /// The upper end.
        top: Option<f64>,
        /// The lower end.
        ymin: Option<f64>,
        /// The upper end.
        ymax: Option<f64>,
    ) -> Result<Value> { limits(&this, false, bottom, top, [ymin, ymax]) }

    /// From where to where the axis of x goes.
    fn get_xlim(/** The axes. */ this: AxesObject) -> Value { current_limits(&this, true) }

    /// From where to where the axis of y goes.
    fn get_ylim(/** The axes. */ this: AxesObject) -> Value { current_limits(&this, false) }

    /// How numbers become lengths along x: `linear` or `log`.
    fn set_xscale(
        /// The axes.
        this: AxesObject,
        /// Which.
        value: String,
        /// `base` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<()> { let _ = kwargs; scale(&this, true, &value) }

    /// How numbers become lengths along y: `linear` or `log`.
    fn set_yscale(
        /// The axes.
        this: AxesObject,
        /// Which.
        value: String,
        /// `base` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<()> { let _ = kwargs; scale(&this, false, &value) }

    /// Where ticks along x are, and what stands there.
    fn set_xticks[context](
        /// The axes.
        this: AxesObject,
        /// Where.
        ticks: Value,
        /// What stands there.
        labels: Option<Value>,
        /// `rotation`, `fontsize`, …
        kwargs: Keywords,
    ) -> Result<Value> { ticks_along(context, &this, true, Some(ticks), labels, kwargs) }

    /// Where ticks along y are, and what stands there.
    fn set_yticks[context](
        /// The axes.
        this: AxesObject,
        /// Where.
        ticks: Value,
        /// What stands there.
        labels: Option<Value>,
        /// `rotation`, `fontsize`, …
        kwargs: Keywords,
    ) -> Result<Value> { ticks_along(context, &this, false, Some(ticks), labels, kwargs) }

    /// What stands at the ticks along x.
    fn set_xticklabels[context](
        /// The axes.
        this: AxesObject,
        /// The texts, from the first tick on.
        labels: Value,
        /// `rotation`, `fontsize`, …
        kwargs: Keywords,
    ) -> Result<Value> { ticks_along(context, &this, true, None, Some(labels), kwargs) }

    /// What stands at the ticks along y.
    fn set_yticklabels[context](
        /// The axes.
        this: AxesObject,
        /// The texts, from the first tick on.
        labels: Value,
        /// `rotation`, `fontsize`, …
        kwargs: Keywords,
    ) -> Result<Value> { ticks_along(context, &this, false, None, Some(labels), kwargs) }

    /// How ticks and their numbers look.
    fn tick_params(
        /// The axes.
        this: AxesObject,
        /// `x`, `y` or `both`.
        axis: String = "both",
        /// `rotation` or `labelrotation`, `labelsize`, `labelbottom`, `bottom`, …
        kwargs: Keywords,
    ) -> Result<()> { tick_look(&this, &axis, kwargs) }

    /// Lines behind what lies in the axes.
    fn grid(
        /// The axes.
        this: AxesObject,
        /// Are there any? By default the other way than now.
        visible: Option<bool>,
        /// At `major` ticks, or at `both`.
        which: String = "major",
        /// `x`, `y` or `both`.
        axis: String = "both",
        /// `color`, `linestyle`, `linewidth`, `alpha`.
        kwargs: Keywords,
    ) -> Result<()> { grid_lines(&this, visible, &which, &axis, kwargs) }

    /// A list of what is what: of everything that has a label.
    fn legend(
        /// The axes.
        this: AxesObject,
        /// Labels, or what is to be listed and labels.
        args: Rest,
        /// Where: `best`, `upper right`, `lower left`, `center`, …
        loc: Option<Value>,
        /// Where its corner named by `loc` is, in shares of the axes.
        bbox_to_anchor: Option<Vec<f64>>,
        /// `title`, `fontsize`, `ncol`, `frameon`, `handles`, `labels`.
        kwargs: Keywords,
    ) -> Result<Value> { list(&this, args.0, loc, bbox_to_anchor, kwargs) }

    /// How lengths along x and y go together: `equal`, `auto`, or a number.
    fn set_aspect(
        /// The axes.
        this: AxesObject,
        /// How.
        aspect: Value,
        /// `adjustable` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<()> {
        let _ = kwargs;
        let aspect = images::aspect(&aspect)?;
        this.with(|axes, _| axes.aspect = aspect);
        Ok(())
    }

    /// Limits of the axes, or a word about them.
    ///
    /// The words are `off`, `on`, `equal`, `scaled`, `tight`, `square`, `image`, `auto`.
    fn axis(
        /// The axes.
        this: AxesObject,
        /// The word, or left, right, lower and upper limit.
        arg: Option<Value>,
    ) -> Result<Value> { word(&this, arg) }

    /// Shows nothing around what lies in the axes.
    fn set_axis_off(/** The axes. */ this: AxesObject) { this.with(|axes, _| axes.hidden = true) }

    /// Shows what stands around the axes again.
    fn set_axis_on(/** The axes. */ this: AxesObject) { this.with(|axes, _| axes.hidden = false) }

    /// Turns the axis of x round.
    fn invert_xaxis(/** The axes. */ this: AxesObject) { this.with(|axes, _| turn(&mut axes.x)) }

    /// Turns the axis of y round.
    fn invert_yaxis(/** The axes. */ this: AxesObject) { this.with(|axes, _| turn(&mut axes.y)) }

    /// How much space there is beside what lies in the axes, as a share of it.
    fn margins(
        /// The axes.
        this: AxesObject,
        /// Along both, or along x and along y.
        args: Rest,
        /// Along x.
        x: Option<f64>,
        /// Along y.
        y: Option<f64>,
    ) -> Result<()> {
        let given: Vec<f64> = args.0.iter().filter_map(Value::as_f64).collect();
        this.with(|axes, _| {
            axes.margins.0 = x.or(given.first().copied()).unwrap_or(axes.margins.0);
            axes.margins.1 = y.or(given.last().copied()).unwrap_or(axes.margins.1);
        });
        Ok(())
    }

    /// Other axes in the same place, with an own axis of y at the right.
    fn twinx(/** The axes. */ this: AxesObject) -> Value { over(&this, true) }

    /// Other axes in the same place, with an own axis of x at the top.
    fn twiny(/** The axes. */ this: AxesObject) -> Value { over(&this, false) }

    /// Takes away all that lies in the axes.
    fn clear(/** The axes. */ this: AxesObject) { emptied(&this) }

    /// Takes away all that lies in the axes.
    fn cla(/** The axes. */ this: AxesObject) { emptied(&this) }

    /// Takes the axes away from their figure.
    fn remove(/** The axes. */ this: AxesObject) {
        this.with(|axes, _| axes.removed = true);
        this.with_figure(|figure| figure.current = figure.axes.iter().rposition(|axes| !axes.removed));
    }

    /// Several settings at once: `ax.set(title="…", xlabel="…", xlim=(0, 1))`.
    fn set[context](
        /// The axes.
        this: AxesObject,
        /// `title`, `xlabel`, `ylabel`, `xlim`, `ylim`, `xscale`, `yscale`, `xticks`, `yticks`, `aspect`, …
        kwargs: Keywords,
    ) -> Result<()> {
        for (name, value) in kwargs.0 {
            let method = rdk_runtime::operators::attribute(context, &Value::object(this.clone()), &format!("set_{name}"))?;
            context.call(&method, rdk_runtime::Args::one(value))?;
        }
        Ok(())
    }

    /// The title.
    fn get_title(/** The axes. */ this: AxesObject) -> String { this.with(|axes, _| axes.title.as_ref().map(|title| title.text.clone()).unwrap_or_default()) }

    /// What the axis of x measures.
    fn get_xlabel(/** The axes. */ this: AxesObject) -> String { this.with(|axes, _| axes.x.label.as_ref().map(|label| label.text.clone()).unwrap_or_default()) }

    /// What the axis of y measures.
    fn get_ylabel(/** The axes. */ this: AxesObject) -> String { this.with(|axes, _| axes.y.label.as_ref().map(|label| label.text.clone()).unwrap_or_default()) }

    /// The figure in which the axes are.
    fn get_figure(/** The axes. */ this: AxesObject) -> Value { Value::object(FigureObject(this.figure.clone())) }

    /// What is listed, and what is said about it.
    fn get_legend_handles_labels(/** The axes. */ this: AxesObject) -> Value {
        let found: Vec<(usize, String)> = this.with(|axes, _| {
            let labelled = axes.artists.iter().enumerate().filter_map(|(at, artist)| Some((at, artist.label.clone()?)));
            labelled.filter(|(_, label)| !label.starts_with('_')).collect()
        });
        let handles = found.iter().map(|(at, _)| this.artist(*at..at + 1, "Line2D")).collect::<Vec<_>>();
        Value::tuple([Value::list(handles), Value::list(found.iter().map(|(_, label)| Value::str(label)))])
    }

    /// Behind what lies in the axes.
    fn set_facecolor(
        /// The axes.
        this: AxesObject,
        /// The colour.
        color: values::ColorArg,
    ) { this.with(|axes, _| axes.background = color.0) }

    /// Are lines behind or before everything? Accepted: they are behind.
    fn set_axisbelow(
        /// The axes.
        this: AxesObject,
        /// Behind?
        b: Value,
    ) { let _ = (this, b); }
}

/// Attributes of axes.
pub mod properties {
    use super::*;

    builtins! {
        /// The figure in which the axes are.
        fn figure(/** The axes. */ this: AxesObject) -> Value { Value::object(FigureObject(this.figure.clone())) }

        /// What turns shares of the axes into places, for `transform=`.
        fn transAxes(/** The axes. */ this: AxesObject) -> Value { let _ = this; Value::str("transAxes") }
    }
}

const PLACES: [&str; 11] = [
    "best",
    "upper right",
    "upper left",
    "lower left",
    "lower right",
    "right",
    "center left",
    "center right",
    "lower center",
    "upper center",
    "center",
];

fn list(
    this: &AxesObject,
    args: Vec<Value>,
    place: Option<Value>,
    anchor: Option<Vec<f64>>,
    kwargs: Keywords,
) -> Result<Value> {
    let mut args = args;
    let (mut handles, mut labels): (Option<Value>, Option<Value>) = match args.len() {
        0 => (None, None),
        1 => (None, args.pop()),
        _ => {
            let labels = args.get(1).cloned();
            (args.first().cloned(), labels)
        }
    };
    let place = match &place {
        None => "best".to_string(),
        Some(Value::Int(at)) if (0..=10).contains(at) => PLACES[*at as usize].to_string(),
        Some(Value::Str(name)) if PLACES.contains(&&**name) => name.to_string(),
        Some(other) => bail!(
            "{} is not a valid value for loc; supported values are {}",
            other.repr(),
            PLACES.map(|place| format!("'{place}'")).join(", ")
        ),
    };
    let anchor = match anchor.as_deref() {
        None => None,
        Some(&[x, y, ..]) => Some((x, y)),
        Some(_) => bail!("bbox_to_anchor is two numbers: x and y"),
    };
    let mut legend = Legend {
        place,
        anchor,
        frame: true,
        title: None,
        n_columns: 1,
        size: this.with(|_, settings| settings.size(Role::Legend)),
        labels: None,
        handles: None,
    };
    for (name, value) in kwargs.0 {
        match &*name {
            "title" => legend.title = (!value.is_none()).then(|| values::label(&value)),
            "fontsize" | "prop" => legend.size = images::size(&value).unwrap_or(legend.size),
            "ncol" | "ncols" => legend.n_columns = value.as_f64().unwrap_or(1.0).clamp(1.0, 100.0) as usize,
            "frameon" => legend.frame = !matches!(value, Value::Bool(false)),
            "handles" => handles = Some(value),
            "labels" => labels = Some(value),
            "shadow" | "fancybox" | "framealpha" | "numpoints" | "scatterpoints" | "markerscale" | "facecolor"
            | "edgecolor" | "borderaxespad" | "title_fontsize" | "handlelength" | "columnspacing" | "labelspacing"
            | "markerfirst" | "bbox_transform" => {}
            other => bail!(TypeError: "Legend.__init__() got an unexpected keyword argument '{other}'"),
        }
    }
    let texts = |value: Value| value.items().map(|items| items.iter().map(values::label).collect::<Vec<String>>());
    legend.labels = match labels {
        Some(Value::Str(text)) => Some(vec![text.to_string()]),
        Some(labels) => texts(labels),
        None => None,
    };
    legend.handles = handles.and_then(|handles| handles.items()).map(|items| {
        items.iter().filter_map(|item| item.get::<ArtistObject>().map(|artist| artist.at.start)).collect()
    });
    this.with(|axes, _| axes.legend = Some(legend));
    Ok(this.artist(0..0, "Legend"))
}

fn word(this: &AxesObject, arg: Option<Value>) -> Result<Value> {
    match &arg {
        None => {}
        Some(Value::Str(word)) => match &**word {
            "off" => this.with(|axes, _| axes.hidden = true),
            "on" => this.with(|axes, _| axes.hidden = false),
            "equal" | "scaled" | "image" | "square" => this.with(|axes, _| axes.aspect = Aspect::Fixed(1.0)),
            "auto" => this.with(|axes, _| axes.aspect = Aspect::Free),
            "tight" => this.with(|axes, _| axes.margins = (0.0, 0.0)),
            other => bail!("Unrecognized string '{other}' to axis; try 'on' or 'off'"),
        },
        Some(Value::Bool(shown)) => this.with(|axes, _| axes.hidden = !shown),
        Some(ends) => match values::numbers(ends, "axis")?.as_slice() {
            &[left, right, bottom, top] => this.with(|axes, _| {
                axes.x.set_limits(Some(left), Some(right));
                axes.y.set_limits(Some(bottom), Some(top));
            }),
            _ => bail!("the first argument to axis is a word or four limits"),
        },
    }
    let seen = this.with_figure(|figure| view(&figure.axes, this.at));
    Ok(Value::tuple([seen.x.0, seen.x.1, seen.y.0, seen.y.1].map(Value::Float)))
}

fn over(this: &AxesObject, y: bool) -> Value {
    let at = this.with_figure(|figure| {
        let at = figure.add(Place::Over { of: this.at, y });
        let axes = &mut figure.axes[at];
        axes.grid = None;
        if y {
            axes.y.opposite = true;
            axes.x.shared = Some(this.at);
        } else {
            axes.x.opposite = true;
            axes.y.shared = Some(this.at);
        }
        at
    });
    Value::object(AxesObject { figure: this.figure.clone(), at })
}

fn emptied(this: &AxesObject) {
    this.with(|axes, settings| {
        let (shared_x, shared_y) = (axes.x.shared, axes.y.shared);
        *axes = Axes::new(axes.place.clone(), settings);
        (axes.x.shared, axes.y.shared) = (shared_x, shared_y);
    });
}
