//! A library on Tokio that computes: its users' program makes the runtime.

/// Sums squares on a thread of the runtime's pool for what blocks. It panics outside of a
/// Tokio runtime.
pub async fn sum_of_squares(up_to: u64) -> u64 {
    let computed = tokio::task::spawn_blocking(move || (1..=up_to).map(|n| n * n).sum()).await;
    match computed {
        Ok(sum) => sum,
        Err(e) => std::panic::resume_unwind(e.into_panic()),
    }
}
