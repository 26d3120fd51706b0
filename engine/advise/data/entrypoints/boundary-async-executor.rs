//! All that the program knows of its runtime: another one changes this file.

use std::future::Future;
use std::time::Duration;

/// The executor that the threads of the program run.
pub static EXECUTOR: async_executor::Executor<'static> = async_executor::Executor::new();

/// Runs a task that nobody waits for.
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    EXECUTOR.spawn(task).detach();
}

/// Waits.
pub async fn sleep(time: Duration) {
    async_io::Timer::after(time).await;
}
