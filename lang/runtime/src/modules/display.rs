//! `IPython.display`: shows values in the middle of a cell.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_summary::Summary;

use crate::class::{Class, ClassRef, Module, entries};
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{Keywords, Rest, bail, builtins, show};

/// The modules `IPython` and `IPython.display`.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("IPython", "What a notebook's cells use of their surroundings.", || entries(builtins())),
        Module::new("IPython.display", "Shows values in the middle of a cell.", || entries(builtins())),
    ]
}

builtins! {
    /// Shows values as if they stood alone at the end of the cell.
    ///
    /// ```rdk
    /// from IPython.display import display
    /// display([1, "a"], 2.5)
    /// #> [1, 'a']
    /// #> 2.5
    /// ```
    fn display[context](
        /// The values.
        objs: Rest,
        /// `display_id`, `include` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<()> {
        let _ = kwargs;
        for value in &objs.0 {
            context.shared.output.display(&show::display::summary(value));
        }
        Ok(())
    }

    /// Forgets what the cell has shown; at a terminal it stays.
    fn clear_output(
        /// Whether to wait for the next output; accepted, not used.
        wait: bool = false,
    ) -> () { let _ = wait; }

    /// Text for a page; elsewhere shown without its tags.
    ///
    /// ```rdk
    /// from IPython.display import HTML
    /// HTML("<b>3</b> &lt; 4")
    /// #> 3 < 4
    /// ```
    fn HTML(
        /// The text with its tags.
        data: String = "",
        /// Where it is on the net; shown instead of the text.
        url: Option<String>,
    ) -> Value { shown("HTML", url.unwrap_or_else(|| without_tags(&data))) }

    /// Text with Markdown's marks.
    fn Markdown(
        /// The text.
        data: String = "",
    ) -> Value { shown("Markdown", data) }

    /// A formula in LaTeX.
    fn Latex(
        /// The text.
        data: String = "",
    ) -> Value { shown("Latex", data) }

    /// A formula in LaTeX.
    fn Math(
        /// The text.
        data: String = "",
    ) -> Value { shown("Math", data) }

    /// A picture; at a terminal the place where it is.
    ///
    /// ```rdk
    /// from IPython.display import Image
    /// Image(filename="graph.png")
    /// #> graph.png
    /// ```
    fn Image(
        /// A path, an address, or the bytes.
        data: Option<Value>,
        /// Its address.
        url: Option<String>,
        /// Its path.
        filename: Option<String>,
        /// How wide, how high: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        Ok(shown("Image", match (filename.or(url), data) {
            (Some(place), _) => place,
            (None, Some(Value::Str(place))) => place.to_string(),
            (None, Some(Value::Bytes(bytes))) => format!("a picture of {} bytes", bytes.len()),
            _ => bail!("expected a path, an address or bytes"; hint: "`Image(filename=\"graph.png\")`"),
        }))
    }

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
        /// How wide; accepted, not used.
        width: i64 = 400,
        /// How high; accepted, not used.
        height: i64 = 300,
        /// Where to begin and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Value {
        let _ = (width, height, kwargs);
        shown("YouTubeVideo", format!("https://www.youtube.com/watch?v={id}"))
    }

    /// Another page within the page; at a terminal its address.
    fn IFrame(
        /// Its address.
        src: String,
        /// How wide; accepted, not used.
        width: Value = 400i64,
        /// How high; accepted, not used.
        height: Value = 300i64,
    ) -> Value {
        let _ = (width, height);
        shown("IFrame", src)
    }
}

/// Something for a page, with the text that stands for it elsewhere.
struct Shown {
    class: ClassRef,
    text: String,
}

fn shown(name: &'static str, text: String) -> Value {
    static CLASSES: LazyLock<Vec<ClassRef>> = LazyLock::new(|| {
        let names = ["HTML", "Markdown", "Latex", "Math", "Image", "YouTubeVideo", "IFrame"];
        let class =
            |name| Arc::new(Class::new(name, "IPython.core.display", "For a page.").base(types().object.clone()));
        names.into_iter().map(class).collect()
    });
    let class = CLASSES.iter().find(|class| class.name == name).unwrap_or(&types().object).clone();
    Value::object(Shown { class, text })
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
        Summary::Text(self.text.clone())
    }
}
