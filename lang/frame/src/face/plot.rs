//! `df.plot(…)`, `series.plot.bar(…)`, `df.hist(…)`: which columns are drawn, and what stands along x.
//!
//! How it is drawn is the matter of another room, which stands beside this one. As in pandas it is found by the name of its module,
//! `pandas.plotting`.

use std::any::Any;
use std::sync::LazyLock;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use rdk_runtime::{
    Args, Class, ClassRef, Context, FromValue, Keywords, Name, Object, Result, Value, bail, builtins, error,
};

use super::{arrays, plot_ticks};
use crate::cell;
use crate::frame::what;
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, Shape, View};

/// `df.plot`: called, or before the name of a way of drawing.
#[derive(Clone)]
pub struct Plotter(pub View);

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("PlotAccessor", "pandas.plotting", "Plots of a frame or a series.").methods(builtins()))
});

impl Object for Plotter {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<pandas.plotting._core.PlotAccessor object>".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(self.called(context, args))
    }
}

impl FromValue for Plotter {
    fn expected() -> &'static str {
        "`.plot` of a frame or a series"
    }

    fn from_value(value: &Value) -> Option<Plotter> {
        value.get::<Plotter>().cloned()
    }
}

builtins! {
    /// A line for each column.
    fn line[context](/** The plots. */ this: Plotter, /** The column along x; by default the index. */ x: Option<Value>, /** The columns to be drawn; by default all. */ y: Option<Value>, /** `figsize`, `title`, `ax`, `legend`, `color`, … */ kwargs: Keywords) -> Result<Value> { this.draw(context, "line", x, y, kwargs.0) }

    /// A bar for each row and column.
    fn bar[context](/** The plots. */ this: Plotter, /** The column along x; by default the index. */ x: Option<Value>, /** The columns to be drawn; by default all. */ y: Option<Value>, /** `figsize`, `title`, `ax`, `legend`, `color`, … */ kwargs: Keywords) -> Result<Value> { this.draw(context, "bar", x, y, kwargs.0) }

    /// A bar for each row and column, from the left to the right.
    fn barh[context](/** The plots. */ this: Plotter, /** The column along y; by default the index. */ x: Option<Value>, /** The columns to be drawn; by default all. */ y: Option<Value>, /** `figsize`, `title`, `ax`, `legend`, `color`, … */ kwargs: Keywords) -> Result<Value> { this.draw(context, "barh", x, y, kwargs.0) }

    /// How often numbers fall into ranges.
    fn hist[context](/** The plots. */ this: Plotter, /** Not supported: plots by group. */ by: Option<Value>, /** How many ranges. */ bins: Value = 10i64, /** `figsize`, `title`, `ax`, `legend`, `alpha`, … */ kwargs: Keywords) -> Result<Value> {
        let mut all = kwargs.0;
        all.extend(by.map(|by| ("by".into(), by)));
        all.push(("bins".into(), bins));
        this.draw(context, "hist", None, None, all)
    }

    /// A box for each column: quartiles, and what lies far out.
    fn r#box[context](/** The plots. */ this: Plotter, /** Not supported: plots by group. */ by: Option<Value>, /** `figsize`, `title`, `ax`, … */ kwargs: Keywords) -> Result<Value> {
        let mut all = kwargs.0;
        all.extend(by.map(|by| ("by".into(), by)));
        this.draw(context, "box", None, None, all)
    }

    /// The area below each column.
    fn area[context](/** The plots. */ this: Plotter, /** The column along x; by default the index. */ x: Option<Value>, /** The columns to be drawn; by default all. */ y: Option<Value>, /** `figsize`, `title`, `ax`, `alpha`, … */ kwargs: Keywords) -> Result<Value> { this.draw(context, "area", x, y, kwargs.0) }

    /// The shares of a column in a circle.
    fn pie[context](/** The plots. */ this: Plotter, /** Of a frame the column. */ y: Option<Value>, /** `figsize`, `title`, `ax`, `autopct`, … */ kwargs: Keywords) -> Result<Value> { this.draw(context, "pie", None, y, kwargs.0) }

    /// A point for each row.
    fn scatter[context](/** The plots. */ this: Plotter, /** The column along x. */ x: Value, /** The column along y. */ y: Value, /** How large points are: a number, or a column. */ s: Option<Value>, /** Their colour: a name, or a column. */ c: Option<Value>, /** `figsize`, `title`, `ax`, `alpha`, … */ kwargs: Keywords) -> Result<Value> {
        let mut all = kwargs.0;
        for (name, value) in [("s", s), ("c", c)] {
            let Some(value) = value else { continue };
            let column = Label::of(&value).filter(|label| this.0.find(label).is_some());
            all.push((name.into(), match column {
                Some(label) => numbers(context, &this.0, this.0.column(&label)?)?,
                None => value,
            }));
        }
        this.draw(context, "scatter", Some(x), Some(y), all)
    }
}

impl Plotter {
    /// `df.plot(x, y, kind)`, `series.plot(kind)`
    fn called(&self, context: &Context, args: Args) -> Result<Value> {
        let by_position: &[&str] = match self.0.shape {
            Shape::Frame => &["x", "y", "kind", "ax"],
            Shape::Series | Shape::Index | Shape::Scalar => &["kind", "ax", "figsize"],
        };
        if args.positional.len() > by_position.len() {
            bail!(TypeError: "`plot` takes at most {} arguments by position", by_position.len());
        }
        let mut options: Vec<(Name, Value)> =
            by_position.iter().zip(args.positional).map(|(name, value)| (Name::from(*name), value)).collect();
        options.extend(args.keywords);
        let mut take = |name: &str| {
            let at = options.iter().position(|(known, _)| &**known == name)?;
            Some(options.remove(at).1).filter(|value| !value.is_none())
        };
        let (kind, x, y) = (take("kind"), take("x"), take("y"));
        let kind = match kind {
            None => "line".to_string(),
            Some(Value::Str(kind)) => kind.to_string(),
            Some(other) => bail!(TypeError: "expected the name of a kind, got {}", what(&other)),
        };
        self.draw(context, &kind, x, y, options)
    }

    fn draw(
        &self,
        context: &Context,
        kind: &str,
        x: Option<Value>,
        y: Option<Value>,
        mut options: Vec<(Name, Value)>,
    ) -> Result<Value> {
        const KINDS: [&str; 8] = ["line", "bar", "barh", "hist", "box", "area", "pie", "scatter"];
        if !KINDS.contains(&kind) {
            let error = error!("{kind} is not a valid plot kind Valid plot kinds: {}", KINDS.join(", "));
            let near = rdk_runtime::builtin::nearest(kind, KINDS);
            return Err(match near {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            });
        }
        not_by_group(&options)?;
        let is_frame = self.0.shape == Shape::Frame;
        let view = lower::compute_now(context, &self.0)?;
        let said = |options: &[(Name, Value)], name: &str| options.iter().any(|(known, _)| &**known == name);
        let mut set = |name: &str, value: Value| {
            if !said(&options, name) {
                options.push((name.into(), value));
            }
        };
        let along = match &x {
            Some(x) => {
                let Some(label) = Label::of(x) else { bail!(TypeError: "expected a label, got {}", what(x)) };
                Some(view.column(&label)?.clone())
            }
            None => None,
        };
        let columns: Vec<Named> = match (&y, is_frame) {
            (Some(y), true) => {
                let labels = super::shared::labels_of(y)?;
                labels.iter().map(|label| view.column(label).cloned()).collect::<Result<_>>()?
            }
            _ => view.columns.iter().filter(|named| x.is_none() || !same(named, along.as_ref())).cloned().collect(),
        };
        let mut data = Vec::new();
        for named in &columns {
            if !crate::dtype::is_number(&view.type_of(&named.expr)?) {
                match y.is_some() {
                    true => bail!(TypeError: "no numeric data to plot"),
                    false => continue,
                }
            }
            let name = named.label.as_ref().map_or(Value::None, |label| Value::from(label.to_string()));
            data.push(Value::tuple([name, numbers(context, &view, named)?]));
        }
        if data.is_empty() {
            bail!(TypeError: "no numeric data to plot"; hint: "columns of text are not drawn; `value_counts()` gives numbers");
        }
        if kind == "pie" && is_frame && y.is_none() {
            bail!("pie requires either y column or 'subplots=True'"; hint: "`df.plot.pie(y=\"column\")`");
        }
        if !matches!(kind, "hist" | "box") {
            let at = along.clone().unwrap_or_else(|| view.index[0].clone());
            let levels = if along.is_none() { view.index.clone() } else { vec![at.clone()] };
            let (x, ticks) = self.places(&view, &levels, kind)?;
            set("x", x);
            if let Some(ticks) = ticks {
                set("ticks", ticks);
            }
            let names: Vec<String> =
                levels.iter().filter_map(|named| named.label.as_ref()).map(Label::to_string).collect();
            if !names.is_empty() && kind != "pie" {
                set(if kind == "barh" { "ylabel" } else { "xlabel" }, Value::from(names.join(",")));
            }
        }
        if kind == "scatter" {
            let Some(label) = columns[0].label.as_ref() else { bail!("scatter requires an x and y column") };
            set("ylabel", Value::from(label.to_string()));
        }
        if is_frame {
            set("legend", Value::Bool(kind != "scatter"));
        } else {
            set("legend", Value::Bool(false));
            set("reuse_plot", Value::Bool(true));
        }
        options.push(("kind".into(), Value::str(kind)));
        ask(context, "plot", data, options)
    }

    /// What stands along x, and where names stand if it is no row of numbers.
    fn places(&self, view: &View, levels: &[Named], kind: &str) -> Result<(Value, Option<Value>)> {
        let columns = levels.iter().map(|named| column_of(view, named)).collect::<Result<Vec<ArrayRef>>>()?;
        let name = |row: usize| -> String {
            let text = |column: &ArrayRef| match cell::value(column, row) {
                Value::None => "nan".to_string(),
                value => plot_ticks::name(&value),
            };
            match &columns[..] {
                [one] => text(one),
                several => format!("({})", several.iter().map(text).collect::<Vec<_>>().join(", ")),
            }
        };
        let n = columns[0].len();
        if matches!(kind, "bar" | "barh" | "pie") {
            return Ok((Value::list((0..n).map(|row| Value::from(name(row)))), None));
        }
        if let [one] = &columns[..] {
            if crate::dtype::is_number(one.data_type()) {
                return Ok((Value::list((0..n).map(|row| plot_ticks::number(&cell::value(one, row)))), None));
            }
            if let DataType::Timestamp(..) = one.data_type() {
                let days = plot_ticks::days(one);
                let ticks = plot_ticks::of_days(&days);
                return Ok((Value::list(days.into_iter().map(Value::Float)), ticks));
            }
        }
        // Names at 0, 1, 2, …, some of which are written.
        let step = n.div_ceil(8).max(1);
        let chosen: Vec<usize> = (0..n).step_by(step).collect();
        let at = Value::list(chosen.iter().map(|&row| Value::Int(row as i64)));
        let names = Value::list(chosen.iter().map(|&row| Value::from(name(row))));
        Ok((Value::list((0..n).map(|row| Value::Int(row as i64))), Some(Value::tuple([at, names]))))
    }
}

fn not_by_group(options: &[(Name, Value)]) -> Result<()> {
    if options.iter().any(|(name, value)| &**name == "by" && !value.is_none()) {
        bail!(NotImplementedError: "plots by group are not there"; hint: "`df[df.key == …]` chooses one group");
    }
    Ok(())
}

fn same(named: &Named, other: Option<&Named>) -> bool {
    other.is_some_and(|other| other.label == named.label && other.expr == named.expr)
}

/// The numbers of a column as an array.
fn numbers(context: &Context, view: &View, named: &Named) -> Result<Value> {
    arrays::values(context, &View { eager: true, ..view.series(named.label.clone(), named.expr.clone(), "plot") })
}

fn column_of(view: &View, named: &Named) -> Result<ArrayRef> {
    let one = View { columns: vec![named.clone()], shape: Shape::Scalar, ..view.clone() };
    Ok(lower::in_memory(&one)?.column(0).clone())
}

/// Calls the room that draws.
fn ask(context: &Context, name: &str, data: Vec<Value>, options: Vec<(Name, Value)>) -> Result<Value> {
    let function = context.shared.library.import("pandas.plotting")?.get(name);
    let function = function.ok_or_else(|| error!(RuntimeError: "plots are not at hand here"))?;
    context.call(&function, Args { keywords: options, ..Args::one(Value::list(data)) })
}

/// `series.hist(…)`, in the current axes; `df.hist(…)`, axes for each column.
pub fn hist(context: &Context, view: &View, bins: Value, column: Option<Value>, options: Keywords) -> Result<Value> {
    not_by_group(&options.0)?;
    let view = lower::compute_now(context, view)?;
    let columns = match column {
        Some(column) => {
            let labels = super::shared::labels_of(&column)?;
            labels.iter().map(|label| view.column(label).cloned()).collect::<Result<Vec<_>>>()?
        }
        None => view.columns.clone(),
    };
    let mut data = Vec::new();
    for named in &columns {
        if crate::dtype::is_number(&view.type_of(&named.expr)?) {
            let name = named.label.as_ref().map_or(Value::None, |label| Value::from(label.to_string()));
            data.push(Value::tuple([name, numbers(context, &view, named)?]));
        }
    }
    if data.is_empty() {
        bail!("hist method requires numerical or datetime columns, nothing to plot.");
    }
    let mut options = options.0;
    options.push(("bins".into(), bins));
    if view.shape == Shape::Frame {
        return ask(context, "hist_frame", data, options);
    }
    for (name, value) in [("grid", Value::Bool(true)), ("ylabel", Value::str("")), ("kind", Value::str("hist"))] {
        if !options.iter().any(|(known, _)| &**known == name) {
            options.push((name.into(), value));
        }
    }
    options.push(("reuse_plot".into(), Value::Bool(true)));
    ask(context, "plot", data, options)
}

/// What frames and series have.
pub mod of_tables {
    use super::*;

    builtins! {
        /// Draws how often numbers fall into ranges; of a frame, axes for each column.
        fn hist[context](
            /// The frame or series.
            this: View,
            /// Which columns of a frame.
            column: Option<Value>,
            /// How many ranges, or their edges.
            bins: Value = 10i64,
            /// `figsize`, `grid`, `ax`, `alpha`, …
            kwargs: Keywords,
        ) -> Result<Value> { super::hist(context, &this, bins, column, kwargs) }

        /// Draws a box for each column: quartiles, and what lies far out.
        fn boxplot[context](
            /// The frame.
            this: View,
            /// Which columns.
            column: Option<Value>,
            /// `figsize`, `ax`, …
            kwargs: Keywords,
        ) -> Result<Value> { Plotter(this).draw(context, "box", None, column, kwargs.0) }
    }

    /// Attributes.
    pub mod attributes {
        use super::*;

        builtins! {
            /// Draws the columns: `df.plot(x="day", y=["low", "high"])`, `series.plot.bar()`.
            fn plot(/** The frame or series. */ this: View) -> Value { Value::object(Plotter(this)) }
        }
    }
}
