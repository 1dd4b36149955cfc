//! Every drawing once, for a person to look at: `cargo test -p rdk-summary --test gallery -- --nocapture`.

use rdk_summary::text::{TextOptions, draw};
use rdk_summary::{Card, Picture, Summary};

fn chunks(sizes: &[(u64, usize)]) -> Vec<Vec<Option<u64>>> {
    sizes.iter().map(|&(size, count)| vec![Some(size); count]).collect()
}

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

#[test]
fn cards() {
    let arrays: Vec<(&str, Vec<Vec<Option<u64>>>)> = vec![
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
    ];
    for (title, dimensions) in arrays {
        println!("\n# {title}\n{}", draw(&card(title, dimensions), &TextOptions::default()));
    }
    let square = card("", chunks(&[(1000, 10), (1000, 10)]));
    println!("\n# ASCII\n{}", draw(&square, &TextOptions { unicode: false, ..Default::default() }));
    println!("\n# colour\n{}", draw(&square, &TextOptions { color: true, ..Default::default() }));
    println!("\n# narrow\n{}", draw(&square, &TextOptions { width: 50, ..Default::default() }));
    println!("\n# very narrow\n{}", draw(&square, &TextOptions { width: 24, ..Default::default() }));
}
