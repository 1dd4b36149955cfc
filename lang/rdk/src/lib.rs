//! The house put together: the library of all modules, sessions, completion, help, error reports.
