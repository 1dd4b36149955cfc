//! `urllib.parse`: addresses of the web as text.

use super::named_tuple::NamedTuple;
use crate::class;
use crate::context::Context;
use crate::error::Result;
use crate::methods::dict::pairs;
use crate::value::Value;
use crate::{bail, builtins};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    class::entries(builtins())
}

builtins! {
    /// The text as it may stand in an address.
    ///
    /// ```rdk
    /// from urllib.parse import quote
    /// quote("a b/ü")
    /// #> 'a%20b/%C3%BC'
    /// ```
    fn quote(
        /// The text.
        string: String,
        /// Characters that stay as they are.
        safe: String = "/",
    ) -> String { quote(&string, &safe, false) }

    /// As `quote`, with `+` for spaces.
    fn quote_plus(
        /// The text.
        string: String,
        /// Characters that stay as they are.
        safe: String = "",
    ) -> String { quote(&string, &safe, true) }

    /// The text that `quote` was given.
    ///
    /// ```rdk
    /// from urllib.parse import unquote
    /// unquote("a%20b")
    /// #> 'a b'
    /// ```
    fn unquote(
        /// The text.
        string: String,
    ) -> String { unquote(&string) }

    /// The text that `quote_plus` was given.
    fn unquote_plus(
        /// The text.
        string: String,
    ) -> String { unquote(&string.replace('+', " ")) }

    /// The parameters of an address, from a dict or pairs.
    ///
    /// ```rdk
    /// from urllib.parse import urlencode
    /// urlencode({"q": "a b", "n": 3})
    /// #> 'q=a+b&n=3'
    /// ```
    fn urlencode[context](
        /// Names with values.
        query: Value,
    ) -> Result<String> { encode(context, &query) }

    /// An address, seen from another one.
    ///
    /// ```rdk
    /// from urllib.parse import urljoin
    /// urljoin("http://a.org/b/c.html", "d.html")
    /// #> 'http://a.org/b/d.html'
    /// ```
    fn urljoin(
        /// The other one.
        base: String,
        /// The address.
        url: String,
    ) -> String { join(&base, &url) }

    /// An address taken apart.
    ///
    /// ```rdk
    /// from urllib.parse import urlparse
    /// parts = urlparse("https://a.org/b?x=1#top")
    /// parts.netloc, parts.path, parts.query
    /// #> ('a.org', '/b', 'x=1')
    /// ```
    fn urlparse(
        /// The address.
        url: String,
    ) -> Value {
        let [scheme, place, path, query, fragment] = split(&url);
        let parts = [scheme, place, path, String::new(), query, fragment].map(Value::from);
        NamedTuple::new("ParseResult", &["scheme", "netloc", "path", "params", "query", "fragment"], parts.to_vec())
    }
}

fn quote(text: &str, safe: &str, plus: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "_.-~".contains(c) || (byte < 0x80 && safe.contains(c)) {
            out.push(c);
        } else if plus && byte == b' ' {
            out.push('+');
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn unquote(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|code| u8::from_str_radix(code, 16).ok())
        {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn encode(context: &Context, query: &Value) -> Result<String> {
    if matches!(query, Value::Str(_)) {
        bail!(TypeError: "not a valid non-string sequence or mapping object"; hint: "`urlencode({{\"name\": value}})`");
    }
    let mut parts = Vec::new();
    for (key, value) in pairs(context, query)? {
        parts.push(format!("{}={}", quote(&key.value().text(), "", true), quote(&value.text(), "", true)));
    }
    Ok(parts.join("&"))
}

/// Scheme, place, path, query, fragment.
fn split(url: &str) -> [String; 5] {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let named = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let (scheme, rest) = match rest.split_once(':') {
        Some((scheme, rest)) if named(scheme) => (scheme.to_lowercase(), rest),
        _ => (String::new(), rest),
    };
    let (place, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    [scheme, place.into(), path.into(), query.into(), fragment.into()]
}

fn join(base: &str, url: &str) -> String {
    if base.is_empty() || url.is_empty() {
        return if url.is_empty() { base.into() } else { url.into() };
    }
    let [scheme, place, path, query, fragment] = split(url);
    let [base_scheme, base_place, base_path, base_query, _] = split(base);
    if !scheme.is_empty() && scheme != base_scheme {
        return url.into();
    }
    let (place, path, query) = if !place.is_empty() {
        (place, path, query)
    } else if path.is_empty() {
        let query = if query.is_empty() { base_query } else { query };
        (base_place, base_path, query)
    } else {
        let whole = if path.starts_with('/') {
            path
        } else {
            format!("{}/{path}", base_path.rsplit_once('/').map_or("", |(folder, _)| folder))
        };
        let mut parts: Vec<&str> = Vec::new();
        let names: Vec<&str> = whole.split('/').collect();
        for (at, name) in names.iter().enumerate() {
            let last = at + 1 == names.len();
            match *name {
                "." if last => parts.push(""),
                "." => {}
                ".." => {
                    if parts.len() > 1 {
                        parts.pop();
                    }
                    if last {
                        parts.push("");
                    }
                }
                name => parts.push(name),
            }
        }
        (base_place, parts.join("/"), query)
    };
    let mut out = String::new();
    if !base_scheme.is_empty() {
        out.push_str(&format!("{base_scheme}:"));
    }
    if !place.is_empty() {
        out.push_str(&format!("//{place}"));
    }
    out.push_str(&path);
    if !query.is_empty() {
        out.push_str(&format!("?{query}"));
    }
    if !fragment.is_empty() {
        out.push_str(&format!("#{fragment}"));
    }
    out
}
