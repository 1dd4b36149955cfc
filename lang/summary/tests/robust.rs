//! No summary, however odd, stops a drawing; and drawings keep to their bounds.

use proptest::prelude::*;
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
        let card = Card { picture: Some(Picture::Grid(dimensions)), ..Card::default() };
        let text = draw(&Summary::Card(card), &TextOptions::default());
        prop_assert!(text.lines().count() <= 13, "{text}");
        prop_assert!(text.lines().all(|line| line.chars().count() <= 44), "{text}");
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
