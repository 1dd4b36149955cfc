//! What the drawings look like, to the letter.

mod notation;

use notation::{chunks, graph};
use rdk_summary::text::{TextOptions, draw};
use rdk_summary::{Card, Direction, Picture, Summary};

fn check(summary: Summary, width: usize, unicode: bool, expected: &str) {
    let drawn = draw(&summary, &TextOptions { width, color: false, unicode });
    let expected = expected.trim_start_matches('\n');
    assert!(drawn == expected, "drawn:\n{drawn}\nexpected:\n{expected}");
}

fn check_array(sizes: &[(u64, usize)], expected: &str) {
    let card = Card { picture: Some(Picture::Grid(chunks(sizes))), ..Card::default() };
    check(Summary::Card(card), 80, true, expected);
}

fn check_graph(text: &str, direction: Direction, expected: &str) {
    check(Summary::Graph(graph(text, direction)), 80, true, expected);
}

fn card() -> Summary {
    let row = |label: &str, cells: &[&str]| (label.to_string(), cells.iter().map(|cell| cell.to_string()).collect());
    Summary::Card(Card {
        title: "dask.array<ones>".to_string(),
        columns: vec!["Array".to_string(), "Chunk".to_string()],
        rows: vec![
            row("Bytes", &["30.52 MiB", "7.63 MiB"]),
            row("Shape", &["(1000, 4000)", "(1000, 1000)"]),
            row("Dask graph", &["4 chunks in 1 graph layer"]),
            row("Data type", &["float64 numpy.ndarray"]),
        ],
        picture: Some(Picture::Grid(chunks(&[(1000, 1), (1000, 4)]))),
        footer: Some("ones".to_string()),
    })
}

#[test]
fn facts_stand_in_columns_with_the_picture_beside() {
    check(
        card(),
        80,
        true,
        r#"
             Array          Chunk           ┌───┬───┬───┬───┐
     Bytes   30.52 MiB      7.63 MiB        │   │   │   │   │ 1000
     Shape   (1000, 4000)   (1000, 1000)    │   │   │   │   │
Dask graph   4 chunks in 1 graph layer      └───┴───┴───┴───┘
 Data type   float64 numpy.ndarray                4000
ones"#,
    );
    check(
        card(),
        80,
        false,
        r#"
             Array          Chunk           +---+---+---+---+
     Bytes   30.52 MiB      7.63 MiB        |   |   |   |   | 1000
     Shape   (1000, 4000)   (1000, 1000)    |   |   |   |   |
Dask graph   4 chunks in 1 graph layer      +---+---+---+---+
 Data type   float64 numpy.ndarray                4000
ones"#,
    );
}

#[test]
fn what_has_no_room_beside_goes_below() {
    check(
        card(),
        44,
        true,
        r#"
             Array          Chunk
     Bytes   30.52 MiB      7.63 MiB
     Shape   (1000, 4000)   (1000, 1000)
Dask graph   4 chunks in 1 graph layer
 Data type   float64 numpy.ndarray

  ┌───┬───┬───┬───┐
  │   │   │   │   │ 1000
  │   │   │   │   │
  └───┴───┴───┴───┘
        4000
ones"#,
    );
    check(
        card(),
        30,
        true,
        r#"
     Bytes   Array  30.52
             MiB
             Chunk  7.63
             MiB
     Shape   Array  (1000,
             4000)
             Chunk  (1000,
             1000)
Dask graph   4 chunks in 1
             graph layer
 Data type   float64
             numpy.ndarray

  ┌───┬───┬───┬───┐
  │   │   │   │   │ 1000
  │   │   │   │   │
  └───┴───┴───┴───┘
        4000
ones"#,
    );
}

#[test]
fn colour_changes_nothing_else() {
    let colored = draw(&card(), &TextOptions { color: true, ..Default::default() });
    let mut plain = String::new();
    for (index, part) in colored.split('\x1b').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) });
    }
    let plain: Vec<&str> = plain.lines().map(str::trim_end).collect();
    check(card(), 80, true, &plain.join("\n"));
}

#[test]
fn text_stays_as_it_is() {
    check(Summary::Text("array([1,\n       2])\n".to_string()), 4, false, "array([1,\n       2])\n");
}

#[test]
fn arrays_are_boxes() {
    check_array(
        &[],
        r#"
┌──┐
└──┘"#,
    );
    check_array(
        &[(250, 4)],
        r#"
┌────┬────┬────┬────┐
│    │    │    │    │
└────┴────┴────┴────┘
        1000"#,
    );
    check_array(
        &[(3, 2), (4, 3)],
        r#"
┌────┬────┬────┐
│    │    │    │
├────┼────┼────┤ 6
│    │    │    │
└────┴────┴────┘
       12"#,
    );
    check_array(
        &[(100, 2), (100, 2), (100, 2)],
        r#"
   ┌─────┬─────┐
   │      ╲     ╲
   │ ┌─────┬─────┐
   ├ │      ╲     ╲
   │╲│ ┌─────┬─────┐
   │ ├ │     │     │
   └ │╲│     │     │
    ╲│ ├─────┼─────┤ 200
     └ │     │     │
200   ╲│     │     │
       └─────┴─────┘
            200"#,
    );
    check_array(
        &[(10, 2), (10, 1), (10, 1), (10, 3)],
        r#"
┌───┬───┐       ┌───┬───┬───┐
│   │   │ 1     │    ╲   ╲   ╲
└───┴───┘       │ ┌───┬───┬───┐
   20           └ │   │   │   │ 10
                 ╲│   │   │   │
             10   └───┴───┴───┘
                       30"#,
    );
}

#[test]
fn graphs_are_boxes_and_arrows() {
    check_graph(
        "inc1 inc2 -> add",
        Direction::BottomToTop,
        r#"
    ╭─────╮
    │ add │
    ╰──▲──╯
   ┌───┴────┐
╭──┴──╮  ╭──┴──╮
│ inc │  │ inc │
╰─────╯  ╰─────╯"#,
    );
    check_graph(
        "inc1 inc2 -> add",
        Direction::LeftToRight,
        r#"
╭─────╮
│ inc ├─┐ ╭─────╮
╰─────╯ ├─▶ add │
╭─────╮ │ ╰─────╯
│ inc ├─┘
╰─────╯"#,
    );
    check_graph(
        "inc1 inc2 -> add1; inc3 inc4 -> add2; add1 add2 -> total",
        Direction::BottomToTop,
        r#"
            ╭───────╮
            │ total │
            ╰───▲───╯
       ┌────────┴────────┐
    ╭──┴──╮           ╭──┴──╮
    │ add │           │ add │
    ╰──▲──╯           ╰──▲──╯
   ┌───┴────┐        ┌───┴────┐
╭──┴──╮  ╭──┴──╮  ╭──┴──╮  ╭──┴──╮
│ inc │  │ inc │  │ inc │  │ inc │
╰─────╯  ╰─────╯  ╰─────╯  ╰─────╯"#,
    );
    check_graph(
        "X -> inc -> Y; X Y -> add",
        Direction::TopToBottom,
        r#"
 ┌───┐
 │ X │
 └─┬─┘
 ┌─┴───┐
 │  ╭──▼──╮
 │  │ inc │
 │  ╰──┬──╯
 │     │
 │   ┌─▼─┐
 │   │ Y │
 │   └─┬─┘
 └─┬───┘
╭──▼──╮
│ add │
╰─────╯"#,
    );
}

#[test]
fn lines_that_cross_do_not_join() {
    check_graph(
        "a1 a2 -> b1; a2 a3 -> b2; a1 a3 -> b3; a2 -> b4",
        Direction::TopToBottom,
        r#"
  ╭───╮  ╭─────╮  ╭───╮
  │ a │  │  a  │  │ a │
  ╰┬─┬╯  ╰┬─┬─┬╯  ╰┬─┬╯
  ┌┴─│────┘ │ └────│─┴─┐
  │  └───┬──│──────┘   │
  │      │  └───┐      │
╭─▼─╮  ╭─▼─╮  ╭─▼─╮  ╭─▼─╮
│ b │  │ b │  │ b │  │ b │
╰───╯  ╰───╯  ╰───╯  ╰───╯"#,
    );
}

#[test]
fn large_graphs_are_told_in_words() {
    let sums: String = (0..100).map(|n| format!("ones{n} -> sum{n} -> sum-aggregate;")).collect();
    check_graph(&sums, Direction::BottomToTop, "100 × ones → 100 × sum → 1 × sum-aggregate");
    check(
        Summary::Graph(graph(&sums, Direction::BottomToTop)),
        20,
        true,
        r#"
  100 × ones
→ 100 × sum
→   1 × sum-aggrega…
201 tasks"#,
    );
    check_graph("a -> b -> a", Direction::BottomToTop, "1 × a → 1 × b");
    check(Summary::Graph(Default::default()), 20, true, "no tasks");
}
