//! A library with an executor of its own, where there is an allocator and no standard
//! library: its tasks run under any executor of its users.

#![no_std]

extern crate alloc;

use alloc::vec::Vec;
use core::future::Future;

use edge_executor::LocalExecutor;

/// Runs all of the futures, and gives what they came to in their order.
pub async fn all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let executor: LocalExecutor = LocalExecutor::new();
    let tasks: Vec<_> = futures.into_iter().map(|f| executor.spawn(f)).collect();
    executor
        .run(async {
            let mut done = Vec::with_capacity(tasks.len());
            for task in tasks {
                done.push(task.await);
            }
            done
        })
        .await
}
