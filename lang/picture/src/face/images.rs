//! Tables of numbers as colours: `imshow`, `matshow`, `pcolormesh`, `hist2d`; and text in axes.

use rdk_array::{Chunk, DType};
use rdk_runtime::{Context, Keywords, Result, Value, bail, builtins};

use super::handles::AxesObject;
use super::shapes::Range;
use super::style::Style;
use super::values::{self, Pair, array, concrete};
use crate::color::Color;
use crate::figure::{Artist, Aspect, ImageData, Label, Shape};
use crate::scene::Anchor;

builtins! {
    /// Shows a table of numbers, or of colours, as an image.
    ///
    /// Colours are a third axis: red, green, blue and perhaps alpha.
    fn imshow[context](
        /// The axes.
        this: AxesObject,
        /// Rows and columns; a lazy array is computed.
        X: Value,
        /// The colours: `viridis`, `gray`, `hot`, …
        cmap: Option<String>,
        /// How numbers become shares: `"log"`.
        norm: Option<Value>,
        /// `equal`: pixels are squares; `auto`: the image fills the axes.
        aspect: Option<Value>,
        /// `nearest` shows pixels as they are, `bilinear` and others go over from one to the next.
        interpolation: Option<String>,
        /// As much of it seen as this.
        alpha: Option<f64>,
        /// The number with the first colour.
        vmin: Option<f64>,
        /// The number with the last colour.
        vmax: Option<f64>,
        /// Is the first row `upper` or `lower`?
        origin: Option<String>,
        /// Left, right, bottom, top.
        extent: Option<Vec<f64>>,
        /// `label`, `zorder`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let range = Range { map: cmap, low: vmin, high: vmax };
        image(context, &this, X, range, Look { norm, aspect, interpolation, alpha, origin, extent }, kwargs)
    }

    /// Shows a table of numbers as an image, with its rows and columns numbered above.
    fn matshow[context](
        /// The axes.
        this: AxesObject,
        /// Rows and columns.
        Z: Value,
        /// The colours.
        cmap: Option<String>,
        /// The number with the first colour.
        vmin: Option<f64>,
        /// The number with the last colour.
        vmax: Option<f64>,
    ) -> Result<Value> {
        this.with(|axes, _| axes.x.opposite = true);
        let range = Range { map: cmap, low: vmin, high: vmax };
        image(context, &this, Z, range, Look { interpolation: Some("nearest".into()), ..Look::default() }, Keywords(Vec::new()))
    }

    /// Shows a table of numbers as cells, the first row below.
    fn pcolormesh[context](
        /// The axes.
        this: AxesObject,
        /// The table, or edges of x, edges of y and the table.
        args: rdk_runtime::Rest,
        /// The colours.
        cmap: Option<String>,
        /// The number with the first colour.
        vmin: Option<f64>,
        /// The number with the last colour.
        vmax: Option<f64>,
        /// As much of it seen as this.
        alpha: Option<f64>,
        /// `shading`: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        mesh(context, &this, args.0, Range { map: cmap, low: vmin, high: vmax }, alpha)
    }

    /// How often pairs of numbers fall into each of many cells.
    fn hist2d[context](
        /// The axes.
        this: AxesObject,
        /// One number of each pair.
        x: Value,
        /// The other.
        y: Value,
        /// How many cells along each axis, or two numbers for x and y.
        bins: Option<Value>,
        /// The colours.
        cmap: Option<String>,
        /// The number with the first colour.
        vmin: Option<f64>,
        /// The number with the last colour.
        vmax: Option<f64>,
    ) -> Result<Value> { cells(context, &this, [x, y], bins, Range { map: cmap, low: vmin, high: vmax }) }

    /// Text at a point.
    fn text(
        /// The axes.
        this: AxesObject,
        /// Where along x.
        x: f64,
        /// Where along y.
        y: f64,
        /// What it says.
        s: Value,
        /// `fontsize`, `color`, `ha`, `va`, `rotation`, `weight`, `transform`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let label = text_label(Label { at: (x, y), ..Label::new(values::label(&s)) }, kwargs)?;
        Ok(put(&this, label, "Text"))
    }

    /// Text that points somewhere.
    fn annotate(
        /// The axes.
        this: AxesObject,
        /// What it says.
        text: Value,
        /// What it points at.
        xy: Pair,
        /// Where it stands; by default where it points.
        xytext: Option<Pair>,
        /// How the arrow looks.
        arrowprops: Option<std::sync::Arc<rdk_runtime::Dict>>,
        /// `offset points`: `xytext` is so far from `xy`.
        textcoords: Option<String>,
        /// `fontsize`, `color`, `ha`, `va`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let beside = textcoords.is_some_and(|system| system.contains("offset"));
        let at = if beside { xy } else { xytext.unwrap_or(xy) };
        let shift = xytext.filter(|_| beside).map_or((0.0, 0.0), |shift| (shift.0, shift.1));
        let color = arrowprops.as_ref().map(|props| {
            let color = props.0.lock().iter().find(|(key, _)| key.value().as_str().is_some_and(|name| name == "color" || name == "edgecolor")).map(|(_, value)| value.clone());
            color.map_or(Ok(Color::BLACK), |color| values::colors(&color).map(|colors| colors[0]))
        });
        let label = Label {
            at: (at.0, at.1),
            shift,
            arrow: color.transpose()?.map(|color| ((xy.0, xy.1), color)),
            ..Label::new(values::label(&text))
        };
        Ok(put(&this, text_label(label, kwargs)?, "Annotation"))
    }
}

/// How an image is shown.
#[derive(Default)]
struct Look {
    norm: Option<Value>,
    aspect: Option<Value>,
    interpolation: Option<String>,
    alpha: Option<f64>,
    origin: Option<String>,
    extent: Option<Vec<f64>>,
}

/// Ways of going over from one pixel to the next; all but the first are drawn alike.
const SMOOTH: &[&str] = &[
    "bilinear", "bicubic", "spline16", "spline36", "hanning", "hamming", "hermite", "kaiser", "quadric", "catrom",
    "gaussian", "bessel", "mitchell", "sinc", "lanczos",
];

fn image(
    context: &Context,
    this: &AxesObject,
    table: Value,
    range: Range,
    look: Look,
    kwargs: Keywords,
) -> Result<Value> {
    let style = Style::from_keywords(kwargs, "AxesImage")?;
    let values = array(&values::first(concrete(context, &[table])?))?;
    let (height, width, plain) = match *values.shape() {
        [height, width] => (height, width, true),
        [height, width, 1] => (height, width, true),
        [height, width, 3 | 4] => (height, width, false),
        _ => bail!(
            TypeError: "Invalid shape {} for image data", values::shape_text(values.shape());
            hint: "an image has rows and columns, and perhaps a third axis with 3 or 4 parts of its colours; `x[0]` takes one layer"
        ),
    };
    let values = if plain { values.reshape(&[height, width]) } else { values };
    let smooth = match look.interpolation.as_deref() {
        None | Some("nearest" | "none" | "None" | "auto" | "antialiased") => false,
        Some(name) if SMOOTH.contains(&name) => true,
        Some(other) => {
            bail!("'{other}' is not a valid value for interpolation"; hint: "'nearest', 'bilinear', 'bicubic' are the usual ones")
        }
    };
    let settings = this.with(|_, settings| settings.clone());
    let upper = match look.origin.as_deref() {
        None => !settings.image_below,
        Some("upper") => true,
        Some("lower") => false,
        Some(other) => bail!("'{other}' is not a valid value for origin; supported values are 'upper', 'lower'"),
    };
    let aspect = aspect(look.aspect.as_ref().unwrap_or(&Value::str("equal")))?;
    let mut mapping = match plain {
        true => Some(range.mapping(&values.to_vec::<f64>(), &settings)?),
        false => None,
    };
    if let (Some(mapping), Some(norm)) = (&mut mapping, &look.norm)
        && (norm.as_str() == Some("log") || norm.repr().contains("LogNorm"))
    {
        mapping.log = true;
        if mapping.low <= 0.0 {
            let above = values.to_vec::<f64>().into_iter().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
            mapping.low = if above.is_finite() { above } else { 1.0 };
        }
    }
    let (w, h) = (width as f64, height as f64);
    let extent = match look.extent.as_deref() {
        None if upper => [-0.5, w - 0.5, h - 0.5, -0.5],
        None => [-0.5, w - 0.5, -0.5, h - 0.5],
        Some(&[left, right, bottom, top]) => [left, right, bottom, top],
        Some(_) => bail!("extent is left, right, bottom and top"),
    };
    let at = this.with(|axes, _| {
        axes.aspect = aspect;
        if extent[2] > extent[3] && axes.y.low.is_none() {
            axes.y.inverted = true;
        }
        if extent[0] > extent[1] && axes.x.low.is_none() {
            axes.x.inverted = true;
        }
        let alpha = look.alpha.unwrap_or(1.0).clamp(0.0, 1.0);
        let image = ImageData { values, mapping, extent, upper, smooth, alpha };
        axes.add(Artist::new(Shape::Image(image), style.height.unwrap_or(0.0)).labelled(style.label))
    });
    Ok(this.artist(at..at + 1, "AxesImage"))
}

/// `equal`, `auto`, or a number.
pub fn aspect(value: &Value) -> Result<Aspect> {
    match (value.as_str(), value.as_f64()) {
        (Some("equal"), _) => Ok(Aspect::Fixed(1.0)),
        (Some("auto"), _) => Ok(Aspect::Free),
        (None, Some(number)) if number > 0.0 && number.is_finite() => Ok(Aspect::Fixed(number)),
        _ => bail!("aspect is 'equal', 'auto' or a number above 0, got {}", value.repr()),
    }
}

/// Adds cells over these edges, the first row below.
fn add_cells(
    this: &AxesObject,
    values: Chunk,
    x: [f64; 2],
    y: [f64; 2],
    range: Range,
    alpha: Option<f64>,
) -> Result<Value> {
    let settings = this.with(|_, settings| settings.clone());
    let mapping = Some(range.mapping(&values.to_vec::<f64>(), &settings)?);
    let extent = [x[0], x[1], y[0], y[1]];
    let image = ImageData { values, mapping, extent, upper: false, smooth: false, alpha: alpha.unwrap_or(1.0) };
    let at = this.with(|axes, _| axes.add(Artist::new(Shape::Image(image), 0.0)));
    Ok(this.artist(at..at + 1, "QuadMesh"))
}

fn mesh(context: &Context, this: &AxesObject, args: Vec<Value>, range: Range, alpha: Option<f64>) -> Result<Value> {
    let done = concrete(context, &args)?;
    let (edges, table) = match done.as_slice() {
        [table] => (None, table),
        [x, y, table] => (Some((x, y)), table),
        _ => bail!(TypeError: "pcolormesh() takes a table, or `X`, `Y` and a table"),
    };
    let table = array(table)?;
    let &[height, width] = table.shape() else {
        bail!(TypeError: "a mesh has rows and columns, got the shape {}", values::shape_text(table.shape()));
    };
    let ends = |value: Option<&Value>, n: usize, along: usize| -> Result<[f64; 2]> {
        let Some(value) = value else { return Ok([0.0, n as f64]) };
        let chunk = array(value)?;
        let places: Vec<f64> = match chunk.ndim() {
            2 if chunk.shape().iter().all(|length| *length > 0) => chunk.index_axis(1 - along, 0).to_vec(),
            _ => chunk.to_vec(),
        };
        let (Some(first), Some(last)) = (places.first(), places.last()) else { bail!("X and Y have no values") };
        match places.len() {
            length if length == n + 1 => Ok([*first, *last]),
            length if length == n && n > 1 => {
                let half = (last - first) / (n as f64 - 1.0) / 2.0;
                Ok([first - half, last + half])
            }
            length => bail!(
                "Dimensions of C {} should be one smaller than X and Y, which have {length}",
                values::shape_text(&[height, width])
            ),
        }
    };
    let x = ends(edges.map(|edges| edges.0), width, 1)?;
    let y = ends(edges.map(|edges| edges.1), height, 0)?;
    add_cells(this, table, x, y, range, alpha)
}

fn cells(context: &Context, this: &AxesObject, given: [Value; 2], bins: Option<Value>, range: Range) -> Result<Value> {
    let done = concrete(context, &given)?;
    let (x, y) = (values::numbers(&done[0], "x")?, values::numbers(&done[1], "y")?);
    values::same_length(x.len(), y.len())?;
    let counts = match bins {
        None => vec![10.0],
        Some(bins) => values::numbers(&bins, "bins")?,
    };
    let (columns, rows) = (counts.first().copied().unwrap_or(10.0), counts.last().copied().unwrap_or(10.0));
    if !(counts.len() <= 2 && (1.0..=4000.0).contains(&columns) && (1.0..=4000.0).contains(&rows)) {
        bail!("`bins` is how many cells there are along each axis");
    }
    let ends = |numbers: &[f64]| {
        let finite = || numbers.iter().copied().filter(|number| number.is_finite());
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        if low < high {
            [low, high]
        } else if low == high {
            [low - 0.5, high + 0.5]
        } else {
            [0.0, 1.0]
        }
    };
    let (across, up) = (ends(&x), ends(&y));
    let (n_columns, n_rows) = (columns as usize, rows as usize);
    let place = |value: f64, [low, high]: [f64; 2], n: usize| {
        (value >= low && value <= high).then(|| (((value - low) / (high - low) * n as f64) as usize).min(n - 1))
    };
    let mut counts = vec![0.0; n_columns * n_rows];
    for (&x, &y) in x.iter().zip(&y) {
        if let (Some(column), Some(row)) = (place(x, across, n_columns), place(y, up, n_rows)) {
            counts[row * n_columns + column] += 1.0;
        }
    }
    let table = Chunk::from_vec(&[n_rows, n_columns], counts).cast(DType::F64);
    add_cells(this, table, across, up, range, None)
}

fn put(this: &AxesObject, label: Label, class: &str) -> Value {
    let said = format!(
        "Text({}, {}, {})",
        Value::Float(label.at.0).repr(),
        Value::Float(label.at.1).repr(),
        Value::str(&label.text).repr()
    );
    let at = this.with(|axes, _| axes.add(Artist::new(Shape::Label(label), 3.0)));
    this.artist_saying(at..at + 1, class, said)
}

/// A label with what keywords say about it.
pub fn text_label(mut label: Label, keywords: Keywords) -> Result<Label> {
    for (name, value) in keywords.0 {
        if value.is_none() {
            continue;
        }
        match &*name {
            "fontsize" | "size" => label.size = Some(size(&value)?),
            "color" | "c" => label.color = values::colors(&value)?.first().copied().unwrap_or(Color::BLACK),
            "alpha" => label.color = label.color.with_alpha(value.as_f64()),
            "ha" | "horizontalalignment" | "loc" => {
                label.across = match value.as_str() {
                    Some("left") => Anchor::Start,
                    Some("center") => Anchor::Middle,
                    Some("right") => Anchor::End,
                    _ => bail!(
                        "{} is not a valid value for {name}; supported values are 'center', 'right', 'left'",
                        value.repr()
                    ),
                }
            }
            "va" | "verticalalignment" => {
                label.down = match value.as_str() {
                    Some("top") => Anchor::Start,
                    Some("center" | "center_baseline") => Anchor::Middle,
                    Some("bottom") => Anchor::End,
                    Some("baseline") => Anchor::Baseline,
                    _ => bail!(
                        "{} is not a valid value for {name}; supported values are 'bottom', 'baseline', 'center', 'top'",
                        value.repr()
                    ),
                }
            }
            "rotation" => label.angle = angle(&value)?,
            "weight" | "fontweight" => {
                label.bold = value
                    .as_str()
                    .is_some_and(|weight| weight.contains("bold") || weight == "heavy" || weight == "black")
                    || value.as_f64().is_some_and(|weight| weight >= 600.0);
            }
            "fontdict" => {
                if let Value::Dict(dict) = &value {
                    let inner = dict
                        .0
                        .lock()
                        .iter()
                        .filter_map(|(key, value)| Some((key.value().as_str()?.into(), value.clone())))
                        .collect();
                    label = text_label(label, Keywords(inner))?;
                }
            }
            "bbox" => label.frame = Some(frame(&value)?),
            "transform" => label.in_shares = true,
            "x" | "y" | "pad" | "labelpad" | "fontname" | "family" | "fontfamily" | "style" | "fontstyle"
            | "zorder" | "wrap" | "rotation_mode" | "multialignment" | "xycoords" | "annotation_clip" | "clip_on"
            | "linespacing" | "backgroundcolor" => {}
            other => {
                bail!(AttributeError: "Text.set() got an unexpected keyword argument '{other}'"; hint: "`fontsize`, `color`, `ha`, `va`, `rotation`, `weight` are the usual ones")
            }
        }
    }
    Ok(label)
}

/// The colours of a box behind text: `dict(facecolor=…, edgecolor=…, alpha=…)`.
fn frame(value: &Value) -> Result<(Color, Color)> {
    let Value::Dict(dict) = value else { bail!(TypeError: "`bbox` is a dict: `dict(facecolor=\"white\")`") };
    let entries: Vec<(String, Value)> = dict
        .0
        .lock()
        .iter()
        .filter_map(|(key, value)| Some((key.value().as_str()?.to_string(), value.clone())))
        .collect();
    let (mut face, mut edge, mut alpha) = (crate::color::CYCLE[0], Color::BLACK, None);
    for (name, value) in entries {
        match name.as_str() {
            "facecolor" | "fc" | "color" => face = values::colors(&value)?[0],
            "edgecolor" | "ec" => edge = values::colors(&value)?[0],
            "alpha" => alpha = value.as_f64(),
            _ => {}
        }
    }
    Ok((face.with_alpha(alpha), edge.with_alpha(alpha)))
}

/// A size of letters: a number, or `large`.
pub fn size(value: &Value) -> Result<f64> {
    match (value.as_f64(), value.as_str().and_then(crate::figure::relative)) {
        (Some(points), _) if points > 0.0 && points < 1000.0 => Ok(points),
        (_, Some(times)) => Ok(times * 10.0),
        _ => {
            bail!("{} is not a size of letters", value.repr(); hint: "points, such as 12, or 'small', 'medium', 'large'")
        }
    }
}

/// An angle in degrees; `vertical` is 90.
pub fn angle(value: &Value) -> Result<f64> {
    match (value.as_f64(), value.as_str()) {
        (Some(degrees), _) if degrees.is_finite() => Ok(degrees),
        (_, Some("vertical")) => Ok(90.0),
        (_, Some("horizontal")) => Ok(0.0),
        _ => bail!("rotation is degrees, 'horizontal' or 'vertical', got {}", value.repr()),
    }
}
