//! Colours: by name, by digits, by numbers, and the order in which lines take them.

use std::fmt::Write;

/// A colour; each part is in 0..=1.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub struct Color {
    pub red: f32,
    pub green: f32,
    pub blue: f32,
    pub alpha: f32,
}

/// The colours of lines, one after the other: `C0` to `C9`.
pub const CYCLE: [Color; 10] = [
    Color::rgb(0x1f77b4),
    Color::rgb(0xff7f0e),
    Color::rgb(0x2ca02c),
    Color::rgb(0xd62728),
    Color::rgb(0x9467bd),
    Color::rgb(0x8c564b),
    Color::rgb(0xe377c2),
    Color::rgb(0x7f7f7f),
    Color::rgb(0xbcbd22),
    Color::rgb(0x17becf),
];

/// CSS names and those of Tableau's colours, each with its digits.
const NAMES: &str = include_str!("../data/colors.txt");

impl Color {
    /// Black.
    pub const BLACK: Color = Color::rgb(0);
    /// White.
    pub const WHITE: Color = Color::rgb(0xffffff);
    /// Nothing at all.
    pub const NONE: Color = Color { red: 0.0, green: 0.0, blue: 0.0, alpha: 0.0 };

    /// From six hexadecimal digits.
    pub const fn rgb(digits: u32) -> Color {
        const fn part(bits: u32) -> f32 {
            (bits & 0xff) as f32 / 255.0
        }
        Color { red: part(digits >> 16), green: part(digits >> 8), blue: part(digits), alpha: 1.0 }
    }

    /// From bytes.
    pub const fn bytes([red, green, blue]: [u8; 3]) -> Color {
        Color::rgb((red as u32) << 16 | (green as u32) << 8 | blue as u32)
    }

    /// A grey, 0 black to 1 white.
    pub const fn grey(level: f32) -> Color {
        Color { red: level, green: level, blue: level, alpha: 1.0 }
    }

    /// What a text says: `red`, `r`, `tab:blue`, `C3`, `#f00`, `#ff0000`, `#ff000080`, `0.5`, `none`.
    pub fn from_name(text: &str) -> Option<Color> {
        if let Some(digits) = text.strip_prefix('#') {
            return from_digits(digits);
        }
        if let Some(color) = letter(text) {
            return Some(color);
        }
        if let Some(number) = text.strip_prefix('C').and_then(|number| number.parse::<usize>().ok()) {
            return Some(CYCLE[number % CYCLE.len()]);
        }
        if text.eq_ignore_ascii_case("none") {
            return Some(Color::NONE);
        }
        if let Ok(level) = text.parse::<f32>() {
            return (0.0..=1.0).contains(&level).then(|| Color::grey(level));
        }
        let lower = text.to_ascii_lowercase();
        let (_, digits) = names().find(|(name, _)| *name == lower)?;
        from_digits(digits)
    }

    /// The same, as much of it seen as this.
    pub fn with_alpha(self, alpha: Option<f64>) -> Color {
        match alpha {
            Some(alpha) if self.alpha > 0.0 => Color { alpha: alpha as f32, ..self },
            _ => self,
        }
    }

    /// Is there nothing to be seen of it?
    pub fn is_none(self) -> bool {
        self.alpha <= 0.0
    }

    /// Red, green, blue and alpha as bytes.
    pub fn to_bytes(self) -> [u8; 4] {
        [self.red, self.green, self.blue, self.alpha].map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8)
    }

    /// `#1f77b4`, without its alpha.
    pub fn digits(self) -> String {
        let [red, green, blue, _] = self.to_bytes();
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// `#1f77b4`, or with eight digits where something shows through.
    pub fn full_digits(self) -> String {
        let mut text = self.digits();
        if self.alpha < 1.0 {
            // Writing to a string cannot fail.
            let _ = write!(text, "{:02x}", self.to_bytes()[3]);
        }
        text
    }
}

/// All names of colours with their digits.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.lines().filter_map(|line| line.split_once(' '))
}

/// `r`, `g`, …: not quite the colours of those names.
fn letter(text: &str) -> Option<Color> {
    Some(match text {
        "b" => Color::rgb(0x0000ff),
        "g" => Color::rgb(0x008000),
        "r" => Color::rgb(0xff0000),
        "c" => Color::rgb(0x00bfbf),
        "m" => Color::rgb(0xbf00bf),
        "y" => Color::rgb(0xbfbf00),
        "k" => Color::BLACK,
        "w" => Color::WHITE,
        _ => return None,
    })
}

fn from_digits(digits: &str) -> Option<Color> {
    let all: Vec<u32> = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let wide: Vec<u32> = match all.len() {
        3 | 4 => all.iter().map(|digit| digit * 17).collect(),
        6 | 8 => all.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect(),
        _ => return None,
    };
    let part = |at: usize| wide.get(at).map_or(1.0, |part| *part as f32 / 255.0);
    Some(Color { red: part(0), green: part(1), blue: part(2), alpha: part(3) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_names_letters_digits_and_numbers() {
        let check = |name: &str, digits: &str| {
            assert_eq!(Color::from_name(name).map(Color::full_digits).as_deref(), Some(digits), "{name}");
        };
        check("red", "#ff0000");
        check("g", "#008000");
        check("tab:orange", "#ff7f0e");
        check("C11", "#ff7f0e");
        check("#f0a", "#ff00aa");
        check("#11223344", "#11223344");
        check("0.5", "#808080");
        check("RebeccaPurple", "#663399");
        check("none", "#00000000");
        assert_eq!(Color::from_name("rde"), None);
        assert_eq!(Color::from_name("#12"), None);
        assert_eq!(Color::from_name("1.5"), None);
    }
}
