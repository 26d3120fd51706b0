package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reactorls/lsp"
	"reactorls/testdata/bench/client"
)

// keystrokes is how many changes are made to each file.
const keystrokes = 300

// served measures the language server in a workspace, over its standard streams: how long
// after its start the first diagnostics come, what a keystroke in the library of some
// packages and in a manifest takes, and what stays in memory when nothing happens.
func served(page *strings.Builder, reactorls, dir string) {
	members := bySize(dir)
	fmt.Fprintf(page, "\nThe server, over its standard streams:\n\n| file | lines of its package | keystroke, median | 99th of 100 | slowest of %d |\n|---|---|---|---|---|\n", keystrokes)
	chosen := []member{members[len(members)/2], members[len(members)-1]}
	if len(members) == 1 {
		chosen = members
	}
	var first []time.Duration
	for range rounds {
		start := time.Now()
		c := client.Start(check, reactorls, dir)
		c.Open(chosen[0].manifest)
		c.Published(chosen[0].manifest, 1)
		first = append(first, time.Since(start))
		c.Stop()
	}
	slices.Sort(first)
	resident := 0
	for i, m := range chosen {
		c := client.Start(check, reactorls, dir)
		files := []string{m.source}
		if i == 0 {
			files = append(files, m.manifest)
		}
		for _, f := range files {
			c.Open(f)
			c.Published(f, 1)
		}
		if i == 0 {
			time.Sleep(4 * time.Second) // it gives memory back after two
			resident = c.Resident()
		}
		version := 1
		for _, f := range files {
			version = typed(c, page, f, m, f, version, func(int) any {
				return map[string]any{"range": map[string]any{"start": origin, "end": origin}, "text": " "}
			})
		}
		if i == 0 {
			text, err := os.ReadFile(filepath.Join(dir, m.manifest))
			check(err)
			// Each of these makes another graph of the workspace.
			typed(c, page, m.manifest+", features of a dependency", m, m.manifest, version, func(n int) any {
				feature := []string{"rt", "sync"}[n%2]
				return map[string]any{"text": fmt.Sprintf("%s\n[target.'cfg(bench)'.dependencies]\ntokio = { version = \"1\", features = [%q] }\n", text, feature)}
			})
		}
		c.Stop()
	}
	fmt.Fprintf(page, "\nFirst diagnostics %.0f ms after the start (median of %d), %d MB resident then, when idle. The packages are those of\nmedian and largest size; the %d ms for which the server waits whether more is typed are taken off.\n",
		ms(first[len(first)/2]), rounds, resident, lsp.QuietTime.Milliseconds())
}

// typed measures changes of a file, and gives the last version of it.
func typed(c *client.Client, page *strings.Builder, title string, m member, file string, version int, change func(n int) any) int {
	var took []time.Duration
	for n := range keystrokes {
		version++
		start := time.Now()
		c.Change(file, version, change(n))
		c.Published(file, version)
		took = append(took, time.Since(start)-lsp.QuietTime)
	}
	slices.Sort(took)
	fmt.Fprintf(page, "| %s | %d | %.1f ms | %.1f ms | %.1f ms |\n", title, m.lines, ms(took[len(took)/2]), ms(took[len(took)*99/100]), ms(took[len(took)-1]))
	return version
}

var origin = map[string]any{"line": 0, "character": 0}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// member is a package of a workspace.
type member struct {
	source, manifest string
	lines            int
}

// bySize lists the members that have a library, the smallest first.
func bySize(dir string) []member {
	sources, err := filepath.Glob(filepath.Join(dir, "members", "*", "src", "lib.rs"))
	check(err)
	var all []member
	for _, s := range sources {
		to := filepath.Dir(filepath.Dir(s))
		lines, _ := size(to)
		relative, err := filepath.Rel(dir, to)
		check(err)
		all = append(all, member{filepath.Join(relative, "src", "lib.rs"), filepath.Join(relative, "Cargo.toml"), lines})
	}
	slices.SortStableFunc(all, func(a, b member) int { return a.lines - b.lines })
	return all
}
