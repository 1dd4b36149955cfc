//! `matplotlib.pyplot`: functions that draw in the current axes, and those that make, show and save figures.

use std::sync::Arc;

use rdk_runtime::builtins::path::PathArg;
use rdk_runtime::{Builtin, Context, Dict, FromValue, Keywords, Rest, Result, Value, bail, builtins};

use super::handles::{ArtistObject, AxesObject, FigureObject};
use super::state::{axes, current_axes, current_figure, of};
use super::values::{self, ColorArg, Pair};
use super::{axes_methods, axis_settings, figure_methods, settings};
use crate::show;

builtins! {
    /// A new figure, or the one of this number.
    fn figure[context](
        /// Its number; a new one if it is left out.
        num: Option<Value>,
        /// How wide and how high, in inches.
        figsize: Option<Pair>,
        /// Pixels to an inch.
        dpi: Option<f64>,
        /// Behind everything.
        facecolor: Option<ColorArg>,
        /// Room for what stands around axes: `tight` or `constrained`.
        layout: Option<String>,
        /// `edgecolor`, `clear` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> { figure_of(context, num, figsize, dpi, facecolor, layout, kwargs) }

    /// A new figure with a table of axes; gives both.
    fn subplots[context](
        /// How many rows.
        nrows: usize = 1i64,
        /// How many columns.
        ncols: usize = 1i64,
        /// One axis of x for all?
        sharex: Option<Value>,
        /// One axis of y for all?
        sharey: Option<Value>,
        /// One alone by itself, a row as a row?
        squeeze: bool = true,
        /// How wide and how high, in inches.
        figsize: Option<Pair>,
        /// Pixels to an inch.
        dpi: Option<f64>,
        /// Room for what stands around axes: `tight` or `constrained`.
        layout: Option<String>,
        /// `gridspec_kw`, `subplot_kw`, `facecolor` and the like.
        kwargs: Keywords,
    ) -> Result<Value> {
        let figure = figure_of(context, None, figsize, dpi, None, layout, kwargs)?;
        let inner = FigureObject::try_from_value(&figure)?.0;
        let axes = figure_methods::table(&inner, nrows, ncols, sharex, sharey, squeeze)?;
        Ok(Value::tuple([figure, axes]))
    }

    /// Axes in one cell of a table of axes of the current figure: `subplot(2, 1, 1)`, `subplot(211)`.
    fn subplot[context](
        /// How many rows and columns, and which cell, from 1.
        args: Rest,
        /// `sharex`, `title`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let place = figure_methods::cell(&args.0)?;
        let figure = of(context).0.lock().current();
        let mut state = figure.0.lock();
        let at = match state.at(&place) {
            Some(at) => at,
            None => state.add(place),
        };
        state.current = Some(at);
        drop(state);
        figure_methods::shared(&figure, at, &kwargs);
        Ok(figure_methods::axes(&figure, at))
    }

    /// The current axes.
    fn gca[context]() -> Value { Value::object(axes(context)) }

    /// The current figure.
    fn gcf[context]() -> Value { Value::object(FigureObject(of(context).0.lock().current())) }

    /// Makes axes the current ones.
    fn sca[context](
        /// The axes.
        ax: AxesObject,
    ) {
        ax.with(|_, _| ());
        of(context).0.lock().current = Some(ax.figure);
    }

    /// Axes anywhere on the current figure, or new ones that fill it.
    fn axes_anywhere[context](
        /// Left, bottom, width, height as shares of the figure.
        arg: Option<Vec<f64>>,
    ) -> Result<Value> {
        let figure = of(context).0.lock().current();
        let place = match arg.as_deref() {
            None => figure_methods::cell(&[])?,
            Some(&[left, bottom, width, height]) => crate::figure::Place::At([left, bottom, width, height]),
            Some(_) => bail!("axes are left, bottom, width and height"),
        };
        let at = figure.0.lock().add(place);
        Ok(figure_methods::axes(&figure, at))
    }

    /// Shows the open figures now, and begins anew.
    fn show[context](
        /// `block`: accepted, not used.
        kwargs: Keywords,
    ) {
        let _ = kwargs;
        let figures = of(context).0.lock().take();
        for figure in figures {
            context.shared.output.display(&show::summary(&figure));
        }
    }

    /// Closes a figure: it is not shown at the end of the cell.
    fn close[context](
        /// A figure, its number, or `"all"`; by default the current one.
        fig: Option<Value>,
    ) -> Result<()> { close_figure(context, fig) }

    /// From where to where the axis of x goes: asks, or sets.
    fn xlim[context](
        /// Both ends, or the left one and the right one.
        args: Rest,
        /// `left`, `right`.
        kwargs: Keywords,
    ) -> Result<Value> { limits(context, "xlim", args, kwargs) }

    /// From where to where the axis of y goes: asks, or sets.
    fn ylim[context](
        /// Both ends, or the lower one and the upper one.
        args: Rest,
        /// `bottom`, `top`.
        kwargs: Keywords,
    ) -> Result<Value> { limits(context, "ylim", args, kwargs) }

    /// Where ticks along x are, and what stands there.
    fn xticks[context](
        /// Where.
        ticks: Option<Value>,
        /// What stands there.
        labels: Option<Value>,
        /// `rotation`, `fontsize`, …
        kwargs: Keywords,
    ) -> Result<Value> { ticks_and_labels(context, true, ticks, labels, kwargs) }

    /// Where ticks along y are, and what stands there.
    fn yticks[context](
        /// Where.
        ticks: Option<Value>,
        /// What stands there.
        labels: Option<Value>,
        /// `rotation`, `fontsize`, …
        kwargs: Keywords,
    ) -> Result<Value> { ticks_and_labels(context, false, ticks, labels, kwargs) }

    /// A bar that says which colour is which number.
    fn colorbar[context](
        /// The image or points; by default the last in the current axes.
        mappable: Option<ArtistObject>,
        /// Axes in which it is drawn: accepted, not used.
        cax: Option<Value>,
        /// The axes beside which it stands.
        ax: Option<Value>,
        /// What it measures.
        label: Option<Value>,
        /// `vertical` or `horizontal`.
        orientation: String = "vertical",
        /// `shrink`, `fraction` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = (cax, kwargs);
        let of = match mappable {
            Some(mappable) => mappable,
            None => last_mappable(context)?,
        };
        let figure = of.axes.figure.clone();
        figure_methods::color_bar(&figure, &of, ax, label, &orientation)
    }

    /// Other colours for the next images and points, and for the last image.
    fn set_cmap[context](
        /// Their name.
        cmap: String,
    ) -> Result<()> {
        crate::colormap::ColorMap::named(&cmap)?;
        of(context).0.lock().settings.map = cmap;
        Ok(())
    }

    /// An image of a file: height, width and colours.
    fn imread(
        /// The file's path.
        fname: PathArg,
    ) -> Result<Value> { crate::pil::read_array(&fname.0) }

    /// Writes a table of numbers or colours to a file.
    fn imsave[context](
        /// The file's path.
        fname: PathArg,
        /// The table.
        arr: Value,
        /// The number with the first colour.
        vmin: Option<f64>,
        /// The number with the last colour.
        vmax: Option<f64>,
        /// The colours.
        cmap: Option<String>,
        /// Is the first row `upper` or `lower`?
        origin: String = "upper",
    ) -> Result<()> { save_table(context, &fname, arr, vmin, vmax, cmap, &origin) }

    /// Sets several of the settings of one group: `rc("font", size=12)`.
    fn rc[context](
        /// The group.
        group: String,
        /// The settings.
        kwargs: Keywords,
    ) -> Result<()> {
        let pyplot = of(context);
        let mut open = pyplot.0.lock();
        kwargs.0.iter().try_for_each(|(name, value)| settings::set(&mut open.settings, &format!("{group}.{name}"), value))
    }

    /// The settings as they were at the start.
    fn rcdefaults[context]() { of(context).0.lock().settings = Default::default() }

    /// Waits for events of a window: there is none, so it goes on at once.
    fn pause(
        /// Seconds; not waited.
        interval: f64,
    ) { let _ = interval; }

    /// Drawing at every change: accepted, figures are shown at the end of the cell.
    fn ion() {}

    /// Drawing at the end: accepted, figures are shown at the end of the cell.
    fn ioff() {}

    /// Draws anew: accepted, figures are drawn when they are shown.
    fn draw() {}
}

/// Methods of axes that are functions of `plt`, with the name that they have there.
const OF_AXES: &[(&str, &str)] = &[
    ("plot", "plot"),
    ("semilogx", "semilogx"),
    ("semilogy", "semilogy"),
    ("loglog", "loglog"),
    ("step", "step"),
    ("scatter", "scatter"),
    ("bar", "bar"),
    ("barh", "barh"),
    ("hist", "hist"),
    ("hist2d", "hist2d"),
    ("pie", "pie"),
    ("boxplot", "boxplot"),
    ("stem", "stem"),
    ("fill", "fill"),
    ("fill_between", "fill_between"),
    ("fill_betweenx", "fill_betweenx"),
    ("stackplot", "stackplot"),
    ("errorbar", "errorbar"),
    ("axhline", "axhline"),
    ("axvline", "axvline"),
    ("axhspan", "axhspan"),
    ("axvspan", "axvspan"),
    ("hlines", "hlines"),
    ("vlines", "vlines"),
    ("imshow", "imshow"),
    ("pcolormesh", "pcolormesh"),
    ("text", "text"),
    ("annotate", "annotate"),
    ("title", "set_title"),
    ("xlabel", "set_xlabel"),
    ("ylabel", "set_ylabel"),
    ("xscale", "set_xscale"),
    ("yscale", "set_yscale"),
    ("legend", "legend"),
    ("grid", "grid"),
    ("axis", "axis"),
    ("tick_params", "tick_params"),
    ("twinx", "twinx"),
    ("twiny", "twiny"),
    ("margins", "margins"),
    ("cla", "cla"),
    ("matshow", "matshow"),
    ("pcolor", "pcolormesh"),
];

/// Methods of figures that are functions of `plt`.
const OF_FIGURE: &[&str] = &["savefig", "suptitle", "tight_layout", "subplots_adjust", "clf"];

/// All functions of `plt`.
pub fn functions() -> Vec<Builtin> {
    let mut all: Vec<Builtin> = builtins()
        .into_iter()
        .map(|builtin| if builtin.name == "axes_anywhere" { Builtin { name: "axes", ..builtin } } else { builtin })
        .collect();
    for &(name, method) in OF_AXES {
        let found = axes_methods().into_iter().find(|builtin| builtin.name == method);
        all.extend(found.map(|builtin| builtin.of_current(name, current_axes)));
    }
    for &name in OF_FIGURE {
        let found = figure_methods::builtins().into_iter().find(|builtin| builtin.name == name);
        all.extend(found.map(|builtin| builtin.of_current(name, current_figure)));
    }
    all
}

fn figure_of(
    context: &Context,
    number: Option<Value>,
    size: Option<Pair>,
    dpi: Option<f64>,
    color: Option<ColorArg>,
    layout: Option<String>,
    kwargs: Keywords,
) -> Result<Value> {
    let size = size.map(|size| figure_methods::sized((size.0, size.1))).transpose()?;
    if dpi.is_some_and(|dpi| !(1.0..=10_000.0).contains(&dpi)) {
        bail!("dpi must be positive");
    }
    let number = number.and_then(|number| number.as_f64()).map(|number| number as i64);
    let pyplot = of(context);
    let mut open = pyplot.0.lock();
    let there = number.and_then(|number| open.figures.iter().find(|figure| figure.0.lock().number == number).cloned());
    let figure = match there {
        Some(figure) => {
            open.current = Some(figure.clone());
            figure
        }
        None => open.add(number),
    };
    let mut state = figure.0.lock();
    state.size = size.unwrap_or(state.size);
    state.dpi = dpi.unwrap_or(state.dpi);
    if let Some(ColorArg(color)) = color {
        state.background = color;
    }
    let asked = |name: &str| kwargs.0.iter().any(|(key, value)| &**key == name && matches!(value, Value::Bool(true)));
    state.tight |=
        layout.is_some_and(|layout| layout != "none") || asked("tight_layout") || asked("constrained_layout");
    drop(state);
    Ok(Value::object(FigureObject(figure)))
}

fn close_figure(context: &Context, which: Option<Value>) -> Result<()> {
    let pyplot = of(context);
    let mut open = pyplot.0.lock();
    match which {
        None => {
            if let Some(figure) = open.current.clone() {
                open.close(&figure);
            }
        }
        Some(Value::Str(word)) if &*word == "all" => drop(open.take()),
        Some(value) => match (value.get::<FigureObject>(), value.as_f64()) {
            (Some(figure), _) => open.close(&figure.0),
            (None, Some(number)) => {
                let found = open.figures.iter().find(|figure| figure.0.lock().number == number as i64).cloned();
                if let Some(figure) = found {
                    open.close(&figure);
                }
            }
            (None, None) => bail!(TypeError: "close() takes a figure, its number, or \"all\""),
        },
    }
    Ok(())
}

fn limits(context: &Context, name: &str, args: Rest, kwargs: Keywords) -> Result<Value> {
    let ask = args.0.is_empty() && kwargs.0.is_empty();
    let method = format!("{}_{name}", if ask { "get" } else { "set" });
    let receiver = Value::object(axes(context));
    let method = rdk_runtime::operators::attribute(context, &receiver, &method)?;
    let mut call = rdk_runtime::Args::of(args.0);
    call.keywords = kwargs.0;
    context.call(&method, call)
}

fn ticks_and_labels(
    context: &Context,
    x: bool,
    ticks: Option<Value>,
    labels: Option<Value>,
    kwargs: Keywords,
) -> Result<Value> {
    let this = axes(context);
    let set = axis_settings::ticks_along(context, &this, x, ticks, labels, kwargs)?;
    Ok(Value::tuple([set, Value::list([])]))
}

/// The last thing with colours that stand for numbers.
fn last_mappable(context: &Context) -> Result<ArtistObject> {
    let this = axes(context);
    let n = this.with(|axes, _| axes.artists.len());
    let artist = |at: usize| ArtistObject {
        axes: this.clone(),
        at: at..at + 1,
        class: super::handles::class("AxesImage"),
        text: None,
    };
    let found = (0..n).rev().map(artist).find(|artist| artist.mapping().is_some());
    match found {
        Some(artist) => Ok(artist),
        None => bail!(
            RuntimeError: "No mappable was found to use for colorbar creation. First define a mappable such as an image (with imshow) or a contour set (with contourf)."
        ),
    }
}

fn save_table(
    context: &Context,
    path: &PathArg,
    table: Value,
    low: Option<f64>,
    high: Option<f64>,
    map: Option<String>,
    origin: &str,
) -> Result<()> {
    let chunk = values::array(&values::first(values::concrete(context, &[table])?))?;
    let settings = of(context).0.lock().settings.clone();
    let range = super::shapes::Range { map, low, high };
    crate::pil::save_table(&path.0, &chunk, &range, &settings, origin == "upper")
}

/// Settings from a dict, for `rcParams.update`.
pub fn update(context: &Context, dict: Arc<Dict>) -> Result<()> {
    let pyplot = of(context);
    let mut open = pyplot.0.lock();
    figure_methods::entries(Some(dict))
        .iter()
        .try_for_each(|(name, value)| settings::set(&mut open.settings, name, value))
}
