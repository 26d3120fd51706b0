use async_executor::LocalExecutor;
use futures_lite::future;

fn main() {
    let executor = LocalExecutor::new();
    let task = executor.spawn(async {
        future::yield_now().await;
        "hello"
    });
    println!("{}", future::block_on(executor.run(task)));
}
