//! Whatever the graph, the costs, the budget, the number of workers and the order in which they finish: the schedule
//! keeps its promises. The simulation here counts for itself and believes nothing that the schedule says.

use std::sync::Arc;

use proptest::prelude::*;
use rdk_graph::cull::{Needed, cull};
use rdk_graph::order::order;
use rdk_graph::schedule::{Event, Room, Schedule, Step};
use rdk_graph::{Call, Cost, Failure, Graph, Key, Operation, Payload, Task, TaskId, Token};

#[derive(Debug)]
struct Nothing;

impl Operation for Nothing {
    fn name(&self) -> &str {
        "nothing"
    }

    fn run(&self, _: &mut Call<'_>) -> Result<Payload, Failure> {
        Err(Failure::Cancelled)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("test.nothing", Vec::new())
    }
}

#[derive(Clone, Debug)]
struct Case {
    /// Where to look back for inputs, bytes of the result, bytes of the work, how much of the declared it really makes.
    tasks: Vec<(Vec<usize>, u64, u64, u64)>,
    outputs: Vec<usize>,
    /// Beyond what the largest task needs.
    spare: u64,
    workers: usize,
    /// Which of the jobs under way is done next.
    choices: Vec<usize>,
    /// These tasks fail, counted along the tasks.
    failing: Vec<usize>,
    /// This data cannot go to disk.
    unfit: Vec<usize>,
    /// After so many steps a stop is asked for.
    cancel_at: usize,
}

fn case(failing: usize, unfit: usize, cancel: bool) -> impl Strategy<Value = Case> {
    let task = (prop::collection::vec(1..12usize, 0..4), 0..100u64, 0..40u64, 0..=100u64);
    (
        prop::collection::vec(task, 1..50),
        prop::collection::vec(0..50usize, 1..5),
        prop_oneof![Just(0), 0..300u64, Just(100_000)],
        1..5usize,
        prop::collection::vec(0..8usize, 1..40),
        prop::collection::vec(0..50usize, 0..=failing),
        prop::collection::vec(0..50usize, 0..=unfit),
        if cancel { (0..80usize).boxed() } else { Just(usize::MAX).boxed() },
    )
        .prop_map(|(tasks, outputs, spare, workers, choices, failing, unfit, cancel_at)| {
            let outputs = outputs.iter().map(|output| output % tasks.len()).collect();
            Case { tasks, outputs, spare, workers, choices, failing, unfit, cancel_at }
        })
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Data {
    Nowhere,
    Memory,
    Disk,
    Gone,
}

struct Simulation<'a> {
    case: &'a Case,
    needed: Needed,
    schedule: Schedule,
    data: Vec<Data>,
    real: Vec<u64>,
    ran: Vec<usize>,
    failed: Vec<bool>,
    jobs: Vec<Step>,
    finished: bool,
    cancelled: bool,
    over: bool,
}

impl Simulation<'_> {
    fn graph_index(&self, turn: u32) -> usize {
        self.needed.tasks[turn as usize].0 as usize
    }

    /// Carries out what takes no time, and checks it.
    fn take(&mut self, steps: impl IntoIterator<Item = Step>) {
        for step in steps {
            assert!(!self.finished, "nothing comes after the end");
            match step {
                Step::Run(turn) => {
                    for &input in self.needed.inputs(turn) {
                        assert_eq!(self.data[input as usize], Data::Memory, "inputs are there when a task starts");
                    }
                    assert_eq!(self.ran[turn as usize], 0, "each task runs once");
                    self.ran[turn as usize] += 1;
                    self.jobs.push(step);
                }
                Step::Release(turn) => {
                    let users = self.needed.users(turn);
                    if !self.cancelled && self.failed.iter().all(|failed| !failed) {
                        assert!(users.iter().all(|&user| self.ran[user as usize] == 1), "released after its last user");
                    }
                    assert!(!self.needed.is_output[turn as usize], "results asked for stay");
                    assert!(!self.users_under_way(turn), "released while in use");
                    self.data[turn as usize] = Data::Gone;
                }
                Step::Spill(turn) => {
                    assert_eq!(self.data[turn as usize], Data::Memory);
                    assert!(!self.users_under_way(turn), "data in use stays in memory");
                    self.jobs.push(step);
                }
                Step::Load(turn) => {
                    assert_eq!(self.data[turn as usize], Data::Disk);
                    self.jobs.push(step);
                }
                Step::Finish => self.finished = true,
            }
        }
    }

    fn users_under_way(&self, turn: u32) -> bool {
        self.jobs.iter().any(|job| matches!(job, Step::Run(user) if self.needed.inputs(*user).contains(&turn)))
    }

    /// What is really in memory, with what those under way may yet take.
    fn memory(&self) -> u64 {
        let held: u64 = (0..self.data.len()).filter(|&at| self.data[at] == Data::Memory).map(|at| self.real[at]).sum();
        let jobs = self.jobs.iter().map(|job| match job {
            Step::Run(turn) => {
                let cost = self.needed.costs[*turn as usize];
                cost.output + cost.working
            }
            Step::Load(turn) => self.real[*turn as usize],
            _ => 0,
        });
        held + jobs.sum::<u64>()
    }

    fn complete(&mut self, job: Step) {
        let event = match job {
            Step::Run(turn) => {
                let fails = self.case.failing.contains(&self.graph_index(turn)) || self.cancelled;
                if fails {
                    self.failed[turn as usize] = true;
                    Event::Failed(turn)
                } else {
                    self.data[turn as usize] = Data::Memory;
                    Event::Done { turn, bytes: self.real[turn as usize] }
                }
            }
            Step::Spill(turn) if self.case.unfit.contains(&self.graph_index(turn)) => Event::Kept(turn),
            Step::Spill(turn) => {
                assert!(!self.users_under_way(turn), "data that goes to disk is not in use");
                self.data[turn as usize] = Data::Disk;
                Event::Spilled(turn)
            }
            Step::Load(turn) => {
                self.data[turn as usize] = Data::Memory;
                Event::Loaded(turn)
            }
            Step::Release(_) | Step::Finish => unreachable!("takes no time"),
        };
        let steps = self.schedule.on(event);
        self.take(steps);
        // Exactly when its last user is done: nothing unneeded is left lying.
        for turn in 0..self.needed.len() as u32 {
            let at = turn as usize;
            if self.data[at] == Data::Memory && !self.needed.is_output[at] && !self.cancelled {
                let waiting = |&&user: &&u32| self.ran[user as usize] == 0 || self.jobs.contains(&Step::Run(user));
                let moving = self.jobs.contains(&Step::Spill(turn));
                assert!(
                    self.needed.users(turn).iter().any(|user| waiting(&user)) || moving,
                    "released with its last user"
                );
            }
        }
    }
}

fn simulate(case: &Case) {
    let mut graph = Graph::new();
    let operation: Arc<dyn Operation> = Arc::new(Nothing);
    for (at, (back, output, working, _)) in case.tasks.iter().enumerate() {
        let inputs = back.iter().filter(|&&back| back <= at).map(|back| TaskId((at - back) as u32)).collect();
        let key = Key::single("task", Token([0, at as u64]));
        graph.add(Task {
            key,
            operation: operation.clone(),
            inputs,
            cost: Cost { output: *output, working: *working },
        });
    }
    let outputs: Vec<TaskId> = case.outputs.iter().map(|&output| TaskId(output as u32)).collect();
    let (needed, _) = cull(graph.tasks(), &outputs, |_, _| None);
    let order = order(&needed);
    let needed = needed.arranged(&order);
    let n = needed.len();

    let schedule = Schedule::new(needed.clone());
    let mut least = 0;
    while let Some((_, needs)) = schedule.refused(least) {
        least = needs;
    }
    let budget = least + case.spare;
    let real = (0..n)
        .map(|turn| {
            let (_, output, _, percent) = &case.tasks[needed.tasks[turn].0 as usize];
            output * percent / 100
        })
        .collect();
    let mut simulation = Simulation {
        case,
        needed,
        schedule,
        data: vec![Data::Nowhere; n],
        real,
        ran: vec![0; n],
        failed: vec![false; n],
        jobs: Vec::new(),
        finished: false,
        cancelled: false,
        over: false,
    };
    let steps = simulation.schedule.on(Event::Begin);
    simulation.take(steps);
    let mut count = 0;
    while !simulation.finished {
        while simulation.jobs.len() < case.workers {
            let before = simulation.jobs.len();
            let steps = simulation.schedule.on(Event::Ask(Room { bytes: budget, workers: case.workers, alone: true }));
            simulation.take(steps);
            if simulation.jobs.len() == before {
                break;
            }
        }
        simulation.over |= simulation.schedule.granted() > budget;
        assert!(simulation.memory() <= simulation.schedule.granted(), "all memory is granted memory");
        assert!(simulation.finished || !simulation.jobs.is_empty(), "somebody always works");
        if simulation.jobs.is_empty() {
            break;
        }
        let choice = case.choices[count % case.choices.len()] % simulation.jobs.len();
        let job = simulation.jobs.remove(choice);
        simulation.complete(job);
        count += 1;
        if count == case.cancel_at && !simulation.finished {
            simulation.cancelled = true;
            let steps = simulation.schedule.on(Event::Cancel);
            simulation.take(steps);
        }
        assert!(count < 100_000, "it comes to an end");
    }
    if case.unfit.is_empty() {
        assert!(!simulation.over, "never more than the budget");
    }
    assert_eq!(simulation.schedule.under_way(), 0);
    if simulation.cancelled {
        return;
    }
    // What a failure has not spoilt is there; the rest is not.
    let mut spoilt = simulation.failed.clone();
    for turn in 0..n as u32 {
        if simulation.needed.inputs(turn).iter().any(|&input| spoilt[input as usize]) {
            spoilt[turn as usize] = true;
        }
        if simulation.needed.is_output[turn as usize] && !spoilt[turn as usize] {
            assert_eq!(simulation.data[turn as usize], Data::Memory, "results asked for are in memory at the end");
        }
        if spoilt.iter().all(|spoilt| !spoilt) {
            assert_eq!(simulation.ran[turn as usize], 1, "all that is needed runs");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_stays_within_the_budget(case in case(0, 0, false)) {
        simulate(&case);
    }

    #[test]
    fn failures_spoil_only_what_needs_them(case in case(3, 0, false)) {
        simulate(&case);
    }

    #[test]
    fn data_that_cannot_go_to_disk_stops_nothing(case in case(1, 50, false)) {
        simulate(&case);
    }

    #[test]
    fn a_stop_comes_to_an_end(case in case(1, 1, true)) {
        simulate(&case);
    }
}
