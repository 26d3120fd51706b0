/// Computes on a thread of the blocking pool, so that no task waits for it.
async fn sum_of_squares(up_to: u64) -> u64 {
    smol::unblock(move || (1..=up_to).map(|n| n * n).sum()).await
}

fn main() {
    let sum = smol::block_on(smol::spawn(sum_of_squares(1_000)));
    println!("{sum}");
}
