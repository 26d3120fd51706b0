package rust

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"reactorls/engine/cfg"
)

// shelf is what the tests' Library knows.
var shelf = map[string]LibraryItem{
	"std::Option":                    {Path: []string{"option", "Option"}, Type: true, Generics: []string{"T"}, Each: "T"},
	"std::option::Option":            {Path: []string{"option", "Option"}, Type: true, Generics: []string{"T"}, Each: "T"},
	"std::option::Option::unwrap":    {Path: []string{"option", "Option", "unwrap"}, Returns: "T"},
	"std::option::Option::map":       {Path: []string{"option", "Option", "map"}, Arguments: "|T| U", Returns: "Option<U>"},
	"std::option::Option::Some::0":   {Path: []string{"option", "Option", "Some", "0"}, Returns: "T"},
	"std::Result":                    {Path: []string{"result", "Result"}, Type: true, Generics: []string{"T", "E"}},
	"std::result::Result":            {Path: []string{"result", "Result"}, Type: true, Generics: []string{"T", "E"}},
	"std::sync::Arc":                 {Path: []string{"sync", "Arc"}, Type: true, Generics: []string{"T"}, Deref: "T"},
	"std::sync::Arc::new":            {Path: []string{"sync", "Arc", "new"}, Arguments: "T", Returns: "std::sync::Arc<T>"},
	"tokio::net::TcpStream":          {Path: []string{"net", "TcpStream"}, Type: true},
	"tokio::net::TcpStream::connect": {Path: []string{"net", "TcpStream", "connect"}, Async: true, Returns: "Result<crate::net::TcpStream>"},
	"tokio::net::TcpStream::peer":    {Path: []string{"net", "TcpStream", "peer"}},
	"tokio::io::WriteExt":            {Path: []string{"io", "WriteExt"}, Type: true, Trait: true},
	"tokio::io::WriteExt::write_all": {Path: []string{"io", "WriteExt", "write_all"}},
}

// TestCalls holds what .peer() and .write_all() are taken for: yes, no, or ? where
// it is not sure.
func TestCalls(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"fn f(s: TcpStream) { s.peer() }", "yes"},
		{"fn f(s: &mut Option<TcpStream>) { s.unwrap().peer() }", "yes"},
		{"async fn f() { let s = TcpStream::connect(a).await?; s.peer() }", "yes"},
		{"async fn f() { let Ok(s) = g().await else { return }; s.peer() } async fn g() -> Result<TcpStream, E> { }", "no"}, // no such part on the shelf
		{"fn f(o: Option<TcpStream>) { if let Some(s) = o { s.peer() } }", "yes"},
		{"fn f(o: Option<TcpStream>) { o.map(|s| s.peer()); }", "yes"},
		{"struct A<T> { s: T } fn f(a: &A<TcpStream>) { a.s.peer() }", "yes"},
		{"struct A { s: Arc<TcpStream> } impl A { fn f(&self) { self.s.peer() } }", "yes"},
		{"struct A; impl A { fn s(&self) -> TcpStream { x } fn f(&self) { self.s().peer() } }", "yes"},
		{"fn f(a: (u8, TcpStream)) { let (_, s) = a; s.peer() }", "yes"},
		{"fn f(s: TcpStream) { let s = other(); s.peer() }", "no"},
		{"fn f(s: TcpStream) { { let s = 1; } s.peer() }", "yes"},
		{"fn f(s: Unknown) { s.peer() }", "no"},
		{"struct A; impl A { fn peer(&self) {} } fn f(a: A) { a.peer() }", "no"},
		{"fn f(s: TcpStream) { select! { x = s.peer() => {} } }", "yes"},
		{"fn f(s: TcpStream) { match 1 { 1 => s.peer(), _ => {} } }", "yes"},
		{"async fn f() { let c = async { TcpStream::connect(a).await.unwrap() }; c.await.peer() }", "no"}, // nor such a method
		{"use tokio::io::WriteExt; fn f(s: TcpStream) { s.write_all() }", "yes"},
		{"use tokio::io::WriteExt as _; fn f<W: Unpin>(s: W) { s.write_all() }", "?"}, // the shelf has no Unpin
		{"use tokio::io::WriteExt; fn f(s: Unknown) { s.write_all() }", "?"},
		{"fn f(s: TcpStream) { s.write_all() }", "no"},
		{"impl Far for TcpStream { fn f(&self) { self.peer() } }", "yes"},
		{"#[cfg(windows)] mod a { pub struct S; } #[cfg(unix)] mod a { pub use super::TcpStream as S; } fn f(s: a::S) { s.peer() }", "yes"},
		{"#[cfg(unix)] use other::T; #[cfg(windows)] use tokio::net::TcpStream as T; fn f(s: T) { s.peer() }", "yes"},
		{"struct A { #[cfg(windows)] s: u8, #[cfg(unix)] s: TcpStream } fn f(a: A) { a.s.peer() }", "yes"},
		{"#[cfg(unix)] fn s() -> TcpStream { x } #[cfg(windows)] fn s() -> u8 { x } fn f() { s().peer() }", "yes"},
		{"#[cfg(unix)] fn s() -> u8 { x } #[cfg(windows)] fn s() -> TcpStream { x } fn f() { s().peer() }", "no"},
		{"fn f(", ""},
		{"fn f() { x.peer( }", "no"},
	} {
		p := testPackage(t, "-- src/lib.rs --\nuse tokio::net::TcpStream; use std::sync::Arc;\n"+c.src, 2021)
		p.Library = func(extern string, path []string) (LibraryItem, bool) {
			item, ok := shelf[strings.Join(append([]string{extern}, path...), "::")]
			return item, ok
		}
		unix := p.Build(func(atom cfg.Expr) cfg.Tri { return cfg.Of(atom.Name == "unix") })
		p.Prefers = func(cond CondID) bool { return unix.Holds(cond) == cfg.Yes }
		p.Crates[0].externs["std"] = nil
		var got []string
		for _, f := range p.Crates[0].Fns() {
			calls := f.Calls()
			for _, m := range f.Unit.Source.Methods {
				name := m.Span.Text().In(f.Unit.Source.Text)
				call, ok := calls[m.Start]
				if !ok && f.Unit.fnAt(m.Scope) != f || name != "peer" && name != "write_all" {
					continue
				}
				switch {
				case call.Extern != "tokio":
					got = append(got, "no")
				case !call.Sure:
					got = append(got, "?")
				default:
					got = append(got, "yes")
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.src, got, c.want)
		}
	}
}

// FuzzCalls holds that reading bodies for types ends and never panics.
func FuzzCalls(f *testing.F) {
	f.Add("struct A<T> { s: T } impl<T> A<T> { fn f(&self) { self.s.g(|x| x?)[0].await; match y { B(z) => z.h() } } }")
	f.Fuzz(func(t *testing.T, src string) {
		source := Parse(src)
		p := &Package{
			Load: func(path string) *Source { return map[string]*Source{"/src/lib.rs": source}[filepath.ToSlash(path)] },
			Has:  func(string, []string) bool { return false },
			Library: func(extern string, path []string) (LibraryItem, bool) {
				item, ok := shelf[fmt.Sprintf("%s::%s", extern, strings.Join(path, "::"))]
				return item, ok
			},
			Edition: 2021,
		}
		c := p.AddCrate("mylib", "/src/lib.rs", []string{"tokio", "std"}, nil)
		for _, fn := range c.Fns() {
			fn.Calls()
		}
	})
}
