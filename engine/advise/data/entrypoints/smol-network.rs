use std::io;

use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::{TcpListener, TcpStream};

/// Serves each connection in a task of its own.
async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let task = smol::spawn(async move {
            if let Err(e) = smol::io::copy(stream.clone(), stream).await {
                eprintln!("{e}");
            }
        });
        task.detach(); // a task that is dropped is cancelled
    }
}

fn main() -> io::Result<()> {
    smol::block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        smol::spawn(serve(listener)).detach();

        // A client of its own, until there are others: it ends the program.
        let mut client = TcpStream::connect(address).await?;
        client.write_all(b"hello").await?;
        let mut answer = [0; 5];
        client.read_exact(&mut answer).await?;
        println!("{}", String::from_utf8_lossy(&answer));
        Ok(())
    })
}
