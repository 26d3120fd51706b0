use critical_section as _; // its locks
use edge_executor::{LocalExecutor, block_on};

fn main() {
    // On ESP-IDF first: esp_idf_svc::sys::link_patches();
    let executor: LocalExecutor = LocalExecutor::new();
    let mut count = 0;
    let task = executor.spawn(async {
        count += 1; // tasks may borrow
        count
    });
    println!("{}", block_on(executor.run(task)));
}
