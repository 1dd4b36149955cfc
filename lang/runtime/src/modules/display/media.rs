//! Things made for a page out of text or bytes: `HTML`, `Markdown`, `Image`…, each with the text that stands for it at a terminal.

use std::any::Any;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rdk_summary::{Media, MediaData, Summary};

use crate::builtins::path::os_error;
use crate::class::{Class, ClassRef};
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{Args, Keywords, bail, builtins};

use super::pages::tag;

builtins! {
    /// Text for a page; elsewhere shown without its tags.
    ///
    /// ```rdk
    /// from IPython.display import HTML
    /// HTML("<b>3</b> &lt; 4")
    /// #> 3 < 4
    /// ```
    fn HTML(
        /// The text with its tags.
        data: Option<String>,
        /// Where it is on the net: shown as a page within the page.
        url: Option<String>,
        /// A file that holds it.
        filename: Option<String>,
    ) -> Result<Value> {
        if let Some(url) = url {
            let frame = format!("{}</iframe>", tag("iframe", &[("src", &url), ("width", "100%"), ("height", "400")]));
            return Ok(shown("HTML", url, [html(frame)]));
        }
        let data = text("HTML", data, filename)?;
        Ok(shown("HTML", without_tags(&data), [html(data)]))
    }

    /// Text with Markdown's marks.
    ///
    /// ```rdk
    /// from IPython.display import Markdown
    /// Markdown("**bold**")
    /// #> **bold**
    /// ```
    fn Markdown(
        /// The text.
        data: Option<String>,
        /// A file that holds it.
        filename: Option<String>,
    ) -> Result<Value> {
        let data = text("Markdown", data, filename)?;
        Ok(shown("Markdown", data.clone(), [("text/markdown", MediaData::Text(data))]))
    }

    /// Text with LaTeX's marks.
    fn Latex(
        /// The text, with `$` around its formulas.
        data: Option<String>,
        /// A file that holds it.
        filename: Option<String>,
    ) -> Result<Value> {
        let data = text("Latex", data, filename)?;
        Ok(shown("Latex", data.clone(), [("text/latex", MediaData::Text(data))]))
    }

    /// A formula in LaTeX.
    ///
    /// ```rdk
    /// from IPython.display import Math
    /// Math(r"\frac{1}{2}")
    /// #> \frac{1}{2}
    /// ```
    fn Math(
        /// The formula, without `$` around it.
        data: Option<String>,
        /// A file that holds it.
        filename: Option<String>,
    ) -> Result<Value> {
        let data = text("Math", data, filename)?;
        let formula = format!("$\\displaystyle {}$", data.trim().trim_matches('$'));
        Ok(shown("Math", data, [("text/latex", MediaData::Text(formula))]))
    }

    /// A script. It is shown, not run: rdk's pages stand still.
    fn Javascript(
        /// The script.
        data: Option<String>,
        /// A file that holds it.
        filename: Option<String>,
        /// `lib`, `css` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        Ok(shown("Javascript", text("Javascript", data, filename)?, []))
    }

    /// A value as a tree that can be opened and closed.
    ///
    /// ```rdk
    /// from IPython.display import JSON
    /// JSON({"a": [1, 2]})
    /// #> {"a": [1, 2]}
    /// ```
    fn JSON[context](
        /// Dicts, lists, texts and numbers.
        data: Value,
        /// `expanded`, `root` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        let dumps = context.shared.library.import("json")?.get("dumps").unwrap_or_default();
        let text = context.call(&dumps, Args::one(data))?.text();
        Ok(shown("JSON", text.clone(), [("application/json", MediaData::Text(text))]))
    }

    /// A drawing in SVG.
    fn SVG(
        /// The drawing: a text that begins with `<svg`, or a path.
        data: Option<String>,
        /// A file that holds it.
        filename: Option<String>,
    ) -> Result<Value> {
        let (data, filename) = match data {
            Some(path) if !path.contains('<') => (None, Some(path)),
            other => (other, filename),
        };
        let name = filename.clone().unwrap_or_else(|| "a drawing".to_string());
        let data = text("SVG", data, filename)?;
        match data.find("<svg") {
            Some(at) => Ok(shown("SVG", name, [("image/svg+xml", MediaData::Text(data[at..].to_string()))])),
            None => bail!("a drawing in SVG begins with `<svg`"; hint: "`Image(…)` shows PNG and JPEG"),
        }
    }

    /// A picture; at a terminal the place where it is.
    ///
    /// ```rdk
    /// from IPython.display import Image
    /// Image(url="https://example.org/graph.png")
    /// #> https://example.org/graph.png
    /// ```
    fn Image(
        /// A path, an address, or the bytes.
        data: Option<Value>,
        /// Its address.
        url: Option<String>,
        /// Its path.
        filename: Option<String>,
        /// How wide.
        width: Option<Value>,
        /// How high.
        height: Option<Value>,
        /// `format`, `embed`, `alt` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        let is_address = |text: &str| ["http:", "https:", "data:"].iter().any(|start| text.starts_with(start));
        let (url, filename, bytes) = match data {
            Some(Value::Str(place)) if is_address(&place) => (Some(place.to_string()), None, None),
            Some(Value::Str(place)) => (None, Some(place.to_string()), None),
            Some(Value::Bytes(bytes)) => (None, None, Some(bytes.to_vec())),
            Some(other) => match crate::modules::path_of(&other) {
                Some(path) => (None, Some(path.to_string_lossy().into_owned()), None),
                None => bail!("expected a path, an address or bytes"; hint: "`Image(filename=\"graph.png\")`"),
            },
            None => (url, filename, None),
        };
        if let Some(url) = url {
            let size = |value: Option<Value>| value.map(|value| value.text()).unwrap_or_default();
            let (width, height) = (size(width), size(height));
            let picture = tag("img", &[("src", &url), ("width", &width), ("height", &height)]);
            return Ok(shown("Image", url, [html(picture)]));
        }
        let (name, bytes) = match (filename, bytes) {
            (Some(path), _) => (path.clone(), std::fs::read(&path).map_err(|error| os_error(&error, Path::new(&path)))?),
            (None, Some(bytes)) => (format!("a picture of {} bytes", bytes.len()), bytes),
            (None, None) => bail!("expected a path, an address or bytes"; hint: "`Image(filename=\"graph.png\")`"),
        };
        match kind_of(&bytes) {
            Some(kind @ "image/svg+xml") => {
                Ok(shown("Image", name, [(kind, MediaData::Text(String::from_utf8_lossy(&bytes).into_owned()))]))
            }
            Some(kind) => Ok(shown("Image", name, [(kind, MediaData::Bytes(bytes))])),
            None => bail!("`{name}` is no picture that a page can show"; hint: "PNG, JPEG, GIF, WebP and SVG are"),
        }
    }
}

/// Something for a page, with the text that stands for it elsewhere.
struct Shown {
    class: ClassRef,
    media: Media,
}

/// As a value of the class of this name.
pub(super) fn shown(
    name: &'static str,
    text: String,
    forms: impl IntoIterator<Item = (&'static str, MediaData)>,
) -> Value {
    static CLASSES: LazyLock<Vec<ClassRef>> = LazyLock::new(|| {
        let names = [
            "HTML",
            "Markdown",
            "Latex",
            "Math",
            "Javascript",
            "JSON",
            "SVG",
            "Image",
            "YouTubeVideo",
            "VimeoVideo",
            "IFrame",
            "FileLink",
        ];
        let class =
            |name| Arc::new(Class::new(name, "IPython.core.display", "For a page.").base(types().object.clone()));
        names.into_iter().map(class).collect()
    });
    let class = CLASSES.iter().find(|class| class.name == name).unwrap_or(&types().object).clone();
    let forms = forms.into_iter().map(|(kind, data)| (kind.to_string(), data)).collect();
    Value::object(Shown { class, media: Media { text, forms } })
}

/// As text with tags.
pub(super) fn html(text: String) -> (&'static str, MediaData) {
    ("text/html", MediaData::Text(text))
}

/// The text that was given, or that of the file.
fn text(name: &str, data: Option<String>, filename: Option<String>) -> Result<String> {
    match (data, filename) {
        (Some(text), _) => Ok(text),
        (None, Some(path)) => std::fs::read_to_string(&path).map_err(|error| os_error(&error, Path::new(&path))),
        (None, None) => bail!(TypeError: "{name}() needs a text, or the name of a file"),
    }
}

/// The media type of a picture, by its first bytes.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 4] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"RIFF", "image/webp"),
    ];
    let drawing = || {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]).into_owned();
        head.contains("<svg").then_some("image/svg+xml")
    };
    starts.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| *kind).or_else(drawing)
}

/// Text without tags and with the signs that `&…;` stands for.
fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        match rest[at..].find('>') {
            Some(end) => rest = &rest[at + end + 1..],
            None => {
                out.push_str(&rest[at..]);
                rest = "";
            }
        }
    }
    out.push_str(rest);
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")];
    signs.iter().fold(out, |text, (code, sign)| text.replace(code, sign)).trim().to_string()
}

impl Object for Shown {
    fn class(&self) -> ClassRef {
        self.class.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<IPython.core.display.{} object>", self.class.name)
    }

    fn summary(&self) -> Summary {
        Summary::Media(self.media.clone())
    }
}
