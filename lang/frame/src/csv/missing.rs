//! The words that mean "missing".

use super::options::{NaValues, Options};

/// pandas' own.
const USUAL: [&str; 19] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// The words of one column, found by their first byte.
pub struct Missing {
    /// Is nothing at all a missing field?
    pub empty: bool,
    /// Words for "missing" by first byte; most lists are empty.
    words: Vec<Vec<Box<[u8]>>>,
    /// The longest word that begins so; 0 if there is none.
    longest: [u8; 256],
    /// Numbers that mean "missing", however they are written.
    numbers: Vec<f64>,
}

impl Missing {
    /// Those of this column.
    pub fn of(options: &Options, name: &str, position: usize) -> Missing {
        let mut missing =
            Missing { empty: false, words: vec![Vec::new(); 256], longest: [0; 256], numbers: Vec::new() };
        if !options.na_filter {
            return missing;
        }
        if options.keep_default_na {
            USUAL.iter().for_each(|word| missing.add(word));
        }
        let own: &[String] = match &options.na_values {
            NaValues::All(words) => words,
            NaValues::Each(columns) => {
                columns.iter().find(|(pick, _)| pick.is(name, position)).map_or(&[], |(_, words)| words)
            }
        };
        for word in own {
            missing.add(word);
            missing.numbers.extend(word.trim().parse::<f64>().ok().filter(|number| number.is_finite()));
        }
        missing
    }

    fn add(&mut self, word: &str) {
        let bytes = word.as_bytes();
        match bytes.first() {
            None => self.empty = true,
            Some(&first) => {
                self.words[first as usize].push(bytes.into());
                let length = bytes.len().min(255) as u8;
                self.longest[first as usize] = self.longest[first as usize].max(length);
            }
        }
    }

    /// Is it one of them?
    #[inline(always)]
    pub fn is(&self, text: &[u8]) -> bool {
        match text.first() {
            None => self.empty,
            Some(&first) => {
                let longest = self.longest[first as usize];
                longest != 0
                    && (text.len() <= longest as usize || longest == 255)
                    && self.words[first as usize].iter().any(|word| **word == *text)
            }
        }
    }

    /// Does this number mean "missing"?
    #[inline(always)]
    pub fn is_number(&self, number: f64) -> bool {
        !self.numbers.is_empty() && self.numbers.contains(&number)
    }

    /// Do some numbers mean "missing"?
    pub fn has_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }
}
