//! The binary `rdk`: the prompt, and the script runner.

mod allocator;
mod bar;
mod editor;
mod kernel;
mod prompt;
mod script;
mod signals;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use rdk::Options;

/// Dask without Python: lazy chunked arrays and delayed calls, in a language with Python's grammar.
#[derive(Parser)]
#[command(name = "rdk", version, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    room: Option<Room>,

    /// A script to run (`-` is standard input); without one, a prompt opens
    file: Option<String>,

    /// What the script finds in `sys.argv[1:]`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,

    /// Run this text instead of a script
    #[arg(short = 'c', long = "command", value_name = "TEXT")]
    command: Option<String>,

    /// Open a prompt after the script, with its variables
    #[arg(short = 'i', long = "interact")]
    interact: bool,

    /// How many tasks run at once [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    threads: Option<u16>,

    /// How much memory tasks may hold together, such as 2GiB [default: 60 % of what there is]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<u64>,

    /// Where data goes that finds no room in memory [default: the folder for temporary files]
    #[arg(long, value_name = "FOLDER")]
    temporary_directory: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Room {
    /// The Jupyter kernel: install it, run it
    Kernel {
        #[command(subcommand)]
        action: kernel::Action,
    },
}

const EXAMPLES: &str = "\
Examples:
  rdk                                    open a prompt
  rdk walk.rdk                           run a script
  rdk -c 'da.ones(10).sum().compute()'   run a line
  echo '1 + 1' | rdk                     run what comes in
  rdk kernel install                     show rdk to Jupyter";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Room::Kernel { action }) = arguments.room {
        return kernel::act(action);
    }
    let options = Options {
        threads: arguments.threads.map(usize::from),
        memory: arguments.memory,
        temporary_directory: arguments.temporary_directory,
    };
    allocator::suit(options.memory);
    let piped = !std::io::IsTerminal::is_terminal(&std::io::stdin());
    let terminal = terminal::Terminal::new();
    let session = rdk::Session::new(terminal.clone(), &options);
    signals::install(session.cancel());
    bar::watch(&session, terminal.clone());

    let work = match (&arguments.command, &arguments.file) {
        (Some(text), _) => Some(script::Work::text("-c", text)),
        (None, Some(file)) if file != "-" => Some(script::Work::file(file)),
        (None, Some(_)) => Some(script::Work::input()),
        (None, None) if piped => Some(script::Work::input()),
        (None, None) => None,
    };
    let Some(work) = work else { return prompt::open(session, terminal) };
    // With `-c` even the first word is the text's own.
    let own = arguments.file.iter().filter(|_| arguments.command.is_some()).chain(&arguments.args);
    session.set_arguments(work.name(), &own.cloned().collect::<Vec<_>>());
    let code = script::run(&session, work, &terminal);
    if arguments.interact && !piped {
        return prompt::open(session, terminal);
    }
    code
}

/// A size such as `2GiB`, `500 MB` or `1000000`.
fn size(text: &str) -> Result<u64, String> {
    rdk::graph::budget::parse(text)
}
