//! An index by itself: `Index(['a', 'b'], dtype='str')`, `RangeIndex(start=0, stop=5, step=1)`.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use super::cells::{cells, times, width_of, zone};
use super::moments;
use super::objects::{self, Quotes, escaped};
use super::sequence::{END_ITEMS, MOST_ITEMS, WIDTH, wrapped};
use super::values::{Data, Labels, Level, Values};

/// More categories are cut.
const MOST_CATEGORIES: usize = 8;

/// The index as pandas prints it.
pub fn index_text(labels: &Labels) -> String {
    match labels {
        Labels::Range { start, stop, step, name } => {
            let name = name.iter().map(|name| ("name", quoted(name)));
            let numbers = [("start", *start), ("stop", *stop), ("step", *step)];
            let facts: Vec<(&str, String)> =
                numbers.map(|(key, number)| (key, number.to_string())).into_iter().chain(name).collect();
            with_facts("RangeIndex", "", &facts)
        }
        Labels::Levels { levels, frequency } => match &levels[..] {
            [level] => single(level, frequency.as_deref()),
            levels => several(levels),
        },
    }
}

pub(super) fn class_name(values: &Values) -> &'static str {
    match &values.dtype[..] {
        "category" => "CategoricalIndex",
        dtype if dtype.starts_with("interval") => "IntervalIndex",
        dtype if dtype.starts_with("datetime64") => "DatetimeIndex",
        dtype if dtype.starts_with("timedelta64") => "TimedeltaIndex",
        _ => "Index",
    }
}

fn single(level: &Level, frequency: Option<&str>) -> String {
    let values = &level.values;
    let class = class_name(values);
    let n = values.len();
    let is_cut = n > MOST_ITEMS;
    let shown = item_texts(values, is_cut.then_some(END_ITEMS));
    let data = wrapped(class, &shown, is_cut, !has_texts(values), false);
    let mut facts: Vec<(&str, String)> = Vec::new();
    if let Some(categories) = categories(values) {
        facts.push(("categories", format!("[{}]", category_texts(&categories).join(", "))));
        facts.push(("ordered", if values.is_ordered { "True" } else { "False" }.to_string()));
    }
    facts.push(("dtype", format!("'{}'", values.dtype)));
    facts.extend(level.name.iter().map(|name| ("name", quoted(name))));
    if is_cut {
        facts.push(("length", n.to_string()));
    }
    if matches!(class, "DatetimeIndex" | "TimedeltaIndex") {
        facts.push(("freq", frequency.map_or("None".to_string(), |frequency| format!("'{frequency}'"))));
    }
    with_facts(class, &data, &facts)
}

fn several(levels: &[Level]) -> String {
    let n = levels.first().map_or(0, |level| level.values.len());
    let is_cut = n > MOST_ITEMS;
    let kept = is_cut.then_some(END_ITEMS);
    let columns: Vec<Vec<String>> = levels
        .iter()
        .map(|level| {
            let texts = item_texts(&level.values, kept);
            let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
            let padded = |text: &String| format!("{}{text}", " ".repeat(width - text.chars().count()));
            texts.iter().map(padded).collect()
        })
        .collect();
    let row = |at: usize| {
        let items: Vec<&str> = columns.iter().filter_map(|column| column.get(at)).map(String::as_str).collect();
        // As many levels as fit on the line.
        let most = (1..=items.len()).rev().find(|&n| tuple(&items, n).chars().count() < WIDTH - "MultiIndex".len() - 3);
        tuple(&items, most.unwrap_or(1))
    };
    let texts: Vec<String> = (0..columns.first().map_or(0, Vec::len)).map(row).collect();
    let data = wrapped("MultiIndex", &texts, is_cut, true, true);
    let mut facts: Vec<(&str, String)> = Vec::new();
    if levels.iter().any(|level| level.name.is_some()) {
        let names = levels.iter().map(|level| level.name.as_deref().map_or("None".to_string(), quoted));
        facts.push(("names", format!("[{}]", names.collect::<Vec<_>>().join(", "))));
    }
    if is_cut {
        facts.push(("length", n.to_string()));
    }
    with_facts("MultiIndex", &data, &facts)
}

fn tuple(items: &[&str], n_shown: usize) -> String {
    match items {
        [only] => format!("({only},)"),
        _ if n_shown < items.len() => format!("({}, ...)", items[..n_shown].join(", ")),
        _ => format!("({})", items.join(", ")),
    }
}

/// The data with the facts behind it, those that have no room on the line on the next one.
fn with_facts(class: &str, data: &str, facts: &[(&str, String)]) -> String {
    let indent = class.len() + 1;
    let mut used = match data.rsplit_once('\n') {
        Some((_, last)) => last.chars().count(),
        None => indent + data.chars().count(),
    };
    let mut data = data.to_string();
    let mut text = String::new();
    for (at, (key, value)) in facts.iter().enumerate() {
        let fact = format!("{key}={value}");
        let needed = width_of(&fact);
        let comma = usize::from(at + 1 < facts.len());
        let separator = if at == 0 { "" } else { ", " };
        if used + separator.len() + needed + comma > WIDTH {
            if at == 0 {
                data.truncate(data.trim_end().len());
            }
            text += &format!("{}\n{}{fact}", separator.trim_end(), " ".repeat(indent));
            used = indent + needed;
        } else {
            text += &format!("{separator}{fact}");
            used += separator.len() + needed;
        }
    }
    format!("{class}({data}{text})")
}

/// Values that have categories, by themselves: `['a', 'b']`, and below what there are.
pub fn categorical_text(values: &Values) -> String {
    let n = values.len();
    let kept = (n > MOST_SHOWN).then_some(MOST_SHOWN / 2);
    let mut texts = item_texts(values, kept);
    texts.iter_mut().filter(|text| *text == "nan").for_each(|text| *text = "NaN".to_string());
    if let Some(kept) = kept {
        texts.insert(kept, "...".to_string());
    }
    let length = if kept.is_some() { format!("\nLength: {n}") } else { String::new() };
    let gap = if n == 0 { ", " } else { "\n" };
    format!("[{}]{length}{gap}{}", texts.join(", "), categories_line(values).unwrap_or_default())
}

/// More of them are cut.
const MOST_SHOWN: usize = 10;

fn quoted(text: &str) -> String {
    format!("'{}'", escaped(text))
}

fn has_texts(values: &Values) -> bool {
    match categories(values) {
        Some(categories) => super::values::is_text(categories.data_type()),
        None => values.is_text(),
    }
}

/// The values as items of a list: all of them, or so many at either end.
pub(super) fn item_texts(values: &Values, kept: Option<usize>) -> Vec<String> {
    let are_dates = are_dates(values);
    let cut = kept.map(|kept| values.ends(kept, kept));
    let values = cut.as_ref().unwrap_or(values);
    let array = match &values.data {
        Data::Objects(values) => return values.iter().map(|value| item(value.as_ref(), 0, "nan")).collect(),
        Data::Array(array) => array,
    };
    let array = match array.data_type() {
        DataType::Dictionary(_, inside) => {
            crate::category::interval::as_shown(&cast(array, inside).unwrap_or_else(|_| array.clone()))
        }
        _ => array.clone(),
    };
    if let Some(times) = times(&array) {
        if let DataType::Duration(_) = array.data_type() {
            let spans = moments::spans(&times).into_iter();
            return spans.map(|text| if text == "NaT" { text } else { format!("'{text}'") }).collect();
        }
        let zone = zone(array.data_type());
        let text = |time: &Option<i128>| match time {
            None => "'NaT'".to_string(),
            Some(time) if are_dates => format!("'{}'", moments::date(*time)),
            Some(time) => format!("'{}'", moments::moment(*time, zone)),
        };
        return times.iter().map(text).collect();
    }
    let missing = match &values.dtype[..] {
        "object" => "None",
        dtype if dtype.starts_with(['I', 'U', 'F']) || matches!(dtype, "boolean" | "string") => "<NA>",
        _ => "nan",
    };
    (0..array.len()).map(|at| item(array.as_ref(), at, missing)).collect()
}

/// Whether the values are midnights without a zone, also those that are not shown.
fn are_dates(values: &Values) -> bool {
    let Data::Array(array) = &values.data else { return false };
    let array = array.as_any_dictionary_opt().map_or(array, |array| array.values());
    zone(array.data_type()).is_none() && times(array).is_some_and(|times| moments::are_dates(&times))
}

fn item(array: &dyn Array, at: usize, missing: &str) -> String {
    match array.data_type() {
        // Their missing ones are `NaT`.
        DataType::Date32 | DataType::Time64(_) => objects::text(array, at, 0, Quotes::Single),
        _ if array.is_null(at) => missing.to_string(),
        _ => objects::text(array, at, 0, Quotes::Single),
    }
}

/// The categories of values that have some.
fn categories(values: &Values) -> Option<ArrayRef> {
    match &values.data {
        Data::Array(array) if values.dtype == "category" => {
            array.as_any_dictionary_opt().map(|array| array.values().clone())
        }
        Data::Array(_) | Data::Objects(_) => None,
    }
}

fn category_texts(categories: &ArrayRef) -> Vec<String> {
    let texts = |array: ArrayRef| -> Vec<String> {
        if super::values::is_text(array.data_type()) {
            return (0..array.len()).map(|at| item(array.as_ref(), at, "nan")).collect();
        }
        let dtype = dtype_name(array.data_type());
        cells(&Values::new(dtype, array)).iter().map(|text| text.trim().to_string()).collect()
    };
    let n = categories.len();
    if n > MOST_CATEGORIES {
        let half = MOST_CATEGORIES / 2;
        let tail = texts(categories.slice(n - half, half));
        texts(categories.slice(0, half)).into_iter().chain(["...".to_string()]).chain(tail).collect()
    } else {
        texts(categories.clone())
    }
}

/// What pandas calls the dtype of categories.
fn dtype_name(data_type: &DataType) -> String {
    match data_type {
        data_type if super::values::is_text(data_type) => "str".to_string(),
        DataType::Boolean => "bool".to_string(),
        DataType::Float16 => "float16".to_string(),
        DataType::Float32 => "float32".to_string(),
        DataType::Float64 => "float64".to_string(),
        DataType::Timestamp(unit, _) => format!("datetime64[{}]", unit_name(unit)),
        DataType::Duration(unit) => format!("timedelta64[{}]", unit_name(unit)),
        data_type if data_type.is_integer() => data_type.to_string().to_lowercase(),
        data_type => crate::dtype::name(data_type, true).to_string(),
    }
}

fn unit_name(unit: &arrow::datatypes::TimeUnit) -> &'static str {
    use arrow::datatypes::TimeUnit;
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}

/// `Categories (3, str): ['a', 'b', 'c']`, for values that have some.
pub(super) fn categories_line(values: &Values) -> Option<String> {
    let categories = categories(values)?;
    let head = format!("Categories ({}, {}): ", categories.len(), dtype_name(categories.data_type()));
    let separator = if values.is_ordered { " < " } else { ", " };
    let mut line = String::new();
    let mut used = head.len();
    for (at, text) in category_texts(&categories).iter().enumerate() {
        let length = text.chars().count();
        if used + separator.len() + length > WIDTH {
            line += &format!("{}\n{}", separator.trim_end(), " ".repeat(head.len() + 1));
            used = head.len() + 1;
        } else if at > 0 {
            line += separator;
            used += separator.len();
        }
        line += text;
        used += length;
    }
    Some(format!("{head}[{}]", line.replace(" < ... < ", " ... ")))
}
