package cfg

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`unix`, `unix`},
		{` all ( unix , feature="net" , ) `, `all(unix, feature = "net")`},
		{`not(any(windows, target_os = "wasi"))`, `not(any(windows, target_os = "wasi"))`},
		{`all("net", any(unix, "fs"))`, `all(feature = "net", any(unix, feature = "fs"))`},
		{`true`, `all()`}, {`false`, `any()`}, {`all()`, `all()`},
		{`feature = r"x"`, `feature = "x"`},
		{"any(unix, // why\n /* and */ windows)", `any(unix, windows)`},
		{`version("1.80")`, `version()`},
		{``, ``}, {`all(unix`, ``}, {`not()`, ``}, {`feature = `, ``}, {`unix windows`, ``}, {`feature = "x`, ``}, {`all(,)`, ``},
		{strings.Repeat("not(", 100) + "unix" + strings.Repeat(")", 100), ``},
	} {
		e, err := Parse(c.in)
		if (err != nil) != (c.want == "") || err == nil && e.String() != c.want {
			t.Errorf("%s: got %s, %v", c.in, e, err)
		}
	}
}

func TestEval(t *testing.T) {
	env := func(a Expr) Tri {
		switch a.Name {
		case "yes":
			return Yes
		case "no":
			return No
		}
		return Maybe
	}
	for in, want := range map[string]Tri{
		`all()`: Yes, `any()`: No, `all(yes, x)`: Maybe, `all(no, x)`: No, `any(yes, x)`: Yes, `any(no, x)`: Maybe,
		`not(x)`: Maybe, `not(no)`: Yes, `all(yes, not(no))`: Yes,
	} {
		e, _ := Parse(in)
		if got := e.Eval(env); got != want {
			t.Errorf("%s: got %d, want %d", in, got, want)
		}
	}
	for in, want := range map[string]string{
		`all(yes, x, x)`: `x`, `any(no, all(x, yes), not(yes))`: `x`, `not(all(no, x))`: `all()`, `all("a", not(y), x)`: `all("a", not(y), x)`,
	} {
		e, _ := Parse(in)
		if got := e.Simplify(env).Gate(); got != want {
			t.Errorf("%s: simplified to %s, want %s", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`all(unix, feature = "net", not(any("fs", target_os = "wasi")))`)
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(e.String())
		if err == nil && again.String() != e.String() {
			t.Fatalf("%q: %s then %s", s, e, again)
		}
	})
}
