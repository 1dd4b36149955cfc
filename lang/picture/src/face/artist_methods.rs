//! What can be asked of a thing that lies in axes, and changed in it.

use std::sync::Arc;

use rdk_array::Chunk;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::handles::{ArtistObject, FigureObject};
use super::values::{self, ColorArg, array, concrete, same_length};
use crate::colormap::ColorMap;
use crate::figure::{Artist, Shape};

builtins! {
    /// What the list says about it.
    fn set_label(
        /// The thing.
        this: ArtistObject,
        /// The text.
        s: Value,
    ) {
        match this.class.name {
            "Colorbar" => bar_label(&this, &s),
            _ => this.each(|artist| artist.label = Some(values::label(&s))),
        }
    }

    /// Gives it another colour.
    fn set_color(
        /// The thing.
        this: ArtistObject,
        /// The colour.
        color: ColorArg,
    ) {
        this.each(|artist| match &mut artist.shape {
            Shape::Line(line) => {
                line.color = color.0;
                if let Some(marker) = &mut line.marker {
                    (marker.face, marker.edge) = (color.0, color.0);
                }
            }
            Shape::Points(points) => points.colors = vec![color.0],
            Shape::Boxes(boxes) => boxes.colors = vec![Some(color.0)],
            Shape::Area { fill, .. } => *fill = Some(color.0),
            Shape::Segments { color: own, .. } => *own = color.0,
            Shape::Rule(rule) => rule.color = color.0,
            Shape::Label(label) => label.color = color.0,
            Shape::Wedges(wedges) => wedges.iter_mut().for_each(|wedge| wedge.color = color.0),
            Shape::Image(_) => {}
        })
    }

    /// Makes a line thicker or thinner.
    fn set_linewidth(
        /// The thing.
        this: ArtistObject,
        /// How thick, in points.
        w: f64,
    ) {
        this.each(|artist| match &mut artist.shape {
            Shape::Line(line) => line.width = w,
            Shape::Segments { width, .. } => *width = w,
            Shape::Rule(rule) => rule.width = w,
            _ => {}
        })
    }

    /// Is it shown?
    fn set_visible(
        /// The thing.
        this: ArtistObject,
        /// Shown?
        b: bool,
    ) { this.each(|artist| artist.hidden = !b) }

    /// Takes it away.
    fn remove(/** The thing. */ this: ArtistObject) { this.each(|artist| artist.hidden = true) }

    /// Gives a line other points, or an image other numbers.
    fn set_data[context](
        /// The thing.
        this: ArtistObject,
        /// For a line where its points are along x, for an image the numbers.
        x: Value,
        /// For a line where its points are along y.
        y: Option<Value>,
    ) -> Result<()> { new_data(context, &this, x, y) }

    /// Gives a line other heights.
    fn set_ydata[context](
        /// The line.
        this: ArtistObject,
        /// The heights.
        y: Value,
    ) -> Result<()> {
        let y = values::numbers(&values::first(concrete(context, &[y])?), "y")?;
        this.each(|artist| if let Shape::Line(line) = &mut artist.shape { line.y = Arc::new(y.clone()) });
        Ok(())
    }

    /// Where a line's points are along x.
    fn get_xdata(/** The line. */ this: ArtistObject) -> Value { this.numbers(true) }

    /// Where a line's points are along y.
    fn get_ydata(/** The line. */ this: ArtistObject) -> Value { this.numbers(false) }

    /// The colour.
    fn get_color(/** The thing. */ this: ArtistObject) -> Option<String> {
        this.first(|artist| match &artist.shape {
            Shape::Line(line) => Some(line.color.full_digits()),
            Shape::Rule(rule) => Some(rule.color.full_digits()),
            Shape::Segments { color, .. } => Some(color.full_digits()),
            Shape::Label(label) => Some(label.color.full_digits()),
            _ => None,
        })
    }

    /// What the list says about it.
    fn get_label(/** The thing. */ this: ArtistObject) -> String { this.first(|artist| artist.label.clone()).unwrap_or_default() }

    /// What a text says.
    fn get_text(/** The text. */ this: ArtistObject) -> String {
        this.first(|artist| match &artist.shape {
            Shape::Label(label) => Some(label.text.clone()),
            _ => None,
        }).unwrap_or_default()
    }

    /// Gives an image other ends of its colours.
    fn set_clim(
        /// The image.
        this: ArtistObject,
        /// The number with the first colour.
        vmin: Option<f64>,
        /// The number with the last colour.
        vmax: Option<f64>,
    ) {
        this.each(|artist| if let Shape::Image(image) = &mut artist.shape && let Some(mapping) = &mut image.mapping {
            mapping.low = vmin.unwrap_or(mapping.low);
            mapping.high = vmax.unwrap_or(mapping.high);
        })
    }

    /// The ends of an image's colours.
    fn get_clim(/** The image. */ this: ArtistObject) -> Option<Value> {
        this.mapping().map(|mapping| Value::tuple([Value::Float(mapping.low), Value::Float(mapping.high)]))
    }

    /// Gives an image other colours.
    fn set_cmap(
        /// The image.
        this: ArtistObject,
        /// Their name.
        cmap: String,
    ) -> Result<()> {
        let map = ColorMap::named(&cmap)?;
        this.each(|artist| if let Shape::Image(image) = &mut artist.shape && let Some(mapping) = &mut image.mapping {
            mapping.map = map.clone();
        });
        Ok(())
    }
}

/// Attributes of what lies in axes.
pub mod properties {
    use super::*;

    builtins! {
        /// The axes in which it lies.
        fn axes(/** The thing. */ this: ArtistObject) -> Value { Value::object(this.axes) }

        /// The axes of a colour bar.
        fn ax(/** The thing. */ this: ArtistObject) -> Value { Value::object(this.axes) }

        /// The figure in which it lies.
        fn figure(/** The thing. */ this: ArtistObject) -> Value { Value::object(FigureObject(this.axes.figure)) }
    }
}

/// Says what a colour bar measures.
pub fn bar_label(this: &ArtistObject, text: &Value) {
    let label = crate::figure::Label::new(values::label(text));
    this.axes.with(|axes, _| {
        let level = matches!(axes.place, crate::figure::Place::Bar { level: true, .. });
        let axis = if level { &mut axes.x } else { &mut axes.y };
        axis.label = Some(label);
    });
}

impl ArtistObject {
    /// Changes each of its parts.
    fn each(&self, mut change: impl FnMut(&mut Artist)) {
        let mut figure = self.axes.figure.0.lock();
        let artists = &mut figure.axes[self.axes.at].artists;
        for at in self.at.clone() {
            if let Some(artist) = artists.get_mut(at) {
                change(artist);
            }
        }
    }

    /// Asks its first part.
    fn first<T>(&self, ask: impl FnOnce(&Artist) -> Option<T>) -> Option<T> {
        let figure = self.axes.figure.0.lock();
        figure.axes[self.axes.at].artists.get(self.at.start).and_then(ask)
    }

    /// What its colours stand for.
    pub fn mapping(&self) -> Option<crate::colormap::Mapping> {
        self.first(|artist| match &artist.shape {
            Shape::Image(image) => image.mapping.clone(),
            Shape::Points(points) => points.mapping.clone(),
            _ => None,
        })
    }

    fn numbers(&self, x: bool) -> Value {
        let numbers = self.first(|artist| match &artist.shape {
            Shape::Line(line) => Some(if x { line.x.clone() } else { line.y.clone() }),
            _ => None,
        });
        let numbers = numbers.map(|numbers| numbers.to_vec()).unwrap_or_default();
        Value::object(NdArray::new(Chunk::from_vec(&[numbers.len()], numbers)))
    }
}

fn new_data(context: &Context, this: &ArtistObject, x: Value, y: Option<Value>) -> Result<()> {
    let (x, y) = match (y, x.items()) {
        (Some(y), _) => (x, Some(y)),
        (None, Some(items)) if items.len() == 2 && this.class.name == "Line2D" => {
            (items[0].clone(), Some(items[1].clone()))
        }
        (None, _) => (x, None),
    };
    let Some(y) = y else {
        let values = array(&values::first(concrete(context, &[x])?))?;
        if values.ndim() < 2 {
            bail!(TypeError: "an image has rows and columns");
        }
        this.each(|artist| {
            if let Shape::Image(image) = &mut artist.shape {
                image.values = values.clone()
            }
        });
        return Ok(());
    };
    let done = concrete(context, &[x, y])?;
    let (x, y) = (values::numbers(&done[0], "x")?, values::numbers(&done[1], "y")?);
    same_length(x.len(), y.len())?;
    let (x, y) = (Arc::new(x), Arc::new(y));
    this.each(|artist| {
        if let Shape::Line(line) = &mut artist.shape {
            (line.x, line.y) = (x.clone(), y.clone());
        }
    });
    Ok(())
}
