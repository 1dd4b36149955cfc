//! Other pages within the page: `IFrame`, `YouTubeVideo`, `VimeoVideo`, `FileLink`.

use super::media::{html, shown};
use crate::value::Value;
use crate::{Keywords, builtins};

builtins! {
    /// A video; at a terminal its address.
    ///
    /// ```rdk
    /// from IPython.display import YouTubeVideo
    /// YouTubeVideo("EEfI-11itn0")
    /// #> https://www.youtube.com/watch?v=EEfI-11itn0
    /// ```
    fn YouTubeVideo(
        /// What follows `v=` in its address.
        id: String,
        /// How wide.
        width: Value = 400i64,
        /// How high.
        height: Value = 300i64,
        /// Where to begin and the like: put behind the address.
        kwargs: Keywords,
    ) -> Value {
        let address = with_query(&format!("https://www.youtube.com/embed/{id}"), &kwargs);
        shown("YouTubeVideo", format!("https://www.youtube.com/watch?v={id}"), [html(frame(&address, &width, &height))])
    }

    /// A video; at a terminal its address.
    fn VimeoVideo(
        /// The number in its address.
        id: String,
        /// How wide.
        width: Value = 400i64,
        /// How high.
        height: Value = 300i64,
        /// Where to begin and the like: put behind the address.
        kwargs: Keywords,
    ) -> Value {
        let address = with_query(&format!("https://player.vimeo.com/video/{id}"), &kwargs);
        shown("VimeoVideo", format!("https://vimeo.com/{id}"), [html(frame(&address, &width, &height))])
    }

    /// Another page within the page; at a terminal its address.
    ///
    /// ```rdk
    /// from IPython.display import IFrame
    /// IFrame("https://docs.dask.org", width=700, height=400)
    /// #> https://docs.dask.org
    /// ```
    fn IFrame(
        /// Its address.
        src: String,
        /// How wide.
        width: Value = 400i64,
        /// How high.
        height: Value = 300i64,
        /// What follows `?` in the address.
        kwargs: Keywords,
    ) -> Value {
        let address = with_query(&src, &kwargs);
        let page = frame(&address, &width, &height);
        shown("IFrame", address, [html(page)])
    }

    /// A link to a file; at a terminal its path.
    fn FileLink(
        /// The path.
        path: String,
    ) -> Value {
        let link = format!("{}{}</a>", tag("a", &[("href", &path), ("target", "_blank")]), escaped(&path));
        shown("FileLink", path, [html(link)])
    }
}

fn frame(address: &str, width: &Value, height: &Value) -> String {
    let (width, height) = (width.text(), height.text());
    let open = tag(
        "iframe",
        &[("src", address), ("width", &width), ("height", &height), ("frameborder", "0"), ("allowfullscreen", "true")],
    );
    format!("{open}</iframe>")
}

/// An address with `?name=value&…` behind it.
fn with_query(address: &str, arguments: &Keywords) -> String {
    let mut address = address.to_string();
    for (name, value) in &arguments.0 {
        let mark = if address.contains('?') { '&' } else { '?' };
        let plain: String =
            value.text().chars().filter(|c| c.is_ascii_alphanumeric() || "-._~:,/".contains(*c)).collect();
        address.push_str(&format!("{mark}{name}={plain}"));
    }
    address
}

/// The opening tag with these attributes; empty ones are left out.
pub(super) fn tag(name: &str, attributes: &[(&str, &str)]) -> String {
    let given = attributes.iter().filter(|(_, value)| !value.is_empty());
    let list: String = given.map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
    format!("<{name}{list}>")
}

/// Text as it may stand between tags and in attributes.
fn escaped(text: &str) -> String {
    let signs = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];
    signs.iter().fold(text.to_string(), |text, (sign, code)| text.replace(sign, code))
}
