//! `rdk kernel …`: puts the kernel on Jupyter's list, and is what Jupyter starts.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use rdk::Options;
use rdk_kernel::Kernel;
use rdk_kernel::spec::{self, Place};

use crate::signals;

/// What to do.
#[derive(Subcommand)]
pub enum Action {
    /// Run a kernel; Jupyter does this
    Run {
        /// The connection file that Jupyter wrote
        #[arg(short = 'f', long = "file", value_name = "FILE")]
        file: PathBuf,

        /// How many tasks run at once [default: one a core]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
        threads: Option<u16>,

        /// How much memory tasks may hold together, such as 2GiB [default: 60 % of what there is]
        #[arg(long, value_name = "SIZE", value_parser = crate::size)]
        memory: Option<u64>,

        /// Where data goes that finds no room in memory [default: the folder for temporary files]
        #[arg(long, value_name = "FOLDER")]
        temporary_directory: Option<PathBuf>,
    },
    /// Put the kernel on Jupyter's list
    Install {
        #[command(flatten)]
        entry: Entry,

        /// What a launcher calls it
        #[arg(long, value_name = "NAME", default_value = spec::DISPLAY_NAME)]
        display_name: String,
    },
    /// Take it off the list
    Uninstall {
        #[command(flatten)]
        entry: Entry,
    },
    /// Print the folder in which its entry is, or would be
    Path {
        #[command(flatten)]
        entry: Entry,
    },
}

/// Which entry on the list.
#[derive(Args)]
pub struct Entry {
    /// For yourself (the default)
    #[arg(long, conflicts_with_all = ["sys_prefix", "prefix"])]
    user: bool,

    /// For the Python environment that is active
    #[arg(long, conflicts_with = "prefix")]
    sys_prefix: bool,

    /// Below this folder, in `share/jupyter/kernels`
    #[arg(long, value_name = "FOLDER")]
    prefix: Option<PathBuf>,

    /// The name under which Jupyter starts it
    #[arg(long, value_name = "NAME", default_value = spec::NAME)]
    name: String,
}

impl Entry {
    fn place(&self) -> Place {
        match (&self.prefix, self.sys_prefix) {
            (Some(prefix), _) => Place::Prefix(prefix.clone()),
            (None, true) => Place::SysPrefix,
            (None, false) => Place::User,
        }
    }
}

/// Does it.
pub fn act(action: Action) -> ExitCode {
    let done = match action {
        Action::Run { file, threads, memory, temporary_directory } => {
            crate::allocator::suit(memory);
            run(file, Options { threads: threads.map(usize::from), memory, temporary_directory })
        }
        Action::Install { entry, display_name } => std::env::current_exe()
            .map_err(|error| format!("this program does not know where it is: {error}"))
            .and_then(|program| spec::install(&entry.place(), &entry.name, &display_name, &program))
            .map(|folder| println!("installed in {}", folder.display())),
        Action::Uninstall { entry } => {
            spec::uninstall(&entry.place(), &entry.name).map(|folder| println!("removed {}", folder.display()))
        }
        Action::Path { entry } => {
            spec::folder(&entry.place(), &entry.name).map(|folder| println!("{}", folder.display()))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("rdk: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(file: PathBuf, options: Options) -> Result<(), String> {
    let kernel = Kernel::new(&file, options).map_err(|error| error.to_string())?;
    kernel.run(signals::install).map_err(|error| error.to_string())
}
