//! Every drawing once, for a person to look at: `cargo test -p rdk-summary --test gallery -- --nocapture`.

mod notation;

use notation::{chunks, graph};
use rdk_summary::svg::{diagram_svg, grid_svg};
use rdk_summary::text::{TextOptions, draw};
use rdk_summary::{Card, Diagram, Direction, Picture, Summary};

fn card(title: &str, dimensions: Vec<Vec<Option<u64>>>) -> Summary {
    let row = |label: &str, cells: &[&str]| (label.to_string(), cells.iter().map(|cell| cell.to_string()).collect());
    Summary::Card(Card {
        title: title.to_string(),
        columns: vec!["Array".to_string(), "Chunk".to_string()],
        rows: vec![
            row("Bytes", &["762.94 MiB", "7.63 MiB"]),
            row("Shape", &["(10000, 10000)", "(1000, 1000)"]),
            row("Dask graph", &["100 chunks in 1 graph layer"]),
            row("Data type", &["float64 numpy.ndarray"]),
        ],
        picture: Some(Picture::Grid(dimensions)),
        footer: None,
    })
}

fn arrays() -> Vec<(&'static str, Vec<Vec<Option<u64>>>)> {
    vec![
        ("a point", vec![]),
        ("a strip", chunks(&[(250, 4)])),
        ("a strip of many", chunks(&[(1, 10_000)])),
        ("square, 2 x 2", chunks(&[(500, 2), (500, 2)])),
        ("square, 4 x 1", chunks(&[(250, 4), (1000, 1)])),
        ("square, 10 x 10", chunks(&[(1000, 10), (1000, 10)])),
        ("tall, 200 x 4", chunks(&[(1000, 200), (1000, 4)])),
        ("tall, 6 x 2", chunks(&[(1000, 6), (1000, 2)])),
        ("wide", chunks(&[(10, 1), (1000, 5)])),
        ("uneven", vec![vec![Some(10), Some(50), Some(30)], vec![Some(70), Some(20), Some(1)]]),
        ("not known", vec![vec![None, None, None], vec![Some(4), Some(4)]]),
        ("a box", chunks(&[(100, 1), (100, 1), (100, 1)])),
        ("a box, 2 x 2 x 2", chunks(&[(100, 2), (100, 2), (100, 2)])),
        ("a box, 10 x 10 x 1", chunks(&[(1000, 10), (100, 10), (100, 1)])),
        ("a flat box", chunks(&[(1, 3), (1000, 2), (1000, 3)])),
        ("four dimensions", chunks(&[(5, 2), (100, 2), (100, 2), (100, 2)])),
        ("six dimensions", chunks(&[(10, 2); 6])),
        ("nine dimensions", chunks(&[(10, 2); 9])),
        ("nothing", chunks(&[(0, 1), (10, 2)])),
        ("huge", chunks(&[(u64::MAX, 2), (u64::MAX, 3)])),
    ]
}

#[test]
fn cards() {
    for (title, dimensions) in arrays() {
        println!("\n# {title}\n{}", draw(&card(title, dimensions), &TextOptions::default()));
    }
    let square = card("", chunks(&[(1000, 10), (1000, 10)]));
    println!("\n# ASCII\n{}", draw(&square, &TextOptions { unicode: false, ..Default::default() }));
    println!("\n# colour\n{}", draw(&square, &TextOptions { color: true, ..Default::default() }));
    println!("\n# narrow\n{}", draw(&square, &TextOptions { width: 50, ..Default::default() }));
    println!("\n# very narrow\n{}", draw(&square, &TextOptions { width: 24, ..Default::default() }));
}

fn graphs() -> Vec<(&'static str, Diagram)> {
    use Direction::{BottomToTop, LeftToRight, RightToLeft, TopToBottom};
    let chain = (1..8).map(|n| format!("add{} inc{} -> add{n}", n - 1, n + 1)).collect::<Vec<_>>().join(";");
    let chain = format!("inc0 inc1 -> add0;{chain}");
    let big: String =
        (0..100).map(|n| format!("random_sample{n} -> mean_chunk{n} -> mean_combine{};", n / 10)).collect();
    let big = format!("{big}{}", (0..10).map(|n| format!("mean_combine{n} -> mean_agg;")).collect::<String>());
    let transpose = "x1 -> add1; x2 -> add2; x3 -> add3; x4 -> add4; x1 -> t1 -> add1; x2 -> t2 -> add3; x3 -> t3 -> add2; x4 -> t4 -> add4";
    vec![
        ("inc, inc, add", graph("inc1 inc2 -> add", BottomToTop)),
        ("from left to right", graph("inc1 inc2 -> add", LeftToRight)),
        ("from right to left", graph("inc1 inc2 -> add", RightToLeft)),
        ("total", graph("inc1 inc2 -> add1; inc3 inc4 -> add2; add1 add2 -> total", BottomToTop)),
        ("total, left to right", graph("inc1 inc2 -> add1; inc3 inc4 -> add2; add1 add2 -> total", LeftToRight)),
        (
            "sum of ones",
            graph(
                "ones1 -> sum1; ones2 -> sum2; ones3 -> sum3; ones4 -> sum4; sum1 sum2 sum3 sum4 -> sum-aggregate",
                BottomToTop,
            ),
        ),
        ("eight in a row", graph(&chain, BottomToTop)),
        ("eight at once", graph("inc1 inc2 inc3 inc4 inc5 inc6 inc7 inc8 -> sum", BottomToTop)),
        ("with data", graph("X -> inc -> Y; X Y -> add -> Z", TopToBottom)),
        ("a diamond", graph("load -> a -> sum; load -> b -> sum", TopToBottom)),
        ("a diamond, left to right", graph("load -> a -> sum; load -> b -> sum; load -> c", LeftToRight)),
        ("all to all", graph("a1 a2 a3 -> b1 b2 b3", TopToBottom)),
        ("some to some", graph("a1 a2 -> b1; a2 a3 -> b2; a1 a3 -> b3; a2 -> b4", TopToBottom)),
        ("x + x.T", graph(transpose, BottomToTop)),
        ("long edges", graph("a -> b -> c -> d -> e; a -> e; a -> c; b -> e", TopToBottom)),
        ("two apart", graph("a -> b; c -> d", BottomToTop)),
        ("a circle", graph("a -> b -> c -> a", BottomToTop)),
        ("many", graph(&big, BottomToTop)),
        ("nothing", Diagram::default()),
    ]
}

#[test]
fn diagrams() {
    for (title, diagram) in graphs() {
        println!("\n# {title}\n{}", draw(&Summary::Graph(diagram), &TextOptions::default()));
    }
    let (_, diagram) = graphs().swap_remove(3);
    let diagram = Summary::Graph(diagram);
    println!("\n# ASCII\n{}", draw(&diagram, &TextOptions { unicode: false, ..Default::default() }));
    println!("\n# narrow\n{}", draw(&diagram, &TextOptions { width: 30, ..Default::default() }));
    println!("\n# very narrow\n{}", draw(&diagram, &TextOptions { width: 20, ..Default::default() }));
}

/// Written to a folder if `GALLERY` names one.
#[test]
fn pages() {
    let folder = std::env::var_os("GALLERY").map(std::path::PathBuf::from);
    let keep = |name: String, text: String| {
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"), "{name}");
        if let Some(folder) = &folder {
            std::fs::write(folder.join(name.replace(' ', "_") + ".svg"), text)
                .expect("the folder of `GALLERY` can be written to");
        }
    };
    for (title, diagram) in graphs() {
        keep(format!("graph {title}"), diagram_svg(&diagram));
    }
    for (title, dimensions) in arrays() {
        keep(format!("array {title}"), grid_svg(&Picture::Grid(dimensions)));
    }
}
