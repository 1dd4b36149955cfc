//! `pie`: a cake, cut in proportion.

use rdk_runtime::{Context, Result, Value, bail};

use super::handles::AxesObject;
use super::values::{self, concrete};
use crate::figure::{Artist, Label, Shape, Wedge};
use crate::scene::Anchor;

/// Pieces around, each with its name beside it and its share in it.
#[allow(clippy::too_many_arguments)]
pub fn cake(
    context: &Context,
    this: &AxesObject,
    x: Value,
    explode: Option<Value>,
    labels: Vec<Value>,
    colors: Option<Value>,
    percent: Option<Value>,
    start: f64,
    counter: bool,
) -> Result<Value> {
    let done = concrete(context, &[x, explode.unwrap_or(Value::Float(0.0))])?;
    let sizes = values::numbers(&done[0], "x")?;
    let out = values::repeated(&done[1], sizes.len(), "explode")?;
    if sizes.iter().any(|size| *size < 0.0 || size.is_nan()) {
        bail!("Wedge sizes 'x' must be non negative values");
    }
    if !labels.is_empty() && labels.len() != sizes.len() {
        bail!("'labels' must be of length 'x', not {}", labels.len());
    }
    let total: f64 = sizes.iter().sum();
    let colors = colors.map(|colors| values::colors(&colors)).transpose()?.unwrap_or_default();
    let shares: Vec<f64> = sizes.iter().map(|size| if total == 0.0 { 0.0 } else { size / total }).collect();
    let texts = shares
        .iter()
        .map(|share| match &percent {
            Some(Value::Str(format)) => rdk_runtime::operators::binary(
                context,
                rdk_syntax::tree::BinaryOp::Mod,
                &Value::Str(format.clone()),
                &Value::Float(share * 100.0),
            )
            .map(|text| Some(text.text())),
            Some(function) => context
                .call(function, rdk_runtime::Args::one(Value::Float(share * 100.0)))
                .map(|text| Some(text.text())),
            None => Ok(None),
        })
        .collect::<Result<Vec<_>>>()?;
    let range = this.with(|axes, settings| {
        let first = axes.artists.len();
        let mut angle = start;
        for (at, share) in shares.iter().enumerate() {
            let turn = share * 360.0 * if counter { 1.0 } else { -1.0 };
            let own = (!colors.is_empty()).then(|| colors[at % colors.len()]);
            let color = own.unwrap_or_else(|| axes.next_line_color(settings));
            let label = labels.get(at).map(values::label);
            let wedge = Wedge { from: angle, to: angle + turn, out: out[at], color };
            axes.add(Artist::new(Shape::Wedges(vec![wedge]), 1.0).labelled(label.clone()));
            let (sin, cos) = (angle + turn / 2.0).to_radians().sin_cos();
            let mut write = |text: String, far: f64, across: Anchor| {
                let place = ((far + out[at]) * cos, (far + out[at]) * sin);
                let label = Label { at: place, across, down: Anchor::Middle, ..Label::new(text) };
                axes.add(Artist::new(Shape::Label(label), 3.0));
            };
            if let Some(label) = label {
                write(label, 1.1, if cos >= 0.0 { Anchor::Start } else { Anchor::End });
            }
            if let Some(text) = &texts[at] {
                write(text.clone(), 0.6, Anchor::Middle);
            }
            angle += turn;
        }
        axes.hidden = true;
        axes.aspect = crate::figure::Aspect::Fixed(1.0);
        first..axes.artists.len()
    });
    let wedges = Value::list(range.clone().map(|at| this.artist(at..at + 1, "Wedge")));
    Ok(Value::tuple([wedges, Value::list([])]))
}
