//! What `plt` knows between two calls: the open figures, and how new ones look.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_runtime::{Context, Result, Value};

use super::handles::AxesObject;
use crate::figure::{Figure, Settings};

/// What `plt` knows between two calls.
#[derive(Default)]
pub struct Pyplot(pub Mutex<Open>);

/// The open figures.
#[derive(Default)]
pub struct Open {
    /// In the order in which they were made.
    pub figures: Vec<Figure>,
    /// The one into which things go.
    pub current: Option<Figure>,
    /// How new ones look.
    pub settings: Settings,
}

/// What `plt` knows in this session.
pub fn of(context: &Context) -> Arc<Pyplot> {
    context.shared.note::<Pyplot>()
}

impl Open {
    /// A new figure, which is the current one from now on.
    pub fn add(&mut self, number: Option<i64>) -> Figure {
        let highest = self.figures.iter().map(|figure| figure.0.lock().number).max().unwrap_or(0);
        let figure = Figure::new(number.unwrap_or(highest + 1), self.settings.clone());
        self.figures.push(figure.clone());
        self.current = Some(figure.clone());
        figure
    }

    /// The current figure; a new one if there is none.
    pub fn current(&mut self) -> Figure {
        match &self.current {
            Some(figure) => figure.clone(),
            None => {
                let figure = self.add(None);
                figure.0.lock().implied = true;
                figure
            }
        }
    }

    /// No longer shown at the end of the cell.
    pub fn close(&mut self, figure: &Figure) {
        self.figures.retain(|other| !Arc::ptr_eq(&other.0, &figure.0));
        if self.current.as_ref().is_some_and(|current| Arc::ptr_eq(&current.0, &figure.0)) {
            self.current = self.figures.last().cloned();
        }
    }

    /// All open figures, which are closed.
    pub fn take(&mut self) -> Vec<Figure> {
        self.current = None;
        let figures = std::mem::take(&mut self.figures);
        figures.into_iter().filter(|figure| !figure.0.lock().is_idle()).collect()
    }
}

/// The axes that `plt.plot` draws in.
pub fn current_axes(context: &Context) -> Result<Value> {
    Ok(Value::object(axes(context)))
}

/// The same as what it is.
pub fn axes(context: &Context) -> AxesObject {
    let figure = of(context).0.lock().current();
    let at = figure.0.lock().current();
    AxesObject { figure, at }
}

/// The figure that `plt.savefig` saves.
pub fn current_figure(context: &Context) -> Result<Value> {
    Ok(Value::object(super::handles::FigureObject(of(context).0.lock().current())))
}
