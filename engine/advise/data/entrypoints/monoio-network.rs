use std::io;

use monoio::io::{AsyncReadRent, AsyncReadRentExt, AsyncWriteRentExt};
use monoio::net::{TcpListener, TcpStream};

/// Serves each connection in a task of its own, all on this thread.
async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        monoio::spawn(async move {
            if let Err(e) = echo(stream).await {
                eprintln!("{e}");
            }
        });
    }
}

/// Gives each buffer to the kernel and takes it back: it owns what it reads into.
async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let (read, filled) = stream.read(buffer).await;
        if read? == 0 {
            return Ok(());
        }
        let (written, emptied) = stream.write_all(filled).await;
        written?;
        buffer = emptied;
        buffer.clear();
    }
}

#[monoio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    monoio::spawn(serve(listener));

    // A client of its own, until there are others: it ends the program.
    let mut client = TcpStream::connect(address).await?;
    let (written, _) = client.write_all("hello").await;
    written?;
    let (read, answer) = client.read_exact(vec![0; 5]).await;
    read?;
    println!("{}", String::from_utf8_lossy(&answer));
    Ok(())
}
