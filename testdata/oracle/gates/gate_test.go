package gates

import (
	"testing"

	"reactorls/testdata/oracle/tokens"
)

func TestPredicate(t *testing.T) {
	config := Config{
		Host:     map[string]bool{"unix": true, `target_os="linux"`: true},
		Features: map[string]bool{"net": true, "process": true, "signal": true, "rt": true, "fs": true},
	}
	for _, test := range []struct {
		cfg, gate string
		holds     bool
	}{
		{`feature = "net"`, "net", true},
		{`any(feature = "net", all(unix, feature = "process"), all(windows, feature = "fs"))`, "net|process", true},
		{`all(feature = "rt", any(feature = "net", feature = "rt"))`, "rt", true},
		{`any(all(feature = "rt", feature = "net"), feature = "fs")`, "fs|net & fs|rt", true},
		{`any(unix, feature = "net")`, "", true},
		{`not(feature = "net")`, "", false},
		{`not(all(tokio_unstable, feature = "net"))`, "", true},
		{`not(feature = "tracing")`, "", true},
		{`all(tokio_unstable, feature = "net")`, "net", false},
		{`target_os = "linux"`, "", true},
		{`target_os = "wasi"`, "", false},
	} {
		toks := tokens.Scan(test.cfg)
		gate, holds, next := config.predicate(toks, 0)
		if holds != test.holds || holds && gate.String() != test.gate || next != len(toks) {
			t.Errorf("%s: got %q, %t, token %d of %d; want %q, %t", test.cfg, gate, holds, next, len(toks), test.gate, test.holds)
		}
	}
}

func TestGateRoundTrip(t *testing.T) {
	for _, s := range []string{"", "rt", "rt & time", "net|process|signal & rt"} {
		if got := ParseGate(s).String(); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}
