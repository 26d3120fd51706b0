package main

import (
	"testing"

	"reactorls/engine/cfg"
)

// A facade, its parts, one of them optional, and what they turn on in others.
var facade = map[string]*release{
	"futures": {
		Features: map[string][]string{
			"default": {"std", "executor"}, "std": {"util/std", "alloc"}, "alloc": {"util/alloc"},
			"executor": {"std", "dep:executor"}, "thread-pool": {"executor", "executor?/thread-pool"},
		},
		Deps: []dependency{
			{Name: "util", Features: []string{"sink"}},
			{Name: "executor", Features: []string{"std"}, Optional: true},
			{Name: "util", Features: []string{"io"}, Kind: "dev"},
		},
	},
	"util": {
		Features: map[string][]string{"default": {"std"}, "std": {"alloc"}, "alloc": {}, "sink": {}, "io": {}, "bilock": {}},
	},
	"executor": {
		Features: map[string][]string{"std": {"util/std"}, "thread-pool": {"std"}},
		Deps:     []dependency{{Name: "util"}},
	},
}

func TestTranslate(t *testing.T) {
	tr := newTranslator("futures", facade)
	for _, c := range []struct{ in, want string }{
		{`"futures/std"`, `"std"`},
		{`"util/std"`, `"std"`},
		{`"util/alloc"`, `"alloc"`},
		{`"util/sink"`, `all()`},
		{`"util/io"`, `any()`},
		{`"util/bilock"`, `any()`},
		{`not("util/bilock")`, `all()`},
		{`"executor/std"`, `"executor"`},
		{`all("executor/thread-pool", unix)`, `all("thread-pool", unix)`},
		{`"futures/gone"`, `any()`},
	} {
		e, err := cfg.Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := tr.translate(e).Gate(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
}
