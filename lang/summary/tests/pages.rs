//! What stands on a page, and in which order; and that it is well formed, whatever stands in it.

mod notation;

use notation::{chunks, graph, is_well_formed};
use proptest::prelude::*;
use rdk_summary::bundle::bundle;
use rdk_summary::text::TextOptions;
use rdk_summary::{Card, Direction, Media, MediaData, Picture, Summary, Table, TableColumn, TableRow, html};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

/// The cells of a page in words, a line a row: `th`s in brackets, how far they reach behind a star.
fn cells(page: &str) -> String {
    let mut words = String::new();
    let page = page.split("</style>").nth(1).unwrap_or(page);
    for row in page.split("<tr>").skip(1) {
        let row = row.split("</tr>").next().unwrap_or_default();
        for cell in row.split("</t").filter(|cell| cell.contains("<t")) {
            let (tag, text) = cell.rsplit_once('>').unwrap_or(("", cell));
            let span: String = tag.split('"').skip(1).step_by(2).map(|n| format!("*{n}")).collect();
            words += &if tag.contains("<th") { format!("[{text}]{span} ") } else { format!("{text}{span} ") };
        }
        words = words.trim_end().to_string() + "\n";
    }
    words
}

fn check(summary: Summary, expected: &str) {
    let page = html::draw(&summary).expect("it has a page");
    assert!(is_well_formed(&page), "{page}");
    assert_eq!(cells(&page).trim(), expected.trim(), "{page}");
}

fn table(columns: &[&[&str]], rows: &[(&[&str], &[&str])]) -> Table {
    Table {
        columns: columns.iter().map(|label| TableColumn { label: texts(label), is_numeric: true }).collect(),
        rows: rows.iter().map(|(label, cells)| TableRow { label: texts(label), cells: texts(cells) }).collect(),
        size: Some((rows.len(), columns.len())),
        ..Table::default()
    }
}

#[test]
fn a_table_has_a_head_and_rows() {
    let mut small = table(&[&["a"], &["<script>"]], &[(&["x"], &[" 1", " p & q"]), (&["y"], &["-2", " \"r\""])]);
    check(Summary::Table(small.clone()), "[] [a] [&lt;script&gt;]\n[x] 1 p &amp; q\n[y] -2 &quot;r&quot;");
    small.label_names = vec![Some("key".to_string())];
    small.column_names = vec![Some("what".to_string())];
    check(Summary::Table(small), "[what] [a] [&lt;script&gt;]\n[key] [] []\n[x] 1 p &amp; q\n[y] -2 &quot;r&quot;");
}

#[test]
fn labels_of_several_levels_reach_over_their_group() {
    let levels = table(
        &[&["a", "mean"], &["a", "sum"], &["b", "sum"]],
        &[(&["x", "1"], &["1", "2", "3"]), (&["x", "2"], &["4", "5", "6"]), (&["y", "1"], &["7", "8", "9"])],
    );
    check(
        Summary::Table(levels.clone()),
        "[] [] [a]*2 [b]\n[] [] [mean] [sum] [sum]\n[x]*2 [1] 1 2 3\n[2] 4 5 6\n[y] [1] 7 8 9",
    );
    let cut = Table { row_gap: Some(1), size: Some((100, 3)), ..levels };
    let page = html::draw(&Summary::Table(cut.clone())).unwrap();
    assert!(page.contains("<p>100 rows × 3 columns</p>"), "{page}");
    check(
        Summary::Table(cut),
        "[] [] [a]*2 [b]\n[] [] [mean] [sum] [sum]\n[x]*3 [1] 1 2 3\n[...] ... ... ...\n[2] 4 5 6\n[y] [1] 7 8 9",
    );
}

#[test]
fn a_page_shows_twenty_columns() {
    let names: Vec<String> = (0..25).map(|n| format!("c{n}")).collect();
    let labels: Vec<Vec<&str>> = names.iter().map(|name| vec![&name[..]]).collect();
    let labels: Vec<&[&str]> = labels.iter().map(|label| &label[..]).collect();
    let wide = table(&labels, &[(&["0"], &["1"; 25])]);
    let page = html::draw(&Summary::Table(wide)).unwrap();
    let drawn = cells(&page);
    assert!(drawn.starts_with("[] [c0] [c1]") && drawn.contains("[c9] [...] [c15]"), "{drawn}");
    assert!(page.contains("<p>1 rows × 25 columns</p>"), "{page}");
}

#[test]
fn a_structure_has_a_title_and_a_name() {
    let mut structure = table(&[&["a"]], &[(&[""], &["int64"]), (&[""], &["..."])]);
    structure.title = Some("Dask DataFrame Structure:".to_string());
    structure.label_names = vec![Some("npartitions=1".to_string())];
    structure.size = None;
    structure.footer = Some("Dask Name: read_csv, 1 expression".to_string());
    let page = html::draw(&Summary::Table(structure.clone())).unwrap();
    assert!(page.contains("<strong>Dask DataFrame Structure:</strong>"), "{page}");
    assert!(page.contains("<div>Dask Name: read_csv, 1 expression</div>"), "{page}");
    check(Summary::Table(structure), "[] [a]\n[npartitions=1] []\n[] int64\n[] ...");
}

#[test]
fn a_card_stands_beside_its_picture() {
    let array = Card {
        title: "dask.array<ones>".to_string(),
        columns: texts(&["Array", "Chunk"]),
        rows: vec![
            ("Bytes".to_string(), texts(&["30.52 MiB", "7.63 MiB"])),
            ("Dask graph".to_string(), texts(&["4 chunks"])),
        ],
        picture: Some(Picture::Grid(chunks(&[(1000, 1), (1000, 4)]))),
        footer: None,
    };
    let page = html::draw(&Summary::Card(array.clone())).unwrap();
    assert!(page.contains("<svg ") && !page.contains("dask.array"), "{page}");
    check(Summary::Card(array), "[Array] [Chunk]\n[Bytes] 30.52 MiB 7.63 MiB\n[Dask graph] 4 chunks*2");
}

#[test]
fn a_card_has_sections() {
    let client = Card {
        title: "Client".to_string(),
        rows: vec![
            ("Dashboard".to_string(), texts(&["http://127.0.0.1:8787/status"])),
            ("Cluster Info".to_string(), vec![]),
            ("Workers".to_string(), texts(&["4"])),
        ],
        ..Card::default()
    };
    let text = rdk_summary::text::draw(&Summary::Card(client.clone()), &TextOptions::default());
    assert_eq!(text, "Client\nDashboard   http://127.0.0.1:8787/status\nCluster Info\n  Workers   4");
    let page = html::draw(&Summary::Card(client.clone())).unwrap();
    assert!(page.contains("<strong>Client</strong>"), "{page}");
    check(Summary::Card(client), "[Dashboard] http://127.0.0.1:8787/status\n[Cluster Info]*rdk-head*2\n[Workers] 4");
}

#[test]
fn a_bundle_has_every_form() {
    let types = |summary: &Summary| {
        let forms = bundle(summary, &TextOptions::default());
        forms.into_iter().map(|(media_type, _)| media_type).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(types(&Summary::Text("1".to_string())), "text/plain");
    assert_eq!(types(&Summary::Card(Card::default())), "text/plain text/html");
    assert_eq!(types(&Summary::Table(Table::default())), "text/plain text/html");
    assert_eq!(types(&Summary::Graph(graph("a -> b", Direction::BottomToTop))), "text/plain text/html image/svg+xml");
    let forms = vec![
        ("image/png".to_string(), MediaData::Bytes(vec![1])),
        ("text/plain".to_string(), MediaData::Text("y".to_string())),
    ];
    let picture = Summary::Media(Media { text: "x".to_string(), forms });
    assert_eq!(types(&picture), "text/plain image/png");
    assert_eq!(html::draw(&picture), None);
}

/// Any text, and often one that means something to a page.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        "[<>&\"' a/=-]{0,12}",
        Just("</style><script>alert(1)</script>".to_string()),
        Just("\u{1b}[31m\u{0}".to_string()),
        Just("x".repeat(60)),
        Just("字".repeat(40)),
    ]
}

fn any_table() -> impl Strategy<Value = Table> {
    let labels = || prop::collection::vec(any_text(), 0..4);
    let name = || prop::collection::vec(prop::option::of(any_text()), 0..4);
    let column = (labels(), any::<bool>()).prop_map(|(label, is_numeric)| TableColumn { label, is_numeric });
    let row = (labels(), prop::collection::vec(any_text(), 0..5)).prop_map(|(label, cells)| TableRow { label, cells });
    let gap = || prop::option::of(0usize..6);
    (
        (prop::option::of(any_text()), prop::option::of(any_text())),
        (name(), name()),
        prop::collection::vec(column, 0..25),
        prop::collection::vec(row, 0..5),
        (gap(), gap()),
        prop::option::of((any::<usize>(), any::<usize>())),
    )
        .prop_map(|((title, footer), (label_names, column_names), columns, rows, (row_gap, column_gap), size)| {
            Table { title, label_names, column_names, columns, rows, row_gap, column_gap, size, footer }
        })
}

fn is_harmless(page: &str) -> bool {
    is_well_formed(page) && !page.to_lowercase().contains("<script") && !page.contains("alert(1)</script>")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_a_page_and_a_text(table in any_table(), width in 0usize..200, unicode in any::<bool>()) {
        let page = html::draw(&Summary::Table(table.clone())).unwrap_or_default();
        prop_assert!(is_harmless(&page), "{page}");
        let options = TextOptions { width, color: false, unicode };
        for text in [
            rdk_summary::text::draw(&Summary::Table(table.clone()), &options),
            rdk_summary::text::draw_folded(&Summary::Table(table), &options),
        ] {
            prop_assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
            prop_assert!(unicode || text.is_ascii(), "{text}");
        }
    }

    #[test]
    fn any_card_is_a_page(
        title in any_text(),
        columns in prop::collection::vec(any_text(), 0..4),
        rows in prop::collection::vec((any_text(), prop::collection::vec(any_text(), 0..5)), 0..5),
        footer in prop::option::of(any_text()),
        has_picture in any::<bool>(),
    ) {
        let picture = has_picture.then(|| Picture::Grid(chunks(&[(10, 2), (3, 1)])));
        let page = html::draw(&Summary::Card(Card { title, columns, rows, picture, footer })).unwrap_or_default();
        prop_assert!(is_harmless(&page), "{page}");
    }
}
