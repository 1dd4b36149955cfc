//! A summary, drawn for a page: the same facts in the same order as in text.
//!
//! Colours are those of the page: JupyterLab's variables where these are, else what the page says of itself, with shades of a
//! grey that can be seen on light and on dark. Every rule of a style names a class of ours; no script runs, and nothing is
//! fetched.

use std::fmt::Write;

use crate::svg::{diagram_svg, escaped, grid_svg};
use crate::{Card, Summary, table_html};

/// What all tables of ours look like. It is repeated in every output, as each may be looked at alone.
pub(crate) const TABLE_STYLE: &str = "\
.rdk-show{color:var(--jp-content-font-color1,inherit);overflow-x:auto}\
.rdk-show table{border:none;border-collapse:collapse;border-spacing:0;color:inherit;font-size:12px;margin:0;table-layout:fixed}\
.rdk-show tr,.rdk-show th,.rdk-show td{border:none;background:none;vertical-align:middle;padding:.5em;line-height:normal;\
max-width:none;text-align:right}\
.rdk-show th{font-weight:bold}\
.rdk-show thead{border-bottom:1px solid var(--jp-border-color1,rgba(128,128,128,.5));vertical-align:bottom}\
.rdk-show tbody tr:nth-child(odd){background:var(--jp-rendermime-table-row-background,rgba(128,128,128,.1))}\
.rdk-show tbody tr:nth-child(even){background:var(--jp-layout-color0,none)}\
.rdk-show tbody tr:hover{background:var(--jp-rendermime-table-row-hover-background,rgba(66,165,245,.2))}\
.rdk-show p{margin:.5em 0 0}";

/// A card: labels flush left, and what is drawn stands beside as long as there is room, with lines in the colour of the text.
const CARD_STYLE: &str = "\
.rdk-show .rdk-card{display:flex;flex-wrap:wrap;align-items:center;gap:8px 32px}\
.rdk-show .rdk-card th,.rdk-show .rdk-card td{text-align:left}\
.rdk-show .rdk-card tbody th{white-space:nowrap}\
.rdk-show .rdk-card .rdk-head{padding-top:1em}\
.rdk-show .rdk-card svg{max-width:100%;height:auto}\
.rdk-show .rdk-grid{color:inherit}.rdk-show .rdk-grid path{stroke:currentColor}.rdk-show .rdk-grid text{fill-opacity:.7}";

/// A task graph, with shades that can be seen on light and on dark.
const GRAPH_STYLE: &str = "\
.rdk-show{color:var(--jp-content-font-color1,inherit);overflow-x:auto}\
.rdk-show .rdk-graph{color:inherit}\
.rdk-show .rdk-graph .task{fill:rgba(246,178,107,.3)}.rdk-show .rdk-graph .data{fill:rgba(128,128,128,.2)}\
.rdk-show .rdk-graph .task,.rdk-show .rdk-graph .data,.rdk-show .rdk-graph .way{stroke:currentColor;stroke-opacity:.6}\
.rdk-show .rdk-graph .head{fill:currentColor;fill-opacity:.6}";

/// A summary as HTML. Plain text has none: front ends show it as it is.
pub fn draw(summary: &Summary) -> Option<String> {
    match summary {
        Summary::Text(_) => None,
        Summary::Card(card) => Some(draw_card(card)),
        Summary::Graph(diagram) => Some(framed(&diagram_svg(diagram))),
        Summary::Table(table) => Some(table_html::draw(table)),
        Summary::Media(media) => media.forms.iter().find_map(|(media_type, data)| match data {
            crate::MediaData::Text(text) if media_type == "text/html" => Some(text.clone()),
            crate::MediaData::Text(_) | crate::MediaData::Bytes(_) => None,
        }),
    }
}

/// A task graph on a page: it keeps its size, and the page scrolls along it where it is wider.
pub(crate) fn framed(drawing: &str) -> String {
    format!("<div class=\"rdk-show\">\n<style>{GRAPH_STYLE}</style>\n{drawing}</div>\n")
}

fn draw_card(card: &Card) -> String {
    let mut page = format!("<div class=\"rdk-show\">\n<style>{TABLE_STYLE}{CARD_STYLE}</style>\n");
    let is_titled = card.columns.is_empty() || card.rows.is_empty();
    if is_titled && !card.title.is_empty() {
        let _ = writeln!(page, "<div><strong>{}</strong></div>", escaped(&card.title));
    }
    page.push_str("<div class=\"rdk-card\">\n");
    if !card.rows.is_empty() {
        draw_facts(&mut page, card);
    }
    if let Some(picture) = &card.picture {
        page.push_str(&grid_svg(picture));
    }
    page.push_str("</div>\n");
    if let Some(footer) = &card.footer {
        let _ = writeln!(page, "<p>{}</p>", escaped(footer));
    }
    page.push_str("</div>\n");
    page
}

fn draw_facts(page: &mut String, card: &Card) {
    let n_columns = card.rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0).max(card.columns.len()).max(1);
    page.push_str("<table>\n");
    if !card.columns.is_empty() {
        page.push_str("<thead><tr><td></td>");
        for head in &card.columns {
            let _ = write!(page, "<th>{}</th>", escaped(head));
        }
        page.push_str("</tr></thead>\n");
    }
    page.push_str("<tbody>\n");
    for (label, cells) in &card.rows {
        let Some((last, before)) = cells.split_last() else {
            let _ =
                writeln!(page, "<tr><th class=\"rdk-head\" colspan=\"{}\">{}</th></tr>", n_columns + 1, escaped(label));
            continue;
        };
        let _ = write!(page, "<tr><th>{}</th>", escaped(label));
        for cell in before {
            let _ = write!(page, "<td>{}</td>", escaped(cell));
        }
        let _ = match n_columns - before.len() {
            1 => writeln!(page, "<td>{}</td></tr>", escaped(last)),
            rest => writeln!(page, "<td colspan=\"{rest}\">{}</td></tr>", escaped(last)),
        };
    }
    page.push_str("</tbody>\n</table>\n");
}
