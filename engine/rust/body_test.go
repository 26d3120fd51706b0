package rust

import (
	"fmt"
	"strings"
	"testing"
)

// write shows nodes shortly: calls with their arguments, .await, what is bound.
func write(nodes []*Node) string {
	var all []string
	for _, n := range nodes {
		s := ""
		switch n.Kind {
		case CallNode:
			s = strings.Join(n.Path.Segs, "::") + writeArgs(n)
		case MethodNode:
			s = n.Var + "." + n.Name + writeArgs(n)
			if n.On != nil {
				s = "." + n.Name + writeArgs(n)
			}
		case MacroNode:
			s = strings.Join(n.Path.Segs, "::") + "!(" + write(n.Body) + ")"
		case AsyncNode:
			s = "async{" + write(n.Body) + "}"
		case ClosureNode:
			s = "|" + write(n.Body) + "|"
			if n.Async {
				s = "async" + s
			}
		case BlockNode:
			s = "{" + write(n.Body) + "}"
		}
		if n.Awaited {
			s += "~"
		}
		if n.Bound != "" {
			s = n.Bound + "=" + s
		}
		if n.Unsure {
			s = "?" + s
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func writeArgs(n *Node) string {
	var args []string
	for _, a := range n.Args {
		args = append(args, write(a))
	}
	return "(" + strings.Join(args, ", ") + ")"
}

func TestFns(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"fn main() { a::b(1, c()); }", "main: a::b(, c())"},
		{"async fn f() { g().await?; h(x).i::<u8>(y).await }", "async f: g()~ h() .i()~"},
		{"fn f() { block_on(async move { sleep(d).await }); }", "f: block_on(async{sleep()~})"},
		{"fn f() { let rt = Runtime::new().unwrap(); rt.block_on(async {}); }", "f: Runtime::new() rt=.unwrap() rt.block_on(async{})"},
		{"fn f() { spawn(move || g(1, 2)); spawn(|a, b| { h() }, i()); }", "f: spawn(|g(, )|) spawn(|h()|, i())"},
		{"fn f() { x.map(|a| a | b).or_else(async |e| e()); let c = a || b(); }", "f: x.map(||) .or_else(async|e()|) c=b()"},
		{"fn f() { select! { _ = a() => b().await, v = c => {} } }", "f: select!(a() b()~ {})"},
		{"fn f() { if g() { h() } else { i() } match j() { Some(k) => l(), _ => {} } }", "f: g() {h()} {i()} j() {Some() l() {}}"},
		{"fn f() { #[cfg(x)] g(); h(); #[cfg(x)] { i() } j() }", "f: ?g() h() ?{i()} j()"},
		{"fn f() { fn g() { h() } use a::b; i() }", "f: i(); g: h()"},
		{"impl<T: Into<U>> Tr<T> for Client<T> where T: X { async fn get(&self) { self.go().await } }", "async Client.get: self.go()~"},
		{"impl Client { fn new() -> Self { Self { a: b() } } }", "Client.new: {b()}"},
		{"fn f() { ::a::b(); (g)(); (h()).await; vec![i()]; }", "f: a::b() h()~ vec!(i())"},
		{"fn f() { g(", ""},
	} {
		var got []string
		for _, f := range Parse(c.src).Fns() {
			name := f.Name
			if f.Impl != "" {
				name = f.Impl + "." + name
			}
			if f.Async {
				name = "async " + name
			}
			got = append(got, name+": "+write(f.Body))
		}
		if s := strings.Join(got, "; "); s != c.want && !(c.want == "" && len(got) <= 1) {
			t.Errorf("%s\n got %s\nwant %s", c.src, s, c.want)
		}
	}
}

func TestFnAttributes(t *testing.T) {
	s := Parse("#[a::b(c = \"d\")]\n#[test]\npub(crate) async unsafe fn f() {}\n#[e] struct S;\nfn g() {}")
	for _, f := range s.Fns() {
		var names []string
		for _, a := range f.Attrs {
			names = append(names, strings.Join(s.Refs[a].Segs, "::"))
		}
		got := fmt.Sprint(f.Name, names)
		if got != "f[test a::b]" && got != "g[]" {
			t.Errorf("got %s", got)
		}
	}
}

// FuzzFns wants an answer for any text, and no node outside of it.
func FuzzFns(f *testing.F) {
	f.Add("async fn f() { block_on(async { g(|a| b.c(d)).await }); let x = y?; }")
	f.Add("impl X { fn f(&self) { m! { a => b() } } }")
	f.Fuzz(func(t *testing.T, src string) {
		var check func(ns []*Node)
		check = func(ns []*Node) {
			for _, n := range ns {
				if n.End > uint32(len(src)) || n.Start > n.End {
					t.Fatalf("%v in %q", n.Span, src)
				}
				check(n.Body)
				for _, a := range n.Args {
					check(a)
				}
			}
		}
		for _, fn := range Parse(src).Fns() {
			check(fn.Body)
		}
	})
}
