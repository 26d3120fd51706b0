use std::io;

use tokio::sync::oneshot;

/// Computes on rayon's threads, so that no worker of the runtime is kept from its tasks.
async fn sum_of_squares(up_to: u64) -> io::Result<u64> {
    use rayon::prelude::*;

    let (done, result) = oneshot::channel();
    rayon::spawn(move || {
        // Whoever asked may be gone: nobody wants the result then.
        let _ = done.send((1..=up_to).into_par_iter().map(|n| n * n).sum());
    });
    result.await.map_err(io::Error::other)
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let asked = tokio::spawn(sum_of_squares(1_000));
    println!("{}", asked.await.map_err(io::Error::other)??);
    Ok(())
}
