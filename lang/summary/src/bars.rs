//! How far work has come, as bars: drawn over and over while it goes on, and once as a line when it is done.

use std::fmt::Write;

use crate::svg::escaped;
use crate::{Media, MediaData};

/// How far work has come.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Bars {
    /// One an operation, in the order of their first use.
    pub bars: Vec<Bar>,
    /// What stands below: tasks, bytes, time.
    pub facts: Vec<String>,
}

/// How far an operation has come.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Bar {
    /// What it is called.
    pub name: String,
    /// Tasks that are done.
    pub done: u64,
    /// All tasks.
    pub total: u64,
}

/// More operations than these are drawn as one bar.
const SHOWN: usize = 12;
/// Blocks of a bar made of text.
const BLOCKS: usize = 24;

impl Bars {
    /// Bars for a page and for a terminal.
    pub fn media(&self) -> Media {
        Media { text: self.text(), forms: vec![("text/html".to_string(), MediaData::Text(self.html()))] }
    }

    /// The bars to draw: the last one stands for all that found no room.
    fn drawn(&self) -> Vec<Bar> {
        if self.bars.len() <= SHOWN {
            return self.bars.clone();
        }
        let (first, rest) = self.bars.split_at(SHOWN - 1);
        let (done, total) = rest.iter().fold((0, 0), |sum, bar| (sum.0 + bar.done, sum.1 + bar.total));
        let others = Bar { name: format!("{} more operations", rest.len()), done, total };
        first.iter().cloned().chain([others]).collect()
    }

    fn text(&self) -> String {
        let bars = self.drawn();
        let width = bars.iter().map(|bar| short(&bar.name).chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for bar in &bars {
            let full = (bar.share() * BLOCKS as f64) as usize;
            let blocks = format!("{}{}", "█".repeat(full), "░".repeat(BLOCKS - full));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:<width$}  {blocks}  {} / {}", short(&bar.name), bar.done, bar.total);
        }
        text.push_str(&self.facts.join(" · "));
        text
    }

    fn html(&self) -> String {
        // Colours are those of the page's theme, where it says them.
        let mut html = String::from(
            "<div style=\"font-family: var(--jp-code-font-family, monospace); font-size: var(--jp-code-font-size, 13px); \
             line-height: 1.5\">\n<div style=\"display: grid; grid-template-columns: max-content 1fr max-content; \
             gap: 2px 12px; align-items: center; max-width: 46em\">\n",
        );
        for bar in self.drawn() {
            let _ = writeln!(
                html,
                "<span>{}</span><span style=\"height: 0.7em; border-radius: 3px; overflow: hidden; background: \
                 var(--jp-layout-color3, #bdbdbd)\"><span style=\"display: block; height: 100%; width: {:.1}%; background: \
                 var(--jp-brand-color1, #1976d2)\"></span></span><span style=\"text-align: right\">{} / {}</span>",
                escaped(short(&bar.name).as_str()),
                100.0 * bar.share(),
                bar.done,
                bar.total
            );
        }
        let _ = write!(
            html,
            "</div>\n<div style=\"color: var(--jp-ui-font-color2, #757575)\">{}</div>\n</div>",
            escaped(&self.facts.join(" · "))
        );
        html
    }
}

impl Bar {
    fn share(&self) -> f64 {
        if self.total == 0 { 1.0 } else { (self.done as f64 / self.total as f64).clamp(0.0, 1.0) }
    }
}

fn short(name: &str) -> String {
    match name.char_indices().nth(28) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_string(),
    }
}

/// The line that is left when it is done.
pub fn line(text: &str) -> Media {
    let html = format!("<div style=\"color: var(--jp-ui-font-color2, #757575)\">{}</div>", escaped(text));
    Media { text: text.to_string(), forms: vec![("text/html".to_string(), MediaData::Text(html))] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_and_names_are_escaped() {
        let bars = Bars {
            bars: vec![
                Bar { name: "<lambda>".into(), done: 1, total: 2 },
                Bar { name: "sum".into(), done: 0, total: 1 },
            ],
            facts: vec!["1 of 3 tasks".into(), "2 s left".into()],
        };
        let media = bars.media();
        assert_eq!(
            media.text,
            "<lambda>  ████████████░░░░░░░░░░░░  1 / 2\nsum       ░░░░░░░░░░░░░░░░░░░░░░░░  0 / 1\n1 of 3 tasks · 2 s left"
        );
        let [(kind, MediaData::Text(html))] = &media.forms[..] else { panic!("one form") };
        assert_eq!(kind, "text/html");
        assert!(html.contains("&lt;lambda&gt;") && html.contains("width: 50.0%"), "{html}");
    }

    #[test]
    fn many_operations_share_the_last_bar() {
        let bar = |at: u64| Bar { name: format!("step-{at}"), done: at, total: 20 };
        let bars = Bars { bars: (0..20).map(bar).collect(), facts: Vec::new() };
        let text = bars.media().text;
        assert_eq!(text.lines().count(), SHOWN);
        assert!(text.contains("9 more operations"), "{text}");
    }
}
