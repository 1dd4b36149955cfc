//! What the kernel says of itself.

use serde_json::{Value, json};

use crate::wire::PROTOCOL;

/// The content of `kernel_info_reply`.
pub fn kernel_info() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": "rdk",
        "implementation_version": version,
        "language_info": language_info(),
        "banner": format!("rdk {version}: Dask without Python. `x?` helps, `%lsmagic` lists commands."),
        "debugger": false,
        "supported_features": [],
        "help_links": [
            {"text": "Dask arrays", "url": "https://docs.dask.org/en/stable/array.html"},
            {"text": "Dask frames", "url": "https://docs.dask.org/en/stable/dataframe.html"},
            {"text": "Delayed calls", "url": "https://docs.dask.org/en/stable/delayed.html"},
        ],
    })
}

/// What a notebook keeps of the language; it is coloured as IPython's.
pub fn language_info() -> Value {
    json!({
        "name": "rdk",
        "version": env!("CARGO_PKG_VERSION"),
        "mimetype": "text/x-python",
        "file_extension": ".rdk",
        "pygments_lexer": "ipython3",
        "codemirror_mode": {"name": "ipython", "version": 3},
        "nbconvert_exporter": "python",
    })
}
