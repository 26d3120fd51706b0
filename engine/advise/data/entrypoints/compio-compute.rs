use std::io;

/// Computes on a thread of the blocking pool, so that no task waits for it.
async fn sum_of_squares(up_to: u64) -> io::Result<u64> {
    compio::runtime::spawn_blocking(move || (1..=up_to).map(|n| n * n).sum())
        .await
        .map_err(|_| io::Error::other("the computation panicked"))
}

#[compio::main]
async fn main() -> io::Result<()> {
    println!("{}", sum_of_squares(1_000).await?);
    Ok(())
}
