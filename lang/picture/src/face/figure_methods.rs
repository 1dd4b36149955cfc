//! What can be asked of a figure: more axes, a title, a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rdk_runtime::builtins::path::{PathArg, os_error};
use rdk_runtime::{Dict, Keywords, Rest, Result, Value, bail, builtins};

use super::grid::AxesGrid;
use super::handles::{ArtistObject, AxesObject, FigureObject};
use super::images::text_label;
use super::values::{self, ColorArg, Pair};
use crate::figure::{Figure, FigureState, Label, Place};
use crate::{draw, raster, svg};

builtins! {
    /// Axes in one cell of a table of axes: `add_subplot(2, 1, 1)`, `add_subplot(211)`.
    fn add_subplot(
        /// The figure.
        this: FigureObject,
        /// How many rows and columns, and which cell, from 1.
        args: Rest,
        /// `sharex`, `title`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let place = cell(&args.0)?;
        let at = this.0.0.lock().add(place);
        shared(&this.0, at, &kwargs);
        Ok(axes(&this.0, at))
    }

    /// Axes anywhere.
    fn add_axes(
        /// The figure.
        this: FigureObject,
        /// Left, bottom, width, height as shares of the figure.
        rect: Vec<f64>,
        /// `label`, …: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        let &[left, bottom, width, height] = rect.as_slice() else { bail!("rect is left, bottom, width and height") };
        let at = this.0.0.lock().add(Place::At([left, bottom, width, height]));
        Ok(axes(&this.0, at))
    }

    /// A table of axes: one alone, a row, or rows and columns.
    fn subplots(
        /// The figure.
        this: FigureObject,
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
        /// `gridspec_kw` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        table(&this.0, nrows, ncols, sharex, sharey, squeeze)
    }

    /// A bar that says which colour is which number.
    fn colorbar(
        /// The figure.
        this: FigureObject,
        /// The image or points whose colours it explains.
        mappable: ArtistObject,
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
        color_bar(&this.0, &mappable, ax, label, &orientation)
    }

    /// A title over all axes.
    fn suptitle(
        /// The figure.
        this: FigureObject,
        /// What it says.
        t: Value,
        /// `fontsize`, `color`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let label = text_label(Label::new(values::label(&t)), kwargs)?;
        let said = format!("Text(0.5, 0.98, {})", Value::str(&label.text).repr());
        let mut figure = this.0.0.lock();
        let at = figure.current();
        figure.title = Some(label);
        drop(figure);
        Ok(AxesObject { figure: this.0, at }.artist_saying(0..0, "Text", said))
    }

    /// Writes the figure to a file: PNG, SVG or JPEG, by its ending.
    fn savefig(
        /// The figure.
        this: FigureObject,
        /// The file's path.
        fname: PathArg,
        /// Pixels to an inch.
        dpi: Option<Value>,
        /// `png`, `svg` or `jpg`, if the ending does not say so.
        format: Option<String>,
        /// `tight` cuts it to what is seen.
        bbox_inches: Option<Value>,
        /// Nothing behind?
        transparent: bool = false,
        /// Behind everything.
        facecolor: Option<ColorArg>,
        /// `pad_inches`, `metadata` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<()> {
        let _ = kwargs;
        let tight = bbox_inches.is_some_and(|word| word.as_str() == Some("tight"));
        let dpi = dpi.and_then(|dpi| dpi.as_f64());
        save(&this.0, &fname.0, dpi, format, tight, transparent, facecolor)
    }

    /// Makes room for what stands around the axes.
    fn tight_layout(
        /// The figure.
        this: FigureObject,
        /// `pad` and the like: accepted, not used.
        kwargs: Keywords,
    ) { let _ = kwargs; this.0.0.lock().tight = true }

    /// Where cells of axes begin and end, and the gaps between them.
    fn subplots_adjust(
        /// The figure.
        this: FigureObject,
        /// The left edge, as a share of the figure.
        left: Option<f64>,
        /// The lower edge.
        bottom: Option<f64>,
        /// The right edge.
        right: Option<f64>,
        /// The upper edge.
        top: Option<f64>,
        /// The gap between columns, as a share of a cell.
        wspace: Option<f64>,
        /// The gap between rows.
        hspace: Option<f64>,
    ) -> Result<()> {
        let mut figure = this.0.0.lock();
        let margins = &mut figure.margins;
        let set = margins_with(*margins, [left, right, bottom, top, wspace, hspace]);
        if set.left >= set.right {
            bail!("left cannot be >= right");
        }
        if set.bottom >= set.top {
            bail!("bottom cannot be >= top");
        }
        *margins = set;
        figure.tight = false;
        Ok(())
    }

    /// Another size.
    fn set_size_inches(
        /// The figure.
        this: FigureObject,
        /// How wide, or both.
        w: Value,
        /// How high.
        h: Option<f64>,
    ) -> Result<()> {
        use rdk_runtime::FromValue;
        let size = match (w.as_f64(), h) {
            (Some(width), Some(height)) => (width, height),
            _ => {
                let pair = Pair::try_from_value(&w)?;
                (pair.0, pair.1)
            }
        };
        this.0.0.lock().size = sized(size)?;
        Ok(())
    }

    /// The current axes.
    fn gca(/** The figure. */ this: FigureObject) -> Value {
        let at = this.0.0.lock().current();
        axes(&this.0, at)
    }

    /// All axes.
    fn get_axes(/** The figure. */ this: FigureObject) -> Value { all_axes(&this.0) }

    /// Takes all axes away.
    fn clear(/** The figure. */ this: FigureObject) { emptied(&mut this.0.0.lock()) }

    /// Takes all axes away.
    fn clf(/** The figure. */ this: FigureObject) { emptied(&mut this.0.0.lock()) }

    /// Shows it now.
    fn show[context](
        /// The figure.
        this: FigureObject,
    ) {
        context.shared.output.display(&crate::show::summary(&this.0));
        super::state::of(context).0.lock().close(&this.0);
    }

    /// Turns the dates below the axes: accepted, labels are turned by 30 degrees.
    fn autofmt_xdate(
        /// The figure.
        this: FigureObject,
        /// By how many degrees.
        rotation: f64 = 30.0,
    ) { this.0.0.lock().axes.iter_mut().for_each(|axes| axes.x.angle = rotation) }
}

/// Attributes of figures.
pub mod properties {
    use super::*;

    builtins! {
        /// All axes.
        fn axes(/** The figure. */ this: FigureObject) -> Value { all_axes(&this.0) }

        /// Pixels to an inch.
        fn dpi(/** The figure. */ this: FigureObject) -> f64 { this.0.0.lock().dpi }

        /// The number by which `plt.figure(1)` finds it.
        fn number(/** The figure. */ this: FigureObject) -> i64 { this.0.0.lock().number }
    }
}

/// Axes of a figure as a value.
pub fn axes(figure: &Figure, at: usize) -> Value {
    Value::object(AxesObject { figure: figure.clone(), at })
}

fn all_axes(figure: &Figure) -> Value {
    let state = figure.0.lock();
    let shown: Vec<usize> = (0..state.axes.len()).filter(|&at| !state.axes[at].removed).collect();
    drop(state);
    Value::list(shown.into_iter().map(|at| axes(figure, at)))
}

fn emptied(figure: &mut FigureState) {
    // Axes that somebody holds stay where they are, unseen.
    figure.axes.iter_mut().for_each(|axes| axes.removed = true);
    figure.current = None;
    figure.title = None;
}

/// A size that a picture can have.
pub fn sized((width, height): (f64, f64)) -> Result<(f64, f64)> {
    if width > 0.0 && height > 0.0 && width <= 1000.0 && height <= 1000.0 {
        return Ok((width, height));
    }
    bail!("figure size must be positive finite not ({width}, {height})"; hint: "inches across and down: `figsize=(8, 6)`")
}

fn margins_with(
    old: crate::figure::Margins,
    [left, right, bottom, top, across, down]: [Option<f64>; 6],
) -> crate::figure::Margins {
    crate::figure::Margins {
        left: left.unwrap_or(old.left),
        right: right.unwrap_or(old.right),
        bottom: bottom.unwrap_or(old.bottom),
        top: top.unwrap_or(old.top),
        across: across.unwrap_or(old.across),
        down: down.unwrap_or(old.down),
    }
}

/// `2, 1, 1` or `211`.
pub fn cell(args: &[Value]) -> Result<Place> {
    let numbers: Vec<i64> = args.iter().filter_map(|value| value.as_f64()).map(|number| number as i64).collect();
    let (rows, columns, from, to) = match (numbers.as_slice(), args.get(2).and_then(Value::items)) {
        ([], None) => (1, 1, 1, 1),
        (&[three], None) if (111..=999).contains(&three) => (three / 100, three / 10 % 10, three % 10, three % 10),
        (&[rows, columns, index], None) => (rows, columns, index, index),
        (&[rows, columns], Some(span)) => {
            let ends: Vec<i64> = span.iter().filter_map(|end| end.as_f64()).map(|end| end as i64).collect();
            let [from, to] = ends.as_slice() else { bail!("a span of cells is two numbers") };
            (rows, columns, *from, *to)
        }
        _ => bail!("a cell is rows, columns and its number from 1"; hint: "`subplot(2, 1, 1)` or `subplot(211)`"),
    };
    let n = rows.saturating_mul(columns);
    if rows < 1 || columns < 1 || rows > 1000 || columns > 1000 {
        bail!("Number of rows and columns must be positive integers, not {rows} and {columns}");
    }
    if !(1..=n).contains(&from) || !(from..=n).contains(&to) {
        bail!("num must be an integer with 1 <= num <= {n}, not {from}");
    }
    let place = |number: i64| ((number - 1) / columns, (number - 1) % columns);
    let ((first_row, first_column), (last_row, last_column)) = (place(from), place(to));
    Ok(Place::Grid {
        rows: rows as usize,
        columns: columns as usize,
        row: (first_row as usize, last_row as usize + 1),
        column: (first_column.min(last_column) as usize, first_column.max(last_column) as usize + 1),
    })
}

/// `sharex=ax` of a single subplot.
pub fn shared(figure: &Figure, at: usize, kwargs: &Keywords) {
    let mut figure = figure.0.lock();
    for (name, value) in &kwargs.0 {
        if let Some(other) = value.get::<AxesObject>() {
            match &**name {
                "sharex" => figure.axes[at].x.shared = Some(other.at),
                "sharey" => figure.axes[at].y.shared = Some(other.at),
                _ => {}
            }
        }
    }
}

/// A table of axes.
pub fn table(
    figure: &Figure,
    rows: usize,
    columns: usize,
    share_x: Option<Value>,
    share_y: Option<Value>,
    squeeze: bool,
) -> Result<Value> {
    if rows == 0 || columns == 0 || rows.saturating_mul(columns) > 2500 {
        bail!("Number of rows and columns must be positive integers, not {rows} and {columns}");
    }
    let share = |value: &Option<Value>| match value {
        Some(Value::Str(word)) if matches!(&**word, "all" | "row" | "col") => word.to_string(),
        Some(Value::Bool(true)) => "all".to_string(),
        _ => "none".to_string(),
    };
    let (share_x, share_y) = (share(&share_x), share(&share_y));
    let mut all = Vec::new();
    let mut state = figure.0.lock();
    let base = state.axes.len();
    for row in 0..rows {
        for column in 0..columns {
            let at = state.add(Place::Grid { rows, columns, row: (row, row + 1), column: (column, column + 1) });
            let leader = |word: &str| match word {
                "all" => Some(base),
                "row" => Some(base + row * columns),
                "col" => Some(base + column),
                _ => None,
            };
            let axes = &mut state.axes[at];
            axes.x.shared = leader(&share_x).filter(|leader| *leader != at);
            axes.y.shared = leader(&share_y).filter(|leader| *leader != at);
            // Numbers stand at the outer edges only.
            axes.x.unlabelled = matches!(share_x.as_str(), "all" | "col") && row + 1 < rows;
            axes.y.unlabelled = matches!(share_y.as_str(), "all" | "row") && column > 0;
            all.push(AxesObject { figure: figure.clone(), at });
        }
    }
    state.current = Some(base + rows * columns - 1);
    drop(state);
    Ok(match (squeeze, rows, columns) {
        (true, 1, 1) => Value::object(all.remove(0)),
        (true, 1, n) | (true, n, 1) => Value::object(AxesGrid::new(all, vec![n])),
        _ => Value::object(AxesGrid::new(all, vec![rows, columns])),
    })
}

/// A bar beside axes.
pub fn color_bar(
    figure: &Figure,
    of: &ArtistObject,
    beside: Option<Value>,
    label: Option<Value>,
    orientation: &str,
) -> Result<Value> {
    let Some(mapping) = of.mapping() else {
        bail!(TypeError: "a colour bar explains numbers, and this has none"; hint: "`colorbar(image)` of what `imshow` gave, or of `scatter` with `c=` numbers");
    };
    let level = match orientation {
        "vertical" => false,
        "horizontal" => true,
        other => bail!("'{other}' is not a valid value for orientation; supported values are 'vertical', 'horizontal'"),
    };
    let grid = beside.as_ref().and_then(|ax| ax.get::<AxesGrid>()).and_then(|grid| grid.last());
    let ax = beside.as_ref().and_then(|ax| ax.get::<AxesObject>()).cloned().or(grid).unwrap_or(of.axes.clone());
    let mut state = figure.0.lock();
    let current = state.current;
    let at = state.add(Place::Bar { of: ax.at, level });
    state.current = current;
    let axes = &mut state.axes[at];
    if mapping.log {
        axes.y.scale = crate::figure::Scale::Log;
        axes.x.scale = if level { crate::figure::Scale::Log } else { axes.x.scale };
    }
    axes.bar = Some((mapping, 1.0));
    axes.y.opposite = true;
    axes.grid = None;
    drop(state);
    let bar = ArtistObject {
        axes: AxesObject { figure: figure.clone(), at },
        at: 0..0,
        class: super::handles::class("Colorbar"),
        text: None,
    };
    if let Some(label) = label {
        super::artist_methods::bar_label(&bar, &label);
    }
    Ok(Value::object(bar))
}

/// Writes a figure to a file.
fn save(
    figure: &Figure,
    path: &Path,
    dpi: Option<f64>,
    format: Option<String>,
    tight: bool,
    transparent: bool,
    background: Option<ColorArg>,
) -> Result<()> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let format = format.map(|format| format.to_lowercase()).or(ending.clone()).unwrap_or("png".to_string());
    let path: PathBuf = if ending.is_none() { path.with_extension(&format) } else { path.to_path_buf() };
    let (mut scene, own_dpi) = {
        let figure = figure.0.lock();
        (draw::scene(&figure), figure.settings.save_dpi.unwrap_or(figure.dpi))
    };
    let dpi = dpi.unwrap_or(own_dpi);
    if !(1.0..=10_000.0).contains(&dpi) {
        bail!("dpi must be positive, got {dpi}");
    }
    if let Some(ColorArg(color)) = background {
        scene.background = Some(color);
    }
    if transparent {
        scene.background = None;
    }
    let scene = if tight { scene.cut(7.2) } else { scene };
    let bytes = match format.as_str() {
        "png" => raster::png(&raster::render(&scene, dpi)?)?,
        "jpg" | "jpeg" => raster::jpeg(&raster::render(&scene, dpi)?)?,
        "svg" => svg::write(&scene, 96.0)?.into_bytes(),
        "pdf" | "ps" | "eps" | "pgf" => {
            bail!("Format '{format}' is not supported (supported formats: jpeg, jpg, png, svg)"; hint: "`savefig(\"plot.svg\")` is as sharp at any size, and other programs turn it into PDF")
        }
        other => bail!("Format '{other}' is not supported (supported formats: jpeg, jpg, png, svg)"),
    };
    std::fs::write(&path, bytes).map_err(|error| os_error(&error, &path))?;
    figure.0.lock().saved = true;
    Ok(())
}

/// Entries of a dict of settings, if one was given.
pub fn entries(dict: Option<Arc<Dict>>) -> Vec<(String, Value)> {
    let Some(dict) = dict else { return Vec::new() };
    let entries = dict.0.lock();
    entries.iter().filter_map(|(key, value)| Some((key.value().as_str()?.to_string(), value.clone()))).collect()
}
