package lsp

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hovered = `
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2024"

[package.metadata.reactorls]
allow = ["dev-only-feature"]

[dependencies]
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", optional = true, features = ["𝄞", "time", "fs"] } # reactorls: allow(unused-feature)

[features]
timed = ["tokio/time", "serde?/std"]
-- src/lib.rs --
// reactorls: allow(missing-feature, unused-runtime)
/* 𝄞 */ pub use tokio::time::sleep;
`

func TestHover(t *testing.T) {
	for encoding := range encodingNames {
		for _, c := range []struct {
			file, at string
			offset   int    // in at
			page     string // how it begins; "": there is none
			has      string
			span     string
		}{
			{"Cargo.toml", "tokio = {", 0, "**tokio 1.54.1** · runtime", "Uses 1 of 2 features", "tokio"},
			{"Cargo.toml", "tokio = {", 5, "**tokio 1.54.1** · runtime", "| | tokio multi-thread | smol | tokio current_thread |", "tokio"},
			{"Cargo.toml", "tokio = {", 6, "", "", ""},
			{"Cargo.toml", `"time"`, 1, "**tokio/time** · a feature of tokio 1.54.1", "[src/lib.rs:2]", `time`},
			{"Cargo.toml", `"fs"`, 2, "**tokio/fs** · a feature of tokio 1.54.1", "Nothing here needs it", `fs`},
			{"Cargo.toml", `"𝄞"`, 1, "", "", ""},
			{"Cargo.toml", `"tokio/time"`, 3, "**tokio/time** · a feature of tokio 1.54.1", "Needed for `tokio::", `tokio/time`},
			{"Cargo.toml", `"serde?/std"`, 3, "", "", ""},
			{"Cargo.toml", "serde = ", 1, "", "", ""},
			{"Cargo.toml", `"derive"`, 1, "", "", ""},
			{"Cargo.toml", "unused-feature)", 3, "# unused-feature", "", "unused-feature"},
			{"Cargo.toml", "unused-feature)", 0, "# unused-feature", "", "unused-feature"},
			{"Cargo.toml", "allow(unused", 1, "", "", ""},
			{"Cargo.toml", `"dev-only-feature"`, 4, "# dev-only-feature", "", "dev-only-feature"},
			{"Cargo.toml", "[package]", 0, "", "", ""},
			{"src/lib.rs", "missing-feature", 2, "# missing-feature", "", "missing-feature"},
			{"src/lib.rs", "unused-runtime", 14, "# unused-runtime", "", "unused-runtime"},
			{"src/lib.rs", "tokio::time", 1, "**`tokio::time::sleep`** · tokio 1.54.1", "- smol: `smol::Timer::after(d).await` – under any executor", "tokio::time::sleep"},
			{"src/lib.rs", "pub use", 1, "", "", ""},
		} {
			t.Run(strings.Join([]string{encoding, c.file, c.at}, " "), func(t *testing.T) {
				bubble(t, hovered, func(t *testing.T, e *editor) {
					e.initialize(full(encoding))
					content := e.open(c.file)
					m := e.call("textDocument/hover", at(e.uri(c.file), positionIn(content, strings.Index(content, c.at)+c.offset, encoding)))
					if c.page == "" {
						if string(m.Result) != "null" {
							t.Errorf("got %s", m.Result)
						}
						return
					}
					var got struct {
						Contents struct{ Kind, Value string }
						Range    textRange
					}
					check(t, json.Unmarshal(m.Result, &got))
					if got.Contents.Kind != "markdown" || !strings.HasPrefix(got.Contents.Value, c.page+"\n") || !strings.Contains(got.Contents.Value, c.has) {
						t.Errorf("got %s", m.Result)
					}
					if span := strings.Trim(sliceIn(content, got.Range, encoding), `"`); span != c.span {
						t.Errorf("over %q, want %q", span, c.span)
					}
				})
			})
		}
	}
}

// Places outside of the text, and texts that are not there, say nothing.
func TestHoverNowhere(t *testing.T) {
	bubble(t, hovered, func(t *testing.T, e *editor) {
		e.initialize(object{})
		e.open("Cargo.toml")
		for _, params := range []object{
			at(e.uri("Cargo.toml"), position{1 << 31, 1 << 31}),
			at(e.uri("Cargo.toml"), position{0, 1 << 30}),
			at(e.uri("nowhere/Cargo.toml"), position{0, 0}),
			at(e.uri("src"), position{0, 0}),
			at("untitled:Cargo.toml", position{0, 0}),
			at("", position{0, 0}),
		} {
			if m := e.call("textDocument/hover", params); m.Error != nil || string(m.Result) != "null" {
				t.Errorf("%v: %s %+v", params, m.Result, m.Error)
			}
		}
		m := e.call("textDocument/hover", at(e.uri("Cargo.toml"), position{10, 2}))
		if !strings.Contains(string(m.Result), `"plaintext"`) {
			t.Errorf("a client that takes no markdown gets %s", m.Result)
		}
	})
}

const driven = `
-- .cargo/config.toml --
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2021"

[dependencies]
async-std = { version = "1", features = ["attributes"] }
client = { version = "1", features = ["json"] }
plain = "1"
pollster = "0.4"
tokio = { version = "1", features = ["full"] }
-- Cargo.lock --
version = 4
[[package]]
name = "demo"
version = "0.1.0"
dependencies = ["async-std", "client", "plain", "pollster", "tokio"]
[[package]]
name = "async-std"
version = "1.13.2"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "client"
version = "1.2.3"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["transport", "plain"]
[[package]]
name = "plain"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "pollster"
version = "0.4.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "serious"
version = "2.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "tokio"
version = "1.47.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "transport"
version = "0.5.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["tokio", "serious"]
-- vendor/async-std/Cargo.toml --
[package]
name = "async-std"
version = "1.13.2"
[features]
attributes = []
-- vendor/client/Cargo.toml --
[package]
name = "client"
version = "1.2.3"
[features]
json = ["transport/json"]
[dependencies]
transport = "0.5"
-- vendor/plain/Cargo.toml --
[package]
name = "plain"
version = "1.0.0"
-- vendor/pollster/Cargo.toml --
[package]
name = "pollster"
version = "0.4.0"
-- vendor/serious/Cargo.toml --
[package]
name = "serious"
version = "2.0.0"
-- vendor/tokio/Cargo.toml --
[package]
name = "tokio"
version = "1.47.0"
[features]
full = ["net", "rt", "macros"]
net = []
rt = []
macros = []
-- vendor/transport/Cargo.toml --
[package]
name = "transport"
version = "0.5.0"
[features]
json = ["dep:serious"]
[dependencies]
tokio = { version = "1", features = ["net", "rt"] }
serious = { version = "2", optional = true }
-- src/main.rs --
#[tokio::main(worker_threads = 3)]
async fn main() {
    let rt = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    rt.block_on(async {});
    tokio::task::spawn_blocking(|| ()).await;
    async_std::task::spawn(async {});
    pollster::block_on(async {});
    std::thread::spawn(|| ());
}
#[tokio::test]
async fn t() {}
`

// What hovers say of a package whose graph is known.
func TestHoverGraph(t *testing.T) {
	for _, c := range []struct {
		file, at string
		has      []string // none: there is no hover
	}{
		{"Cargo.toml", "client =", []string{"**client 1.2.3**\n\nDrives **tokio**: panics outside of its runtime.", "- `client 1.2.3` → `transport 0.5.0` asks `net`, `rt` of tokio\n"}},
		{"Cargo.toml", `json"]`, []string{"**client/json**\n\nBrings in `serious 2.0.0`.\n"}},
		{"Cargo.toml", `full"`, []string{"Turns on `fs`, `io-util`", "The code here needs `macros`, `rt`, `rt-multi-thread` of it."}},
		{"Cargo.toml", "plain =", nil},
		{"Cargo.toml", "tokio =", []string{"**tokio 1.47.0** · runtime", "Uses 3 of 11 features.", "| | tokio multi-thread | actix-rt | tokio current_thread |", "Others here drive a runtime of their own (`transport`)"}},
		{"Cargo.toml", "async-std =", []string{"**Discontinued**: async-std has been discontinued; its authors recommend smol; use smol or tokio. Source: RUSTSEC-2025-0052", "**RUSTSEC-2025-0052** (unmaintained)"}},
		{"Cargo.toml", `attributes"`, []string{"**async-std/attributes**", "Needed for `async_std::main`, `async_std::test`"}},
		{"src/main.rs", "tokio::main", []string{"**`#[tokio::main]`** · tokio 1.47.0\n", "Here: multi-thread · 3 workers.", "- smol: `fn main() { smol::block_on(async { … }) }` – no attribute", "Source: tokio-macros"}},
		{"src/main.rs", "tokio::test", []string{"Here: current-thread · 1 thread."}},
		{"src/main.rs", "worker_threads(2)", []string{"**`tokio::runtime::Builder::worker_threads`**", "`SMOL_THREADS=n`"}},
		{"src/main.rs", "block_on(async {});\n    tokio", []string{"**`tokio::runtime::Runtime::block_on`**", "Panics inside async code"}},
		{"src/main.rs", "task::spawn_blocking", []string{"at most 512 besides the workers"}},
		{"src/main.rs", "task::spawn(", []string{"**`async_std::task::spawn`** · async-std 1.13.2", "- tokio: `tokio::spawn(f)`"}},
		{"src/main.rs", "pollster::block_on", []string{"**`pollster::block_on`** · pollster"}},
		{"src/main.rs", "thread::spawn", nil},
		{"src/main.rs", "async fn main", nil},
	} {
		for _, kind := range []string{"markdown", "plaintext"} {
			for _, newline := range []string{"\n", "\r\n"} {
				bubble(t, driven, func(t *testing.T, e *editor) {
					capabilities := full("utf-16")
					capabilities["textDocument"].(object)["hover"] = object{"contentFormat": []string{kind}}
					e.initialize(capabilities)
					content, err := os.ReadFile(filepath.Join(e.dir, c.file))
					check(t, err)
					text := strings.ReplaceAll(string(content), "\n", newline)
					e.openText(e.uri(c.file), text)
					place := strings.Index(text, strings.ReplaceAll(c.at, "\n", newline)) + 1
					m := e.call("textDocument/hover", at(e.uri(c.file), positionIn(text, place, "utf-16")))
					var got *struct{ Contents struct{ Kind, Value string } }
					check(t, json.Unmarshal(m.Result, &got))
					if got == nil || len(c.has) == 0 {
						if (got == nil) != (len(c.has) == 0) {
							t.Errorf("%s: got %s", c.at, m.Result)
						}
						return
					}
					for _, has := range c.has {
						if kind == "plaintext" {
							has = plain(has)
						}
						table := strings.HasPrefix(has, "| |") && kind == "plaintext"
						if got.Contents.Kind != kind || !table && !strings.Contains(got.Contents.Value, has) {
							t.Errorf("%s %s: no %q in\n%s", c.at, kind, has, got.Contents.Value)
						}
					}
					if kind == "plaintext" && strings.ContainsAny(got.Contents.Value, "`*") {
						t.Errorf("%s: marks in %s", c.at, got.Contents.Value)
					}
				})
			}
		}
	}
}

// Which card a runtime has, and what it is compared with, follows from the package.
func TestHoverCards(t *testing.T) {
	const head = "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n"
	for _, c := range []struct{ dependency, code, config, want string }{
		{`tokio = { version = "1", features = ["full"] }`, "", "", "| | tokio multi-thread | smol | tokio current_thread |"},
		{`tokio = { version = "1", features = ["full"] }`, `#[tokio::main(flavor = "current_thread")] async fn main() {}`, "", "| | tokio current_thread | smol | tokio multi-thread |"},
		{`tokio = { version = "1", features = ["full"] }`, `#[tokio::main(flavor = "local")] async fn main() {}`, "", "| | tokio LocalRuntime | smol | tokio multi-thread |"},
		{`tokio = { version = "1", features = ["rt"] }`, "", "", "| | tokio current_thread | smol | tokio multi-thread |"},
		{`tokio = { version = "1", features = ["rt"] }`, "", "wasm32-unknown-unknown", "| | tokio current_thread | wasm-bindgen-futures | tokio LocalRuntime |"},
		{`tokio = { version = "0.2", features = ["full"] }`, "", "", ""},
		{`embassy-executor = "0.10"`, "#![no_std]", "thumbv7em-none-eabihf", "| | embassy-executor | rtic | lilos |"},
		{`embassy-executor = "0.10"`, "#![no_std]", "", "| | embassy-executor | rtic | lilos |"},
		{`embassy-executor = "0.10"`, "", "thumbv7em-none-eabihf", "| | embassy-executor | rtic | lilos |"},
		{`glommio = "0.9"`, "", "", "| | glommio | tokio multi-thread | tokio current_thread |"},
		{`glommio = "0.9"`, "", "x86_64-pc-windows-msvc", "| | glommio | tokio multi-thread | tokio current_thread |"},
		{`pollster = "1"`, "", "", "| | pollster | async-executor | edge-executor |"},
	} {
		archive := "-- Cargo.toml --\n" + head + c.dependency + "\n-- src/main.rs --\n" + c.code + "\n"
		if c.config != "" {
			archive += "-- .cargo/config.toml --\n[build]\ntarget = \"" + c.config + "\"\n"
		}
		bubble(t, archive, func(t *testing.T, e *editor) {
			e.initialize(full("utf-8"))
			content := e.open("Cargo.toml")
			var got struct{ Contents struct{ Value string } }
			check(t, json.Unmarshal(e.call("textDocument/hover", at(e.uri("Cargo.toml"), positionIn(content, len(head), "utf-8"))).Result, &got))
			row := ""
			for line := range strings.Lines(got.Contents.Value) {
				if strings.HasPrefix(line, "| |") {
					row = strings.TrimSpace(line)
				}
			}
			if row != c.want || got.Contents.Value == "" {
				t.Errorf("%s %s %s: got %s, want %s", c.dependency, c.code, c.config, row, c.want)
			}
		})
	}
}
