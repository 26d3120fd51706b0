use std::thread;

/// Computes on as many threads as the machine can run.
fn sum_of_squares(up_to: u64) -> u64 {
    let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || (first..=up_to).step_by(threads as usize).map(|n| n * n).sum::<u64>()))
            .collect();
        parts.into_iter().filter_map(|part| part.join().ok()).sum()
    })
}

fn main() {
    println!("{}", sum_of_squares(1_000));
}
