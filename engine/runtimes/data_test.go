package runtimes

import (
	"testing"

	"reactorls/engine/cfg"
)

// TestData decodes every file and holds that each gate names features that
// exist in every version in which the gate holds.
func TestData(t *testing.T) {
	if len(Names()) == 0 {
		t.Fatal("no data")
	}
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			c := Lookup(name)
			tables := make([]map[string][]string, len(c.samples))
			for i, v := range c.samples {
				if i > 0 && v.Compare(c.samples[i-1]) <= 0 {
					t.Errorf("sample %s stands behind %s", v, c.samples[i-1])
				}
				if _, ok := c.Release(v); !ok {
					t.Errorf("sample %s was never released", v)
				}
				tables[i] = c.features.at(v)
			}
			for _, l := range append(c.gates.items, c.gates.impls...) {
				c.gates.exprs[l.gate].Atoms(func(a cfg.Expr, _ bool) {
					for i := l.first; i <= l.last; i++ {
						if _, ok := tables[i][a.Value]; a.Name == "feature" && !ok {
							t.Errorf("%s: %s has no feature %q", l.path, c.samples[i], a.Value)
						}
					}
				})
				if l.kind == alias && len(c.gates.at(l.of)) == 0 {
					t.Errorf("%s stands for %s, which is not there", l.path, l.of)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		mustLoad("tokio")
	}
}

func BenchmarkItem(b *testing.B) {
	k := Lookup("tokio").At("1.54.1")
	for b.Loop() {
		k.Item("net::TcpStream::connect")
	}
}
