use std::io;

/// Computes on a thread of the pool for what blocks, so that the arbiter goes on.
async fn sum_of_squares(up_to: u64) -> io::Result<u64> {
    actix_rt::task::spawn_blocking(move || (1..=up_to).map(|n| n * n).sum())
        .await
        .map_err(io::Error::other)
}

#[actix_rt::main]
async fn main() -> io::Result<()> {
    println!("{}", sum_of_squares(1_000).await?);
    Ok(())
}
