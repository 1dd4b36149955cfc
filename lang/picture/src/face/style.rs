//! How things are drawn: format strings such as `r--`, and keywords such as `linewidth`.

use rdk_runtime::builtin::nearest;
use rdk_runtime::convert::describe;
use rdk_runtime::{FromValue, Keywords, Result, Value, bail, error};

use super::values::{self, ColorArg};
use crate::color::Color;
use crate::draw::SIGNS;
use crate::figure::{Marker, Settings};

/// How a line or an area is drawn, as far as it has been said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Style {
    /// Its colour.
    pub color: Option<Color>,
    /// How thick.
    pub width: Option<f64>,
    /// Is there a line, and with which dashes and gaps?
    pub line: Option<(bool, Vec<f64>)>,
    /// The sign on its points; `None` within: none.
    pub sign: Option<Option<char>>,
    /// How large the sign is.
    pub sign_size: Option<f64>,
    /// Within the sign, or within an area.
    pub face: Option<Color>,
    /// Around the sign, or around an area.
    pub edge: Option<Color>,
    /// How thick around the sign.
    pub edge_width: Option<f64>,
    /// As much of it seen as this.
    pub alpha: Option<f64>,
    /// What the list says about it.
    pub label: Option<String>,
    /// Those with more lie above those with less.
    pub height: Option<f64>,
    /// `steps-mid` and the like.
    pub steps: Option<String>,
    /// Is an area to be left empty?
    pub empty: bool,
}

/// Keywords that change nothing here, but are no mistake.
const IGNORED: &[&str] = &[
    "antialiased",
    "aa",
    "solid_capstyle",
    "solid_joinstyle",
    "dash_capstyle",
    "dash_joinstyle",
    "rasterized",
    "picker",
    "clip_on",
    "visible",
    "hatch",
    "gid",
    "url",
    "snap",
    "transform",
    "markevery",
    "data",
    "scalex",
    "scaley",
    "capstyle",
    "joinstyle",
    "ecolor",
    "plotnonfinite",
    "norm",
];

const KNOWN: &[&str] = &[
    "color",
    "c",
    "linewidth",
    "lw",
    "linestyle",
    "ls",
    "marker",
    "markersize",
    "ms",
    "markerfacecolor",
    "mfc",
    "markeredgecolor",
    "mec",
    "markeredgewidth",
    "mew",
    "alpha",
    "label",
    "zorder",
    "drawstyle",
    "ds",
    "facecolor",
    "fc",
    "edgecolor",
    "ec",
    "linewidths",
    "edgecolors",
    "facecolors",
    "fill",
];

impl Style {
    /// From keywords; those that nothing knows are a mistake of whoever calls `owner`.
    pub fn from_keywords(keywords: Keywords, owner: &str) -> Result<Style> {
        let mut style = Style::default();
        for (name, value) in keywords.0 {
            style.set(&name, &value, owner)?;
        }
        Ok(style)
    }

    /// Takes one keyword.
    pub fn set(&mut self, name: &str, value: &Value, owner: &str) -> Result<()> {
        if value.is_none() {
            return Ok(());
        }
        let color = || Ok::<_, rdk_runtime::Error>(ColorArg::try_from_value(value)?.0);
        let number = || match value.as_f64() {
            Some(number) => Ok(number),
            None => Err(error!(TypeError: "`{name}` is a number, got {}", describe(value))),
        };
        match name {
            "color" | "c" => self.color = Some(color()?),
            "linewidth" | "lw" | "linewidths" => self.width = Some(number()?),
            "linestyle" | "ls" | "linestyles" => self.line = Some(line_style(value)?),
            "marker" => self.sign = Some(sign(value)?),
            "markersize" | "ms" => self.sign_size = Some(number()?),
            "markerfacecolor" | "mfc" | "facecolor" | "fc" | "facecolors" => self.face = Some(color()?),
            "markeredgecolor" | "mec" | "edgecolor" | "ec" | "edgecolors" => {
                if value.as_str() != Some("face") {
                    self.edge = Some(color()?);
                }
            }
            "markeredgewidth" | "mew" => self.edge_width = Some(number()?),
            "alpha" => self.alpha = Some(number()?.clamp(0.0, 1.0)),
            "label" => self.label = Some(values::label(value)),
            "zorder" => self.height = Some(number()?),
            "drawstyle" | "ds" => self.steps = value.as_str().map(str::to_string),
            "fill" => self.empty = *value == Flag(false),
            known if IGNORED.contains(&known) => {}
            unknown => {
                let error = error!(AttributeError: "{owner}.set() got an unexpected keyword argument '{unknown}'");
                return Err(match nearest(unknown, KNOWN.iter().copied()) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error.hint("`color`, `linewidth`, `linestyle`, `marker`, `markersize`, `alpha`, `label` are the usual ones"),
                });
            }
        }
        Ok(())
    }

    /// The same, with what another one says where this one is silent.
    pub fn or(self, other: &Style) -> Style {
        let other = other.clone();
        Style {
            color: self.color.or(other.color),
            width: self.width.or(other.width),
            line: self.line.or(other.line),
            sign: self.sign.or(other.sign),
            sign_size: self.sign_size.or(other.sign_size),
            face: self.face.or(other.face),
            edge: self.edge.or(other.edge),
            edge_width: self.edge_width.or(other.edge_width),
            alpha: self.alpha.or(other.alpha),
            label: self.label.or(other.label),
            height: self.height.or(other.height),
            steps: self.steps.or(other.steps),
            empty: self.empty || other.empty,
        }
    }

    /// The mark of a line of this colour.
    pub fn marker(&self, color: Color, settings: &Settings) -> Option<Marker> {
        let sign = self.sign.flatten()?;
        let shade = |own: Option<Color>| own.unwrap_or(color).with_alpha(self.alpha);
        Some(Marker {
            sign,
            size: self.sign_size.unwrap_or(settings.marker_size),
            face: shade(self.face),
            edge: shade(self.edge),
            edge_width: self.edge_width.unwrap_or(if sign == ',' { 0.0 } else { 1.0 }),
        })
    }
}

/// A truth to be compared with a value.
struct Flag(bool);

impl PartialEq<Flag> for Value {
    fn eq(&self, flag: &Flag) -> bool {
        matches!(self, Value::Bool(value) if *value == flag.0)
    }
}

/// Dashes and gaps, in widths of the line.
fn dashes(style: &str) -> Option<(bool, Vec<f64>)> {
    Some(match style {
        "-" | "solid" => (true, Vec::new()),
        "--" | "dashed" => (true, vec![3.7, 1.6]),
        "-." | "dashdot" => (true, vec![6.4, 1.6, 1.0, 1.6]),
        ":" | "dotted" => (true, vec![1.0, 1.65]),
        "" | " " | "None" | "none" => (false, Vec::new()),
        _ => return None,
    })
}

/// `--`, `dashed`, `(0, (5, 1))`.
pub fn line_style(value: &Value) -> Result<(bool, Vec<f64>)> {
    if let Some(items) = value.items()
        && let [_, pattern] = items.as_slice()
    {
        if pattern.is_none() {
            return Ok((true, Vec::new()));
        }
        let lengths = values::numbers(pattern, "linestyle")?;
        if lengths.iter().all(|length| *length >= 0.0) && lengths.iter().sum::<f64>() > 0.0 {
            return Ok((true, lengths));
        }
    }
    match value.as_str().and_then(dashes) {
        Some(style) => Ok(style),
        None => {
            bail!("{} is not a valid value for ls", value.repr(); hint: "'-', '--', '-.', ':', 'solid', 'dashed', 'dashdot', 'dotted', 'None'")
        }
    }
}

/// `o`, `s`, `None`.
pub fn sign(value: &Value) -> Result<Option<char>> {
    let text = match value {
        Value::Str(text) => text.to_string(),
        Value::Int(_) => return Ok(Some('|')),
        _ => value.repr(),
    };
    if matches!(text.as_str(), "" | " " | "None" | "none") {
        return Ok(None);
    }
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(sign), None) if SIGNS.contains(sign) => Ok(Some(sign)),
        _ => {
            bail!("Unrecognized marker style {}", value.repr(); hint: "the signs are {}", SIGNS.chars().map(|sign| format!("'{sign}'")).collect::<Vec<_>>().join(" "))
        }
    }
}

/// `r--`, `ko`, `C1.`, `green`: colour, sign and line in any order.
pub fn format(text: &str) -> Result<Style> {
    let mut style = Style::default();
    // The whole may be a colour; single digits are signs, not greys.
    if text.parse::<f64>().is_err()
        && let Some(color) = Color::from_name(text)
    {
        style.color = Some(color);
        return Ok(style);
    }
    let wrong = |what: String| {
        error!("'{text}' is not a valid format string ({what})")
            .hint("colour, sign and line together: `\"r--\"`, `\"ko\"`, `\"C1.-\"`")
    };
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let line = ["--", "-.", ":", "-"].into_iter().find(|line| rest.starts_with(line));
        if let Some(line) = line {
            if style.line.is_some() {
                return Err(wrong("two linestyle symbols".into()));
            }
            style.line = dashes(line);
            rest = &rest[line.len()..];
        } else if letter == 'C' && rest[1..].starts_with(|digit: char| digit.is_ascii_digit()) {
            if style.color.is_some() {
                return Err(wrong("two color symbols".into()));
            }
            style.color = Color::from_name(&rest[..2]);
            rest = &rest[2..];
        } else if SIGNS.contains(letter) {
            if style.sign.is_some() {
                return Err(wrong("two marker symbols".into()));
            }
            style.sign = Some(Some(letter));
            rest = &rest[1..];
        } else if let Some(color) = Color::from_name(letter.encode_utf8(&mut [0; 4])) {
            if style.color.is_some() {
                return Err(wrong("two color symbols".into()));
            }
            style.color = Some(color);
            rest = &rest[1..];
        } else {
            return Err(wrong(format!("unrecognized character {letter:?}").replace('"', "'")));
        }
    }
    // A sign alone is without a line.
    if style.line.is_none() && style.sign.is_some() {
        style.line = Some((false, Vec::new()));
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_strings_hold_colour_sign_and_line() {
        let check = |text: &str, color: Option<&str>, sign: Option<char>, drawn: Option<bool>| {
            let style = format(text).unwrap();
            assert_eq!(style.color.map(Color::digits).as_deref(), color, "{text}");
            assert_eq!(style.sign.flatten(), sign, "{text}");
            assert_eq!(style.line.map(|line| line.0), drawn, "{text}");
        };
        check("o", None, Some('o'), Some(false));
        check("r--", Some("#ff0000"), None, Some(true));
        check("k.", Some("#000000"), Some('.'), Some(false));
        check("C1.-", Some("#ff7f0e"), Some('.'), Some(true));
        check("-.", None, None, Some(true));
        check("green", Some("#008000"), None, None);
        check("1", None, Some('1'), Some(false));
        assert!(format("rzz").is_err());
        assert!(format("ro--r").is_err());
        assert!(format("é").is_err());
    }
}
