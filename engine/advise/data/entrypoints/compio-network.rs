use std::io;

use compio::BufResult;
use compio::io::{AsyncReadExt, AsyncWriteExt, AsyncRead};
use compio::net::{TcpListener, TcpStream};

/// Serves each connection in a task of its own, all on this thread.
async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let task = compio::runtime::spawn(async move {
            if let Err(e) = echo(stream).await {
                eprintln!("{e}");
            }
        });
        task.detach(); // a task that is dropped is cancelled
    }
}

/// Gives each buffer to the kernel and takes it back: it owns what it reads into.
async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let BufResult(read, filled) = stream.read(buffer).await;
        if read? == 0 {
            return Ok(());
        }
        let BufResult(written, emptied) = stream.write_all(filled).await;
        written?;
        buffer = emptied;
        buffer.clear();
    }
}

#[compio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    compio::runtime::spawn(serve(listener)).detach();

    // A client of its own, until there are others: it ends the program.
    let mut client = TcpStream::connect(address).await?;
    let BufResult(written, _) = client.write_all("hello").await;
    written?;
    let BufResult(read, answer) = client.read_exact(Vec::with_capacity(5)).await;
    read?;
    println!("{}", String::from_utf8_lossy(&answer));
    Ok(())
}
