//! A library with an executor of its own: its tasks run under any runtime of its users, as
//! long as one of them is awaiting it.

use std::future::Future;

use async_executor::Executor;

/// Work that several tasks do at once, kept inside the library.
pub struct Crew<'a> {
    executor: Executor<'a>,
}

impl<'a> Crew<'a> {
    /// Makes a crew without tasks.
    pub fn new() -> Self {
        Self {
            executor: Executor::new(),
        }
    }

    /// Runs all of the futures, and gives what they came to in their order.
    pub async fn all<T: Send + 'a>(
        &self,
        futures: impl IntoIterator<Item = impl Future<Output = T> + Send + 'a>,
    ) -> Vec<T> {
        let tasks: Vec<_> = futures.into_iter().map(|f| self.executor.spawn(f)).collect();
        self.executor
            .run(async {
                let mut done = Vec::with_capacity(tasks.len());
                for task in tasks {
                    done.push(task.await);
                }
                done
            })
            .await
    }
}

impl Default for Crew<'_> {
    fn default() -> Self {
        Self::new()
    }
}
