use std::io;

use async_executor::Executor;

/// Reads one file; the reading itself is done by a thread of the blocking pool.
async fn size(path: &'static str) -> io::Result<usize> {
    Ok(blocking::unblock(move || std::fs::read(path)).await?.len())
}

fn main() -> io::Result<()> {
    let executor = Executor::new();
    let tasks: Vec<_> = ["Cargo.toml", "src/main.rs"]
        .into_iter()
        .map(|path| executor.spawn(size(path)))
        .collect();
    let total = futures_lite::future::block_on(executor.run(async {
        let mut total = 0;
        for task in tasks {
            total += task.await?;
        }
        io::Result::Ok(total)
    }))?;
    println!("{total} bytes");
    Ok(())
}
