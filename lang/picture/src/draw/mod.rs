//! From a figure to a scene: where everything goes.

mod axes;
mod content;
mod layout;
mod legend;
mod limits;
mod marks;
mod thin;

pub use content::pixels;
pub use limits::{View, ticks_of, view};
pub use marks::SIGNS;

use crate::figure::{FigureState, Role};
use crate::scene::{Anchor, Item, Rect, Scene, Text};

/// What a figure looks like.
pub fn scene(figure: &FigureState) -> Scene {
    let (width, height) = (figure.size.0 * 72.0, figure.size.1 * 72.0);
    let mut scene = Scene { width, height, background: Some(figure.background), items: Vec::new() };
    for (at, (rect, view)) in layout::places(figure).into_iter().enumerate() {
        if !figure.axes[at].removed {
            axes::draw(&mut scene, figure, at, rect, view);
        }
    }
    if let Some(title) = &figure.title {
        let size = title.size.unwrap_or(figure.settings.size(Role::FigureTitle));
        scene.add(Item::Text(Text {
            text: title.text.clone(),
            x: width / 2.0,
            y: height * 0.02,
            size,
            color: title.color,
            across: Anchor::Middle,
            down: Anchor::Start,
            angle: 0.0,
            bold: title.bold,
        }));
    }
    scene
}

/// From numbers to places on the picture.
#[derive(Clone, Copy)]
pub struct Projection {
    rect: Rect,
    x: (f64, f64),
    y: (f64, f64),
    scale: (crate::figure::Scale, crate::figure::Scale),
}

impl Projection {
    /// For axes that are here and show this.
    pub fn new(axes: &crate::figure::Axes, rect: Rect, view: View) -> Projection {
        let scale = (axes.x.scale, axes.y.scale);
        let x = (scale.0.forward(view.x.0), scale.0.forward(view.x.1));
        let y = (scale.1.forward(view.y.0), scale.1.forward(view.y.1));
        Projection { rect, x, y, scale }
    }

    /// Where a number of x is.
    pub fn x(&self, value: f64) -> f64 {
        let share = (self.scale.0.forward(value) - self.x.0) / (self.x.1 - self.x.0);
        self.rect.left + share * self.rect.width()
    }

    /// Where a number of y is.
    pub fn y(&self, value: f64) -> f64 {
        let share = (self.scale.1.forward(value) - self.y.0) / (self.y.1 - self.y.0);
        self.rect.bottom - share * self.rect.height()
    }

    /// Where a point is.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x(x), self.y(y))
    }

    /// A number that cannot be shown on an axis of logarithms lies at its lower end.
    pub fn corner(&self, x: f64, y: f64) -> (f64, f64) {
        let at = |place: f64, end: f64| if place.is_finite() { place } else { end };
        (at(self.x(x), self.rect.left - 10.0), at(self.y(y), self.rect.bottom + 10.0))
    }
}
