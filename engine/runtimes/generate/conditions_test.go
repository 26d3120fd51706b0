package main

import "testing"

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name  string
		attrs []attr
		want  string
	}{
		{"none", []attr{"#[attr = Inline(Hint)]", "automatically_derived"}, `all()`},
		{"one", []attr{`#[attr = CfgTrace([NameValue { name: "feature", value: Some("rt"), span: src/lib.rs:1:2: 1:3 (#0) }])]`}, `"rt"`},
		{"two attributes of one item", []attr{"#[attr = CfgTrace([NameValue { name: \"feature\", value: Some(\"rt\"), span: <m>:1:2: 1:3 (#0) },\nNameValue { name: \"unix\", value: None, span: a b/src/lib.rs:1:2: 1:3 (#12) }])]"}, `all("rt", unix)`},
		{"nested", []attr{`#[attr = CfgTrace([Any([All([NameValue { name: "doc", value: None, span: l.rs:1:1: 1:1 (#0) }, Not(NameValue { name: "x", value: Some("a\"b"), span: l.rs:1:1: 1:1 (#0) }, l.rs:1:1: 1:1 (#0))], l.rs:1:1: 1:1 (#0)), Bool(false, l.rs:1:1: 1:1 (#0))], l.rs:1:1: 1:1 (#0))])]`}, `all(doc, not(x = "a"b"))`},
	} {
		e, err := conditions(c.attrs)
		if got := e.Gate(); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	for _, bad := range []attr{`#[attr = CfgTrace([Maybe])]`, `#[attr = CfgTrace([NameValue { name: "x" }])]`} {
		if _, err := conditions([]attr{bad}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
