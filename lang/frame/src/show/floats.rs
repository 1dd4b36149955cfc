//! Floats below each other: as many decimals as the one that needs most, six at most; scientific where that says too little.

/// How many decimals there are at most.
const DECIMALS: usize = 6;

/// The floats as texts, each with a place for its sign. `None` is a missing one.
pub(super) fn column(values: &[Option<f64>], missing: &str) -> Vec<String> {
    let present = |value: &&Option<f64>| value.is_some_and(|number| !number.is_nan());
    let text = |format: fn(f64) -> String| -> Vec<String> {
        let one = |value: &Option<f64>| match value.filter(|number| !number.is_nan()) {
            Some(number) => format(number),
            None => missing.to_string(),
        };
        values.iter().map(one).collect()
    };
    let fixed_texts = trimmed(text(fixed));
    let size = || values.iter().filter(present).flatten().map(|number| number.abs());
    let is_long = fixed_texts.iter().any(|text| text.len() > DECIMALS + 6);
    let has_large = size().any(|number| number > 1e6);
    let has_small = size().any(|number| number < 1e-6 && number > 0.0);
    if has_small || (is_long && has_large) { text(scientific) } else { fixed_texts }
}

/// One float among things that are none: without the zeros at its end.
pub(super) fn single(number: f64) -> String {
    let text = fixed(number);
    let text = text.trim_end_matches('0');
    if text.ends_with('.') { format!("{text}0") } else { text.to_string() }
}

fn fixed(number: f64) -> String {
    signed(number, format!("{:.DECIMALS$}", number.abs()))
}

fn scientific(number: f64) -> String {
    let text = format!("{:.DECIMALS$e}", number.abs());
    let text = match text.split_once('e') {
        Some((digits, exponent)) => match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}e-{exponent:0>2}"),
            None => format!("{digits}e+{exponent:0>2}"),
        },
        None => text,
    };
    signed(number, text)
}

fn signed(number: f64, text: String) -> String {
    format!("{}{text}", if number.is_sign_negative() { '-' } else { ' ' })
}

/// The zeros that all of them end with are gone, but for one behind the point.
fn trimmed(mut texts: Vec<String>) -> Vec<String> {
    let is_decimal = |text: &String| text.contains('.');
    let zeros = |text: &String| text.len() - text.trim_end_matches('0').len();
    let Some(n_zeros) = texts.iter().filter(|text| is_decimal(text)).map(zeros).min() else { return texts };
    for text in texts.iter_mut().filter(|text| is_decimal(text)) {
        text.truncate(text.len() - n_zeros);
        if text.ends_with('.') {
            text.push('0');
        }
    }
    texts
}
