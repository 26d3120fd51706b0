package cargo

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// named writes what each package of a lockfile depends on.
func named(l *Lock) string {
	var lines []string
	for i, p := range l.Packages {
		var to []string
		for _, j := range l.Dependencies(i) {
			q := l.Packages[j]
			to = append(to, strings.TrimSpace(q.String()+" "+q.Source))
		}
		if len(to) > 0 {
			lines = append(lines, p.String()+": "+strings.Join(to, ", "))
		}
	}
	return strings.Join(lines, "\n")
}

func TestParseLock(t *testing.T) {
	const registry = "registry+https://github.com/rust-lang/crates.io-index"
	entry := func(name, version, source string, deps ...string) string {
		s := fmt.Sprintf("[[package]]\nname = %q\nversion = %q\n", name, version)
		if source != "" {
			s += fmt.Sprintf("source = %q\n", source)
		}
		if len(deps) > 0 {
			s += fmt.Sprintf("dependencies = [\n %q,\n]\n", strings.Join(deps, "\",\n \""))
			s = strings.ReplaceAll(s, `\"`, `"`)
			s = strings.ReplaceAll(s, `\n`, "\n")
		}
		return s + "\n"
	}
	for _, tt := range []struct{ name, lock, want, err string }{
		{name: "empty"},
		{
			name: "by name", lock: "version = 4\n" + entry("a", "0.1.0", "", "b", "c") + entry("b", "1.0.0", registry) + entry("c", "1.0.0", registry, "b"),
			want: "a 0.1.0: b 1.0.0 " + registry + ", c 1.0.0 " + registry + "\nc 1.0.0: b 1.0.0 " + registry,
		}, {
			name: "by version", lock: entry("a", "0.1.0", "", "b 2.0.0") + entry("b", "1.0.0", registry) + entry("b", "2.0.0", registry),
			want: "a 0.1.0: b 2.0.0 " + registry,
		}, {
			name: "a name alone that is not enough", lock: entry("a", "0.1.0", "", "b") + entry("b", "1.0.0", registry) + entry("b", "2.0.0", registry),
		}, {
			name: "by source", lock: entry("a", "0.1.0", "", "b 1.0.0 (git+https://x.y/b)") + entry("b", "1.0.0", registry) + entry("b", "1.0.0", "git+https://x.y/b#abc"),
			want: "a 0.1.0: b 1.0.0 git+https://x.y/b#abc",
		}, {
			name: "no source is a path", lock: entry("a", "0.1.0", "", "b 1.0.0") + entry("b", "1.0.0", registry) + entry("b", "1.0.0", ""),
			want: "a 0.1.0: b 1.0.0",
		}, {
			name: "version 1", lock: entry("a", "0.1.0", "", "b 1.0.0 ("+registry+")") + entry("b", "1.0.0", registry) + "[metadata]\n\"checksum b 1.0.0 (" + registry + ")\" = \"5\"\n",
			want: "a 0.1.0: b 1.0.0 " + registry,
		}, {
			name: "before version 1", lock: "[root]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"b 1.0.0 (" + registry + ")\"]\n" + entry("b", "1.0.0", registry),
			want: "a 0.1.0: b 1.0.0 " + registry,
		}, {
			name: "replaced", lock: entry("a", "0.1.0", "", "b 1.0.0 ("+registry+")") + strings.TrimSuffix(entry("b", "1.0.0", registry), "\n") + "replace = \"b 1.0.0\"\n\n" + entry("b", "1.0.0", ""),
			want: "a 0.1.0: b 1.0.0",
		}, {
			name: "replaced in a circle", lock: entry("a", "0.1.0", "", "b") + strings.TrimSuffix(entry("b", "1.0.0", registry), "\n") + "replace = \"b\"\n",
			want: "a 0.1.0: b 1.0.0 " + registry,
		}, {
			name: "a circle", lock: entry("a", "0.1.0", "", "b") + entry("b", "1.0.0", registry, "a", "b"),
			want: "a 0.1.0: b 1.0.0 " + registry + "\nb 1.0.0: a 0.1.0, b 1.0.0 " + registry,
		}, {
			name: "nothing there by that name", lock: entry("a", "0.1.0", "", "gone", ""),
		}, {
			name: "twice", lock: entry("a", "0.1.0", "") + entry("a", "0.1.0", ""),
			err: "a 0.1.0 is there twice",
		}, {
			name: "conflict", lock: "version = 4\n<<<<<<< HEAD\n" + entry("a", "0.1.0", "") + "=======\n>>>>>>> other\n",
			err: "merge conflict at line 2",
		}, {
			name: "cut off", lock: "version = 4\n[[package]]\nname = \"a",
			err: "line 3",
		}, {
			name: "no table", lock: "package = 3\n", err: "cannot",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := ParseLock(tt.lock)
			switch {
			case tt.err != "":
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %s", err, tt.err)
				}
			case err != nil:
				t.Error(err)
			case named(l) != tt.want:
				t.Errorf("got\n%s\nwant\n%s", named(l), tt.want)
			}
		})
	}
}

// TestLargeLock holds the time for very many packages to bounds.
func TestLargeLock(t *testing.T) {
	var b strings.Builder
	const packages = 10_000
	for i := range packages {
		fmt.Fprintf(&b, "[[package]]\nname = \"p%d\"\nversion = \"1.0.0\"\ndependencies = [\"p%d\"]\n\n", i, (i+1)%packages)
	}
	start := time.Now()
	l, err := ParseLock(b.String())
	if err != nil || len(l.Dependencies(packages-1)) != 1 {
		t.Fatal(err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
}

func FuzzParseLock(f *testing.F) {
	f.Add("version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"b 1 (s)\"]\nreplace = \"b\"\n")
	f.Add("<<<<<<< x\n")
	f.Add("[root]\nname = \"a\"\n[metadata]\n\"checksum a  ()\" = \"1\"\n")
	f.Fuzz(func(t *testing.T, src string) {
		l, err := ParseLock(src)
		if err != nil {
			return
		}
		for i := range l.Packages {
			for _, j := range l.Dependencies(i) {
				if j < 0 || j >= len(l.Packages) {
					t.Errorf("%d leads to %d", i, j)
				}
			}
		}
	})
}
