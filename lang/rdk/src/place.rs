//! Where rdk keeps what outlives a session.

use std::path::PathBuf;

/// The file of what was typed: `RDK_HISTORY`, or `rdk/history` in the user's data folder, with `suffix` after it.
///
/// Nothing is kept, so that there is no file, if `RDK_HISTORY` is empty or there is no such folder.
pub fn history_file(suffix: &str) -> Option<PathBuf> {
    let mut path = match std::env::var_os("RDK_HISTORY") {
        Some(path) => Some(path).filter(|path| !path.is_empty())?,
        None => {
            let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
            let data = data.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")))?;
            let folder = data.join("rdk");
            std::fs::create_dir_all(&folder).ok()?;
            folder.join("history").into_os_string()
        }
    };
    path.push(suffix);
    Some(path.into())
}
