/// Computes on a thread of the blocking pool, so that no task waits for it.
async fn sum_of_squares(up_to: u64) -> u64 {
    match compio::runtime::spawn_blocking(move || (1..=up_to).map(|n| n * n).sum()).await {
        Ok(sum) => sum,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

#[compio::main]
async fn main() {
    println!("{}", sum_of_squares(1_000).await);
}
