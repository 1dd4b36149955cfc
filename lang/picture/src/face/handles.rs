//! Figures, axes and what lies in them as values of the language.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_runtime::types::types;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value};
use rdk_summary::Summary;
use rdk_syntax::tree::CompareOp;

use super::{artist_methods, axes_methods, figure_methods};
use crate::figure::{Axes, Figure, FigureState};
use crate::show;

/// `Figure`
#[derive(Clone)]
pub struct FigureObject(pub Figure);

/// `Axes`: its figure, and which of its axes.
#[derive(Clone)]
pub struct AxesObject {
    /// Whose.
    pub figure: Figure,
    /// Which.
    pub at: usize,
}

/// Something that lies in axes.
#[derive(Clone)]
pub struct ArtistObject {
    /// In which.
    pub axes: AxesObject,
    /// Which of what lies there, from the first to the last.
    pub at: std::ops::Range<usize>,
    /// Of which class.
    pub class: ClassRef,
    /// What `repr` says, if not its place.
    pub text: Option<String>,
}

static FIGURE: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Figure", "matplotlib.figure", "A picture with axes in it.");
    Arc::new(
        class
            .base(types().object.clone())
            .methods(figure_methods::builtins())
            .properties(figure_methods::properties::builtins()),
    )
});

static AXES: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Axes", "matplotlib.axes", "An area with two axes, in which things are drawn.");
    let class = class.base(types().object.clone()).methods(axes_methods());
    Arc::new(class.properties(super::axes_settings::properties::builtins()))
});

/// The classes of what lies in axes, with their modules.
const ARTISTS: &[(&str, &str)] = &[
    ("Line2D", "matplotlib.lines"),
    ("PathCollection", "matplotlib.collections"),
    ("LineCollection", "matplotlib.collections"),
    ("FillBetweenPolyCollection", "matplotlib.collections"),
    ("QuadMesh", "matplotlib.collections"),
    ("Polygon", "matplotlib.patches"),
    ("Rectangle", "matplotlib.patches"),
    ("Wedge", "matplotlib.patches"),
    ("AxesImage", "matplotlib.image"),
    ("Text", "matplotlib.text"),
    ("Annotation", "matplotlib.text"),
    ("BarContainer", "matplotlib.container"),
    ("ErrorbarContainer", "matplotlib.container"),
    ("StemContainer", "matplotlib.container"),
    ("Legend", "matplotlib.legend"),
    ("Colorbar", "matplotlib.colorbar"),
];

static CLASSES: LazyLock<Vec<ClassRef>> = LazyLock::new(|| {
    let class = |&(name, module): &(&'static str, &'static str)| {
        let class = Class::new(name, module, "Something that lies in axes.").base(types().object.clone());
        Arc::new(class.methods(artist_methods::builtins()).properties(artist_methods::properties::builtins()))
    };
    ARTISTS.iter().map(class).collect()
});

/// The class of this name.
pub fn class(name: &str) -> ClassRef {
    CLASSES.iter().find(|class| class.name == name).unwrap_or(&CLASSES[0]).clone()
}

/// The classes that users may name: `Figure`, `Axes`.
pub fn figure_class() -> ClassRef {
    FIGURE.clone()
}

impl AxesObject {
    /// Works on the axes, and on the figure that they are in.
    pub fn with<T>(&self, work: impl FnOnce(&mut Axes, &crate::figure::Settings) -> T) -> T {
        let mut figure = self.figure.0.lock();
        let settings = figure.settings.clone();
        figure.current = Some(self.at);
        work(&mut figure.axes[self.at], &settings)
    }

    /// Works on the figure.
    pub fn with_figure<T>(&self, work: impl FnOnce(&mut FigureState) -> T) -> T {
        work(&mut self.figure.0.lock())
    }

    /// Something that lies in it, as a value.
    pub fn artist(&self, at: std::ops::Range<usize>, name: &str) -> Value {
        Value::object(ArtistObject { axes: self.clone(), at, class: class(name), text: None })
    }

    /// The same with what `repr` says of it.
    pub fn artist_saying(&self, at: std::ops::Range<usize>, name: &str, text: String) -> Value {
        Value::object(ArtistObject { axes: self.clone(), at, class: class(name), text: Some(text) })
    }

    /// The lines that a call has drawn: a list of one value each.
    pub fn lines(&self, at: std::ops::Range<usize>) -> Value {
        Value::list(at.map(|at| self.artist(at..at + 1, "Line2D")))
    }
}

macro_rules! from_value {
    ($($type:ty, $expected:literal;)*) => {$(
        impl FromValue for $type {
            fn expected() -> &'static str {
                $expected
            }

            fn from_value(value: &Value) -> Option<$type> {
                value.get::<$type>().cloned()
            }
        }
    )*};
}

from_value! {
    FigureObject, "a figure";
    AxesObject, "axes";
    ArtistObject, "something that lies in axes";
}

/// Equal or not, if that is what is asked.
fn same(op: CompareOp, same: bool) -> Option<Result<Value>> {
    match op {
        CompareOp::Eq => Some(Ok(Value::Bool(same))),
        CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
        _ => None,
    }
}

impl Object for FigureObject {
    fn class(&self) -> ClassRef {
        FIGURE.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.0.text()
    }

    fn summary(&self) -> Summary {
        show::summary(&self.0)
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        same(op, Arc::ptr_eq(&self.0.0, &other.get::<FigureObject>()?.0.0))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("figure"), Value::from(self.0.0.lock().id)]))
    }
}

impl Object for AxesObject {
    fn class(&self) -> ClassRef {
        AXES.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let figure = self.figure.0.lock();
        let axes = &figure.axes[self.at];
        let mut parts = Vec::new();
        if let Some(title) = &axes.title {
            parts.push(format!("title={{'center': {}}}", Value::str(&title.text).repr()));
        }
        for (name, axis) in [("xlabel", &axes.x), ("ylabel", &axes.y)] {
            if let Some(label) = &axis.label {
                parts.push(format!("{name}={}", Value::str(&label.text).repr()));
            }
        }
        format!("<Axes: {}>", parts.join(", "))
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = other.get::<AxesObject>()?;
        same(op, Arc::ptr_eq(&self.figure.0, &other.figure.0) && self.at == other.at)
    }

    fn hash_key(&self) -> Option<Value> {
        let id = self.figure.0.lock().id;
        Some(Value::tuple([Value::str("axes"), Value::from(id), Value::from(self.at)]))
    }
}

impl Object for ArtistObject {
    fn class(&self) -> ClassRef {
        self.class.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match &self.text {
            Some(text) => text.clone(),
            None => {
                // What tells it from others, in the shape of an address.
                let place = self.axes.figure.0.lock().id * 0x10_0000 + (self.axes.at * 0x1000 + self.at.start) as u64;
                format!("<{}.{} at 0x7f{place:010x}>", self.class.module, self.class.name)
            }
        }
    }
}
