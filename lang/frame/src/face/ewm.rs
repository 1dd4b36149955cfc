//! Means whose weights fade: `series.ewm(span=3).mean()`.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Float64Array};
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};

use super::items;
use super::running::replaced;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::plan::{Shape, View};

/// `series.ewm(…)`
#[derive(Clone)]
pub struct Fading {
    view: View,
    /// The part of the newest value.
    alpha: f64,
    least: usize,
    /// Are weights made up for where there are few values?
    adjust: bool,
    /// Do missing values not count as places?
    ignore_na: bool,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let doc = "Values whose weights fade with their distance, to be reduced.";
    ClassRef::new(
        Class::new("ExponentialMovingWindow", "pandas.api.typing", doc)
            .methods(crate::place::noted(reductions::builtins())),
    )
});

impl Object for Fading {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let word = |flag: bool| if flag { "True" } else { "False" };
        let (adjust, ignored) = (word(self.adjust), word(self.ignore_na));
        let (alpha, least) = (self.alpha, self.least.max(1));
        format!(
            "ExponentialMovingWindow [alpha={alpha},min_periods={least},adjust={adjust},ignore_na={ignored},method=single]"
        )
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let named = (self.view.shape == Shape::Frame).then(|| self.view.find(&Label::text(name)))??.clone();
        let view = self.view.series(named.label, named.expr, "getitem");
        Some(Ok(Value::object(Fading { view, ..self.clone() })))
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let Some(labels) = Labels::from_value(index) else {
            return Some(Err(error!(TypeError: "expected a label, got {}", what(index))));
        };
        Some(items::columns(&self.view, &labels.labels).map(|columns| {
            let view = if labels.several { columns } else { View { shape: Shape::Series, ..columns } };
            Value::object(Fading { view, ..self.clone() })
        }))
    }
}

impl FromValue for Fading {
    fn expected() -> &'static str {
        "values whose weights fade"
    }

    fn from_value(value: &Value) -> Option<Fading> {
        value.get::<Fading>().cloned()
    }
}

impl Fading {
    fn each(&self, context: &Context, one: impl Fn(&Float64Array) -> Vec<Option<f64>>) -> Result<Value> {
        let made = replaced(context, &self.view, "ewm", |column| {
            if !crate::dtype::is_number(column.data_type()) {
                bail!(TypeError: "cannot take means of a column of {}", crate::dtype::name(column.data_type(), true); hint: "choose the columns of numbers first");
            }
            let made: ArrayRef = Arc::new(one(&super::windows::finite(column)?).into_iter().collect::<Float64Array>());
            Ok(made)
        })?;
        Ok(Frame::eager(made))
    }

    fn means(&self, values: &Float64Array) -> Vec<Option<f64>> {
        let fade = 1.0 - self.alpha;
        let new = if self.adjust { 1.0 } else { self.alpha };
        // Behind a gap pandas gives the newest value what the faded ones have lost, if it is half of what comes out.
        let gaps = !self.adjust && 1.0 / self.alpha - 1.0 == 1.0;
        let (mut mean, mut weight, mut seen): (Option<f64>, f64, usize) = (None, 1.0, 0);
        let step = |value: Option<f64>| {
            seen += usize::from(value.is_some());
            match (mean, value) {
                (Some(old), value) if value.is_some() || !self.ignore_na => {
                    weight *= fade;
                    if let Some(value) = value {
                        if old != value {
                            let new = if gaps { 1.0 - weight } else { new };
                            mean = Some((weight * old + new * value) / (weight + new));
                        }
                        weight = if self.adjust { weight + new } else { 1.0 };
                    }
                }
                (None, Some(value)) => mean = Some(value),
                _ => {}
            }
            mean.filter(|_| seen >= self.least.max(1))
        };
        values.iter().map(step).collect()
    }

    fn variances(&self, values: &Float64Array, bias: bool) -> Vec<Option<f64>> {
        let fade = 1.0 - self.alpha;
        let new = if self.adjust { 1.0 } else { self.alpha };
        let (mut mean, mut variance, mut seen): (Option<f64>, f64, usize) = (None, 0.0, 0);
        let (mut sum, mut squares, mut weight) = (1.0f64, 1.0f64, 1.0f64);
        let step = |value: Option<f64>| {
            seen += usize::from(value.is_some());
            match (mean, value) {
                (Some(old), value) if value.is_some() || !self.ignore_na => {
                    sum *= fade;
                    squares *= fade * fade;
                    weight *= fade;
                    if let Some(value) = value {
                        let now = if old == value { old } else { (weight * old + new * value) / (weight + new) };
                        variance =
                            (weight * (variance + (old - now).powi(2)) + new * (value - now).powi(2)) / (weight + new);
                        mean = Some(now);
                        sum += new;
                        squares += new * new;
                        weight += new;
                        if !self.adjust {
                            sum /= weight;
                            squares /= weight * weight;
                            weight = 1.0;
                        }
                    }
                }
                (None, Some(value)) => mean = Some(value),
                _ => {}
            }
            if seen < self.least.max(1) || mean.is_none() {
                return None;
            }
            match bias {
                true => Some(variance),
                false => {
                    let whole = sum * sum;
                    (whole > squares).then(|| whole / (whole - squares) * variance)
                }
            }
        };
        values.iter().map(step).collect()
    }
}

builtins! {
    /// Values whose weights fade with their distance, to be reduced: `ewm(span=3).mean()`.
    ///
    /// ```rdk
    /// pd.Series([1.0, 2.0]).ewm(alpha=0.5, adjust=False).mean().tolist()
    /// #> [1.0, 1.5]
    /// ```
    fn ewm(
        /// The frame or series.
        this: View,
        /// By the centre of mass: the newest value has a part of 1 / (1 + com).
        com: Option<f64>,
        /// By the span: 2 / (span + 1).
        span: Option<f64>,
        /// By the distance at which the weight is half.
        halflife: Option<f64>,
        /// The part of the newest value.
        alpha: Option<f64>,
        /// How many values there have to be.
        min_periods: usize = 0,
        /// Are weights made up for where there are few values?
        adjust: bool = true,
        /// Do missing values not count as places?
        ignore_na: bool = false,
    ) -> Result<Value> {
        if !this.eager {
            bail!(NotImplementedError: "`ewm` needs all rows in order"; hint: "`.compute()` gives them");
        }
        let alpha = match (com, span, halflife, alpha) {
            (Some(com), None, None, None) if com >= 0.0 => 1.0 / (1.0 + com),
            (None, Some(span), None, None) if span >= 1.0 => 2.0 / (span + 1.0),
            (None, None, Some(half), None) if half > 0.0 => 1.0 - (-std::f64::consts::LN_2 / half).exp(),
            (None, None, None, Some(alpha)) if alpha > 0.0 && alpha <= 1.0 => alpha,
            (None, None, None, None) => bail!("Must pass one of comass, span, halflife, or alpha"),
            (Some(_), None, None, None) => bail!("comass must satisfy: comass >= 0"),
            (None, Some(_), None, None) => bail!("span must satisfy: span >= 1"),
            (None, None, Some(_), None) => bail!("halflife must satisfy: halflife > 0"),
            (None, None, None, Some(_)) => bail!("alpha must satisfy: 0 < alpha <= 1"),
            _ => bail!("comass, span, halflife, and alpha are mutually exclusive"),
        };
        Ok(Value::object(Fading { view: this, alpha, least: min_periods, adjust, ignore_na }))
    }
}

mod reductions {
    use super::*;

    builtins! {
        /// The means.
        fn mean[context](/** The values. */ this: Fading) -> Result<Value> { this.each(context, |values| this.means(values)) }

        /// The variances.
        fn var[context](/** The values. */ this: Fading, /** Of all there are, and not of a sample? */ bias: bool = false) -> Result<Value> { this.each(context, |values| this.variances(values, bias)) }

        /// The standard deviations.
        fn std[context](/** The values. */ this: Fading, /** Of all there are, and not of a sample? */ bias: bool = false) -> Result<Value> {
            this.each(context, |values| this.variances(values, bias).into_iter().map(|variance| variance.map(f64::sqrt)).collect())
        }
    }
}
