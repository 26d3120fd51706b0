use rayon::prelude::*;

/// Computes on as many threads as the machine can run.
fn sum_of_squares(up_to: u64) -> u64 {
    (1..=up_to).into_par_iter().map(|n| n * n).sum()
}

fn main() {
    println!("{}", sum_of_squares(1_000));
}
