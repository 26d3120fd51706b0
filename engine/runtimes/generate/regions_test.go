package main

import (
	"os"
	"path/filepath"
	"testing"
)

const macrosSource = `
macro_rules! cfg_macros {
    ($($item:item)*) => { $( #[cfg(feature = "macros")] #[cfg_attr(docsrs, doc(cfg(feature = "macros")))] $item )* }
}
macro_rules! cfg_rt { ($($item:item)*) => { $(#[cfg(feature = "rt")] $item)* }; }
macro_rules! other { ($($item:item)*) => { $( #[cfg(feature = "other")] $item fn more() {} )* } }
macro_rules! two { (a) => { #[cfg(feature = "a")] fn a() {} }; (b) => {} }
`

const librarySource = `
// a comment with { braces and "quotes
fn lifetimes<'a>(c: char) -> &'a str { if c == '{' || c == '\'' { r#"raw " { "# } else { "a \" {" } }
cfg_macros! {
    cfg_rt! {
        pub use tokio_macros::main;
    }
    pub use only_macros;
}
other! { pub use others; }
#[cfg(unix)]
#[doc = "text"]
make_items! { pub use made; }
cfg_if::cfg_if! {
    if #[cfg(windows)] { pub use on_windows; }
    else if #[cfg(feature = "fs")] { pub use with_fs; }
    else { pub use with_neither; }
}
mod inline {
    cfg_rt! { mod deep; }
}
#[cfg(feature = "x")] fn attributed() {} not_conditional! { pub use free; }
`

func TestRegions(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"macros.rs": macrosSource, "lib.rs": librarySource, "README.md": "{"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "lib.rs")
	s, err := readSources(file)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]position{}
	for _, token := range lex(librarySource) {
		at[token.text] = token.at
	}
	for _, c := range []struct{ item, want string }{
		{"main", `all("macros", "rt")`},
		{"only_macros", `"macros"`},
		{"others", `all()`},
		{"made", `unix`},
		{"on_windows", `windows`},
		{"with_fs", `all(not(windows), "fs")`},
		{"with_neither", `all(not(windows), not("fs"))`},
		{"free", `all()`},
		{"lifetimes", `all()`},
	} {
		if got := s.condition(file, at[c.item]).Gate(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.item, got, c.want)
		}
	}
	if got := s.declared(file, "mod deep").Gate(); got != `"rt"` {
		t.Errorf("mod deep: got %s", got)
	}
	inline := &span{File: file, Begin: at["inline"], End: at["inline"]}
	inline.Begin[1] -= len("mod ")
	if end := s.blockEnd(inline); !at["deep"].before(end) || !end.before(at["attributed"]) {
		t.Errorf("the inline module ends at %v", end)
	}
}

func TestLex(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{`a::b`, []string{"a", "::", "b"}},
		{`'a 'b' '\n' '\u{1F980}' '🦀'`, []string{"'", "a", "'b'", `'\n'`, `'\u{1F980}'`, "'🦀'"}},
		{`/* a /* b */ c */ d // e`, []string{"d"}},
		{`br##"a"#"## b"x" r"y" rb`, []string{`br##"a"#"##`, `b"x"`, `r"y"`, "rb"}},
		{`r#type`, []string{"r", "#", "type"}},
		{`"unclosed`, []string{`"unclosed`}},
		{`'`, []string{"'"}},
	} {
		var got []string
		for _, token := range lex(c.in) {
			got = append(got, token.text)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: got %q", c.in, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: got %q, want %q", c.in, got, c.want)
			}
		}
	}
}
