package runtimes

import (
	"testing"

	"reactorls/engine/semver"
)

func TestReactorData(t *testing.T) {
	for _, r := range Reactors() {
		if r.Name == "" || r.About == "" || r.Source == "" || r.Cost == "" || len(r.Crates) == 0 {
			t.Errorf("%q: something is not said", r.Name)
		}
		if r.On != "" && FindReactor(r.On) == nil {
			t.Errorf("%s stands on %s, which is not there", r.Name, r.On)
		}
		for _, c := range r.Crates {
			if _, err := semver.ParseReq(c.Versions); c.Versions != "" && err != nil {
				t.Errorf("%s: %s: %v", r.Name, c.Name, err)
			}
			crate := Lookup(c.Name)
			if crate == nil || c.Versions != "" && !matches(c.Versions, crate.Releases()[0].Version) {
				continue
			}
			for _, f := range c.Features {
				if _, ok := crate.FeatureIn(f); !ok {
					t.Errorf("%s: %s never had %s", r.Name, c.Name, f)
				}
			}
		}
	}
	for _, b := range Bridges() {
		if FindReactor(b.Gives) == nil || b.How == "" || b.Source == "" {
			t.Errorf("bridge %s: something is not said", b.Name)
		}
	}
}

func TestReactorOf(t *testing.T) {
	for _, c := range []struct{ crate, version, want string }{
		{"tokio", "1.54.1", "tokio"},
		{"tokio", "0.2.25", "tokio 0.2"},
		{"tokio", "0.1.22", "tokio 0.1"},
		{"async-io", "2.6.0", "async-io"},
		{"async-channel", "2.5.0", ""},
		{"blocking", "1.7.0", ""},
	} {
		got := ""
		if r, _ := ReactorOf(c.crate, c.version); r != nil {
			got = r.Name
		}
		if got != c.want {
			t.Errorf("%s %s: %q, want %q", c.crate, c.version, got, c.want)
		}
	}
}

func TestCounterpart(t *testing.T) {
	for _, c := range []struct {
		crate, version, feature, reactor string
		gone                             []string
		want                             string
	}{
		{"sqlx", "0.9.0", "runtime-tokio", "async-io", []string{"async-std"}, "runtime-smol"},
		{"sqlx", "0.8.6", "runtime-async-std-rustls", "tokio", nil, "runtime-tokio-rustls"},
		{"sqlx", "0.8.6", "runtime-tokio", "async-io", []string{"async-std"}, ""},
		{"sea-orm", "1.1.0", "runtime-async-std-rustls", "tokio", nil, "runtime-tokio-rustls"},
		{"zbus", "5.0.0", "async-io", "tokio", nil, "tokio"},
		{"redis", "1.0.0", "tokio-rustls-comp", "async-io", nil, "smol-rustls-comp"},
		{"redis", "1.0.0", "bb8", "async-io", nil, ""},
	} {
		v, _ := semver.Parse(c.version)
		choice := FindChoice(c.crate, v)
		if choice == nil {
			t.Errorf("%s %s is not known", c.crate, c.version)
			continue
		}
		if got := choice.Counterpart(c.feature, c.reactor, c.gone); got != c.want {
			t.Errorf("%s %s: %s under %s is %q, want %q", c.crate, c.version, c.feature, c.reactor, got, c.want)
		}
	}
}
