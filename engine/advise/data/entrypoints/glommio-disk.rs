use std::io;

use glommio::LocalExecutorBuilder;
use glommio::io::BufferedFile;

/// Reads how long one file is, through io_uring.
async fn size(path: &'static str) -> io::Result<u64> {
    let file = BufferedFile::open(path).await?;
    let size = file.file_size().await?;
    file.close().await?;
    Ok(size)
}

async fn run() -> io::Result<()> {
    let tasks = ["Cargo.toml", "src/main.rs"].map(|path| glommio::spawn_local(size(path)));
    let mut total = 0;
    for task in tasks {
        total += task.await?;
    }
    println!("{total} bytes");
    Ok(())
}

fn main() -> io::Result<()> {
    let core = LocalExecutorBuilder::default().spawn(run)?;
    core.join()?
}
