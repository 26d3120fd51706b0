package engine

import (
	"strings"
	"testing"
)

const mentioning = `
[package]
name = "demo"
version = "0.1.0"
edition = "2021"

[dependencies]
rt = { package = "tokio", version = "1", features = ["full"] }
smol = "2"
embassy-executor = "0.10"
pollster = "0.4"
`

// The mark · stands before the place that is asked about.
func TestMentionAt(t *testing.T) {
	for code, want := range map[string]string{
		"#[·rt::main] async fn main() {}":                                                                   "tokio main",
		"#[rt::main·(flavor = \"local\")] async fn main() {}":                                               "tokio main flavor = \"local\"",
		"use rt::{·spawn, select};":                                                                         "tokio spawn",
		"use rt::task::·spawn;":                                                                             "tokio spawn",
		"use rt::spawn as go; fn f() { ·go(async {}); }":                                                    "tokio spawn",
		"fn f() { rt::·task::spawn_blocking(|| ()); }":                                                      "tokio task::spawn_blocking",
		"use rt::select; async fn f() { ·select! { _ = a => {} } }":                                         "tokio select",
		"fn f() { rt::runtime::Runtime::·new().unwrap().block_on(f) }":                                      "tokio runtime::Runtime::new",
		"fn f() { rt::runtime::Runtime::new().unwrap().·block_on(f) }":                                      "tokio runtime::Runtime::block_on",
		"use rt::runtime::Runtime; fn f() { let r = Runtime::new().unwrap(); r.·spawn(f); }":                "tokio runtime::Runtime::spawn",
		"use rt::runtime::Builder; fn f() { Builder::new_multi_thread().·worker_threads(4).enable_all(); }": "tokio runtime::Builder::worker_threads",
		"use rt::runtime::Builder; fn f() { let r = Builder::new_current_thread().enable_all().build().unwrap(); r.·block_on(async {}); }": "tokio runtime::Runtime::block_on",
		"fn f() { let ex = smol::Executor::new(); ex.·spawn(async {}); }":                                                                  "smol Executor::spawn",
		"fn f() { pollster::·block_on(async {}) }":                                                                                         "pollster block_on",
		"use pollster::block_on; fn f() { ·block_on(async {}) }":                                                                           "pollster block_on",
		"use embassy_executor::Spawner; fn f(spawner: Spawner) { spawner.·spawn(t()); }":                                                   "embassy-executor Spawner::spawn",
		"use rt::runtime::Handle; fn f(n: u8, h: &'a mut Handle) { if n > 1 { h.·block_on(async {}) } }":                                   "tokio runtime::Handle::block_on",
		"fn f(h: ::rt::runtime::Handle) { h.·spawn(async {}); }":                                                                           "tokio runtime::Handle::spawn",
		"use rt::runtime::Handle; fn f(h: Arc<Handle>) { h.·spawn(async {}); }":                                                            "",
		"use rt::runtime::Handle; fn f(h: Handle) { let h = g; h.·spawn(async {}); }":                                                      "",
		"use rt::runtime::Handle; fn f(h: Handle) { |h| h.·spawn(async {}); }":                                                             "",
		"struct Handle; fn f(h: Handle) { h.·spawn(async {}); }":                                                                           "",
		"mod rt {} fn f() { self::rt::·spawn(()); }":                                                                                       "",
		"fn spawn() {} fn f() { ·spawn(); }":                                                                                               "",
		"use rt::spawn; fn f(spawn: fn()) { ·spawn(); }":                                                                                   "",
		"fn f(r: Something) { r.·block_on(async {}); }":                                                                                    "",
		"fn f() { let r = Other::new(); r.·block_on(async {}); }":                                                                          "",
		"// rt::·spawn":                             "",
		"fn f() { let s = \"rt::·spawn\"; }":        "",
		"fn f() { quote! { std::thread::·spawn } }": "",
		"·": "",
	} {
		offset := strings.Index(code, "·")
		path := "/w/src/main.rs"
		s := NewMemorySession(map[string]string{"/w/Cargo.toml": mentioning, path: strings.Replace(code, "·", "", 1)}).Snapshot()
		w, err := s.Workspace(path)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if m, ok := s.MentionAt(w.Packages[0], Selection{}, path, offset); ok {
			got = strings.TrimSpace(m.Crate + " " + m.Path + " " + m.Arguments)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}

func TestNoStd(t *testing.T) {
	for code, want := range map[string]bool{
		"#![no_std]": true, "#![cfg_attr(not(test), no_std)]": true, "#![cfg_attr(not(feature = \"std\"), no_std)]": false,
		"": false, "// #![no_std]": false, "mod m { #![no_std] }": false,
	} {
		manifest := mentioning + "\n[features]\ndefault = [\"std\"]\nstd = []\n"
		s := NewMemorySession(map[string]string{"/w/Cargo.toml": manifest, "/w/src/lib.rs": code}).Snapshot()
		w, err := s.Workspace("/w")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.NoStd(w.Packages[0], Selection{}); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}
