//! All that the program knows of its runtime: another one changes this file.

use std::future::Future;
use std::time::Duration;

/// Runs a task that nobody waits for.
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    smol::spawn(task).detach();
}

/// Waits.
pub async fn sleep(time: Duration) {
    smol::Timer::after(time).await;
}
