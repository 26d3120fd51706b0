//! All that the program knows of its runtime: another one changes this file, and each
//! read and write beside it, for buffers are owned.

use std::future::Future;
use std::time::Duration;

/// Runs a task that nobody waits for, on this thread.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    compio::runtime::spawn(task).detach();
}

/// Waits.
pub async fn sleep(time: Duration) {
    compio::time::sleep(time).await;
}
