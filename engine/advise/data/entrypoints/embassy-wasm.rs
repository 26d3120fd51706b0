//! The part of a page that waits: tasks of Embassy, polled by the browser's event loop.

use embassy_executor::Spawner;
use embassy_time::Timer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = log)]
    fn show(text: &str);
}

/// Shows something now and then.
#[embassy_executor::task]
async fn tick() {
    loop {
        show("tick");
        Timer::after_millis(1_000).await;
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    if let Ok(task) = tick() {
        spawner.spawn(task);
    }
}
