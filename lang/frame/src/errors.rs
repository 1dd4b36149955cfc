//! What DataFusion says, in the language's terms.

use datafusion::error::DataFusionError;
use rdk_runtime::{Error, error};

use crate::batches::arrow_error;

/// DataFusion's error as one of ours. An error of ours that went through it comes out as it was.
pub fn fusion(error: DataFusionError) -> Error {
    match error {
        DataFusionError::ArrowError(error, _) => arrow_error(*error),
        DataFusionError::External(error) => match error.downcast::<Carried>() {
            Ok(carried) => carried.0,
            Err(other) => error!("{other}"),
        },
        DataFusionError::Context(_, error) => fusion(*error),
        DataFusionError::Shared(error) => match &*error {
            DataFusionError::External(inner) => match inner.downcast_ref::<Carried>() {
                Some(carried) => carried.0.clone(),
                None => error!("{error}"),
            },
            other => error!("{other}"),
        },
        DataFusionError::Plan(message) => error!(TypeError: "{}", first_line(&message)),
        DataFusionError::NotImplemented(message) => error!(NotImplementedError: "{}", first_line(&message)),
        DataFusionError::Execution(message) => error!("{}", first_line(&message)),
        DataFusionError::ResourcesExhausted(message) => error!(MemoryError: "{}", first_line(&message)),
        other => error!("{}", first_line(&other.to_string())),
    }
}

/// One of our errors on its way through DataFusion.
#[derive(Debug)]
pub struct Carried(pub Error);

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for Carried {}

/// One of our errors, to go through DataFusion.
pub fn carried(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(Carried(error)))
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or(message)
}
