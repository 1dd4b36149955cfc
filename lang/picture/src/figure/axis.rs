//! One of the two axes: its limits, its scale, what stands along it.

/// One of the two axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// Limits that have been set; the lower or left one first.
    pub low: Option<f64>,
    /// See `low`.
    pub high: Option<f64>,
    /// Does it run the other way?
    pub inverted: bool,
    /// How numbers become lengths.
    pub scale: Scale,
    /// What it measures.
    pub label: Option<super::Label>,
    /// Where ticks are, if they have been set.
    pub ticks: Option<Vec<f64>>,
    /// What stands there, if it has been set.
    pub tick_labels: Option<Vec<String>>,
    /// By how many degrees these are turned.
    pub angle: f64,
    /// How large these are.
    pub size: Option<f64>,
    /// Names that stand for 0, 1, 2, …
    pub names: Vec<String>,
    /// Neither ticks nor numbers?
    pub bare: bool,
    /// Numbers only: no; ticks only: yes.
    pub unlabelled: bool,
    /// At the other edge: right, or top?
    pub opposite: bool,
    /// The position of axes of the same figure with the same limits.
    pub shared: Option<usize>,
}

/// How numbers become lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// In proportion.
    #[default]
    Linear,
    /// By their logarithms.
    Log,
}

impl Scale {
    /// A number as a length.
    pub fn forward(self, value: f64) -> f64 {
        match self {
            Scale::Linear => value,
            Scale::Log => value.log10(),
        }
    }

    /// A length as a number.
    pub fn back(self, length: f64) -> f64 {
        match self {
            Scale::Linear => length,
            Scale::Log => 10f64.powf(length),
        }
    }

    /// Can the number be shown?
    pub fn shows(self, value: f64) -> bool {
        value.is_finite() && (self == Scale::Linear || value > 0.0)
    }
}

impl Axis {
    /// The position of a name, which is given one if it is new.
    pub fn position(&mut self, name: &str) -> f64 {
        let at = self.names.iter().position(|other| other == name).unwrap_or_else(|| {
            self.names.push(name.to_string());
            self.names.len() - 1
        });
        at as f64
    }

    /// Sets both limits; the first one is at the left, or below.
    pub fn set_limits(&mut self, low: Option<f64>, high: Option<f64>) {
        self.low = low.or(self.low);
        self.high = high.or(self.high);
        if let (Some(low), Some(high)) = (self.low, self.high)
            && low != high
        {
            self.inverted = low > high;
        }
    }
}
