package rust

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reactorls/engine/cfg"

	"golang.org/x/tools/txtar"
)

// known is what the tests' Has answers for.
var known = []string{"tokio::io::copy", "tokio::io::File", "tokio::spawn", "tokio::net", "tokio::net::TcpStream", "tokio::select"}

func testPackage(t *testing.T, archive string, edition int) *Package {
	files := map[string]*Source{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files["/"+f.Name] = Parse(string(f.Data))
	}
	p := &Package{
		Load:    func(path string) *Source { return files[filepath.ToSlash(path)] },
		Has:     func(x string, path []string) bool { return slices.Contains(known, x+"::"+strings.Join(path, "::")) },
		Edition: edition,
	}
	lib := p.AddCrate("mylib", "/src/lib.rs", []string{"tokio"}, nil)
	if files["/src/main.rs"] != nil {
		p.AddCrate("", "/src/main.rs", []string{"tokio"}, lib)
	}
	return p
}

// sites lists the mentions of tokio as path@file:line, with ! where the build
// leaves them out, ? where it may, and ~ where the name is unsure.
func sites(p *Package) []string {
	b := p.Build(func(atom cfg.Expr) cfg.Tri {
		switch atom.Name {
		case "unknown":
			return cfg.Maybe
		case "unix":
			return cfg.Yes
		}
		return cfg.No
	})
	var out []string
	for _, c := range p.Crates {
		for s := range c.Sites() {
			line := 1 + strings.Count(s.Unit.Source.Text[:s.Span.Start], "\n")
			mark := [...]string{cfg.No: "!", cfg.Maybe: "?", cfg.Yes: ""}[b.Holds(s.Cond)]
			if s.Unsure {
				mark += "~"
			}
			if s.Pub {
				mark += "+"
			}
			out = append(out, fmt.Sprintf("%s@%s:%d%s", strings.Join(append([]string{s.Extern}, s.Path...), "::"), strings.TrimPrefix(filepath.ToSlash(s.Unit.Path), "/src/"), line, mark))
		}
		for _, pr := range c.Problems {
			if pr.Unit != nil {
				out = append(out, "problem "+pr.Msg)
			}
		}
	}
	return out
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		name    string
		edition int
		archive string
		want    string
	}{
		{"alias, nested, self and super", 2021, `-- src/lib.rs --
use tokio::{self as rt, net as n};
fn f() { rt::spawn(x); n::TcpStream::connect(y); }
mod a { pub mod b { fn g() { super::super::n::UdpSocket::x(); self::c::d(); crate::rt::fs::e(); } } }
`, "tokio@lib.rs:1 tokio::net@lib.rs:1 tokio::spawn@lib.rs:2 tokio::net::TcpStream::connect@lib.rs:2 tokio::net::UdpSocket::x@lib.rs:3 tokio::fs::e@lib.rs:3"},
		{"a module of that name hides the crate", 2021, `-- src/lib.rs --
mod tokio { pub fn spawn() {} }
fn f() { tokio::spawn(); ::tokio::spawn(); }
mod inner { fn g() { tokio::net::x(); } }
`, "tokio::spawn@lib.rs:2 tokio::net::x@lib.rs:3"},
		{"block scoped imports end with the block", 2021, `-- src/lib.rs --
fn f() { { use tokio::net; net::a(); } net::b(); }
`, "tokio::net@lib.rs:1 tokio::net::a@lib.rs:1"},
		{"own globs, preludes and re-exports", 2021, `-- src/lib.rs --
pub mod prelude { pub use tokio::net::TcpStream; pub use tokio::io::*; }
mod a { use crate::prelude::*; fn f() { TcpStream::connect(x); copy(y); own(z); } }
`, "tokio::net::TcpStream@lib.rs:1+ tokio::io@lib.rs:1+ tokio::net::TcpStream::connect@lib.rs:2 tokio::io::copy@lib.rs:2"},
		{"a local item wins over a glob", 2021, `-- src/lib.rs --
use tokio::io::*;
fn copy() {}
fn f() { copy(); File::open(x); }
`, "tokio::io@lib.rs:1 tokio::io::File::open@lib.rs:3"},
		{"globs in circles", 2021, `-- src/lib.rs --
mod a { pub use crate::b::*; pub use tokio::io::*; }
mod b { pub use crate::a::*; fn f() { copy(x) } }
`, "tokio::io@lib.rs:1+ tokio::io::copy@lib.rs:2"},
		{"the library's re-export, seen from the binary", 2021, `-- src/lib.rs --
pub use tokio as rt;
-- src/main.rs --
use mylib::rt::net::TcpStream;
fn main() { mylib::rt::spawn(x) }
`, "tokio@lib.rs:1+ tokio::net::TcpStream@main.rs:1 tokio::spawn@main.rs:2"},
		{"type aliases", 2021, `-- src/lib.rs --
type Stream = tokio::net::TcpStream;
fn f() { Stream::connect(x) }
`, "tokio::net::TcpStream@lib.rs:1 tokio::net::TcpStream::connect@lib.rs:2"},
		{"module files", 2021, `-- src/lib.rs --
mod a; mod b; #[path = "odd.rs"] mod c; mod d { mod e; #[path = "f.rs"] mod f; } mod gone;
-- src/a.rs --
use tokio::a1; mod sub;
-- src/a/sub.rs --
use tokio::a2;
-- src/b/mod.rs --
use tokio::b1; mod sub;
-- src/b/sub.rs --
use tokio::b2;
-- src/odd.rs --
use tokio::c1; mod beside;
-- src/beside.rs --
use tokio::c2;
-- src/d/e.rs --
use tokio::e1;
-- src/d/f.rs --
use tokio::f1;
-- src/unreached.rs --
use tokio::never;
`, "tokio::a1@a.rs:1 tokio::a2@a/sub.rs:1 tokio::b1@b/mod.rs:1 tokio::b2@b/sub.rs:1 tokio::c1@odd.rs:1 tokio::c2@beside.rs:1 tokio::e1@d/e.rs:1 tokio::f1@d/f.rs:1 problem no file for module gone"},
		{"conditions of modules and imports add up", 2021, `-- src/lib.rs --
#[cfg(windows)] mod w;
#[cfg(unknown)] use tokio::net;
#[cfg(unix)] use tokio as rt;
#[cfg(windows)] use other as rt;
fn f() { net::a(); rt::b(); }
-- src/w.rs --
use tokio::c;
`, "tokio::net@lib.rs:2? tokio@lib.rs:3 tokio::net::a@lib.rs:5? tokio::b@lib.rs:5 tokio::c@w.rs:1!"},
		{"wrapper macros and macros that are called, or not", 2021, `-- src/lib.rs --
macro_rules! cfg_w { ($($i:item)*) => { $( #[cfg(windows)] $i )* } }
macro_rules! called { () => { tokio::a() } }
macro_rules! uncalled { () => { tokio::b() } }
macro_rules! looped { () => { tokio::c(); looped!(); other!() } }
macro_rules! other { () => { looped!() } }
cfg_w! { use tokio::d; }
fn f() { called!() }
`, "tokio::a@lib.rs:2 tokio::b@lib.rs:3? tokio::c@lib.rs:4! tokio::d@lib.rs:6!"},
		{"a wrapper macro of some of what it is given", 2021, `-- src/lib.rs --
macro_rules! cfg_w { ({ $($a:item)* } { $($b:item)* }) => { $($a)* $( #[cfg(windows)] $b )* } }
cfg_w! { { use tokio::a; } { use tokio::b; } }
`, "tokio::a@lib.rs:2? tokio::b@lib.rs:2?"},
		{"globs of modules that different builds have", 2021, `-- src/lib.rs --
#[cfg(windows)] mod w { pub mod time { pub struct Sleep; } }
#[cfg(windows)] pub use w::*;
#[cfg(unix)] mod u { pub mod time { pub use tokio::time::Sleep; } }
#[cfg(unix)] pub use u::*;
mod user { use crate::time::Sleep; }
`, "tokio::time::Sleep@lib.rs:3+ tokio::time::Sleep@lib.rs:5"},
		{"private imports do not leave by globs", 2021, `-- src/lib.rs --
mod w { use other as tokio; use other as kept; mod below { use super::*; fn f() { kept::x() } } }
use w::*;
fn f() { tokio::spawn() }
`, "tokio::spawn@lib.rs:3"},
		{"macros of one name in two crates", 2021, `-- src/lib.rs --
macro_rules! cfg_x { ($($i:item)*) => { $( #[cfg(unix)] $i )* } }
cfg_x! { use tokio::a; }
-- src/main.rs --
macro_rules! cfg_x { ($($i:item)*) => { $( #[cfg(windows)] $i )* } }
cfg_x! { use tokio::b; }
`, "tokio::a@lib.rs:2 tokio::b@main.rs:2!"},
		{"edition 2015", 2015, `-- src/lib.rs --
extern crate tokio;
mod net { pub fn x() {} }
mod a { use tokio::io; use net::x; fn f() { ::tokio::spawn(); io::copy() } }
`, "tokio@lib.rs:1 tokio::io@lib.rs:3 tokio::spawn@lib.rs:3 tokio::io::copy@lib.rs:3"},
		{"extern crate under another name", 2021, `-- src/lib.rs --
extern crate tokio as rt;
mod a { fn f() { crate::rt::spawn() } }
`, "tokio@lib.rs:1 tokio::spawn@lib.rs:2"},
		{"macro_use", 2018, `-- src/lib.rs --
#[macro_use] extern crate tokio;
mod a { fn f() { select! { x = y => {} } } }
`, "tokio@lib.rs:1 tokio::select@lib.rs:2"},
		{"include", 2021, `-- src/lib.rs --
use tokio::net;
include!("part.rs");
fn f() { made::g(); }
include!(concat!(env!("OUT_DIR"), "/x.rs"));
-- src/part.rs --
use tokio as made;
fn h() { net::x(); }
`, "tokio::net@lib.rs:1 tokio::g@lib.rs:3 tokio@part.rs:1 tokio::net::x@part.rs:2 problem included code is not there before a build"},
		{"imports of the same name as their crate", 2021, `-- src/lib.rs --
use tokio;
mod a { use tokio::tokio; fn f() { tokio::x() } }
`, "tokio@lib.rs:1 tokio::tokio@lib.rs:2 tokio::tokio::x@lib.rs:2"},
	} {
		got := strings.Join(sites(testPackage(t, c.archive, c.edition)), " ")
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestEntangled has globs that refer to each other in more ways than can be
// walked one by one.
func TestEntangled(t *testing.T) {
	const n = 60
	var b strings.Builder
	b.WriteString("-- src/lib.rs --\n")
	for i := range n {
		fmt.Fprintf(&b, "pub mod m%d { ", i)
		for j := range n {
			fmt.Fprintf(&b, "pub use crate::m%d::*; ", j)
		}
		fmt.Fprintf(&b, "fn f() { found::x(); missing::x(); } pub use crate::m%d::missing; }\n", (i+1)%n)
	}
	b.WriteString("mod last { pub use crate::m0::*; }\nuse tokio::net as found;\nmod user { use crate::*; fn f() { found::y(); } }")
	p := testPackage(t, b.String(), 2021)
	if got := len(slices.Collect(p.Crates[0].Sites())); got != 2 {
		t.Errorf("got %d sites", got)
	}
}
