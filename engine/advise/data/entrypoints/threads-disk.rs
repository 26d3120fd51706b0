use std::{fs, io, thread};

/// Reads one file.
fn size(path: &str) -> io::Result<usize> {
    Ok(fs::read(path)?.len())
}

fn main() -> io::Result<()> {
    let total = thread::scope(|scope| {
        let reads = ["Cargo.toml", "src/main.rs"].map(|path| scope.spawn(move || size(path)));
        let mut total = 0;
        for read in reads {
            total += read.join().map_err(|_| io::Error::other("a thread panicked"))??;
        }
        io::Result::Ok(total)
    })?;
    println!("{total} bytes");
    Ok(())
}
