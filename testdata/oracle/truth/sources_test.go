package main

import (
	"slices"
	"strings"
	"testing"

	"reactorls/testdata/oracle/gates"
)

// testSources knows tokio under two names, another crate, and a few items.
func testSources() *sources {
	dep := dependency{names: map[string]bool{"tokio": true, "tk": true}, foreign: map[string]bool{"actix_rt": true}}
	public := map[string]gates.Gate{
		"tokio::time": {{"time"}}, "tokio::time::sleep": {{"time"}}, "tokio::task::block_in_place": {{"rt"}, {"rt-multi-thread"}},
		"tokio::io::AsyncReadExt": {{"io-util"}}, "tokio::io::stdin": {{"io-std"}}, "tokio::main": {{"macros"}, {"rt"}},
	}
	methods := map[string]gates.Gate{"send_timeout": {{"time"}}}
	return newSources("", dep, gates.Marked{Public: public, Methods: methods})
}

// The token under test is marked with a comment in front of it.
const mark = "/*@*/"

func TestResolve(t *testing.T) {
	s := testSources()
	for _, test := range []struct{ src, path, via string }{
		{"fn f() { tokio::time::/*@*/sleep(d) }", "tokio::time::sleep", "own"},
		{"fn f() { ::tokio::time::/*@*/sleep(d) }", "tokio::time::sleep", "own"},
		{"fn f() { tk::time::/*@*/sleep(d) }", "tokio::time::sleep", "own"},
		{"fn f() { actix_rt::time::/*@*/sleep(d) }", "actix_rt::time::sleep", "foreign"},
		{"use tokio::{fs, time::{self as t, /*@*/sleep}};", "tokio::time::sleep", "own"},
		{"use tokio::time::{/*@*/self};", "tokio::time", "own"},
		{"use {actix_rt::x, tokio::/*@*/time};", "tokio::time", "own"},
		{"use tokio::time as t; fn f() { t::/*@*/sleep(d) }", "tokio::time::sleep", "own"},
		{"use actix_rt::time; fn f() { time::/*@*/sleep(d) }", "actix_rt::time::sleep", "foreign"},
		{"use actix_rt::time; mod m { fn f() { time::/*@*/sleep(d) } }", "time::sleep", "local"},
		{"use actix_rt::time; fn f() { use tokio::time; time::/*@*/sleep(d) }", "tokio::time::sleep", "own"},
		{"use tokio::task::*; fn f() { /*@*/block_in_place(g) }", "tokio::task::block_in_place", "own"},
		{"use tokio::task::*; fn f() { /*@*/sleep(d) }", "sleep", "local"},
		{"#[cfg(a)] use std::time; #[cfg(b)] use tokio::time; fn f() { time::/*@*/sleep(d) }", "tokio::time::sleep", "own"},
		{"#[cfg(a)] use actix_rt::time; #[cfg(b)] use tokio::time; fn f() { time::/*@*/sleep(d) }", "time::sleep", "local"},
		{"use crate::rt; fn f() { rt::/*@*/sleep(d) }", "rt::sleep", "local"},
		{"macro_rules! m { () => { $crate::tokio::/*@*/sleep() } }", "$crate::tokio::sleep", "local"},
		{"fn f() { <tokio::runtime::Runtime>::/*@*/new() }", "tokio::runtime::Runtime::new", "own"},
		{"fn f() { tokio::sync::Mutex::<u8>::/*@*/new() }", "tokio::sync::Mutex::new", "own"},
		{"fn f() { Vec::<Vec<u8>>::/*@*/new() }", "Vec::new", "local"},
		{"extern crate tokio as t; fn f() { t::time::/*@*/sleep(d) }", "tokio::time::sleep", "own"},
		{"fn f() { (a, /*@*/sleep) }", "sleep", "local"},
		{"#[/*@*/tokio::main] async fn main() {}", "tokio", "own"},
	} {
		offset := strings.Index(test.src, mark) + len(mark)
		f := newSource(test.src)
		i := f.at(offset)
		via, path := s.resolve(f, f.written(i), i)
		if string(via) != test.via || strings.Join(path, "::") != test.path {
			t.Errorf("%s: got %s %s, want %s %s", test.src, via, strings.Join(path, "::"), test.via, test.path)
		}
	}
}

func TestMentions(t *testing.T) {
	for _, test := range []struct{ src, features string }{
		{"#[cfg(windows)] use tokio::time::sleep;", "time"},
		{"use tokio::{task, io::{self, AsyncReadExt},};", "io-util"},
		{"use tokio::io::*;", "io-std io-util"},
		{"fn f() { tx.send_timeout(1) }", "time"},
		{"/// `tokio::time::sleep`\nfn f() {}", "time"},
		{"/// use tokio::io::{AsyncReadExt, stdin};\nfn f() {}", "io-std io-util"},
		{"#[tokio::main] async fn main() {}", "macros rt rt-multi-thread"},
		{"#[tokio::main(flavor = \"current_thread\")] async fn main() {}", "macros rt"},
		{"// tokio::time\nuse actix_rt::time::sleep;", ""},
	} {
		s := testSources()
		s.files["/a.rs"] = newSource(test.src)
		m := mentioner{s, map[string]bool{}}
		if m.source("/a.rs") {
			t.Errorf("%s: taken for a re-export of tokio", test.src)
		}
		if got := strings.Join(sorted(m.features), " "); got != test.features {
			t.Errorf("%s: got %s, want %s", test.src, got, test.features)
		}
	}
}

func TestReexport(t *testing.T) {
	for src, want := range map[string]bool{
		"pub use tokio;": true, "pub extern crate tokio;": true, "pub use tokio::*;": true,
		"use tokio;": false, "pub(crate) use tokio;": false, "pub use tokio::{time, task,};": false,
	} {
		s := testSources()
		s.files["/a.rs"] = newSource(src)
		if got := (mentioner{s, map[string]bool{}}).source("/a.rs"); got != want {
			t.Errorf("%s: got %t", src, got)
		}
	}
}

func TestOwn(t *testing.T) {
	site := func(via origin, gate, holder string) Site {
		return Site{Via: via, gate: gates.ParseGate(gate), holder: gates.ParseGate(holder)}
	}
	for _, test := range []struct {
		name  string
		sites []Site
		want  []bool
	}{
		{"a method alone may be on a foreign value", []Site{site(viaLocal, "rt", "rt")}, []bool{false}},
		{"a method whose gate is named too", []Site{site(viaOwn, "rt", ""), site(viaLocal, "rt", "rt")}, []bool{true, true}},
		{"a method that needs more than its named type", []Site{site(viaOwn, "sync", ""), site(viaLocal, "sync & time", "sync")}, []bool{true, true}},
		{"another crate's re-export", []Site{site(viaOwn, "rt", ""), site(viaForeign, "rt", "rt")}, []bool{true, false}},
		{"a name of an ungated module", []Site{site(viaOwn, "sync", ""), site(viaLocal, "rt", "")}, []bool{true, false}},
	} {
		own(test.sites)
		var got []bool
		for _, s := range test.sites {
			got = append(got, s.Own)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestMet(t *testing.T) {
	table := map[string][]string{"rt": nil, "rt-multi-thread": {"rt"}, "net": nil, "signal": nil, "process": nil}
	for _, test := range []struct{ need, declared, want string }{
		{"rt-multi-thread", "rt rt-multi-thread", "rt rt-multi-thread"},
		{"net|process|signal", "net rt", "net"},
		{"net|process|signal & signal", "net signal", "signal"},
		{"net|process|signal", "net signal", "net signal"},
		{"net|process|signal", "rt", ""},
	} {
		got := strings.Join(sorted(met(gates.ParseGate(test.need), strings.Fields(test.declared), table)), " ")
		if got != test.want {
			t.Errorf("%s of %s: got %s, want %s", test.need, test.declared, got, test.want)
		}
	}
}
