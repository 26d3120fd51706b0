package runtimes

import (
	"slices"
	"testing"
	"time"

	"reactorls/engine/semver"
)

func version(t *testing.T, s string) semver.Version {
	t.Helper()
	v, err := semver.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStatus(t *testing.T) {
	for _, c := range []struct{ crate, version, is string }{
		{"tokio", "1.54.1", ""},
		{"tokio", "0.2.25", "superseded"},
		{"tokio", "0.1.22", "superseded"},
		{"tokio", "0.2.0-alpha.6", "superseded"},
		{"async-std", "1.13.2", "discontinued"},
		{"smol", "2.0.2", ""},
		{"tide", "0.16.0", "unmaintained"},
		{"tokio-timer", "0.2.13", "unmaintained"},
		{"async-executor", "1.14.0", "withdrawn"},
		{"async-executor", "1.14.1", ""},
		{"futures", "0.1.31", "superseded"},
		{"futures", "0.3.34", ""},
		{"nuclei", "0.5.3", ""},
		{"romio", "0.3.0-alpha.10", "abandoned"},
	} {
		r := Known(c.crate)
		if r == nil {
			t.Errorf("%s is not known", c.crate)
			continue
		}
		if s, ok := r.Status(version(t, c.version)); s.Is != c.is || ok != (c.is != "") {
			t.Errorf("%s %s: got %q, want %q", c.crate, c.version, s.Is, c.is)
		}
	}
	if Known("serde") != nil {
		t.Error("serde is known")
	}
}

func TestAdvisories(t *testing.T) {
	for _, c := range []struct {
		crate, version string
		want           []string
	}{
		{"tokio", "1.54.1", nil},
		{"tokio", "1.44.1", []string{"RUSTSEC-2025-0023"}},
		{"tokio", "1.43.1", nil},
		{"tokio", "1.8.0", []string{"RUSTSEC-2021-0072", "RUSTSEC-2021-0124", "RUSTSEC-2023-0001", "RUSTSEC-2023-0005", "RUSTSEC-2025-0023"}},
		{"tokio", "1.20.4", []string{"RUSTSEC-2025-0023"}},
		{"surf", "2.3.2", []string{"RUSTSEC-2025-0036"}},
		{"smol", "1.0.0", nil},
	} {
		var got []string
		for _, a := range AdvisoriesFor(c.crate, version(t, c.version)) {
			got = append(got, a.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %s: got %v, want %v", c.crate, c.version, got, c.want)
		}
	}
}

// TestKnownIsWellFormed holds the hand-written files to their own rules.
func TestKnownIsWellFormed(t *testing.T) {
	ids := map[string]bool{}
	for _, as := range advisories().of {
		for _, a := range as {
			for _, id := range append([]string{a.ID}, a.Also...) {
				if ids[id] {
					t.Errorf("%s stands twice", id)
				}
				ids[id] = true
			}
			for _, req := range slices.Concat(a.Patched, a.Unaffected) {
				if _, err := semver.ParseReq(req); err != nil {
					t.Errorf("%s: %v", a.ID, err)
				}
			}
			if !slices.Contains([]string{"vulnerability", "unsound", "unmaintained", "notice"}, a.Kind) || !isDate(a.Date) {
				t.Errorf("%s: kind %q, date %q", a.ID, a.Kind, a.Date)
			}
		}
	}
	statuses := []string{"superseded", "discontinued", "unmaintained", "dormant", "abandoned", "withdrawn"}
	for _, r := range AllKnown() {
		if !slices.Contains([]string{"runtime", "executor", "reactor", "io", "utilities", "framework"}, r.Kind) {
			t.Errorf("%s: kind %q", r.Name, r.Kind)
		}
		if r.About == "" || r.Licence == "" || !isDate(r.Released) || r.Latest == "" && r.Prerelease == "" {
			t.Errorf("%s: something is missing", r.Name)
		}
		for _, s := range r.Statuses {
			if _, err := semver.ParseReq(s.Versions); s.Versions != "" && err != nil {
				t.Errorf("%s: %v", r.Name, err)
			}
			if !slices.Contains(statuses, s.Is) || s.Reason == "" || s.Source == "" || s.Since != "" && !isDate(s.Since) {
				t.Errorf("%s: status %+v", r.Name, s)
			}
			for _, id := range s.Advisories {
				if !ids[id] {
					t.Errorf("%s names %s, which is not there", r.Name, id)
				}
			}
		}
		if c := Lookup(r.Name); c != nil {
			if v := c.At("").Version.String(); v != r.Latest {
				t.Errorf("%s: latest is %s, the features file has %s", r.Name, r.Latest, v)
			}
		}
	}
	for _, name := range Names() {
		if Known(name) == nil {
			t.Errorf("%s has gates but is not known", name)
		}
	}
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
