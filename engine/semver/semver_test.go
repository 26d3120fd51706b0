package semver

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"testing"
)

//go:embed testdata/semver.tsv
var oracle string

// rows gives the columns behind the key of each row of the table.
func rows(t *testing.T, key string) [][]string {
	t.Helper()
	var found [][]string
	for line := range strings.Lines(oracle) {
		if cols := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); cols[0] == key {
			found = append(found, cols[1:])
		}
	}
	if len(found) == 0 {
		t.Fatalf("no row %q", key)
	}
	return found
}

func unquote(t *testing.T, s string) string {
	t.Helper()
	u, err := strconv.Unquote(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return u
}

func TestReqAgainstRust(t *testing.T) {
	versions := strings.Fields(rows(t, "versions")[0][0])
	for _, row := range rows(t, "req") {
		text := unquote(t, row[0])
		r, err := ParseReq(text)
		if row[1] == "error" {
			if err == nil {
				t.Errorf("%q: got %s, want an error", text, r)
			}
			continue
		}
		if err != nil || r.String() != row[1] {
			t.Errorf("%q: got %s, %v, want %s", text, r, err, row[1])
			continue
		}
		want := strings.Fields(row[2])
		for _, s := range versions {
			v, err := Parse(s)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Matches(v); got != slices.Contains(want, s) {
				t.Errorf("%q matches %s: got %v", text, s, got)
			}
		}
	}
}

func TestVersionAgainstRust(t *testing.T) {
	for _, row := range rows(t, "version") {
		text := unquote(t, row[0])
		v, err := Parse(text)
		if got := v.String(); (err != nil) != (row[1] == "error") || err == nil && got != row[1] {
			t.Errorf("%q: got %s, %v, want %s", text, got, err, row[1])
		}
	}
}

func TestOrderAgainstRust(t *testing.T) {
	order := strings.Fields(rows(t, "order")[0][0])
	for i, a := range order {
		for j, b := range order {
			x, _ := Parse(a)
			y, _ := Parse(b)
			if got, want := x.Compare(y), max(-1, min(1, i-j)); got != want {
				t.Errorf("compare %s with %s: got %d, want %d", a, b, got, want)
			}
		}
	}
}

func FuzzParseReq(f *testing.F) {
	f.Add(">=1.5.1, <1.6.0-rc.1", "1.5.1-rc.1+b")
	f.Fuzz(func(t *testing.T, req, version string) {
		r, err := ParseReq(req)
		if err != nil {
			return
		}
		if again, err := ParseReq(r.String()); err != nil || again.String() != r.String() {
			t.Fatalf("%q: %s then %s, %v", req, r, again, err)
		}
		if v, err := Parse(version); err == nil {
			r.Matches(v)
		}
	})
}
