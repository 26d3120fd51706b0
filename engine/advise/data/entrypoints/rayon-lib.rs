//! A library that computes on rayon's threads, which it shares with all that use rayon.

use rayon::prelude::*;

/// Sums squares on as many threads as the machine can run.
pub fn sum_of_squares(up_to: u64) -> u64 {
    (1..=up_to).into_par_iter().map(|n| n * n).sum()
}
