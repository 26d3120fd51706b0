package gates

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A crate in tokio's shape: wrapper macros, re-exports, items with several gates, and both ways to reach one.
var small = map[string]string{
	"tokio/Cargo.toml": "[package]\nname = \"tokio\"\n\n[features]\ndefault = []\nnet = []\n",
	"tokio/src/macros/cfg.rs": `
macro_rules! feature { (#![$m:meta] $($item:item)*) => { $( #[cfg($m)] $item )* } }
macro_rules! cfg_net { ($($item:item)*) => { $( #[cfg(feature = "net")] #[cfg_attr(docsrs, doc(cfg(feature = "net")))] $item )* } }
macro_rules! cfg_io { ($($item:item)*) => { $( #[cfg(any(feature = "net", all(unix, feature = "signal"), all(windows, feature = "fs")))] $item )* } }
macro_rules! cfg_not_net { ($($item:item)*) => { $( #[cfg(not(feature = "net"))] $item )* } }
`,
	"tokio/src/lib.rs": `//! doc
#[macro_use]
mod macros;
pub mod net;
pub mod wasi;
cfg_net! { pub mod inner; pub use inner::{Both as Renamed, self as r}; }
cfg_not_net! { mod fallback; }
pub use inner::Both;
mod same { pub fn same() {} }
pub use same::same;
pub mod io { cfg_io! { mod ready { #[deprecated = "old"] pub struct Ready; } cfg_net! { pub use ready::Ready; } } }
#[doc(hidden)] pub mod private { #[cfg(feature = "rt")] pub fn hidden() {} }
pub mod task { pub struct Builder<T>(T); impl<T> Builder<T> {
    #[cfg(feature = "time")] pub const fn enable_time(&self) {}
    pub fn plain(&self) {}
} impl<T> Drop for Builder<T> { fn drop(&mut self) {} } }
`,
	"tokio/src/macros/mod.rs": "mod cfg;",
	"tokio/src/net.rs": `
feature! { #![all(unix, feature = "net")] #[derive(Debug)] pub struct Stream { a: u8 } }
impl Stream { pub fn read(&self) -> [u8; 2] { if true { [1, 2] } else { [0; 2] } } fn own(&self) {} }
pin_project! { #[cfg(feature = "net")] pub struct Pinned<'a> { #[pin] f: &'a u8 } }
#[cfg(windows)] pub struct Pipe;
pub trait Addr { #[cfg(feature = "rt")] fn resolve(&self); }
`,
	"tokio/src/wasi.rs":       "//! doc\n#![cfg(target_os = \"wasi\")]\npub fn x() {}",
	"tokio/src/inner.rs":      "pub struct Both; #[macro_export] macro_rules! both { () => {} } macro_rules! ours { () => {} }",
	"tokio-macros/src/lib.rs": "#[proc_macro_attribute]\npub fn main(a: T, b: T) -> T {}\n",
}

func TestMark(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	for path, text := range small {
		path = filepath.Join(in, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	features := map[string]bool{"net": true, "signal": true, "rt": true, "time": true, "fs": true}
	marked, err := Mark(filepath.Join(in, "tokio"), filepath.Join(in, "tokio-macros"), out, Config{map[string]bool{"unix": true}, features})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"tokio::net": "", "tokio::net::Stream": "net", "tokio::net::Stream::read": "net", "tokio::net::Pinned": "net",
		"tokio::net::Addr": "", "tokio::net::Addr::resolve": "rt",
		"tokio::same": "", "tokio::Both": "net", "tokio::Renamed": "net", "tokio::r::Both": "net", "tokio::both": "net",
		"tokio::io::Ready":                  "net", // net|signal where it is declared, but its only public name needs net
		"tokio::task::Builder::enable_time": "time", "tokio::task::Builder::plain": "",
		"tokio::main": "macros & rt",
	} {
		if got, ok := marked.Public[path]; !ok || got.String() != want {
			t.Errorf("%s: got %q, known %t; want %q", path, got, ok, want)
		}
	}
	for _, path := range []string{"tokio::private", "tokio::same::same", "tokio::wasi", "tokio::private::hidden", "tokio::net::Pipe", "tokio::net::Stream::own", "tokio::ours"} {
		if _, ok := marked.Public[path]; ok {
			t.Errorf("%s is public", path)
		}
	}
	if got := marked.Methods["enable_time"].String(); got != "time" || len(marked.Methods) != 1 {
		t.Errorf("methods: got %v", marked.Methods)
	}
	for path, want := range map[string]string{
		"tokio/Cargo.toml":        `default = ["fs", "net", "rt", "signal", "time"]`,
		"tokio/src/net.rs":        `#[derive(Debug)] #[deprecated(note = "FG:net;")] pub struct Stream`,
		"tokio/src/lib.rs":        `#[deprecated(note = "FG:time;")] pub const fn enable_time`,
		"tokio/src/wasi.rs":       "//! doc\n#![cfg(target_os = \"wasi\")]\npub fn x() {}",
		"tokio/src/inner.rs":      `#[macro_export] #[deprecated(note = "FG:net;net")] macro_rules! both`,
		"tokio-macros/src/lib.rs": `#[deprecated(note = "FG:macros & rt;")] pub fn main(`,
	} {
		text, err := os.ReadFile(filepath.Join(out, path))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s:\n%s", path, want, text)
		}
		if strings.Contains(string(text), "old") {
			t.Errorf("%s keeps its own deprecation", path)
		}
	}
}
