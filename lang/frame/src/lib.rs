//! Lazy frames: the only room that knows DataFusion, arrow and tokio.

pub mod csv;
pub mod show;
