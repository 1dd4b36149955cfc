//! `df.info()`: which columns a frame has, and how many values are there.

use rdk_runtime::{Context, FromValue, Result, Stream, Value, builtins};

use super::showing;
use crate::plan::View;
use crate::show;

/// The bytes of all columns and the index together.
fn memory(context: &Context, frame: &Value) -> Result<Option<u64>> {
    let usage = rdk_runtime::operators::attribute(context, frame, "memory_usage")?;
    let usage = context.call(&usage, rdk_runtime::Args::none())?;
    let sum = rdk_runtime::operators::attribute(context, &usage, "sum")?;
    let sum = context.call(&sum, rdk_runtime::Args::none())?;
    Ok(i64::from_value(&sum).and_then(|bytes| u64::try_from(bytes).ok()))
}

/// What a lazy frame says of itself without being computed.
fn columns(view: &View) -> Result<String> {
    let types = view.types()?;
    let labels = view.labels();
    let ends = match (labels.first(), labels.last()) {
        (Some(first), Some(last)) => format!("Columns: {} entries, {first} to {last}\n", labels.len()),
        _ => "Columns: 0 entries\n".to_string(),
    };
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    types.iter().for_each(|of| *counts.entry(crate::dtype::name(of, false)).or_default() += 1);
    let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{name}({count})")).collect();
    Ok(format!("<class 'dask.dataframe.dask_expr.DataFrame'>\n{ends}dtypes: {}", counts.join(", ")))
}

builtins! {
    /// Prints which columns there are, of which types, and how many values are there.
    fn info[context](/** The frame. */ this: Value, /** Has no effect. */ verbose: Option<bool>, /** Is the size in memory said? */ memory_usage: Option<Value>, /** Has no effect. */ show_counts: Option<bool>) -> Result<()> {
        let _ = (verbose, show_counts);
        let Some(view) = View::from_value(&this) else { return Ok(()) };
        let text = match view.eager {
            true => {
                let wanted = !matches!(memory_usage, Some(Value::Bool(false)));
                let bytes = if wanted { memory(context, &this)? } else { None };
                show::info(&showing::frame_view(&crate::lower::compute_now(context, &view)?)?, bytes.map(|bytes| (bytes, false)))
            }
            false => columns(&view)?,
        };
        context.shared.output.write(Stream::Out, &text);
        Ok(())
    }
}
