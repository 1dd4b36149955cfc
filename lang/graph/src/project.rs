//! What a run would hold: the schedule is asked, and nothing runs.

use std::collections::VecDeque;

use crate::cull::cull;
use crate::order::order;
use crate::schedule::{Event, Room, Schedule, Step};
use crate::{Graph, TaskId};

/// What a run would hold at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Projection {
    /// Tasks that would run.
    pub tasks: usize,
    /// Bytes in memory.
    pub peak: u64,
    /// Bytes on disk.
    pub spilled: u64,
    /// Why it would not even begin: the task (`None`: the results together), and the bytes that it needs.
    pub refused: Option<(Option<TaskId>, u64)>,
}

/// For so many workers and bytes, if every task makes what it has declared.
pub fn project(graph: &Graph, outputs: &[TaskId], workers: usize, memory: u64) -> Projection {
    let (needed, _) = cull(graph.tasks(), outputs, |id, _| graph.ready(id).cloned());
    let order = order(&needed);
    let needed = needed.arranged(&order);
    let tasks = needed.at_hand.iter().filter(|at_hand| !**at_hand).count();
    let mut projection = Projection { tasks, ..Projection::default() };
    let mut schedule = Schedule::new(needed);
    if let Some((turn, bytes)) = schedule.refused(memory) {
        projection.refused = Some((turn.map(|turn| schedule.needed().tasks[turn as usize]), bytes));
        return projection;
    }
    let mut events: VecDeque<Event> = [Event::Begin].into();
    let mut running: VecDeque<u32> = VecDeque::new();
    loop {
        let room = Room { bytes: memory, workers, alone: true };
        let event = events.pop_front().unwrap_or(Event::Ask(room));
        let asked = matches!(event, Event::Ask(_));
        let steps = schedule.on(event);
        projection.peak = projection.peak.max(schedule.granted());
        projection.spilled = projection.spilled.max(schedule.spilled());
        let nothing = steps.is_empty();
        for step in steps {
            match step {
                Step::Run(turn) => running.push_back(turn),
                Step::Spill(turn) => events.push_back(Event::Spilled(turn)),
                Step::Load(turn) => events.push_back(Event::Loaded(turn)),
                Step::Release(_) => {}
                Step::Finish => return projection,
            }
        }
        if asked && (nothing || running.len() >= workers) {
            let Some(turn) = running.pop_front() else { return projection };
            let bytes = schedule.needed().costs[turn as usize].output;
            events.push_back(Event::Done { turn, bytes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::graph;

    #[test]
    fn nothing_runs_and_all_is_known() {
        let check = |drawing: &str, memory: u64, expected: (u64, u64, Option<u64>)| {
            let (graph, names) = graph(drawing);
            let used = |id: &TaskId| graph.tasks().iter().any(|task| task.inputs.contains(id));
            let outputs: Vec<TaskId> = (0..names.len() as u32).map(TaskId).filter(|id| !used(id)).collect();
            let projection = project(&graph, &outputs, 1, memory);
            let refused = projection.refused.map(|(_, bytes)| bytes);
            assert_eq!((projection.peak, projection.spilled, refused), expected, "{drawing}");
        };
        check("a:8 -> b:1", 100, (9, 0, None));
        check("a:8+4 -> b:1", 100, (12, 0, None));
        check("a:8 -> sum:1; b:8 -> sum", 100, (17, 0, None));
        check("a:8 -> sum:1; b:8 -> sum", 16, (0, 0, Some(17)));
        check("a:8 -> c:1; b:8 -> c; a -> d:1; b -> d", 100, (18, 0, None));
    }
}
