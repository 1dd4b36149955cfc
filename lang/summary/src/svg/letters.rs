//! How wide text will be: nobody here can ask a font.

/// Widths of the letters from ` ` to `~` in thousandths of the font's size, for the usual sans-serif faces; on the broad side.
const WIDTHS: [u16; 95] = [
    280, 300, 360, 600, 560, 890, 680, 200, 340, 340, 400, 590, 280, 340, 280, 290, 560, 560, 560, 560, 560, 560, 560,
    560, 560, 560, 290, 290, 590, 590, 590, 560, 1020, 680, 680, 720, 730, 670, 620, 780, 750, 290, 510, 680, 560, 840,
    750, 780, 670, 780, 730, 670, 620, 740, 680, 950, 680, 680, 620, 290, 290, 290, 480, 560, 340, 570, 570, 510, 570,
    570, 290, 570, 570, 230, 240, 520, 230, 840, 570, 570, 570, 570, 350, 510, 290, 570, 510, 730, 510, 510, 500, 340,
    270, 340, 590,
];

/// The width of a text, in the unit of the font's size.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let thousandths: f64 = text
        .chars()
        .map(|letter| match letter {
            ' '..='~' => f64::from(WIDTHS[letter as usize - ' ' as usize]),
            // Between a letter and a whole square, as wide as a terminal would have it.
            _ => 620.0 * unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0) as f64,
        })
        .sum();
    thousandths * size / 1000.0
}

/// The text, cut to at most so many letters, with `…` where something is missing.
pub(super) fn at_most(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_string();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}
