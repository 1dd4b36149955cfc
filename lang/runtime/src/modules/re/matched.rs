//! What a pattern has found: `re.Match`.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use super::face::PatternValue;
use super::pattern::{Pattern, Spans};
use super::substitute::Template;
use crate::builtin::nearest;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{Rest, bail, builtins, error};

/// A match.
pub struct Found {
    /// What has matched.
    pub pattern: Arc<Pattern>,
    /// Where.
    pub text: Name,
    /// The whole match and the groups.
    pub spans: Spans,
}

/// A shared match.
#[derive(Clone)]
pub struct Match(pub Arc<Found>);

/// `re.Match`
pub static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Match", "re", "What a pattern has found.").base(types().object.clone());
    Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

mod methods {
    use super::*;

    builtins! {
        /// The text of a group; of several as a tuple; of the whole match without an argument.
        ///
        /// ```rdk
        /// import re
        /// m = re.match(r"(\w+)-(\d+)", "chunk-12")
        /// m.group(), m.group(2), m.group(1, 2)
        /// #> ('chunk-12', '12', ('chunk', '12'))
        /// ```
        fn group(
            this: Match,
            /// Numbers or names of groups.
            groups: Rest,
        ) -> Result<Value> {
            match groups.0.as_slice() {
                [] => Ok(this.0.part(0)),
                [one] => Ok(this.0.part(this.0.group(one)?)),
                several => several.iter().map(|group| Ok(this.0.part(this.0.group(group)?))).collect::<Result<Vec<_>>>().map(Value::tuple),
            }
        }

        /// The texts of all groups.
        ///
        /// ```rdk
        /// import re
        /// re.match(r"(a)(b)?", "a").groups()
        /// #> ('a', None)
        /// ```
        fn groups(
            this: Match,
            /// What stands for a group that has not matched.
            default: Option<Value>,
        ) -> Value {
            Value::tuple((1..this.0.spans.len()).map(|group| this.0.part_or(group, &default)))
        }

        /// The texts of the groups with names.
        ///
        /// ```rdk
        /// import re
        /// re.match(r"(?P<x>\d+),(?P<y>\d+)", "3,4").groupdict()
        /// #> {'x': '3', 'y': '4'}
        /// ```
        fn groupdict(
            this: Match,
            /// What stands for a group that has not matched.
            default: Option<Value>,
        ) -> Value { Value::dict(this.0.pattern.names.iter().map(|(name, group)| (name, this.0.part_or(*group, &default)))) }

        /// Where it begins, or a group does; -1 if the group has not matched.
        fn start(
            this: Match,
            /// Number or name of a group.
            group: Value = 0i64,
        ) -> Result<i64> { this.0.span(&group).map(|(start, _)| start) }

        /// Where it ends, or a group does; -1 if the group has not matched.
        fn end(
            this: Match,
            /// Number or name of a group.
            group: Value = 0i64,
        ) -> Result<i64> { this.0.span(&group).map(|(_, end)| end) }

        /// Where it begins and ends, or a group does.
        ///
        /// ```rdk
        /// import re
        /// re.search("b+", "abbc").span()
        /// #> (1, 3)
        /// ```
        fn span(
            this: Match,
            /// Number or name of a group.
            group: Value = 0i64,
        ) -> Result<(i64, i64)> { this.0.span(&group) }

        /// A text in which `\1` and `\g<name>` stand for groups.
        fn expand(
            this: Match,
            /// The text.
            template: Arc<str>,
        ) -> Result<String> { Ok(Template::read(&template, &this.0.pattern)?.fill(&this.0.text, &this.0.spans)) }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The text that was looked through.
        fn string(this: Match) -> Name { this.0.text.clone() }

        /// The pattern.
        fn re(this: Match) -> Value { Value::object(PatternValue(this.0.pattern.clone())) }

        /// Where the search began.
        fn pos(this: Match) -> i64 {
            let _ = this;
            0
        }

        /// Where the text ends.
        fn endpos(this: Match) -> usize { this.0.text.chars().count() }

        /// The number of the last group that has matched.
        fn lastindex(this: Match) -> Option<usize> { this.0.last() }

        /// Its name.
        fn lastgroup(this: Match) -> Option<Name> {
            let last = this.0.last()?;
            this.0.pattern.names.iter().find(|(_, group)| *group == last).map(|(name, _)| name.clone())
        }
    }
}

/// How many characters stand before a byte.
pub fn character(text: &str, byte: usize) -> i64 {
    if text.is_ascii() { byte as i64 } else { text[..byte].chars().count() as i64 }
}

impl Found {
    /// The number of a group that is given by number or name.
    pub fn group(&self, group: &Value) -> Result<usize> {
        match group {
            Value::Str(name) => match self.pattern.names.iter().find(|(known, _)| known == name) {
                Some((_, group)) => Ok(*group),
                None => {
                    let error = error!(IndexError: "no such group");
                    Err(match nearest(name, self.pattern.names.iter().map(|(name, _)| &**name)) {
                        Some(near) => error.hint(format!("did you mean `{near}`?")),
                        None => error.hint(format!("a group with a name is written `(?P<{name}>…)`")),
                    })
                }
            },
            other => match i64::from_value(other) {
                Some(number) => match usize::try_from(number).ok().filter(|group| *group < self.spans.len()) {
                    Some(group) => Ok(group),
                    None => {
                        bail!(IndexError: "no such group"; hint: "groups are 0 (all of it) to {}", self.spans.len() - 1)
                    }
                },
                None => bail!(IndexError: "expected the number or name of a group, got {}", describe(other)),
            },
        }
    }

    /// The text of a group.
    pub fn part(&self, group: usize) -> Value {
        self.part_or(group, &None)
    }

    fn part_or(&self, group: usize, default: &Option<Value>) -> Value {
        match self.spans[group] {
            Some((start, end)) => Value::str(&self.text[start..end]),
            None => default.clone().unwrap_or_default(),
        }
    }

    fn span(&self, group: &Value) -> Result<(i64, i64)> {
        Ok(match self.spans[self.group(group)?] {
            Some((start, end)) => (character(&self.text, start), character(&self.text, end)),
            None => (-1, -1),
        })
    }

    /// The group that was closed last.
    fn last(&self) -> Option<usize> {
        let matched = (1..self.spans.len()).filter_map(|group| Some((self.spans[group]?.1, std::cmp::Reverse(group))));
        matched.max().map(|(_, group)| group.0)
    }
}

impl FromValue for Match {
    fn expected() -> &'static str {
        "a match"
    }

    fn from_value(value: &Value) -> Option<Match> {
        value.get::<Match>().cloned()
    }
}

impl Object for Match {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (start, end) = self.0.span(&Value::Int(0)).unwrap_or_default();
        let text: String = self.0.part(0).text().chars().take(50).collect();
        format!("<re.Match object; span=({start}, {end}), match={}>", Value::from(text).repr())
    }

    fn item(&self, _context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.0.group(index).map(|group| self.0.part(group)))
    }
}
