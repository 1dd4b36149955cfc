//! No summary, however odd, stops a drawing; and drawings keep to their bounds.

mod notation;

use notation::is_well_formed;
use proptest::prelude::*;
use rdk_summary::svg::{diagram_svg, grid_svg};
use rdk_summary::text::{TextOptions, draw};
use rdk_summary::{Card, Diagram, Direction, Node, NodeShape, Picture, Summary};

fn size() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![Just(None), Just(Some(0)), Just(Some(u64::MAX)), (1u64..20).prop_map(Some), any::<u64>().prop_map(Some)]
}

fn dimension() -> impl Strategy<Value = Vec<Option<u64>>> {
    prop_oneof![
        prop::collection::vec(size(), 0..12),
        (size(), 0usize..10_000).prop_map(|(size, count)| vec![size; count]),
        prop::collection::vec(1u64..100, 1..40).prop_map(|sizes| sizes.into_iter().map(Some).collect()),
    ]
}

fn diagram() -> impl Strategy<Value = Diagram> {
    let direction = prop_oneof![
        Just(Direction::BottomToTop),
        Just(Direction::TopToBottom),
        Just(Direction::LeftToRight),
        Just(Direction::RightToLeft)
    ];
    let node = ("\\PC{0,12}|.{0,80}|inc", any::<bool>(), prop_oneof![Just(1), any::<usize>()]).prop_map(
        |(label, task, count)| Node { label, shape: if task { NodeShape::Task } else { NodeShape::Data }, count },
    );
    (
        prop::collection::vec(node, 0..20),
        prop::collection::vec((0usize..22, 0usize..22), 0..40),
        any::<bool>(),
        direction,
    )
        .prop_map(|(nodes, edges, acyclic, direction)| {
            let edges = edges.into_iter().map(|(a, b)| if acyclic { (a.min(b), a.max(b)) } else { (a, b) }).collect();
            Diagram { nodes, edges, direction }
        })
}

fn options() -> impl Strategy<Value = TextOptions> {
    (prop_oneof![0usize..200, any::<usize>()], any::<bool>(), any::<bool>())
        .prop_map(|(width, color, unicode)| TextOptions { width, color, unicode })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_is_a_document(diagram in diagram()) {
        let text = diagram_svg(&diagram);
        prop_assert!(is_well_formed(&text), "{text}");
    }

    #[test]
    fn any_array_is_a_document(dimensions in prop::collection::vec(dimension(), 0..9)) {
        let text = grid_svg(&Picture::Grid(dimensions));
        prop_assert!(is_well_formed(&text), "{text}");
        prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }

    #[test]
    fn any_card_is_drawn(
        dimensions in prop::collection::vec(dimension(), 0..9),
        columns in prop::collection::vec(".{0,20}", 0..4),
        rows in prop::collection::vec((".{0,20}", prop::collection::vec(".{0,60}", 0..5)), 0..5),
        footer in prop::option::of(".{0,40}"),
        options in options(),
    ) {
        let picture = Some(Picture::Grid(dimensions));
        let card = Card { title: "x".to_string(), columns, rows, picture, footer };
        let text = draw(&Summary::Card(card), &options);
        prop_assert!(options.unicode || text.is_ascii(), "{text}");
    }

    #[test]
    fn boxes_stay_small(dimensions in prop::collection::vec(dimension(), 0..7)) {
        // Beyond three dimensions, the labels alone may need more.
        let width = if dimensions.len() > 3 { 60 } else { 40 };
        let card = Card { picture: Some(Picture::Grid(dimensions)), ..Card::default() };
        let text = draw(&Summary::Card(card), &TextOptions::default());
        prop_assert!(text.lines().count() <= 13, "{text}");
        prop_assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
    }

    #[test]
    fn any_graph_is_drawn(diagram in diagram(), options in options()) {
        let text = draw(&Summary::Graph(diagram), &options);
        prop_assert!(!text.is_empty());
        prop_assert!(options.unicode || text.is_ascii(), "{text}");
        let width = options.width.max(60);
        prop_assert!(options.color || text.lines().all(|line| line.chars().count() <= width), "{text}");
    }
}

/// Layers, each of which needs much of the one before.
#[test]
fn large_graphs_are_quick() {
    let node = |n: usize| Node { label: format!("task-{n}"), shape: NodeShape::Task, count: 1 };
    let graph = |n_nodes: usize, width: usize, n_inputs: usize| Diagram {
        nodes: (0..n_nodes).map(node).collect(),
        edges: (width..n_nodes)
            .flat_map(|to| (0..n_inputs).map(move |n| (to - width - (to % width) + (to * 7 + n * 13) % width, to)))
            .collect(),
        direction: Direction::BottomToTop,
    };
    for (n_nodes, width, n_inputs, at_most) in [(300, 20, 3, 200), (300, 100, 2, 200), (20_000, 100, 3, 5000)] {
        let diagram = graph(n_nodes, width, n_inputs);
        let start = std::time::Instant::now();
        let text = diagram_svg(&diagram);
        let took = start.elapsed().as_millis();
        println!("{n_nodes} nodes, {width} wide: {took} ms, {} bytes", text.len());
        // Far above what is measured, so that a busy machine does not matter.
        assert!(took < at_most, "{n_nodes} nodes took {took} ms");
        assert!(is_well_formed(&text));
    }
    let chain =
        Diagram { edges: (1..20_000).flat_map(|to| [(to - 1, to), (0, to)]).collect(), ..graph(20_000, 20_000, 0) };
    assert!(is_well_formed(&diagram_svg(&chain)));
    assert!(draw(&Summary::Graph(chain), &TextOptions::default()).ends_with("20000 tasks"));
}

#[test]
fn very_long_texts_are_drawn() {
    let long = "x".repeat(200_000);
    let wide = "宽".repeat(70_000);
    for text in [&long, &wide] {
        for rows in
            [vec![(text.clone(), vec![text.clone()])], vec![("a".to_string(), vec![text.clone(), text.clone()])]]
        {
            let columns = vec![text.clone(), "Chunk".to_string()];
            let card = Summary::Card(Card { columns, rows, footer: Some(text.clone()), ..Card::default() });
            for width in [0, 80, usize::MAX] {
                assert!(!draw(&card, &TextOptions { width, ..Default::default() }).is_empty());
            }
        }
        let node = Node { label: text.clone(), shape: NodeShape::Task, count: usize::MAX };
        let diagram =
            Diagram { nodes: vec![node.clone(), node], edges: vec![(0, 1)], direction: Direction::LeftToRight };
        assert!(is_well_formed(&diagram_svg(&diagram)));
        assert!(!draw(&Summary::Graph(diagram), &TextOptions::default()).is_empty());
    }
}
