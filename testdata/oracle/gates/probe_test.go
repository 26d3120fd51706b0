package gates_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"reactorls/testdata/oracle/crates"
	"reactorls/testdata/oracle/gates"
)

var probe = flag.String("probe", "", "tokio versions whose gates are compared with rustc, as in 1.20.6,1.54.1")

// TestProbe imports each public item of unmodified tokio under many choices of features, and compares what rustc finds
// with what the gates say. It needs cargo and minutes, so it runs only when asked to.
func TestProbe(t *testing.T) {
	if *probe == "" {
		t.Skip("no -probe")
	}
	host, cfg, err := crates.Host()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cargo := crates.Cargo{Host: host, Target: filepath.Join(dir, "target"), Jobs: 2, Limit: 10 * time.Minute}
	for _, version := range strings.Split(*probe, ",") {
		t.Run(version, func(t *testing.T) { probeVersion(t, cargo, cfg, filepath.Join(dir, version), version) })
	}
}

func probeVersion(t *testing.T, cargo crates.Cargo, cfg map[string]bool, dir, version string) {
	write := func(source string, features []string) {
		manifest := fmt.Sprintf("[package]\nname = \"probe\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n[dependencies]\ntokio = { version = \"=%s\", features = [%s] }\n",
			version, strings.Join(quoted(features), ", "))
		for path, text := range map[string]string{"Cargo.toml": manifest, "src/lib.rs": source} {
			path = filepath.Join(dir, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("", []string{"full"})
	meta, err := cargo.Metadata(dir)
	if err != nil {
		t.Fatal(err)
	}
	of := func(name string) crates.Package {
		return meta.Packages[slices.IndexFunc(meta.Packages, func(p crates.Package) bool { return p.Name == name })]
	}
	table := of("tokio").Features
	config := gates.Config{Host: cfg, Features: gates.Closure(table, []string{"full", "test-util"})}
	marked, err := gates.Mark(of("tokio").Dir(), of("tokio-macros").Dir(), filepath.Join(dir, "marked"), config)
	if err != nil {
		t.Fatal(err)
	}
	paths, source := importable(marked)
	judged := slices.Sorted(maps.Keys(marked.Features()))
	choices := [][]string{nil, {"io-util", "net"}, {"sync", "time"}, {"macros", "rt"}, {"process", "signal"}, {"rt", "test-util"}, {"net", "rt"}}
	for _, f := range judged {
		choices = append(choices, []string{f})
	}
	for _, features := range choices {
		write(source, features)
		out, _ := cargo.Run(dir, nil, "check", "--quiet", "--message-format=json") // it fails wherever an item is missing
		list, err := crates.Messages(out)
		if err != nil {
			t.Fatal(err)
		}
		missing := map[int]bool{}
		for _, e := range crates.Errors(list) {
			missing[e.Spans[0].Line-1] = true
		}
		on := gates.Closure(table, features)
		for i, path := range paths {
			if open := marked.Public[path].Open(on); open == missing[i] {
				t.Errorf("%v: %s, gate %q: missing is %t", features, path, marked.Public[path], missing[i])
			}
		}
	}
	t.Logf("%d paths under %d choices of features", len(paths), len(choices))
}

var member = regexp.MustCompile(`::[A-Z]\w*::\w+$`)

// importable are the public paths that a use declaration can name, and a source that imports one on each line.
func importable(marked gates.Marked) (paths []string, source string) {
	for _, path := range slices.Sorted(maps.Keys(marked.Public)) {
		if !member.MatchString(path) && path != "tokio::main" && path != "tokio::test" {
			source += "use " + path + " as _x" + strconv.Itoa(len(paths)) + ";\n"
			paths = append(paths, path)
		}
	}
	return paths, source
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return out
}
