//! Magic commands that look at the session itself.

use rdk_runtime::{Result, Value, bail, show};

use super::{MAGICS, Run};
use crate::session::Showing;

/// For commands that mean nothing here.
pub(super) fn nothing(_: &Run) -> Result<Option<Value>> {
    Ok(None)
}

/// `%pip install …`
pub(super) fn no_packages(run: &Run) -> Result<Option<Value>> {
    run.print("rdk brings its modules with it: there is nothing to install.\n");
    Ok(None)
}

/// `%lsmagic`
pub(super) fn lsmagic(run: &Run) -> Result<Option<Value>> {
    let names = |sign: &str, which: fn(&super::Info) -> bool| {
        MAGICS
            .iter()
            .filter(|info| which(info))
            .map(|info| format!("{sign}{}", info.name))
            .collect::<Vec<_>>()
            .join("  ")
    };
    run.print(&format!(
        "For a line:\n{}\n\nFor a cell:\n{}\n",
        names("%", |info| info.line),
        names("%%", |info| info.cell)
    ));
    Ok(None)
}

/// Variables that the person has made: not modules at hand, not what starts with `_`.
fn variables(run: &Run) -> Vec<(String, Value)> {
    let kinds: Vec<&str> = run.argument().split_whitespace().collect();
    let all = run
        .context
        .globals
        .names()
        .into_iter()
        .filter_map(|name| Some((name.to_string(), run.context.globals.get(&name)?)));
    all.filter(|(name, value)| {
        let own = !name.starts_with('_') && !matches!(name.as_str(), "In" | "Out");
        let at_hand = matches!(value, Value::Module(_))
            || crate::library::DASK_AT_HAND.contains(&name.as_str())
                && matches!(value, Value::Builtin(_) | Value::Class(_));
        own && !at_hand && (kinds.is_empty() || kinds.contains(&value.class().name))
    })
    .collect()
}

/// `%who [types]`
pub(super) fn who(run: &Run) -> Result<Option<Value>> {
    let names: Vec<String> = variables(run).into_iter().map(|(name, _)| name).collect();
    run.print(&match names.is_empty() {
        true => "There are no variables yet.\n".to_string(),
        false => format!("{}\n", names.join("\t")),
    });
    Ok(None)
}

/// `%who_ls [types]`
pub(super) fn who_ls(run: &Run) -> Result<Option<Value>> {
    Ok(Some(Value::list(variables(run).into_iter().map(|(name, _)| Value::str(name)))))
}

/// `%whos [types]`
pub(super) fn whos(run: &Run) -> Result<Option<Value>> {
    let variables = variables(run);
    if variables.is_empty() {
        run.print("There are no variables yet.\n");
        return Ok(None);
    }
    let mut rows = vec![["Variable".to_string(), "Type".to_string(), "Data/Info".to_string()]];
    for (name, value) in variables {
        let text = show::repr(&value);
        let line = text.lines().next().unwrap_or("");
        let short: String = line.chars().take(50).collect();
        let more = if short.len() < text.len() { "…" } else { "" };
        rows.push([name, value.class().name.to_string(), format!("{short}{more}")]);
    }
    let widths = [0, 1].map(|column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; 3]| format!("{:<2$}   {:<3$}   {4}\n", row[0], row[1], widths[0], widths[1], row[2]);
    let mut text = line(&rows[0]);
    text.push_str(&"-".repeat(widths[0] + widths[1] + 15));
    text.push('\n');
    text.extend(rows[1..].iter().map(line));
    run.print(&text);
    Ok(None)
}

/// `%history [-n]`
pub(super) fn history(run: &Run) -> Result<Option<Value>> {
    let numbered = run.argument().split_whitespace().any(|option| option == "-n");
    let inputs = run.session.inputs.lock().clone();
    for (i, input) in inputs.iter().enumerate() {
        run.print(&match numbered {
            true => format!("{:>4}: {input}\n", i + 1),
            false => format!("{input}\n"),
        });
    }
    Ok(None)
}

/// `%reset`
pub(super) fn reset(run: &Run) -> Result<Option<Value>> {
    for (name, _) in variables(run) {
        run.context.globals.remove(&name);
    }
    Ok(None)
}

/// `%run script`
pub(super) fn run(run: &Run) -> Result<Option<Value>> {
    let argument = run.argument();
    // Options of its own stand before the path, what the script is told behind it.
    let mut words = argument.split_whitespace().skip_while(|word| word.starts_with('-'));
    let path = words.next().unwrap_or("");
    if path.is_empty() {
        bail!(UsageError: "`%run` needs the path of a script");
    }
    let path = path.trim_matches(['"', '\'']);
    let text = read(path)?;
    let sys = run.context.shared.library.import("sys")?;
    let before = sys.get("argv").unwrap_or_default();
    sys.set("argv", Value::list(std::iter::once(path).chain(words).map(Value::str)));
    let done = crate::session::script_cells(path, &text)
        .into_iter()
        .try_for_each(|source| run.session.run_source(run.context, source, Showing::Every).map(|_| ()));
    sys.set("argv", before);
    done.map(|()| None)
}

/// `%load script`
pub(super) fn load(run: &Run) -> Result<Option<Value>> {
    let path = run.argument().trim_matches(['"', '\'']);
    if path.is_empty() {
        bail!(UsageError: "`%load` needs the path of a file");
    }
    *run.session.next_input.lock() = Some(read(path)?);
    Ok(None)
}

/// A script by its path, also without its ending.
fn read(path: &str) -> Result<String> {
    let found = ["", ".rdk", ".py"]
        .iter()
        .map(|ending| format!("{path}{ending}"))
        .find(|path| std::path::Path::new(path).is_file());
    let bytes = match std::fs::read(found.as_deref().unwrap_or(path)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            bail!(FileNotFoundError: "there is no file `{path}`")
        }
        Err(error) => bail!(OSError: "`{path}` could not be read: {error}"),
    };
    String::from_utf8(bytes).or_else(|_| bail!(UnicodeDecodeError: "`{path}` is not UTF-8 text"))
}
