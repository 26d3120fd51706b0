//! The part of a page that waits: the browser's event loop polls it.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Starts with the page.
#[wasm_bindgen(start)]
pub fn start() {
    spawn_local(async {
        let waited = JsFuture::from(Promise::resolve(&JsValue::from_str("hello"))).await;
        if let Ok(answer) = waited {
            show(&answer);
        }
    });
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = log)]
    fn show(value: &JsValue);
}
