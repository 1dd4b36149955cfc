//! The schedule told as stories: drawings in, what happened out.

use super::*;
use crate::drawing::drawn;

/// Runs a drawing with one worker. `-x` is: x goes to disk; `+x`: it comes back.
fn story(drawing: &str, outputs: &[&str], budget: u64) -> String {
    let (needed, names) = drawn(drawing, outputs);
    let order = crate::order::order(&needed);
    let mut schedule = Schedule::new(needed.arranged(&order));
    let name = |schedule: &Schedule, turn: u32| names[schedule.needed().tasks[turn as usize].0 as usize].clone();
    let mut story = Vec::new();
    let mut steps: std::collections::VecDeque<Step> = schedule.on(Event::Begin).into_iter().collect();
    loop {
        let Some(step) = steps.pop_front() else {
            let asked = schedule.on(Event::Ask(Room { bytes: budget, workers: 1, alone: true }));
            assert!(!asked.is_empty(), "stuck after {story:?}");
            steps.extend(asked);
            continue;
        };
        assert!(schedule.granted() <= budget);
        let event = match step {
            Step::Run(turn) => {
                story.push(name(&schedule, turn));
                Event::Done { turn, bytes: schedule.needed().costs[turn as usize].output }
            }
            Step::Spill(turn) => {
                story.push(format!("-{}", name(&schedule, turn)));
                Event::Spilled(turn)
            }
            Step::Load(turn) => {
                story.push(format!("+{}", name(&schedule, turn)));
                Event::Loaded(turn)
            }
            Step::Release(_) => continue,
            Step::Finish => return story.join(" "),
        };
        steps.extend(schedule.on(event));
    }
}

fn check(drawing: &str, expected: &str) {
    assert_eq!(story(drawing, &[], 1 << 20), expected, "{drawing}");
}

fn check_within(budget: u64, drawing: &str, expected: &str) {
    assert_eq!(story(drawing, &[], budget), expected, "{drawing}");
}

#[test]
fn a_branch_is_finished_before_the_next_begins() {
    check("load -> a -> sum; load -> b -> max", "load a sum b max");
    check("a -> b; c -> d", "a b c d");
    check("x x -> sum", "x sum");
}

#[test]
fn what_is_needed_last_goes_to_disk() {
    let less_mean = "x0:8 -> p0:1 -> mean:1; x1:8 -> p1:1 -> mean; x2:8 -> p2:1 -> mean; \
        x0 mean -> y0:1; x1 mean -> y1:1; x2 mean -> y2:1";
    check_within(40, less_mean, "x0 p0 x1 p1 x2 p2 mean y0 y1 y2");
    check_within(20, less_mean, "x0 p0 x1 p1 -x1 x2 p2 mean y0 +x1 y1 y2");
}

#[test]
fn results_asked_for_come_back_from_disk() {
    check_within(10, "a:4; b:4; x:6+2 -> c:1", "a b -b -a x c +a +b");
    check_within(10, "a:4; x:8 -> c:1; d:4", "a -a x c d +a");
}

#[test]
fn what_can_never_fit_is_refused() {
    let refused = |drawing: &str, budget| {
        let (needed, names) = drawn(drawing, &[]);
        let schedule = Schedule::new(needed);
        let (turn, bytes) = schedule.refused(budget)?;
        Some((turn.map(|turn| names[schedule.needed().tasks[turn as usize].0 as usize].clone()), bytes))
    };
    assert_eq!(refused("a:5 -> b:5+1", 11), None);
    assert_eq!(refused("a:5 -> b:5+1", 10), Some((Some("b".into()), 11)));
    assert_eq!(refused("a:5; b:6", 10), Some((None, 11)));
}

#[test]
fn sources_wait_for_room() {
    // Two workers ask; the second source finds no room, and nothing goes to disk for it.
    let (needed, _) = drawn("a:6 -> x:1; b:6 -> y:1", &[]);
    let mut schedule = Schedule::new(needed);
    let room = Event::Ask(Room { bytes: 10, workers: 1, alone: true });
    schedule.on(Event::Begin);
    assert_eq!(schedule.on(room).as_slice(), [Step::Run(0)]);
    assert_eq!(schedule.on(room).as_slice(), []);
}

#[test]
fn a_run_with_nothing_under_way_goes_on_when_others_have_the_room() {
    let (needed, _) = drawn("a:6", &[]);
    let mut schedule = Schedule::new(needed);
    schedule.on(Event::Begin);
    assert_eq!(schedule.on(Event::Ask(Room { bytes: 0, workers: 1, alone: false })).as_slice(), []);
    assert_eq!(schedule.on(Event::Ask(Room { bytes: 0, workers: 1, alone: true })).as_slice(), [Step::Run(0)]);
}
