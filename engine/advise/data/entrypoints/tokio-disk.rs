use std::io;
use std::path::PathBuf;

/// Reads one file; the reading itself is done by a thread of the blocking pool.
async fn size(path: PathBuf) -> io::Result<usize> {
    Ok(tokio::fs::read(path).await?.len())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for path in ["Cargo.toml", "src/main.rs"] {
        tasks.spawn(size(path.into()));
    }
    let mut total = 0;
    while let Some(read) = tasks.join_next().await {
        total += read??;
    }
    println!("{total} bytes");
    Ok(())
}
