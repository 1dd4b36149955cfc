//! The house put together: the library of all modules, sessions, magics, completion, help, error reports.
//!
//! Front ends see only this room: text goes in, plain data comes out. Nothing here knows terminals or the Jupyter protocol.

pub mod complete;
pub mod help;
pub mod library;
pub mod magics;
pub mod place;
pub mod report;
pub mod session;
pub mod shell;
pub mod timing;

pub use rdk_graph as graph;
pub use rdk_runtime::modules::widgets::page::Said;
pub use rdk_runtime::{Error, Kind, Output, Stream};
pub use rdk_summary as summary;
pub use rdk_syntax as syntax;
pub use session::{Options, Reply, Session, Showing};
