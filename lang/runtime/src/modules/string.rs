//! `string`: letters, digits and the like as constants.

use std::sync::Arc;

use crate::builtins;
use crate::class::{Module, entries};
use crate::value::Value;

/// The module `string`.
pub fn module() -> Arc<Module> {
    Module::new("string", "Letters, digits and the like as constants.", || {
        let lower = "abcdefghijklmnopqrstuvwxyz";
        let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let digits = "0123456789";
        let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
        let whitespace = " \t\n\r\x0b\x0c";
        let mut names = entries(builtins());
        names.extend([
            ("ascii_letters", Value::from(format!("{lower}{upper}"))),
            ("ascii_lowercase", Value::str(lower)),
            ("ascii_uppercase", Value::str(upper)),
            ("digits", Value::str(digits)),
            ("hexdigits", Value::str("0123456789abcdefABCDEF")),
            ("octdigits", Value::str("01234567")),
            ("punctuation", Value::str(punctuation)),
            ("whitespace", Value::str(whitespace)),
            ("printable", Value::from(format!("{digits}{lower}{upper}{punctuation}{whitespace}"))),
        ]);
        names
    })
}

builtins! {
    /// Every word with a capital, the words joined by one space.
    ///
    /// ```rdk
    /// import string
    /// string.capwords("lazy  ARRAYS"), string.digits
    /// #> ('Lazy Arrays', '0123456789')
    /// ```
    fn capwords(
        /// The text.
        s: Arc<str>,
        /// What parts the words; runs of spaces if not given.
        sep: Option<Arc<str>>,
    ) -> String {
        let capital = |word: &str| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase()).unwrap_or_default()
        };
        match sep.filter(|sep| !sep.is_empty()) {
            Some(sep) => s.split(&*sep).map(capital).collect::<Vec<_>>().join(&sep),
            None => s.split_whitespace().map(capital).collect::<Vec<_>>().join(" "),
        }
    }
}
