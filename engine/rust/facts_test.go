package rust

import (
	"fmt"
	"strings"
	"testing"

	"reactorls/engine/cfg"
)

// render writes what a test cares for: refs, methods, modules and macros, each
// with the conditions it stands under.
func render(s *Source) string {
	var out []string
	cond := func(i int32) string {
		var parts []string
		for ; i > 0; i = s.Conds[i].Parent {
			switch c := s.Conds[i]; c.Kind {
			case CfgCond:
				parts = append([]string{c.Expr.Gate()}, parts...)
			default:
				parts = append([]string{[...]string{CallCond: "call:", MacroCond: "macro:", QuotedCond: "quoted:"}[c.Kind] + c.Name}, parts...)
			}
		}
		if parts == nil {
			return ""
		}
		return " if " + strings.Join(parts, " & ")
	}
	for _, r := range s.Refs {
		path := strings.Join(r.Segs, "::")
		if r.Global {
			path = "::" + path
		}
		if r.Open {
			path += "::$"
		}
		line := [...]string{PathRef: "path", UseRef: "use", GlobRef: "glob", MacroRef: "macro", AttrRef: "attr"}[r.Kind] + " " + path
		if r.Args.End > 0 {
			line += "(" + r.Args.Text().In(s.Text) + ")"
		}
		if r.Pub {
			line += " pub"
		}
		out = append(out, line+cond(r.Cond))
	}
	for _, n := range s.Names {
		if n.Use && len(n.Path.Segs) > 0 && n.Name == n.Path.Segs[len(n.Path.Segs)-1] {
			continue
		}
		line := "name " + n.Name
		if len(n.Path.Segs) > 0 {
			line += " = " + strings.Join(n.Path.Segs, "::")
		}
		out = append(out, line+cond(n.Cond))
	}
	for _, m := range s.Methods {
		out = append(out, "method "+m.Span.Text().In(s.Text)+cond(m.Cond))
	}
	for _, m := range s.Mods {
		line := "mod " + m.Name
		for _, p := range m.Paths {
			line += " at " + p.Path + cond(p.Cond)
		}
		if m.Body >= 0 {
			line += " inline"
		}
		out = append(out, line+cond(m.Cond))
	}
	for _, m := range s.Macros {
		line := "rules " + m.Name
		if m.Wraps != nil {
			line += " wraps " + m.Wraps.Gate()
		}
		out = append(out, line+cond(m.Cond))
	}
	for _, b := range s.Bare {
		out = append(out, fmt.Sprintf("bare %s %t%s", b.Span.Text().In(s.Text), b.Sure, cond(b.Cond)))
	}
	for _, in := range s.Includes {
		out = append(out, fmt.Sprintf("include %q%s", in.Path, cond(in.Cond)))
	}
	if s.Broken {
		out = append(out, "broken")
	}
	return strings.Join(out, "\n")
}

func TestFacts(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"use trees", "use tokio::{self, fs as f, net::{TcpListener, *}, sync::mpsc::{self, Sender}};\npub use ::a::b as _;",
			"use tokio\nuse tokio::fs\nuse tokio::net::TcpListener\nglob tokio::net\nuse tokio::sync::mpsc\nuse tokio::sync::mpsc::Sender\nuse ::a::b pub\nname f = tokio::fs"},
		{"raw identifiers", "use r#async::r#fn; fn f() { r#match::x(); }", "use async::fn\npath match::x\nname f"},
		{"extern crate", "extern crate tokio as rt; #[macro_use] extern crate log;", "use ::tokio\nuse ::log\nname rt = tokio"},
		{"restricted pub is no re-export", "pub(crate) use a::b; pub use c::d;", "use a::b\nuse c::d pub"},
		{"paths", "fn f() { tokio::spawn(a::b); let x: ::c::D<e::F> = g::h::<i::J>::k(); m::n!(o::p); single(); }",
			"path tokio::spawn\npath a::b\npath ::c::D\npath e::F\npath i::J\npath g::h::k\nmacro m::n\npath o::p\nname f"},
		{"qualified paths", "fn f() { <a::B>::c(); <D as e::F>::g(); <&mut h::I>::j(); let v: Vec<k::L> = x; }",
			"path a::B\npath a::B::c\npath e::F\npath e::F::g\npath h::I\npath h::I::j\npath k::L\nname f"},
		{"qualified paths through imports", "fn f() { <S as T<u8>>::a(); <R>::b::c(); <<A as B>::C as d::E<u8>>::g(); <_>::h(); <dyn I>::j(); }",
			"path T::a\npath R::b::c\npath B::C\npath d::E\npath d::E::g\nname f"},
		{"parameters in front of a path", "impl<T> ::a::B for C<T> {} fn f() -> bool { x > ::d::E && g() < 8 && x > ::h::I }", "path ::a::B\npath ::d::E\npath ::h::I\nname f"},
		{"a glob in a group", "use a::{b, *}; fn f(x: &mut C) { if let D(_) = x {} }", "use a::b\nglob a\nname f\nbare C true\nbare D true\nbare _ false\nbare x false"},
		{"the root's glob of the 2015 edition", "use *;", "glob crate"},
		{"a keyword does not begin a path", "impl a::T for ::dep::x {} fn f() { return ::b::c; }", "path a::T\npath ::dep::x\npath ::b::c\nname f"},
		{"methods, fields, ranges", "fn f() { a.b().c.d::<E>(); 1..g.h(); x.tokio::y; 1.0.powi(2) }", "name f\nmethod b\nmethod d\nmethod h\nmethod powi"},
		{"strings and comments hold nothing", "// a::b\nfn f() { \"c::d\"; /* e::f /* g::h */ */ r#\"i::j\"#; 'x'; b'y'; 'a: loop {} }", "name f"},
		{"doc comments hold nothing", "/// a::b\nfn f() {}", "name f"},
		{"select", "fn f() { tokio::select! { _ = tokio::time::sleep(d) => {} v = rx.recv() => a::b(v), } }",
			"macro tokio::select\npath tokio::time::sleep if call:select\npath a::b if call:select\nname f\nmethod recv if call:select"},
		{"modules", "mod a; pub mod b { use c::d; mod e; } #[path = \"x.rs\"] mod g; #[cfg_attr(unix, path = \"u.rs\")] #[cfg_attr(windows, path = \"w.rs\")] mod s;",
			"use c::d\nmod a\nmod b inline\nmod e\nmod g at x.rs\nmod s at u.rs if unix at w.rs if windows"},
		{"cfg of an item", "#[cfg(test)] mod t { use a::b; } use c::d; #[cfg(feature = \"x\")] fn f() { e::g() } #[cfg(unix)] use h::{i, j}; k::l!();",
			"use a::b if test\nuse c::d\npath e::g if \"x\"\nuse h::i if unix\nuse h::j if unix\nmacro k::l\nname f if \"x\"\nmod t inline if test"},
		{"cfg of a statement, a field, an arm and an argument", `fn f(#[cfg(a1)] x: A<p::B, C>, y: q::D) { #[cfg(a2)] r::s(); #[cfg(a3)] { t::u() } v::w();
			match z { #[cfg(a4)] X::Y { .. } => a::b(), #[cfg(a5)] Y => { c::d() } _ => e::f(), } let v = S { #[cfg(a6)] g: h::i, j: k::l };
			#[cfg(a7)] if let P { q } = o::p { m::n() } else { i::j() } g::h(); }`,
			"path p::B if a1\npath q::D\npath r::s if a2\npath t::u if a3\npath v::w\npath X::Y if a4\npath a::b if a4\npath c::d if a5\npath e::f\npath h::i if a6\npath k::l\npath o::p if a7\npath m::n if a7\npath i::j if a7\npath g::h\nname f"},
		{"inner cfg holds for the rest", "mod m { #![cfg(unix)] use a::b; } use c::d;", "use a::b if unix\nuse c::d\nmod m inline"},
		{"test functions, whose attribute is resolved in any build", "#[tokio::test(flavor = \"multi_thread\")] async fn t() { a::b() } #[test] fn u() { c::d() } #[rstest] fn v() { e::f() }",
			"attr tokio::test(flavor = \"multi_thread\")\npath a::b if test\nattr test\npath c::d if test\nattr rstest\npath e::f if test\nname t if test\nname u if test\nname v if test"},
		{"cfg_attr", "#[cfg_attr(feature = \"rt\", tokio::main(flavor = \"x\"), cfg(unix))] fn main() { a::b() }",
			"attr tokio::main(flavor = \"x\") if any(not(\"rt\"), unix) & \"rt\"\npath a::b if any(not(\"rt\"), unix)\nname main if any(not(\"rt\"), unix)"},
		{"cfg_if", "cfg_if::cfg_if! { if #[cfg(unix)] { use a::b; } else if #[cfg(windows)] { use c::d; } else { use e::f; } }",
			"macro cfg_if::cfg_if\nuse a::b if unix\nuse c::d if all(not(unix), windows)\nuse e::f if all(not(unix), not(windows))"},
		{"cfg_select", "cfg_select! { unix => { use a::b; } any(windows, x) => c::d(), _ => { use e::f; } }",
			"macro cfg_select\nuse a::b if unix\npath c::d if all(not(unix), any(windows, x))\nuse e::f if all(not(unix), not(any(windows, x)))"},
		{"wrapper macros", "macro_rules! cfg_rt { ($($item:item)*) => { $( #[cfg(feature = \"rt\")] #[doc(x)] $item )* } } cfg_rt! { use a::b; }",
			"macro cfg_rt\nuse a::b if call:cfg_rt\nrules cfg_rt wraps \"rt\""},
		{"macro bodies", "#[macro_export] macro_rules! m { ($x:ident) => { $crate::a::b($x::c, d::$x, e::f) }; () => { g::h() } }",
			"path crate::a::b if macro:m\npath d::$ if macro:m\npath e::f if macro:m\npath g::h if macro:m\nrules m"},
		{"quoted code is not ours", "fn f() { quote! { tokio::spawn() } quote_spanned!(a::b); stringify!(c::d) }",
			"macro quote\npath tokio::spawn if quoted:quote\nmacro quote_spanned\npath a::b if quoted:quote_spanned\nmacro stringify\npath c::d if quoted:stringify\nname f"},
		{"type aliases", "type A<T> = b::C<T>; type D = E; impl T for X { type A = f::G; }", "path b::C\npath f::G\nname A = b::C\nname D = E"},
		{"methods of a type are no names", "struct S; enum E { A } trait T { fn a(); } impl S { fn b() { fn c() {} } const D: u8 = 1; } static U: u8 = 0; const V: x::Y = z;",
			"path x::Y\nname S\nname E\nname T\nname c\nname U\nname V"},
		{"impl in a type is no item", "fn f(x: impl a::B) -> impl c::D + use<'_> { e::f() }", "path a::B\npath c::D\npath e::f\nname f"},
		{"includes", "include!(\"gen.rs\"); include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\")); #[doc = include_str!(\"../README.md\")] mod m {}",
			"macro include\nmacro include\nmacro concat\nmacro env\nmod m inline\ninclude \"gen.rs\"\ninclude \"\"\ninclude \"../README.md\""},
		{"bare names where a glob is", "use tokio::io::*; fn f(x: File, r: u8) { copy(r); let g = block::<u8>; y.z(); S { k: v } }",
			"glob tokio::io\nname f\nmethod z\nbare File true\nbare u8 false\nbare copy true\nbare r false\nbare u8 false\nbare block true\nbare y false\nbare S true\nbare v false"},
		{"async functions", "pub async unsafe fn f() { a::b() }", "path a::b\nname f"},
		{"unclosed bracket", "fn f() { a::b( } use c::d;", "path a::b\nuse c::d\nname f\nbroken"},
		{"unclosed string", "fn f() { g(\"a); }\nuse c::d;\nfn g() { h(\"x\"); i::j(); }", "use c::d\npath i::j\nname f\nname g\nbroken"},
		{"half-typed use", "use tokio::\nuse a::b;\nuse c::{d, \nfn f() { e::g() }", "use tokio::$\nuse a::b\nuse c::d\npath e::g\nname f\nbroken"},
	} {
		if got := render(Parse(c.src)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestScopes(t *testing.T) {
	s := Parse("async fn a() { async move { b() }; } impl X { fn c() { { d() } } }")
	var got []string
	for _, sc := range s.Scopes {
		got = append(got, fmt.Sprintf("%d %d %s %t", sc.Kind, sc.Parent, sc.Name, sc.Async))
	}
	want := "0 -1  false|2 0 a true|4 1  false|5 0  false|2 3 c false|3 4  false"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s", strings.Join(got, "|"))
	}
}

func TestDoctests(t *testing.T) {
	const doc = "/// Text.\n/// ```\n/// # use a::b;\n/// c::d();\n/// ```\n/// ```text\n/// no\n/// ```\n///\n/// ```rust,no_run\n/// e\n/// ```\n/// ```ignore\n/// f\n/// ```\n/// ~~~\n/// ## g\n/// ~~~\n"
	got := strings.Join(Doctests(doc), "|")
	if want := "use a::b;\n c::d();\n| e\n|# g\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Doctests("# Page\n\n```rust\nfn main() {}\n```\n\n```sh\nls\n```\n"); len(got) != 1 || got[0] != "fn main() {}\n" {
		t.Errorf("markdown: got %q", got)
	}
}

// TestHostile holds input that once could have cost the process.
func TestHostile(t *testing.T) {
	for name, src := range map[string]string{
		"deep braces":      strings.Repeat("{", 200_000),
		"deep functions":   strings.Repeat("fn f(){", 20_000) + strings.Repeat("}", 20_000),
		"deep macros":      strings.Repeat("m!{", 20_000),
		"deep uses":        "use " + strings.Repeat("a::{", 20_000),
		"many attributes":  strings.Repeat("#[cfg(a)] x ", 50_000),
		"nested cfg_attr":  "#[" + strings.Repeat("cfg_attr(a,", 20_000),
		"open generics":    strings.Repeat("a::<", 50_000),
		"quotes":           strings.Repeat("\"\n", 9_999),
		"closers":          strings.Repeat(")]}", 100_000),
		"mixed brackets":   strings.Repeat("([{)]}", 50_000),
		"qualified chains": strings.Repeat("<a as ", 50_000),
	} {
		t.Run(name, func(t *testing.T) { Parse(src) })
	}
}

func FuzzParse(f *testing.F) {
	f.Add("use a::{b, c::*}; #[cfg(test)] mod m { macro_rules! x { ($a:tt) => { $a::b } } } async fn f() { x!{} y.z::<A>(); }")
	f.Add("#![cfg_attr(a, path = \"x\")] /// ```\nfn f<'a>(x: impl T) -> u8 { '\\'' } r#\"\"# b'x' 1.0e-3 0x_ff")
	f.Fuzz(func(t *testing.T, src string) {
		toks, _ := Lex(src, nil)
		end := uint32(0)
		for _, k := range toks {
			if k.Start < end || k.End <= k.Start || int(k.End) > len(src) {
				t.Fatalf("token %v in %q", k, src)
			}
			end = k.End
		}
		s := Parse(src)
		for _, r := range s.Refs {
			if len(r.Segs) == 0 || r.End < r.Start || int(r.End) > len(src) || int(r.Scope) >= len(s.Scopes) || int(r.Cond) >= len(s.Conds) {
				t.Fatalf("ref %v in %q", r, src)
			}
		}
		for i, c := range s.Scopes {
			if int(c.Parent) >= i || c.End < c.Start {
				t.Fatalf("scope %d %v in %q", i, c, src)
			}
		}
		for _, d := range s.Docs {
			Doctests(d.In(src))
		}
		p := &Package{Load: func(path string) *Source {
			if path == "/lib.rs" {
				return s
			}
			return nil
		}, Has: func(string, []string) bool { return true }, Edition: 2021}
		for range p.AddCrate("lib", "/lib.rs", []string{"tokio", "a"}, nil).Sites() {
		}
		p.Build(func(cfg.Expr) cfg.Tri { return cfg.Maybe })
	})
}

// benchmarked is a source of some 30 KB.
var benchmarked = strings.Repeat(`#[cfg(feature = "net")]
pub async fn serve(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    loop {
        let (socket, _) = listener.accept().await?;
        tokio::spawn(async move { tokio::select! { _ = handle(socket) => {}, _ = tokio::time::sleep(LONG) => warn!("slow") } });
    }
}
`, 100)

func BenchmarkLex(b *testing.B) {
	b.SetBytes(int64(len(benchmarked)))
	var toks []Token
	for b.Loop() {
		toks, _ = Lex(benchmarked, toks)
	}
}

// BenchmarkParse is what the facts of a file cost, lexing included.
func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(benchmarked)))
	for b.Loop() {
		Parse(benchmarked)
	}
}

// BenchmarkCalls is what it costs to read the bodies of a file and to tell what its
// methods are called on.
func BenchmarkCalls(b *testing.B) {
	b.SetBytes(int64(len(benchmarked)))
	for b.Loop() {
		source := Parse(benchmarked)
		p := &Package{Load: func(path string) *Source {
			if path == "/lib.rs" {
				return source
			}
			return nil
		}, Has: func(string, []string) bool { return true }, Edition: 2024}
		for _, fn := range p.AddCrate("lib", "/lib.rs", []string{"tokio"}, nil).Fns() {
			fn.Calls()
		}
	}
}
