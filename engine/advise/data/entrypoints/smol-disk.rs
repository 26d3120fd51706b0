use std::io;

/// Reads one file; the reading itself is done by a thread of the blocking pool.
async fn size(path: &'static str) -> io::Result<usize> {
    Ok(smol::fs::read(path).await?.len())
}

fn main() -> io::Result<()> {
    smol::block_on(async {
        let tasks: Vec<_> = ["Cargo.toml", "src/main.rs"]
            .into_iter()
            .map(|path| smol::spawn(size(path)))
            .collect();
        let mut total = 0;
        for task in tasks {
            total += task.await?;
        }
        println!("{total} bytes");
        Ok(())
    })
}
