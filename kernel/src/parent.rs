//! Who started the kernel may die without a word; then the kernel ends, too.

use std::time::Duration;

use tokio::sync::Notify;

/// Tells when the process that started this one is gone. Watches only if a Jupyter front end started it: one that a person started
/// in a terminal may outlive that.
pub async fn watch(gone: &Notify) {
    if std::env::var_os("JPY_PARENT_PID").is_none() {
        return;
    }
    let parent = std::os::unix::process::parent_id();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if std::os::unix::process::parent_id() != parent {
            gone.notify_one();
            return;
        }
    }
}
