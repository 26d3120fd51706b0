use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task = tokio::spawn(async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        "hello"
    });
    if let Ok(answer) = task.await {
        println!("{answer}");
    }
}
