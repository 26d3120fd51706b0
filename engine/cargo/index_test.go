package cargo

import (
	"errors"
	"strings"
	"testing"
)

const (
	firstLine  = `{"name":"a","vers":"1.0.0","deps":[],"cksum":"11","features":{},"yanked":true}`
	secondLine = `{"name":"a","vers":"1.1.0","deps":[{"name":"b","package":"real","req":"^1","features":["x"],"optional":true,"default_features":false,"target":"cfg(unix)","kind":"normal"},` +
		`{"name":"d","req":"*","features":[],"optional":false,"default_features":true,"target":null,"kind":"dev"}],` +
		`"cksum":"22","features":{"f":["g"],"g":[]},"features2":{"f":["b?/y"],"h":["dep:b"]},"links":"l","v":2,"yanked":false}`
	laterLine = `{"name":"a","vers":"2.0.0","deps":[],"cksum":"33","features":{},"v":3,"yanked":false}`
	goodEntry = indexHead + "etag: \"1\"\x00" + "1.0.0\x00" + firstLine + "\x00" + "1.1.0\x00" + secondLine + "\x00" + "2.0.0\x00" + laterLine + "\x00"
)

func TestIndexPath(t *testing.T) {
	for name, want := range map[string]string{"": "", "A": "1/a", "ab": "2/ab", "abc": "3/a/abc", "Abcd": "ab/cd/abcd", "tokio-util": "to/ki/tokio-util"} {
		if got := IndexPath(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestIndexedSummary(t *testing.T) {
	s, checksum, err := IndexedSummary([]byte(goodEntry), "1.1.0")
	if err != nil || s == nil {
		t.Fatal(s, err)
	}
	if checksum != "22" || s.Name != "a" || s.Version != "1.1.0" || s.Links != "l" || s.Yanked || len(s.Deps) != 2 {
		t.Errorf("%+v %s", s, checksum)
	}
	b, d := s.Deps[0], s.Deps[1]
	if b.Key != "b" || b.Package != "real" || b.Target != "cfg(unix)" || !b.Optional || b.Default || b.Kind != Normal {
		t.Errorf("%+v", b)
	}
	if d.Key != "d" || d.Package != "d" || d.Kind != Dev || !d.Default {
		t.Errorf("%+v", d)
	}
	if names := strings.Join(s.FeatureNames(), " "); names != "f g h" || len(s.Features["f"]) != 2 {
		t.Errorf("%s %v", names, s.Features)
	}
	if s, _, err := IndexedSummary([]byte(goodEntry), "1.0.0"); err != nil || !s.Yanked {
		t.Errorf("%+v %v", s, err)
	}
	if s, _, err := IndexedSummary([]byte(goodEntry), "9.9.9"); err != nil || s != nil {
		t.Errorf("%+v %v", s, err)
	}
	if _, _, err := IndexedSummary([]byte(goodEntry), "2.0.0"); !errors.Is(err, ErrIndex) {
		t.Errorf("a later form: %v", err)
	}
}

func TestIndexedVersions(t *testing.T) {
	got, err := IndexedVersions([]byte(goodEntry))
	if strings.Join(got, " ") != "1.1.0 2.0.0" || err != nil {
		t.Error(got, err)
	}
}

// TestDamagedIndex cuts an entry off at every place: what is whole is read, and
// the rest is said to be damaged.
func TestDamagedIndex(t *testing.T) {
	for n := range len(goodEntry) {
		if s, _, err := IndexedSummary([]byte(goodEntry)[:n], "1.1.0"); s != nil && n < strings.Index(goodEntry, "2.0.0")-1 {
			t.Errorf("cut at %d: read", n)
		} else if s == nil && err == nil && n > strings.Index(goodEntry, "1.1.0\x00")+5 {
			t.Errorf("cut at %d: no error", n)
		}
		IndexedVersions([]byte(goodEntry)[:n])
	}
	for _, bad := range []string{
		"", "\x03", "\x02" + goodEntry[1:], "\x03\x03" + goodEntry[2:],
		indexHead + "r\x001.1.0\x00{}\x00", indexHead + "r\x001.1.0\x00{\"name\":3}\x00", indexHead + "r\x001.1.0\x00null\x00",
		indexHead + "r\x001.1.0\x00" + firstLine + "\x00", // of another version
	} {
		if s, _, err := IndexedSummary([]byte(bad), "1.1.0"); s != nil || !errors.Is(err, ErrIndex) {
			t.Errorf("%q: %v %v", bad, s, err)
		}
	}
}

func BenchmarkIndexEntry(b *testing.B) {
	for b.Loop() {
		if _, _, err := IndexedSummary([]byte(goodEntry), "1.1.0"); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzIndexEntry(f *testing.F) {
	f.Add(goodEntry, "1.1.0")
	f.Add(goodEntry[:200], "1.1.0")
	f.Add(indexHead+"\x00\x00\x00", "")
	f.Fuzz(func(t *testing.T, entry, version string) {
		versions, _ := IndexedVersions([]byte(entry))
		for _, v := range append(versions, version) {
			if s, _, err := IndexedSummary([]byte(entry), v); err == nil && s != nil && s.Version != v {
				t.Errorf("%q: %q", v, s.Version)
			}
		}
	})
}
