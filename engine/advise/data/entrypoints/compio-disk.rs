use std::io;

/// Reads one file without a thread that blocks, where there is io_uring.
async fn size(path: &'static str) -> io::Result<usize> {
    Ok(compio::fs::read(path).await?.len())
}

#[compio::main]
async fn main() -> io::Result<()> {
    let tasks: Vec<_> = ["Cargo.toml", "src/main.rs"]
        .into_iter()
        .map(|path| compio::runtime::spawn(size(path)))
        .collect();
    let mut total = 0;
    for task in tasks {
        total += task.await.map_err(|_| io::Error::other("a task panicked"))??;
    }
    println!("{total} bytes");
    Ok(())
}
