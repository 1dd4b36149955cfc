//! The kernel's entry in Jupyter's list: a folder with `kernel.json` and logos.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

/// The folder's name if no other is given.
pub const NAME: &str = "rdk";
/// What a launcher shows if nothing else is given.
pub const DISPLAY_NAME: &str = "rdk";

const LOGOS: [(&str, &[u8]); 3] = [
    ("logo-svg.svg", include_bytes!("../logos/logo-svg.svg")),
    ("logo-32x32.png", include_bytes!("../logos/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("../logos/logo-64x64.png")),
];

/// For whom the kernel is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The person who installs it.
    User,
    /// Who uses the Python environment that is active.
    SysPrefix,
    /// Who uses what is installed below this folder.
    Prefix(PathBuf),
}

impl Place {
    /// The folder of all kernels there.
    pub fn kernels(&self) -> Result<PathBuf, String> {
        let data = match self {
            Place::User => user_data().ok_or("there is no home folder; `--prefix` says where to put it")?,
            Place::SysPrefix => system_prefix()?.join("share/jupyter"),
            Place::Prefix(prefix) => prefix.join("share/jupyter"),
        };
        Ok(data.join("kernels"))
    }
}

/// Installs the kernel: this program, started as `rdk kernel run`. Gives the folder.
pub fn install(place: &Place, name: &str, display_name: &str, program: &Path) -> Result<PathBuf, String> {
    let folder = folder(place, name)?;
    let spec = json!({
        "argv": [program, "kernel", "run", "-f", "{connection_file}"],
        "display_name": display_name,
        "language": "rdk",
        "interrupt_mode": "message",
        "metadata": {"debugger": false},
    });
    let write = || -> io::Result<()> {
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("kernel.json"), format!("{spec:#}\n"))?;
        LOGOS.iter().try_for_each(|(file, bytes)| fs::write(folder.join(file), bytes))
    };
    write().map_err(|error| format!("`{}` cannot be written: {error}", folder.display()))?;
    Ok(folder)
}

/// Takes the kernel out of the list. Gives the folder that was removed.
pub fn uninstall(place: &Place, name: &str) -> Result<PathBuf, String> {
    let folder = folder(place, name)?;
    // A folder of that name that holds something else is left alone.
    let text = fs::read_to_string(folder.join("kernel.json"))
        .map_err(|_| format!("no kernel is installed in `{}`", folder.display()))?;
    let spec: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    if spec["language"] != "rdk" {
        return Err(format!("the kernel in `{}` is not rdk's", folder.display()));
    }
    fs::remove_dir_all(&folder).map_err(|error| format!("`{}` cannot be removed: {error}", folder.display()))?;
    Ok(folder)
}

/// The folder of the kernel of this name.
pub fn folder(place: &Place, name: &str) -> Result<PathBuf, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(format!("`{name}` is no name for a kernel: letters, digits, `-`, `_` and `.` are allowed"));
    }
    Ok(place.kernels()?.join(name.to_lowercase()))
}

/// Jupyter's data folder of the person who asks.
fn user_data() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("JUPYTER_DATA_DIR") {
        return Some(folder);
    }
    match cfg!(target_os = "macos") {
        true => Some(variable("HOME")?.join("Library/Jupyter")),
        false => {
            Some(variable("XDG_DATA_HOME").or_else(|| Some(variable("HOME")?.join(".local/share")))?.join("jupyter"))
        }
    }
}

/// The folder of the Python environment that is active.
fn system_prefix() -> Result<PathBuf, String> {
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        if let Some(folder) = std::env::var_os(name).filter(|value| !value.is_empty()) {
            return Ok(PathBuf::from(folder));
        }
    }
    let asked = Command::new("python3").args(["-c", "import sys; print(sys.prefix)"]).output();
    let text =
        asked.ok().filter(|output| output.status.success()).and_then(|output| String::from_utf8(output.stdout).ok());
    match text.map(|text| text.trim().to_string()).filter(|text| !text.is_empty()) {
        Some(prefix) => Ok(PathBuf::from(prefix)),
        None => Err("no Python environment is active; `--prefix` says where to put it".to_string()),
    }
}
