//! A task graph in words: how many tasks of which operation there are in each layer.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::canvas::{Canvas, Ink, one_line, shortened, width_of};
use crate::text::TextOptions;
use crate::{Diagram, NodeShape, layout};

/// More lines than that are left out, in the middle.
const MOST_LINES: usize = 40;

/// The layers on one line if they fit, else one below the other, in the order in which data flows.
pub(crate) fn draw(diagram: &Diagram, options: &TextOptions) -> String {
    let layers = layers(diagram);
    let mut sheet = Canvas::default();
    let parts: Vec<String> = layers
        .iter()
        .map(|(names, times)| {
            let texts: Vec<String> = names.iter().map(|(name, count)| format!("{count} × {name}")).collect();
            format!("{}{}", texts.join(", "), repeated(*times))
        })
        .collect();
    let line = parts.join(" → ");
    if parts.is_empty() {
        sheet.text(0, 0, "no tasks", Ink::Faint);
    } else if width_of(&line) <= options.width {
        sheet.text(0, 0, &line, Ink::Plain);
    } else {
        below_each_other(&mut sheet, &layers, options.width);
        let tasks = diagram.nodes.iter().filter(|node| node.shape == NodeShape::Task);
        let tasks = tasks.fold(0usize, |sum, node| sum.saturating_add(node.count));
        let row = sheet.height();
        sheet.text(0, row, &format!("{tasks} tasks"), Ink::Faint);
    }
    sheet.read(options)
}

/// Operations with their counts.
type Counts = Vec<(String, usize)>;

/// The operations of a layer, and how many layers in a row are like that.
type Layer = (Counts, usize);

/// Boxes between tasks are what those give: they are left out, what nothing makes is not.
fn layers(diagram: &Diagram) -> Vec<Layer> {
    let ranks = layout::ranks(diagram.nodes.len(), &diagram.edges);
    let results: FxHashSet<usize> = diagram.edges.iter().map(|edge| edge.1).collect();
    let mut counted: Vec<Counts> = Vec::new();
    let mut known: FxHashMap<(usize, &str), usize> = FxHashMap::default();
    for (index, (node, &rank)) in diagram.nodes.iter().zip(&ranks).enumerate() {
        if counted.len() <= rank {
            counted.resize_with(rank + 1, Vec::new);
        }
        if node.shape == NodeShape::Data && results.contains(&index) {
            continue;
        }
        let names = &mut counted[rank];
        let place = *known.entry((rank, &node.label)).or_insert_with(|| {
            names.push((one_line(&node.label), 0));
            names.len() - 1
        });
        names[place].1 = names[place].1.saturating_add(node.count);
    }
    counted.retain(|names| !names.is_empty());
    let mut layers: Vec<Layer> = Vec::new();
    for names in counted {
        match layers.last_mut() {
            Some((before, times)) if *before == names => *times += 1,
            _ => layers.push((names, 1)),
        }
    }
    layers
}

fn repeated(times: usize) -> String {
    if times == 1 { String::new() } else { format!(" ({times} times)") }
}

fn below_each_other(sheet: &mut Canvas, layers: &[Layer], width: usize) {
    let digits = layers
        .iter()
        .filter_map(|(names, _)| names.first())
        .map(|(_, count)| count.to_string().len())
        .max()
        .unwrap_or(1);
    let skipped = layers.len().saturating_sub(MOST_LINES);
    let head = if skipped > 0 { MOST_LINES / 2 } else { layers.len() };
    let mut row = 0;
    for (index, (names, times)) in layers.iter().enumerate() {
        if skipped > 0 && index == head {
            sheet.text(0, row, &format!("… {skipped} more layers"), Ink::Faint);
            row += 1;
        }
        if (head..head + skipped).contains(&index) {
            continue;
        }
        let arrow = if index == 0 { " " } else { "→" };
        let texts: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(place, (name, count))| match place {
                0 => format!("{count:>digits$} × {name}"),
                _ => format!("{count} × {name}"),
            })
            .collect();
        let times = repeated(*times);
        let room = width.saturating_sub(2 + width_of(&times)).max(8);
        sheet.text(0, row, &format!("{arrow} {}{times}", shortened(&texts.join(", "), room)), Ink::Plain);
        row += 1;
    }
}
