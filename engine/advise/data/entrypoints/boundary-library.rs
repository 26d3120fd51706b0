//! All that the library asks of a runtime: its users bring it, and features of the
//! library may bring the usual ones.

use std::future::Future;
use std::time::Duration;

/// A runtime, as far as the library needs one.
pub trait Runtime {
    /// Runs a task that nobody waits for.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;
}
